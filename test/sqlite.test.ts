import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createDesk, type Entry, heard, pocock, type RedressError } from 'redress'
import { type SqliteDatabase, sqliteStore } from 'redress/sqlite'
import { aComplaint, EXAMPLE_START, example, upTo } from 'redress/testing'
import 'redress/vitest'
import { afterAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'redress-sqlite-'))
afterAll(() => rmSync(folder, { recursive: true }))

const now = () => new Date(EXAMPLE_START)
const fileOf = (name: string) => join(folder, `${name}.db`)

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work()
  } catch (error) {
    return (error as RedressError).code
  }
  return 'nothing was thrown'
}

/** A connection that fails at the nth statement which writes, from when it is told to. */
function failing(database: DatabaseSync) {
  let left = Number.POSITIVE_INFINITY
  const connection: SqliteDatabase = {
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
    prepare: (sql) => {
      const statement = database.prepare(sql)
      const writes = !/^\s*SELECT/i.test(sql)
      return {
        run: (...parameters) => {
          left -= writes ? 1 : 0
          if (left < 0) throw new Error('disk I/O error')
          return statement.run(...(parameters as never[]))
        },
        get: (...parameters) => statement.get(...(parameters as never[])),
        iterate: (...parameters) => statement.iterate(...(parameters as never[])),
      }
    },
  }
  return {
    connection,
    failAfter: (writes: number) => {
      left = writes
    },
  }
}

describe('a SQLite file', () => {
  it('finds what belongs to a case without reading all that belongs to its tenant', () => {
    const database = new DatabaseSync(fileOf('plans'))
    const asked: string[] = []
    sqliteStore({
      exec: (sql) => database.exec(sql),
      close: () => database.close(),
      prepare: (sql) => {
        asked.push(sql)
        return database.prepare(sql) as ReturnType<SqliteDatabase['prepare']>
      },
    })
    const ofOneCase = asked.filter((sql) => /WHERE tenant = \? AND case_id = \?/.test(sql))
    const plans = ofOneCase.flatMap((sql) => database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all())
    expect(plans.length).toBeGreaterThan(5)
    for (const { detail } of plans) expect(detail).toContain('tenant=? AND case_id=?')
    database.close()
  })

  it('is written ahead, and on disk when a commit answers', () => {
    const store = sqliteStore(fileOf('modes'))
    const database = new DatabaseSync(fileOf('modes'))
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
    database.close()
    const own = new DatabaseSync(fileOf('own'))
    sqliteStore(own)
    expect(own.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 })
    sqliteStore(own, { synchronous: 'normal' })
    expect(own.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 1 })
    own.close()
    return store.close()
  })

  it('is gone on with by another connection', async () => {
    const first = sqliteStore(fileOf('again'))
    const desk = createDesk({ store: first, now })
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    await desk.send('case-1', upTo(pocock, 'apologize'))
    await first.close()
    const second = sqliteStore(fileOf('again'))
    const again = createDesk({ store: second, now })
    expect(await again.look('case-1')).toMatchObject({ state: 'person.apologize', version: 4 })
    expect(await again.send('case-1', example('apologize'))).toBeAccepted()
    await second.close()
  })

  it('that a newer release has written is refused, and left as it is', async () => {
    const store = sqliteStore(fileOf('newer'))
    await store.close()
    const database = new DatabaseSync(fileOf('newer'))
    database.exec('INSERT INTO redress_schema (version) VALUES (99)')
    expect(await codeOf(() => sqliteStore(fileOf('newer')))).toBe('store-newer')
    expect(database.prepare('SELECT max(version) AS version FROM redress_schema').get()).toEqual({ version: 99 })
    database.close()
  })

  it('that fails in the middle of a commit holds all of it or nothing, and the desk goes on afterwards', async () => {
    const { connection, failAfter } = failing(new DatabaseSync(':memory:'))
    const store = sqliteStore(connection)
    const desk = createDesk({ store, now })
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    const batch = upTo(pocock, 'agree')
    let failures = 0
    for (let writes = 0; ; writes++) {
      failAfter(writes)
      const code = await codeOf(() => desk.send('case-1', batch, { id: `send-${writes}` }))
      failAfter(Number.POSITIVE_INFINITY)
      const log: Entry[] = []
      for await (const entry of desk.log('case-1')) log.push(entry)
      if (code === 'nothing was thrown') {
        expect(log).toHaveLength(1 + batch.length)
        break
      }
      failures += 1
      expect(code).toBe('store-failed')
      expect(log).toHaveLength(1)
      expect(await desk.look('case-1')).toMatchObject({ version: 1, state: 'received' })
      expect(await store.remembered('default', `send-${writes}`)).toBeUndefined()
    }
    expect(failures).toBeGreaterThan(batch.length)
  })

  it('that can’t be opened, and one that was closed, say so with a code', async () => {
    expect(await codeOf(() => sqliteStore(join(folder, 'no', 'such', 'folder.db')))).toBe('store-failed')
    const store = sqliteStore(fileOf('closed'))
    const desk = createDesk({ store, now })
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    await store.close()
    expect(await codeOf(() => desk.look('case-1'))).toBe('store-failed')
    expect(await codeOf(() => desk.send('case-1', example('own')))).toBe('store-failed')
    expect(await codeOf(() => desk.open(aComplaint))).toBe('store-failed')
  })
})

describe('a case that its protocol can’t read', () => {
  it('is said to be unreadable, and nothing is stored', async () => {
    const database = new DatabaseSync(':memory:')
    const store = sqliteStore(database)
    const desk = createDesk({ store, protocols: [heard], now })
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    await desk.send('case-1', upTo(heard, 'apologize'))
    database.exec(`UPDATE redress_case SET body = replace(body, 'person.apologize', 'person.mourn')`)
    const another = createDesk({ store, protocols: [heard], now })
    expect(await codeOf(() => another.send('case-1', example('apologize')))).toBe('case-unreadable')
    expect((await store.load('default', 'case-1'))?.version).toBe(4)
  })
})
