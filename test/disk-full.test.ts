import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { createDesk, type Desk } from 'redress'
import { sqliteStore } from 'redress/sqlite'
import { aComplaint, ana, EXAMPLE_START, example } from 'redress/testing'
import 'redress/vitest'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hire } from './fixtures/crew.ts'
import { canLimitFiles, limitFiles, smallDisk } from './fixtures/disk.ts'
import { type Place, storeAt } from './fixtures/place.ts'
import { isSound, openCases } from './fixtures/sound.ts'
import { thrownBy } from './fixtures/thrown.ts'
import { nothingGoesUnhandled } from './fixtures/unhandled.ts'
import type { Failed, Told } from './fixtures/writer.ts'
import { type Server, startPostgres } from './postgres/server.ts'

const folder = mkdtempSync(join(tmpdir(), 'redress-full-'))
const disk = smallDisk(24)
afterAll(() => {
  disk?.remove()
  rmSync(folder, { recursive: true, force: true })
})

nothingGoesUnhandled()

const now = () => new Date(EXAMPLE_START)
const words = (letter: string) => letter.repeat(40_000)

describe('a SQLite database that may not grow', () => {
  let db: DatabaseSync
  let desk: Desk
  const errors: unknown[] = []

  beforeEach(async () => {
    db = new DatabaseSync(':memory:')
    desk = createDesk({ store: sqliteStore(db), now })
    desk.on('desk-error', ({ error }) => errors.push(error))
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    await desk.send('case-1', example('own'))
    await desk.send('case-1', example('makePromise'))
    db.exec('PRAGMA max_page_count = 1')
  })
  const grow = () => db.exec('PRAGMA max_page_count = 1000000')
  const praise = (letter: string) => example('praise', { words: words(letter) })
  const logOf = async (caseId: string) => {
    const entries = []
    for await (const entry of desk.log(caseId)) entries.push(entry)
    return entries
  }

  it('refuses each call that writes with an error that says that nothing was stored, and goes on with room', async () => {
    const before = [await desk.look('case-1'), await logOf('case-1')]
    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      open: () => desk.open({ ...aComplaint, caseId: 'case-2', words: words('a') }, { id: 'open' }),
      send: () => desk.send('case-1', praise('b'), { id: 'send' }),
      batch: () => desk.send('case-1', [praise('c'), praise('d')], { id: 'batch' }),
    }
    for (const call of Object.values(calls)) {
      const error = await thrownBy(call())
      expect(error).toMatchObject({ code: 'store-failed', stored: false })
      expect((error.cause as Error).message).toMatch(/full/)
    }
    expect([await desk.look('case-1'), await logOf('case-1')]).toEqual(before)
    await expect(desk.look('case-2')).rejects.toMatchObject({ code: 'case-unknown' })
    grow()
    for (const call of Object.values(calls)) {
      expect(await call()).toMatchObject({ accepted: true, repeated: false })
      expect(await call()).toMatchObject({ accepted: true, repeated: true })
    }
    expect((await logOf('case-1')).length).toBe(6)
  })

  it('fails what does not fit of a shared write, and stores what does', async () => {
    const sends = ['b', 'c'].map((letter) => thrownBy(desk.send('case-1', praise(letter))))
    const small = desk.open({ ...aComplaint, caseId: 'case-2', words: 'Late.' })
    for (const error of await Promise.all(sends)) expect(error).toMatchObject({ code: 'store-failed', stored: false })
    expect(await small).toBeAccepted()
    expect((await desk.look('case-1')).version).toBe(3)
  })

  it('takes nothing within a transaction of the host’s either', async () => {
    db.exec('BEGIN')
    const inside = desk.within(db)
    expect(await thrownBy(inside.send('case-1', praise('b')))).toMatchObject({ code: 'store-failed', stored: false })
    // SQLite itself may have rolled back all of it.
    if (db.isTransaction) db.exec('ROLLBACK')
    grow()
    db.exec('BEGIN')
    const again = desk.within(db)
    expect(await again.send('case-1', praise('b'))).toMatchObject({ accepted: true, case: { version: 4 } })
    db.exec('COMMIT')
    await again.committed()
    expect((await desk.look('case-1')).version).toBe(4)
  })

  it('is not opened where the tables don’t fit, and is where they do', async () => {
    const small = new DatabaseSync(':memory:')
    small.exec('PRAGMA max_page_count = 3')
    expect(await thrownBy(async () => sqliteStore(small))).toMatchObject({ code: 'store-failed', stored: false })
    expect(small.isTransaction).toBe(false)
    small.exec('PRAGMA max_page_count = 1000000')
    expect(await createDesk({ store: sqliteStore(small), now }).open(aComplaint)).toBeAccepted()
    small.close()
  })

  it('that the host has closed is an error of ours, whatever is asked', async () => {
    db.close()
    const calls = [
      () => desk.look('case-1'),
      () => logOf('case-1'),
      () => desk.open({ ...aComplaint, caseId: 'case-2' }),
      () => desk.send('case-1', example('own'), { id: 'own' }),
      () => desk.send('case-1', praise('b')),
      () => desk.erase('case-1', { by: ana, reason: 'asked for' }),
      () => desk.tick(),
      () => desk.insights({ from: '2026-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z' }),
      async () => sqliteStore(db),
    ]
    for (const call of calls) {
      expect(await thrownBy(call())).toMatchObject({ code: 'store-failed', stored: false })
    }
    expect(errors).toEqual([])
  })
})

it.skipIf(!canLimitFiles)('an erasure stands though the write-ahead log can’t be cut, and is cut later', async () => {
  const path = join(folder, 'cut.db')
  const store = sqliteStore(path)
  const desk = createDesk({ store, now })
  await desk.open({ ...aComplaint, caseId: 'large' })
  await desk.send('large', Array(60).fill(example('praise', { words: words('x') })))
  const other = new DatabaseSync(path)
  other.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  other.close()
  // What comes now is beyond what the file may hold.
  const { size } = statSync(path)
  await desk.open({ ...aComplaint, caseId: 'small' })
  await desk.send('small', Array(20).fill(example('praise', { words: words('y') })))
  const request = { by: ana, reason: 'asked for' }
  limitFiles([process.pid], size)
  try {
    expect(await desk.erase('small', request, { id: 'erase' })).toMatchObject({ accepted: true, repeated: false })
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0)
  } finally {
    limitFiles([process.pid])
  }
  expect(await desk.send('large', example('praise'))).toBeAccepted()
  expect(statSync(`${path}-wal`).size).toBe(0)
  expect(await desk.erase('small', request, { id: 'erase' })).toMatchObject({ accepted: true, repeated: true })
  await store.close()
})

/** A way in which there is no room for what writers write: what to do to take it away, and to give it back. */
interface Scarcity {
  readonly place: Place
  take(writers: readonly number[]): Promise<void>
  give(writers: readonly number[]): Promise<void>
}

let server: Server
let pool: pg.Pool
beforeAll(async () => {
  server = await startPostgres()
  pool = new pg.Pool({ connectionString: server.url, max: 1 })
  pool.on('error', () => {})
})
afterAll(async () => {
  await pool.end()
  await server.stop()
})

const backends = async () => {
  const { rows } = await pool.query("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
  return [server.pid(), ...rows.map(({ pid }) => pid as number)]
}

const scarcities: Readonly<Record<string, { readonly isHere: boolean; begin(): Promise<Scarcity> }>> = {
  'SQLite, on a disk that is full': {
    isHere: disk !== undefined,
    async begin() {
      return {
        place: { path: join(disk?.folder as string, 'cases.db') },
        take: async () => disk?.fill(),
        give: async () => disk?.free(),
      }
    },
  },
  'SQLite, in files that may not grow': {
    isHere: canLimitFiles,
    async begin() {
      const path = join(folder, 'limited.db')
      return {
        place: { path },
        take: async (writers) => limitFiles(writers, Math.max(statSync(`${path}-wal`).size, 65_536)),
        give: async (writers) => limitFiles(writers),
      }
    },
  },
  'PostgreSQL, on a disk that is full': {
    isHere: disk !== undefined,
    async begin() {
      const tables = join(disk?.folder as string, 'tables')
      mkdirSync(tables)
      // The user whom the server runs as has to own it.
      spawnSync('chown', ['postgres', tables])
      chmodSync(disk?.folder as string, 0o755)
      await pool.query(`CREATE TABLESPACE small LOCATION '${tables}'`)
      return {
        place: { url: `${server.url}?options=-c%20default_tablespace%3Dsmall`, schema: 'on_small_disk' },
        take: async () => disk?.fill(),
        give: async () => disk?.free(),
      }
    },
  },
  'PostgreSQL, in files that may not grow': {
    isHere: canLimitFiles,
    async begin() {
      return {
        place: { url: server.url, schema: 'limited' },
        async take() {
          // Its own log has files of 16 MB: ours must be larger, or the server would end.
          await pool.query(`INSERT INTO limited.redress_log
            SELECT 'filler', 'filler', n, 'open', NULL, '', '', to_json(repeat('x', 1500)) FROM generate_series(1, 15000) n`)
          const { rows } = await pool.query(`SELECT pg_relation_size('limited.redress_log')::int AS bytes`)
          limitFiles(await backends(), rows[0].bytes)
        },
        give: async () => limitFiles(await backends()),
      }
    },
  },
}

describe.each(Object.entries(scarcities))('writers at %s', (_, { isHere, begin }) => {
  it.skipIf(!isHere)('are told that nothing was stored, and nothing was; with room again they go on', async () => {
    const { place, take, give } = await begin()
    const cases = Array.from({ length: 8 }, (_, index) => `case-${index}`)
    const opener = storeAt(place)
    await openCases(opener.store, cases)
    await opener.close()
    const told: Told[] = []
    const failed: Failed[] = []
    const work = { place, cases, sends: 1_000_000, hands: 4, shared: [], contested: 50, patient: true }
    const writers = await Promise.all([1, 2].map((index) => hire({ ...work, name: `w${index}` }, told, failed)))
    const pids = writers.map(({ child }) => child.pid as number)
    const until = async (isSo: () => boolean) => {
      while (!isSo()) await pause(5)
    }
    await until(() => told.length > 50)
    await take(pids)
    await until(() => failed.length > 20)
    await give(pids)
    const answered = told.length
    await until(() => told.length > answered + 50)
    expect(await Promise.all(writers.map((writer) => writer.enough()))).toEqual([0, 0])
    for (const one of failed) expect(one).toMatchObject({ code: 'store-failed', stored: false })
    const { store, close } = storeAt(place)
    const log = await isSound(store, cases, told)
    await close()
    expect(log.length).toBe(2 * cases.length + told.flatMap(({ versions }) => versions).length)
  })
})
