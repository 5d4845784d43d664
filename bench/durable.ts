import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createDesk } from 'redress'
import { sqliteStore } from 'redress/sqlite'
import { type Bodies, bodiesOf, caseOf, complaint, recoveryAt } from './recovery.ts'
import type { Benchmark, Side } from './round.ts'

const RECOVERIES = 3
const STEPS = RECOVERIES * recoveryAt('any').length

/** Steps a second that are on disk when they answer, one after the other, against plain SQL with the same bodies. */
export const durableStep: Benchmark = {
  name: 'durable-step/sqlite/1',
  unit: 'steps/s',
  note: 'one case at a time on a SQLite file, synchronous FULL, against BEGIN, SELECT, UPDATE, INSERT, COMMIT; more is better',
  rounds: 30,
  async setUp() {
    const folder = mkdtempSync(join(tmpdir(), 'redress-bench-'))
    const store = sqliteStore(join(folder, 'ours.db'))
    const db = new DatabaseSync(join(folder, 'textbook.db'))
    const desk = createDesk({ store })
    return {
      async ours() {
        const ids: string[] = []
        for (let index = 0; index < RECOVERIES; index++) ids.push(caseOf(await desk.open(complaint)).caseId)
        const recoveries = ids.map((id) => ({ id, recovery: recoveryAt(id) }))
        const start = performance.now()
        for (const { id, recovery } of recoveries) for (const command of recovery) caseOf(await desk.send(id, command))
        return stepsASecond(start)
      },
      peers: { textbook: textbook(db, await bodiesOf(recoveryAt('any'))) },
      async close() {
        await store.close()
        db.close()
        rmSync(folder, { recursive: true })
      },
    }
  },
}

/** How one would write it by hand, and nothing else: neither read nor judged, the bodies written beforehand. */
function textbook(db: DatabaseSync, bodies: readonly Bodies[]): Side {
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE state (id TEXT PRIMARY KEY, version INTEGER NOT NULL, body TEXT NOT NULL);
    CREATE TABLE log (id TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (id, version));
  `)
  const open = db.prepare('INSERT INTO state (id, version, body) VALUES (?, 1, ?)')
  const select = db.prepare('SELECT version, body FROM state WHERE id = ?')
  const update = db.prepare('UPDATE state SET version = ?, body = ? WHERE id = ? AND version = ?')
  const insert = db.prepare('INSERT INTO log (id, version, body) VALUES (?, ?, ?)')
  const write = (id: string, { state, entry }: Bodies) => {
    db.exec('BEGIN IMMEDIATE')
    const { version } = select.get(id) as { version: number }
    update.run(version + 1, state, id, version)
    insert.run(id, version + 1, entry)
    db.exec('COMMIT')
  }
  return () => {
    const ids = Array.from({ length: RECOVERIES }, () => crypto.randomUUID())
    for (const id of ids) open.run(id, bodies[0]?.state ?? '')
    const start = performance.now()
    for (const id of ids) for (const body of bodies) write(id, body)
    return stepsASecond(start)
  }
}

const stepsASecond = (start: number): number => STEPS / ((performance.now() - start) / 1000)
