import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import postgres from 'postgres'
import type { Store } from 'redress'
import { postgresStore } from 'redress/postgres'
import { storeConformance } from 'redress/testing'
import { afterAll, describe, inject, it } from 'vitest'

const url = inject('databaseUrl')
let schemas = 0
/** A schema of its own for each store, so that each begins empty. */
const fresh = () => `redress_${process.pid}_${++schemas}`

const pool = new pg.Pool({ connectionString: url })
const sql = postgres(url, { max: 4, onnotice() {} })
const light = new PGlite()
afterAll(() => Promise.all([pool.end(), sql.end(), light.close()]))

const stores: Readonly<Record<string, () => Store | Promise<Store>>> = {
  'pg, a pool': () => postgresStore(pool, { schema: fresh() }),
  'pg, a pool, nothing prepared': () => postgresStore(pool, { schema: fresh(), prepare: false }),
  'pg, one connection': async () => {
    const client = new pg.Client(url)
    await client.connect()
    const store = postgresStore(client, { schema: fresh(), prefix: 'recovery_' })
    return { ...store, close: () => client.end() }
  },
  postgres: () => postgresStore(sql, { schema: fresh() }),
  PGlite: () => postgresStore(light, { schema: fresh() }),
}

for (const [name, open] of Object.entries(stores)) {
  describe(`the store in PostgreSQL through ${name}`, () => {
    for (const { name, check } of storeConformance) {
      it(`keeps the contract: ${name}`, async () => {
        const store = await open()
        try {
          await check(store)
        } finally {
          await store.close()
        }
      })
    }
  })
}
