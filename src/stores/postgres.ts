import type { RedressError } from '../errors.ts'
import type { Case, Entry } from '../machine/case.ts'
import type { Id } from '../protocol/words.ts'
import { oldestFirst } from './due.ts'
import type { Dialect } from './find-sql.ts'
import { findSql } from './find-sql.ts'
import type { Ask, PostgresClient } from './postgres-client.ts'
import { askOf, clientOf, sqlState } from './postgres-client.ts'
import { postgresInsights } from './postgres-insights.ts'
import { postgresLanes } from './postgres-lanes.ts'
import type { PostgresPlace } from './postgres-schema.ts'
import { migration, tablesIn } from './postgres-schema.ts'
import type { Wave } from './postgres-write.ts'
import { wavesOf, writesTo } from './postgres-write.ts'
import { sharedReads } from './shared-reads.ts'
import type { Commit, CommitResult, Due, NotedRefusal, Receipt, Store, TieName } from './store.ts'

export type { PgClient, PgliteClient, PostgresClient, PostgresJsClient } from './postgres-client.ts'
export { type PostgresPlace, postgresMigrations } from './postgres-schema.ts'

/** How a PostgreSQL store is opened. */
export interface PostgresOptions extends PostgresPlace {
  /** Whether it makes and upgrades its tables by itself. Default: true; for `false` see `postgresMigrations`. */
  readonly createSchema?: boolean
  /** Whether statements are prepared by name. Default: true; `false` behind a PgBouncer older than 1.21. */
  readonly prepare?: boolean
}

const MAX_TRIES = 5
const LOG_PAGE = 100
/** Two commits under one command id, a deadlock, a snapshot that is too old: the statement was undone, and passes later. */
const passing = ['23505', '40P01', '40001']

/**
 * A store in PostgreSQL 14 and newer, on a client of the host's own: `pg` (`Pool`, `Client`, `PoolClient`), `postgres`
 * or PGlite. A commit, of one step or of many, is one statement. There is no session state, so that it works behind
 * PgBouncer in transaction mode.
 *
 * Throws `input-invalid` for names of tables that it does not take, `store-newer` where a newer release has been here,
 * `store-older` where the host runs the migrations and has not run them all,
 * and `store-failed` where the server refuses a statement (nothing was stored) or the connection fails (`stored` is
 * `unknown`: the same send again, under its id, will tell).
 */
export function postgresStore(client: PostgresClient, options: PostgresOptions = {}): Store {
  const { createSchema = true, prepare = true, ...place } = options
  const table = tablesIn(place)
  let isReady = false
  /** Asks once the tables are there: a client sees to it by itself, since another might wait for its transaction to end. */
  const migrated = (ask: Ask, then: () => void): Ask => {
    let ready: Promise<unknown> | undefined
    return async (name, sql, values) => {
      if (!isReady) {
        ready ??= ask(undefined, migration(place, createSchema), [])
          .then(then)
          .catch((error: unknown) => {
            ready = undefined
            throw error
          })
        await ready
      }
      return ask(name, sql, values)
    }
  }
  const own = migrated(askOf(client, prepare), () => {
    isReady = true
  })
  return {
    ...storeOn(own, table, false),
    grouping: { most: 32, atOnce: 2 },
    // Within a transaction an error ends it: nothing can be tried again but the whole, by the host. And what the host
    // takes back takes the tables along.
    within: (tx) =>
      storeOn(
        migrated(askOf(clientOf(tx), prepare), () => {}),
        table,
        true,
      ),
  }
}

/** A store that asks; within a transaction of the host's each statement has one try, and may not fail. */
function storeOn(ask: Ask, table: (name: string) => string, isWithin: boolean): Store {
  const maxTries = isWithin ? 1 : MAX_TRIES
  const insights = postgresInsights(ask, table)
  const statementFor = writesTo(table)
  const dialect: Dialect = {
    table,
    parameter: (number, type) => `$${number}::${type}`,
    fellDue: (by) => `c.due_at <= ${by}`,
  }
  const sql = {
    load: `SELECT body FROM ${table('case')} WHERE tenant = $1 AND case_id = $2`,
    log: `SELECT body FROM ${table('log')} WHERE tenant = $1 AND case_id = $2 AND version > $3 ORDER BY version LIMIT ${LOG_PAGE}`,
    remembered: `SELECT hash, case_id AS "caseId", first, last FROM ${table('command')} WHERE tenant = $1 AND command_id = $2`,
    versions: `SELECT coalesce((SELECT version FROM ${table('case')} WHERE tenant = $1 AND case_id = $2), 0) AS actual`,
    claim: `UPDATE ${table('case')} c SET leased_until = $5 FROM (
              SELECT tenant, case_id FROM ${table('case')}
              WHERE tenant = $1 AND due_at <= $2 AND (leased_until IS NULL OR leased_until <= $4 OR leased_until > $6)
              ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED) one
            WHERE c.tenant = one.tenant AND c.case_id = one.case_id
            RETURNING c.case_id AS "caseId", c.deadlines`,
    // OFFSET: each is looked up by its index, and none goes by a reading of the whole table.
    tied: `SELECT asked.n, one.case_id AS "caseId"
           FROM json_to_recordset(($1::text)::json) asked (n int, tenant text, kind text, key text) CROSS JOIN LATERAL (
             SELECT t.case_id, t.opened_at FROM ${table('tie')} t
             WHERE t.kind = asked.kind AND t.key = asked.key AND t.tenant = asked.tenant OFFSET 0) one
           ORDER BY asked.n, one.opened_at, one.case_id`,
    note: `INSERT INTO ${table('refusal')} (tenant, at, case_id, command, code, rules)
           VALUES ($1, $2, $3, $4, $5, ($6::text)::json)`,
    keys: `WITH RECURSIVE one AS (
             (SELECT key FROM ${table('tie')} WHERE tenant = $1 AND kind = $2 ORDER BY key LIMIT 1)
             UNION ALL
             SELECT (SELECT t.key FROM ${table('tie')} t
                     WHERE t.tenant = $1 AND t.kind = $2 AND t.key > one.key ORDER BY t.key LIMIT 1)
             FROM one WHERE one.key IS NOT NULL)
           SELECT key FROM one WHERE key IS NOT NULL`,
    mark: `INSERT INTO ${table('tie')} (tenant, kind, key, opened_at, case_id)
           SELECT tenant, 'attention', $3::text, opened_at, case_id FROM ${table('case')}
           WHERE tenant = $1 AND case_id = $2 ON CONFLICT DO NOTHING`,
  }

  const tied = sharedReads((all: readonly (TieName & { readonly tenant: string })[]) =>
    ask<{ readonly n: number; readonly caseId: Id }>('tied', sql.tied, [
      JSON.stringify(all.map((asked, n) => ({ n, ...asked }))),
    ]),
  )

  const remembered = async (tenant: string, commandId: string) => {
    const [row] = await ask<Receipt & { hash: string }>('remembered', sql.remembered, [tenant, commandId])
    return row && { commandHash: row.hash, receipt: receiptOf(row) }
  }

  /** What became of a commit that did not take place. */
  async function resultOf({ tenant, caseId, commandId, commandHash }: Commit): Promise<CommitResult> {
    const seen = commandHash === undefined ? undefined : await remembered(tenant, commandId)
    if (seen !== undefined) {
      return seen.commandHash === commandHash || seen.commandHash === ''
        ? { outcome: 'duplicate', receipt: seen.receipt }
        : { outcome: 'command-id-reused' }
    }
    const [row] = await ask<{ actual: number }>('versions', sql.versions, [tenant, caseId])
    return { outcome: 'conflict', actual: row?.actual ?? 0 }
  }

  /** One that lost to nobody: somebody claimed its case while it was written, and moved the row. It is written alone. */
  async function again(commit: Commit): Promise<CommitResult> {
    for (let tries = 1; ; tries++) {
      const result = await resultOf(commit)
      const isMoved =
        result.outcome === 'conflict' && result.actual === commit.expectedVersion && commit.guards === undefined
      if (!isMoved || tries === MAX_TRIES) return result
      const [wave] = wavesOf([commit], !isWithin)
      if ((await write((wave as Wave).kind, [commit])).has(0)) return { outcome: 'committed' }
    }
  }

  /** The same; that it can't be told spoils no neighbour, which may be stored. */
  const lost = (commit: Commit): Promise<CommitResult> =>
    isWithin ? again(commit) : again(commit).catch((error: unknown) => ({ outcome: 'failed', error }))

  async function write(kind: Wave['kind'], wave: readonly Commit[]): Promise<ReadonlySet<number>> {
    for (let tries = 1, now = kind; ; tries++) {
      const { name, sql, parameters } = statementFor(now, wave)
      try {
        const won = await ask<{ n: number }>(name, sql, parameters)
        return new Set(won.map(({ n }) => n))
      } catch (error) {
        const state = sqlState((error as RedressError).cause)
        if (tries === maxTries || state === undefined || !passing.includes(state)) throw error
        // One of them was seen before, perhaps: that is what the other kind looks up.
        now = 'any'
        await new Promise((resume) => setTimeout(resume, Math.random() * 2 ** tries))
      }
    }
  }

  return {
    async load(tenant, caseId) {
      const [row] = await ask<{ body: string }>('load', sql.load, [tenant, caseId])
      return row && (JSON.parse(row.body) as Case)
    },

    async commit(batch) {
      const results: CommitResult[] = []
      for (const [number, { kind, places }] of wavesOf(batch, !isWithin).entries()) {
        const commits = places.map((index) => batch[index] as Commit)
        try {
          const won = await write(kind, commits)
          for (const [n, index] of places.entries()) {
            results[index] = won.has(n) ? { outcome: 'committed' } : await lost(commits[n] as Commit)
          }
        } catch (error) {
          if (number === 0 || isWithin) throw error
          for (const index of places) results[index] = { outcome: 'failed', error }
        }
      }
      return results
    },

    async *log(tenant, caseId, after = 0) {
      for (let last = after; ; ) {
        const rows = await ask<{ body: string }>('log', sql.log, [tenant, caseId, last])
        for (const { body } of rows) {
          const entry = JSON.parse(body) as Entry
          last = entry.version
          yield entry
        }
        if (rows.length < LOG_PAGE) return
      }
    },

    remembered,

    async claimDue(tenant, { by, limit, now, until, latest = null }) {
      type Row = { readonly caseId: string; readonly deadlines: string }
      const rows = await ask<Row>('claim', sql.claim, [tenant, by, limit, now, until, latest])
      return rows
        .flatMap(({ caseId, deadlines }) =>
          (JSON.parse(deadlines) as Omit<Due, 'caseId'>[]).map((one) => ({ caseId, ...one })),
        )
        .filter(({ due }) => due <= by)
        .sort(oldestFirst)
    },

    async tied(tenant, { kind, key }) {
      const rows = await tied({ tenant, kind, key })
      return rows.map(({ caseId }) => caseId)
    },

    async find(tenant, asked) {
      const { sql, parameters } = findSql(dialect, tenant, asked)
      const rows = await ask<{ body: string }>(undefined, sql, parameters)
      return rows.map(({ body }) => JSON.parse(body) as Case)
    },

    async keys(tenant, kind) {
      return (await ask<{ key: string }>('keys', sql.keys, [tenant, kind])).map(({ key }) => key)
    },

    async mark(tenant, caseId, why) {
      await ask('mark', sql.mark, [tenant, caseId, why])
    },

    recurrences: insights.recurrences,
    insights: insights.report,

    async note(tenant, { at, caseId, command, code, rules }: NotedRefusal) {
      await ask('note', sql.note, [tenant, at, caseId, command ?? null, code, JSON.stringify(rules)])
    },

    lanes: postgresLanes(ask, table, maxTries),

    async close() {},
  }
}

const receiptOf = ({ caseId, first, last }: Receipt): Receipt => ({ caseId, first, last })
