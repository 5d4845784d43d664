import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import postgres from 'postgres'
import { createDesk, memoryStore, pocock, type Store } from 'redress'
import { postgresStore } from 'redress/postgres'
import { sqliteStore } from 'redress/sqlite'
import { aComplaint, EXAMPLE_START, example, upTo } from 'redress/testing'
import 'redress/vitest'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'

const now = () => new Date(EXAMPLE_START)
const url = inject('databaseUrl')
const folder = mkdtempSync(join(tmpdir(), 'redress-within-'))
const pool = new pg.Pool({ connectionString: url })
const sql = postgres(url, { max: 4, onnotice() {} })
const light = new PGlite()

/** The host's side: its tickets, and how it begins, commits and rolls back. */
interface Host {
  readonly store: Store
  /** Runs work in a transaction that also writes a ticket; throws what the work throws, after rolling back. */
  transaction<T>(work: (tx: unknown) => Promise<T>): Promise<T>
  tickets(): Promise<number>
}

const TICKETS = 'CREATE TABLE IF NOT EXISTS ticket (id INTEGER)'
const TICKET = 'INSERT INTO ticket VALUES (1)'
const COUNT = 'SELECT count(*) AS count FROM ticket'

const hosts: Readonly<Record<string, () => Promise<Host>>> = {
  async 'node:sqlite'() {
    const db = new DatabaseSync(join(folder, 'host.db'))
    const store = sqliteStore(db)
    db.exec(TICKETS)
    return {
      store,
      async transaction(work) {
        db.exec('BEGIN')
        try {
          db.exec(TICKET)
          const done = await work(db)
          db.exec('COMMIT')
          return done
        } catch (error) {
          db.exec('ROLLBACK')
          throw error
        }
      },
      tickets: async () => Number(db.prepare(COUNT).get()?.['count']),
    }
  },
  async pg() {
    await pool.query('DROP TABLE IF EXISTS ticket')
    await pool.query(TICKETS)
    return {
      store: postgresStore(pool, { schema: 'within_pg' }),
      async transaction(work) {
        const client = await pool.connect()
        try {
          await client.query('BEGIN')
          await client.query(TICKET)
          const done = await work(client)
          await client.query('COMMIT')
          return done
        } catch (error) {
          await client.query('ROLLBACK')
          throw error
        } finally {
          client.release()
        }
      },
      tickets: async () => Number((await pool.query(COUNT)).rows[0].count),
    }
  },
  async postgres() {
    await sql`DROP TABLE IF EXISTS ticket_two`
    await sql`CREATE TABLE ticket_two (id INTEGER)`
    return {
      store: postgresStore(sql, { schema: 'within_postgres' }),
      transaction: (work) =>
        sql.begin(async (tx) => {
          await tx`INSERT INTO ticket_two VALUES (1)`
          return work(tx)
        }) as never,
      tickets: async () => Number((await sql`SELECT count(*) AS count FROM ticket_two`)[0]?.['count']),
    }
  },
  async PGlite() {
    await light.exec(TICKETS)
    return {
      store: postgresStore(light),
      transaction: (work) =>
        light.transaction(async (tx) => {
          await tx.exec(TICKET)
          return work(tx)
        }),
      tickets: async () => Number((await light.query<{ count: number }>(COUNT)).rows[0]?.count),
    }
  },
}

afterAll(async () => {
  await Promise.all([pool.end(), sql.end(), light.close()])
  rmSync(folder, { recursive: true })
})

describe.each(Object.entries(hosts))('a desk within the host’s transaction (%s)', (_, hostOf) => {
  let host: Host
  beforeAll(async () => {
    host = await hostOf()
  })
  const opening = (caseId: string) => ({ ...aComplaint, caseId })

  it('commits ticket and case together, and tells its listeners after the host’s commit', async () => {
    const desk = createDesk({ store: host.store, now })
    const told: string[] = []
    desk.on('accepted', ({ entry }) => told.push(entry.command.type))
    await desk.open(opening('before'))
    const tickets = await host.tickets()
    const within = await host.transaction(async (tx) => {
      const within = desk.within(tx)
      expect(await within.open(opening('case-1'))).toBeAccepted()
      expect(await within.send('case-1', [example('own'), example('listen')])).toBeAccepted()
      expect(await within.send('case-1', example('agree'))).toBeRefused('out-of-order')
      expect(await within.look('case-1')).toBeIn('person.reflect')
      expect(told).toEqual(['open'])
      return within
    })
    expect(told).toEqual(['open'])
    await within.committed()
    expect(told).toEqual(['open', 'open', 'own', 'listen'])
    await within.committed()
    expect(told).toHaveLength(4)
    expect(await host.tickets()).toBe(tickets + 1)
    expect(await desk.send('case-1', example('reflect'))).toMatchObject({ accepted: true, case: { version: 4 } })
  })

  it('leaves neither behind where the host rolls back', async () => {
    const desk = createDesk({ store: host.store, now })
    await desk.open(opening('case-2'))
    const tickets = await host.tickets()
    const rolledBack = host.transaction(async (tx) => {
      const within = desk.within(tx)
      await within.send('case-2', upTo(pocock, 'agree'))
      await within.open(opening('case-3'))
      throw new Error('The host thinks better of it.')
    })
    await expect(rolledBack).rejects.toThrow('thinks better')
    expect(await host.tickets()).toBe(tickets)
    expect((await desk.look('case-2')).version).toBe(1)
    await expect(desk.look('case-3')).rejects.toMatchObject({ code: 'case-unknown' })
    // The desk outside has not heard of it, either.
    expect(await desk.send('case-2', example('own'))).toMatchObject({ accepted: true, case: { version: 2 } })
  })

  it('sees to what it means for other cases after the host’s commit', async () => {
    const desk = createDesk({ store: host.store, now })
    for (const caseId of ['incident', 'member']) await desk.open(opening(caseId))
    await desk.send('member', [example('own'), example('joinIncident', { incident: 'incident' })])
    await desk.send('member', upTo(pocock, 'investigate').slice(1))
    const within = await host.transaction(async (tx) => {
      const within = desk.within(tx)
      await within.send('incident', upTo(pocock))
      return within
    })
    expect(await desk.look('member')).toBeIn('system.investigate')
    await within.committed()
    expect(await desk.look('member')).toBeIn('closed')
  })

  it('is refused for what is no transaction', () => {
    const desk = createDesk({ store: host.store, now })
    for (const tx of [undefined, null, 7, {}, { query: 'SELECT 1' }]) {
      expect(() => desk.within(tx)).toThrow(/transaction/)
    }
  })
})

it('a store that has no such thing says so', () => {
  expect(() => createDesk({ store: memoryStore() }).within({})).toThrow(/can’t join/)
})

describe('a desk within what is no transaction', () => {
  it('is refused: what it wrote would stay when the host rolls back', async () => {
    const db = new DatabaseSync(':memory:')
    const wrong: readonly (readonly [Store, unknown])[] = [
      [postgresStore(pool, { schema: 'within_none' }), pool],
      [postgresStore(sql, { schema: 'within_none' }), sql],
      [postgresStore(light, { schema: 'within_none' }), light],
      [sqliteStore(db), db],
      [sqliteStore(db), {}],
    ]
    for (const [store, tx] of wrong) {
      expect(() => createDesk({ store, now }).within(tx)).toThrow(expect.objectContaining({ code: 'input-invalid' }))
    }
  })
})
