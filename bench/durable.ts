import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createDesk } from 'redress'
import { sqliteStore } from 'redress/sqlite'
import { deskUnder, type Load, stepsASecond } from './load.ts'
import type { Benchmark, Side } from './round.ts'
import { type Row, rowsOfNewCase, type Table, tables, type Value, writtenRows } from './rows.ts'

/** Durable steps a second in a SQLite file, each with about 1 KB of evidence, against plain SQL that writes the same rows. */
const stepsOf = (load: Load, note: string, rounds: number): Benchmark => ({
  name: `durable-step/sqlite/${load.concurrent}`,
  unit: 'steps/s',
  note,
  rounds,
  turns: 3,
  async setUp() {
    const folder = mkdtempSync(join(tmpdir(), 'redress-bench-'))
    const store = sqliteStore(join(folder, 'ours.db'))
    const db = new DatabaseSync(join(folder, 'textbook.db'))
    const waits: number[] = []
    return {
      ours: deskUnder(createDesk({ store }), load, waits),
      peers: { textbook: await textbook(db, load) },
      waits,
      async close() {
        await store.close()
        db.close()
        rmSync(folder, { recursive: true })
      },
    }
  },
})

/** One case at a time, and 64 that share their transactions. */
export const durableStepsInSqlite: readonly Benchmark[] = [
  stepsOf(
    { concurrent: 1, cases: 3 },
    'one case at a time on a SQLite file, synchronous FULL, against a transaction a step; more is better',
    20,
  ),
  stepsOf(
    { concurrent: 64, cases: 64 },
    '64 cases at a time on a SQLite file, synchronous FULL, which share their transactions; at least 2.5 of textbook',
    10,
  ),
]

/** How one would write it by hand, and nothing else: the rows that a desk has written, made beforehand, nothing judged. */
async function textbook(db: DatabaseSync, load: Load): Promise<Side> {
  // The desk's own migrations and settings, but for the overwriting of what is deleted, which nobody asked it for.
  const store = sqliteStore(db)
  const written = await writtenRows(store, (table, where) => {
    const wanted = Object.keys(where).map((name) => `${name} = ?`)
    return db
      .prepare(`SELECT * FROM redress_${table} WHERE ${wanted.join(' AND ')}`)
      .get(...Object.values(where)) as Row
  })
  db.exec('PRAGMA secure_delete = OFF')
  const namesOf = (table: Table) => Object.keys(written.steps[0]?.[table] ?? {})
  const insert = (table: Table) =>
    db.prepare(
      `INSERT INTO redress_${table} (${namesOf(table).join(', ')}) VALUES (${namesOf(table)
        .map(() => '?')
        .join(', ')})`,
    )
  const inserts = { case: insert('case'), log: insert('log'), command: insert('command') }
  const select = db.prepare('SELECT version, body FROM redress_case WHERE tenant = ? AND case_id = ?')
  const set = namesOf('case').filter((name) => name !== 'tenant' && name !== 'case_id')
  const update = db.prepare(
    `UPDATE redress_case SET ${set.map((name) => `${name} = ?`).join(', ')} WHERE tenant = ? AND case_id = ? AND version = ?`,
  )
  const open = () => {
    const [opening, ...steps] = rowsOfNewCase(written)
    for (const table of tables) inserts[table].run(...Object.values(opening?.[table] ?? {}))
    return steps.map((step) => ({
      key: [step.case['tenant'], step.case['case_id']] as Value[],
      set: set.map((name) => step.case[name] as Value),
      log: Object.values(step.log),
      command: Object.values(step.command),
    }))
  }
  return () => {
    const cases = Array.from({ length: load.cases }, open)
    return stepsASecond({ ...load, concurrent: 1 }, async (index) => {
      for (const { key, set, log, command } of cases[index] ?? []) {
        db.exec('BEGIN IMMEDIATE')
        const { version } = select.get(...key) as { version: number }
        update.run(...set, ...key, version)
        inserts.log.run(...log)
        inserts.command.run(...command)
        db.exec('COMMIT')
      }
    })
  }
}
