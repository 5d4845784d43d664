import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import postgres from 'postgres'
import { postgresStore } from 'redress/postgres'
import { conform, type StoreUnderTest } from 'redress/testing'
import { afterAll, describe, inject, it } from 'vitest'

const url = inject('databaseUrl')
const pool = new pg.Pool({ connectionString: url })
const sql = postgres(url, { max: 4, onnotice() {} })
const light = new PGlite()
afterAll(() => Promise.all([pool.end(), sql.end(), light.close()]))

type Has = NonNullable<StoreUnderTest['has']>
const everything: Has = ['durable', 'shared', 'transactions', 'insights', 'subscriptions']

async function connected(): Promise<pg.Client> {
  const client = new pg.Client(url)
  await client.connect()
  return client
}

async function inTransaction(client: pg.ClientBase, work: (tx: unknown) => Promise<void>): Promise<void> {
  await client.query('BEGIN')
  try {
    await work(client)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

async function onPool(work: (tx: unknown) => Promise<void>): Promise<void> {
  const client = await pool.connect()
  try {
    await inTransaction(client, work)
  } finally {
    client.release()
  }
}

/** Each name is a schema of its own, so that each store begins empty. */
const clients: Readonly<Record<string, StoreUnderTest>> = {
  'pg, a pool': {
    has: everything,
    open: (schema) => postgresStore(pool, { schema }),
    transaction: onPool,
  },
  'pg, a pool, nothing prepared': {
    has: everything,
    open: (schema) => postgresStore(pool, { schema, prepare: false }),
    transaction: onPool,
  },
  'pg, one connection': {
    has: everything,
    async open(schema) {
      const client = await connected()
      const store = postgresStore(client, { schema, prefix: 'recovery_' })
      return { ...store, close: () => client.end() }
    },
    async transaction(work) {
      const client = await connected()
      try {
        await inTransaction(client, work)
      } finally {
        await client.end()
      }
    },
  },
  postgres: {
    has: everything,
    open: (schema) => postgresStore(sql, { schema }),
    transaction: (work) => sql.begin((tx) => work(tx)) as Promise<void>,
  },
  // It has one connection: who reads beside a transaction would wait for it.
  PGlite: {
    has: ['durable', 'transactions', 'insights', 'subscriptions'],
    open: (schema) => postgresStore(light, { schema }),
    transaction: (work) => light.transaction(work),
  },
}

for (const [name, subject] of Object.entries(clients)) {
  conform(`PostgreSQL through ${name}`, subject, { describe, it })
}
