import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createDesk } from 'redress'
import { sqliteStore } from 'redress/sqlite'
import { deskUnder, type Load, stepsASecond, warmUp } from './load.ts'
import { longRecoveryAt } from './recovery.ts'
import type { Benchmark, Side } from './round.ts'
import {
  judging,
  type Row,
  rowsOfNewCase,
  type Table,
  tables,
  type Value,
  type WrittenRows,
  writtenRows,
} from './rows.ts'

/** Durable steps a second in a SQLite file, each with about 1 KB of evidence, against plain SQL that judges and writes the same. */
const stepsOf = (load: Load, note: string, rounds: number): Benchmark => ({
  name: `durable-step/sqlite/${load.concurrent}`,
  unit: 'steps/s',
  note,
  rounds,
  turns: 3,
  async setUp() {
    const folder = mkdtempSync(join(tmpdir(), 'redress-bench-'))
    const store = sqliteStore(join(folder, 'ours.db'))
    const textbookPath = join(folder, 'textbook.db')
    const written = await writtenTo(textbookPath)
    const db = new DatabaseSync(textbookPath)
    db.exec('PRAGMA synchronous = FULL')
    const waits: number[] = []
    await warmUp()
    return {
      ours: deskUnder(createDesk({ store }), load, waits),
      peers: { textbook: textbook(db, written, load) },
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

/** The rows of a recovery in a file that a desk has made. */
async function writtenTo(path: string): Promise<WrittenRows> {
  const store = sqliteStore(path)
  const db = new DatabaseSync(path)
  try {
    return await writtenRows(store, (table, where) => {
      const wanted = Object.keys(where).map((name) => `${name} = ?`)
      const select = db.prepare(`SELECT * FROM redress_${table} WHERE ${wanted.join(' AND ')}`)
      return select.all(...Object.values(where)) as Row[]
    })
  } finally {
    db.close()
    await store.close()
  }
}

/** How one would write it by hand: the case is read and judged, and a transaction writes the rows that a desk has written. */
function textbook(db: DatabaseSync, written: WrittenRows, load: Load): Side {
  const namesOf = (table: Table | 'tie') =>
    Object.keys((table === 'tie' ? written.steps[0]?.ties[0] : written.steps[0]?.[table]) ?? {})
  const insert = (table: Table | 'tie', besides = '') =>
    db.prepare(
      `INSERT INTO redress_${table} (${namesOf(table).join(', ')}) VALUES (${namesOf(table)
        .map(() => '?')
        .join(', ')}) ${besides}`,
    )
  const inserts = { case: insert('case'), log: insert('log'), command: insert('command') }
  const tie = insert('tie', 'ON CONFLICT DO UPDATE SET changed_at = excluded.changed_at')
  const select = db.prepare('SELECT version, body FROM redress_case WHERE tenant = ? AND case_id = ?')
  const set = namesOf('case').filter((name) => name !== 'tenant' && name !== 'case_id')
  const update = db.prepare(
    `UPDATE redress_case SET ${set.map((name) => `${name} = ?`).join(', ')} WHERE tenant = ? AND case_id = ? AND version = ?`,
  )
  const logBody = namesOf('log').indexOf('body')
  const caseBody = set.indexOf('body')
  const open = () => {
    const [opening, ...steps] = rowsOfNewCase(written)
    for (const table of tables) inserts[table].run(...Object.values(opening?.[table] ?? {}))
    for (const one of opening?.ties ?? []) tie.run(...Object.values(one))
    const recovery = longRecoveryAt(opening?.case['case_id'] as string)
    return steps.map((step, at) => ({
      key: [step.case['tenant'], step.case['case_id']] as Value[],
      judged: judging(step, recovery[at]),
      set: set.map((name) => step.case[name] as Value),
      log: Object.values(step.log),
      command: Object.values(step.command),
      ties: step.ties.map((one) => Object.values(one)),
    }))
  }
  return () => {
    db.exec('BEGIN')
    const cases = Array.from({ length: load.cases }, open)
    db.exec('COMMIT')
    return stepsASecond({ ...load, concurrent: 1 }, async (index) => {
      for (const { key, judged, set, log, command, ties } of cases[index] ?? []) {
        db.exec('BEGIN IMMEDIATE')
        const { version, body } = select.get(...key) as { version: number; body: string }
        const { state, entry } = judged(body)
        update.run(...set.with(caseBody, state), ...key, version)
        inserts.log.run(...log.with(logBody, entry))
        inserts.command.run(...command)
        for (const one of ties) tie.run(...one)
        db.exec('COMMIT')
      }
    })
  }
}
