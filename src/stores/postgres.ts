import type { Case, Entry } from '../machine/case.ts'
import { byDue } from '../protocol/clock.ts'
import type { Id } from '../protocol/words.ts'
import { findSql } from './find-sql.ts'
import type { Ask, PostgresClient } from './postgres-client.ts'
import { askOf, clientOf } from './postgres-client.ts'
import { MAX_TRIES, postgresCommit } from './postgres-commit.ts'
import { postgresDialect } from './postgres-find.ts'
import { postgresInsights } from './postgres-insights.ts'
import { postgresLanes } from './postgres-lanes.ts'
import { askAboutRows } from './postgres-rows.ts'
import type { PostgresPlace } from './postgres-schema.ts'
import { migration, tablesIn } from './postgres-schema.ts'
import { sharedReads } from './shared-reads.ts'
import type { Due, NotedRefusal, Receipt, Store, TieName } from './store.ts'

export type { PgClient, PgliteClient, PostgresClient, PostgresJsClient } from './postgres-client.ts'
export { type PostgresPlace, postgresMigrations } from './postgres-schema.ts'

/** How a PostgreSQL store is opened. */
export interface PostgresOptions extends PostgresPlace {
  /** Whether it makes and upgrades its tables by itself. Default: true; for `false` see `postgresMigrations`. */
  readonly createSchema?: boolean
  /** Whether statements are prepared by name. Default: true; `false` behind a PgBouncer older than 1.21. */
  readonly prepare?: boolean
}

const LOG_PAGE = 100

/**
 * A store in PostgreSQL 14 and newer, on a client of the host's own: `pg` (`Pool`, `Client`, `PoolClient`), `postgres`
 * or PGlite. A commit, of one step or of many, is one statement. There is no session state, so that it works behind
 * PgBouncer in transaction mode.
 *
 * Throws `input-invalid` for names of tables that it does not take, `store-newer` where a newer release has been here,
 * `store-older` where the host runs the migrations and has not run them all, and `store-failed` where the server refuses
 * a statement (nothing was stored) or the connection fails (`stored` is `unknown`: the same send again, under its id, will
 * tell).
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

/** A store that asks; within a transaction of the host's, or not. */
function storeOn(ask: Ask, table: (name: string) => string, isWithin: boolean): Store {
  const insights = postgresInsights(ask, table)
  const dialect = postgresDialect(table)
  const sql = {
    load: `SELECT body FROM ${table('case')} WHERE tenant = $1 AND case_id = $2`,
    log: `SELECT body FROM ${table('log')} WHERE tenant = $1 AND case_id = $2 AND version > $3 ORDER BY version LIMIT ${LOG_PAGE}`,
    remembered: `SELECT hash, case_id AS "caseId", first, last FROM ${table('command')} WHERE tenant = $1 AND command_id = $2`,
    claim: `UPDATE ${table('case')} c SET leased_until = $5 FROM (
              SELECT tenant, case_id FROM ${table('case')}
              WHERE tenant = $1 AND due_at <= $2 AND (leased_until IS NULL OR leased_until <= $4 OR leased_until > $6)
              ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED) one
            WHERE c.tenant = one.tenant AND c.case_id = one.case_id
            RETURNING c.case_id AS "caseId", c.deadlines`,
    // OFFSET: each is looked up by its index, and none goes by a reading of the whole table.
    tied: (list: string) => `SELECT asked.n, one.case_id AS "caseId"
           FROM ${list} asked (n, tenant, kind, key) CROSS JOIN LATERAL (
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

  const askTied = askAboutRows(ask, 'tied', 3, sql.tied)
  const tied = sharedReads((all: readonly (TieName & { readonly tenant: string })[]) =>
    askTied<{ readonly n: number; readonly caseId: Id }>(all.map(({ tenant, kind, key }) => [tenant, kind, key])),
  )

  const remembered = async (tenant: string, commandId: string) => {
    const [row] = await ask<Receipt & { hash: string }>('remembered', sql.remembered, [tenant, commandId])
    return row && { commandHash: row.hash, receipt: receiptOf(row) }
  }

  return {
    async load(tenant, caseId) {
      const [row] = await ask<{ body: string }>('load', sql.load, [tenant, caseId])
      return row && (JSON.parse(row.body) as Case)
    },

    commit: postgresCommit(ask, table, isWithin, remembered),

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
        .sort(byDue)
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

    lanes: postgresLanes(ask, table, isWithin ? 1 : MAX_TRIES),

    async close() {},
  }
}

const receiptOf = ({ caseId, first, last }: Receipt): Receipt => ({ caseId, first, last })
