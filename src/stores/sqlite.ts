import { RedressError } from '../errors.ts'
import type { Case, Entry } from '../machine/case.ts'
import { byDue } from '../protocol/clock.ts'
import { Phase } from '../protocol/place.ts'
import type { Dialect } from './find-sql.ts'
import { findSql } from './find-sql.ts'
import type { SqliteDatabase, SqliteOptions } from './sqlite-database.ts'
import {
  asked,
  databaseOf,
  OVERWRITE_WHAT_IS_ERASED,
  openDatabase,
  prepareDatabase,
  rollback,
} from './sqlite-database.ts'
import { prepareInsights } from './sqlite-insights.ts'
import { sqliteLanes } from './sqlite-lanes.ts'
import { migrate } from './sqlite-schema.ts'
import { prepareWrites } from './sqlite-write.ts'
import type { Due, Store } from './store.ts'

export type { SqliteDatabase, SqliteOptions, SqliteStatement } from './sqlite-database.ts'

/**
 * A store in a SQLite database: `sqliteStore('cases.db')` or `sqliteStore(':memory:')` on `node:sqlite` (Node 22.13 and
 * newer), or on a connection of the host's own, which stays the host's to close. Write-ahead log; a commit is one
 * transaction and on disk when it answers.
 *
 * Throws `sqlite-missing` where a path is given and Node has no SQLite, `store-newer` where the file was written by a
 * newer release, `store-failed` where SQLite reports an error (nothing of that commit was stored).
 */
export function sqliteStore(database: string | SqliteDatabase, options: SqliteOptions = {}): Store {
  const isOurs = typeof database === 'string'
  const db = isOurs ? openDatabase(database) : database
  try {
    prepareDatabase(db, options)
    asked(() => migrate(db))
  } catch (error) {
    if (isOurs) db.close()
    throw error
  }
  const withins = new WeakMap<object, Store>()
  const wal: WriteAheadLog = { holdsErased: false }
  return {
    ...asked(() => storeOn(db, inTransaction, wal)),
    // One write at a time is all that SQLite has; together they wait for the disk once.
    grouping: { most: 64, atOnce: 1 },
    within(tx) {
      const host = databaseOf(tx)
      const store = withins.get(host) ?? asked(() => storeWithin(host, wal))
      withins.set(host, store)
      return store
    },
    async close() {
      if (isOurs) db.close()
    },
  }
}

/** Does work whole or not at all: in a transaction of our own or, within the host's, back to a savepoint. */
type Transaction = <T>(db: SqliteDatabase, work: () => T) => T

function storeWithin(host: SqliteDatabase, wal: WriteAheadLog): Store {
  host.exec(OVERWRITE_WHAT_IS_ERASED)
  return storeOn(host, inSavepoint, wal)
}

/** Whether the log still holds what was erased, by whichever connection: the store's next commit cuts it. */
interface WriteAheadLog {
  holdsErased: boolean
}

function storeOn(db: SqliteDatabase, transaction: Transaction, wal: WriteAheadLog): Store {
  const selectCase = db.prepare('SELECT body FROM redress_case WHERE tenant = ? AND case_id = ?')
  const selectLog = db.prepare(
    'SELECT body FROM redress_log WHERE tenant = ? AND case_id = ? AND version > ? ORDER BY version LIMIT 100',
  )
  const selectDue = db.prepare(
    `SELECT case_id AS caseId FROM redress_deadline
     WHERE tenant = ? AND due <= ? AND (leased_until IS NULL OR leased_until <= ? OR leased_until > ?)
     GROUP BY case_id ORDER BY min(due) LIMIT ?`,
  )
  // The plus keeps SQLite from the index of what is due, by which it would read all that is due to the tenant.
  const selectDueIn = db.prepare(
    'SELECT case_id AS caseId, name, due FROM redress_deadline WHERE tenant = ? AND case_id = ? AND +due <= ?',
  )
  const lease = db.prepare('UPDATE redress_deadline SET leased_until = ? WHERE tenant = ? AND case_id = ?')
  const selectTied = db.prepare(
    'SELECT case_id AS caseId FROM redress_tie WHERE tenant = ? AND kind = ? AND key = ? ORDER BY opened_at, case_id',
  )
  const selectKeys = db.prepare(
    `WITH RECURSIVE one AS (
       SELECT min(key) AS key FROM redress_tie WHERE tenant = $tenant AND kind = $kind
       UNION ALL
       SELECT (SELECT min(t.key) FROM redress_tie t WHERE t.tenant = $tenant AND t.kind = $kind AND t.key > one.key)
       FROM one WHERE one.key IS NOT NULL)
     SELECT key FROM one WHERE key IS NOT NULL`,
  )
  const mark = db.prepare(
    `INSERT OR IGNORE INTO redress_tie (tenant, kind, key, opened_at, case_id)
     SELECT tenant, 'attention', $why, opened_at, case_id FROM redress_case WHERE tenant = $tenant AND case_id = $caseId`,
  )
  const insertRefusal = db.prepare(
    'INSERT INTO redress_refusal (tenant, at, case_id, command, code, rules) VALUES (?, ?, ?, ?, ?, ?)',
  )

  const insights = prepareInsights(db)
  const { commitOne, remembered } = prepareWrites(db)

  const cutLog = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)')
  const cut = (): boolean => {
    try {
      return (cutLog.get() as { busy: number }).busy === 0
    } catch {
      // The commit has taken place, whatever becomes of this: a full disk, say, lets it be cut later.
      return false
    }
  }

  return {
    async load(tenant, caseId) {
      const row = asked(() => selectCase.get(tenant, caseId)) as { body: string } | undefined
      return row && (JSON.parse(row.body) as Case)
    },
    async commit(batch) {
      const results = transaction(db, () => batch.map(commitOne))
      // The write-ahead log still holds what was erased until it is carried over and cut; while somebody reads, it can't be.
      wal.holdsErased ||= batch.some((one) => one.redacted !== undefined)
      if (wal.holdsErased && transaction === inTransaction) wal.holdsErased = !cut()
      return results
    },
    async *log(tenant, caseId, after = 0) {
      // A page at a time: a statement left half-read would hold back the checkpoint of everybody's writes.
      let last = after
      for (;;) {
        const rows = asked(() => [...selectLog.iterate(tenant, caseId, last)]) as { body: string }[]
        if (rows.length === 0) return
        for (const row of rows) {
          const entry = JSON.parse(row.body) as Entry
          last = entry.version
          yield entry
        }
      }
    },
    async remembered(tenant, commandId) {
      return asked(() => remembered(tenant, commandId))
    },
    async claimDue(tenant, { by, limit, now, until, latest = null }) {
      // Most of the time nothing is due: then nobody's write is held up.
      if (asked(() => [...selectDue.iterate(tenant, by, now, latest, 1)]).length === 0) return []
      return transaction(db, () => {
        const cases = [...selectDue.iterate(tenant, by, now, latest, limit)] as { readonly caseId: string }[]
        for (const { caseId } of cases) lease.run(until, tenant, caseId)
        return cases
          .flatMap(({ caseId }) => [...selectDueIn.iterate(tenant, caseId, by)].map((row) => ({ ...(row as Due) })))
          .sort(byDue)
      })
    },
    async tied(tenant, { kind, key }) {
      const rows = asked(() => [...selectTied.iterate(tenant, kind, key)]) as { caseId: string }[]
      return rows.map(({ caseId }) => caseId)
    },
    async find(tenant, search) {
      const { sql, parameters } = findSql(dialect, tenant, search)
      const rows = asked(() => [...db.prepare(sql).iterate(named(parameters))]) as readonly {
        readonly body: string
      }[]
      return rows.map(({ body }) => JSON.parse(body) as Case)
    },
    async keys(tenant, kind) {
      return asked(() => [...selectKeys.iterate({ tenant, kind })]).map((row) => (row as { key: string }).key)
    },
    async mark(tenant, caseId, why) {
      asked(() => mark.run({ tenant, caseId, why }))
    },
    async recurrences(tenant, causes, except) {
      return asked(() => insights.recurrences(tenant, causes, except))
    },
    async insights(tenant, period) {
      return asked(() => insights.report(tenant, period))
    },
    async note(tenant, { caseId, command, code, rules, at }) {
      asked(() => insertRefusal.run(tenant, at, caseId, command ?? null, code, JSON.stringify(rules)))
    },
    lanes: sqliteLanes(db, asked, (work) => transaction(db, work)),
    async close() {},
  }
}

const named = (parameters: readonly unknown[]) =>
  Object.fromEntries(parameters.map((value, index) => [`p${index + 1}`, value]))

const isAt: Dialect['isAt'] = (phases, step, given) =>
  [
    ...(step === undefined ? [] : [`c.step = ${given(step)}`]),
    ...(phases === undefined ? [] : [`c.phase IN (${phases.map(given).join(', ')})`]),
  ].join(' AND ')

const dialect: Dialect = {
  table: (name) => `redress_${name}`,
  parameter: (number) => `$p${number}`,
  fellDue: (by) =>
    `(c.tenant, c.case_id) IN (SELECT d.tenant, d.case_id FROM redress_deadline d WHERE d.tenant = c.tenant AND d.due <= ${by})`,
  isAt,
  stretches: (phases, step, given) =>
    step === undefined
      ? (phases ?? Phase.options).map((phase) => ({ where: `c.phase = ${given(phase)}` }))
      : [{ where: isAt(phases, step, given) }],
}

const inTransaction: Transaction = (db, work) => undone(db, 'BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK', work)

const inSavepoint: Transaction = (db, work) =>
  undone(db, 'SAVEPOINT redress', 'RELEASE redress', 'ROLLBACK TO redress; RELEASE redress', work)

/** Work that is undone as a whole where it throws. */
function undone<T>(db: SqliteDatabase, begin: string, end: string, undo: string, work: () => T): T {
  let began = false
  try {
    db.exec(begin)
    began = true
    const done = work()
    db.exec(end)
    return done
  } catch (cause) {
    if (began) rollback(db, undo)
    throw new RedressError(
      'store-failed',
      'SQLite reported an error; nothing of this commit was stored. It can be sent again.',
      {
        cause,
      },
    )
  }
}
