import { Phase } from '../protocol/place.ts'
import type { Id } from '../protocol/words.ts'
import type { CauseInsights, ChangeInsights, Insights, InsightsAsked, Median, Milestone } from './insights.ts'
import { inOrder } from './insights.ts'
import type { Ask } from './postgres-client.ts'
import { placesInUse } from './postgres-find.ts'
import { askAboutRows } from './postgres-rows.ts'
import { sharedReads } from './shared-reads.ts'
import type { Recurrence } from './store.ts'

/** The questions about many cases. */
export interface PostgresInsights {
  recurrences(tenant: string, causes: readonly string[], except: Id | undefined): Promise<readonly Recurrence[]>
  report(tenant: string, asked: InsightsAsked): Promise<Insights>
}

/** `table('case')` is the full, quoted name of a table. */
export function postgresInsights(ask: Ask, table: (name: string) => string): PostgresInsights {
  const askAll = askAboutRows(ask, 'recurrences', 3, recurrencesOf(table))
  const recurred = sharedReads(async (all: readonly RecurrencesAsked[]) => {
    const asked = all.flatMap(({ tenant, causes, except = null }, n) =>
      causes.map((cause) => ({ n, row: [tenant, cause, except] })),
    )
    const found = await askAll<Recurrence & { readonly n: number }>(asked.map(({ row }) => row))
    return found.map((one) => ({ ...one, n: (asked[one.n] as (typeof asked)[number]).n }))
  })
  const report = reportOf(table)
  return {
    async recurrences(tenant, causes, except) {
      const rows = await recurred({ tenant, causes, except })
      return rows.map(({ n: _, ...recurrence }) => recurrence)
    },

    async report(tenant, { from, to, resolvedByDelivery }) {
      // A list goes as text: drivers disagree on how to send an array, or JSON.
      const values = [tenant, from, to, JSON.stringify(resolvedByDelivery)]
      const [row] = (await ask<{ report: Told }>('insights', report, values)) as readonly [{ report: Told }]
      const { causes, taken, ...told } = row.report
      const timeTo = (milestone: Milestone): Median => {
        const { cases = 0, medianMs } = taken[milestone] ?? {}
        return { cases, medianMs }
      }
      return {
        from,
        to,
        ...told,
        causes: inOrder(causes.map(causeOf)),
        timeTo: {
          own: timeTo('own'),
          listen: timeTo('listen'),
          apologize: timeTo('apologize'),
          resolve: timeTo('resolve'),
          close: timeTo('close'),
        },
      }
    },
  }
}

/** What the database answers: the report, but for what JSON or SQL can't say as we do. */
interface Told extends Omit<Insights, 'from' | 'to' | 'causes' | 'timeTo'> {
  readonly causes: readonly CauseRow[]
  /** A milestone that no case reached is left out. */
  readonly taken: Readonly<Partial<Record<Milestone, Median>>>
}

interface CauseRow extends Omit<ChangeInsights, 'firstAt'> {
  readonly key: string
  readonly complaints: number
  readonly firstAt: string | null
}

const causeOf = ({ key, complaints, firstAt, before, after, newestAt, held, failed }: CauseRow): CauseInsights => ({
  key,
  complaints,
  change: firstAt === null ? undefined : { firstAt, before, after, newestAt, held, failed },
})

interface RecurrencesAsked {
  readonly tenant: string
  readonly causes: readonly string[]
  readonly except: Id | undefined
}

/** A row for each cause: its tenant, its key, and the case whose own change is left out. */
const recurrencesOf = (table: (name: string) => string) => (list: string) =>
  `
  SELECT asked.n, asked.cause, change.case_id AS changed, change.changed_at AS "changedAt", arrival.case_id AS came
  FROM ${list} asked (n, tenant, cause, "except") CROSS JOIN LATERAL (
    SELECT case_id, changed_at FROM ${table('tie')}
    WHERE kind = 'cause' AND key = asked.cause AND tenant = asked.tenant AND changed_at IS NOT NULL
      AND case_id IS DISTINCT FROM asked.except
    ORDER BY changed_at DESC, case_id LIMIT 1) change
  CROSS JOIN LATERAL (
    SELECT t.case_id FROM ${table('tie')} t
    WHERE t.kind = 'cause' AND t.key = asked.cause AND t.tenant = asked.tenant AND t.opened_at > change.changed_at AND NOT EXISTS (
      -- By the case alone: a planner that knows of no incident yet would read them all.
      SELECT 1 FROM ${table('tie')} i WHERE i.tenant = asked.tenant AND i.case_id = t.case_id AND i.kind || '' = 'incident')
    ORDER BY t.opened_at DESC, t.case_id LIMIT 1) arrival`

/** An instant of ours, 20,000 years later: PostgreSQL knows no year 0, and the calendar repeats every 400 years. */
const later = (instant: string) => `('2' || substr(${instant}, 1, 23))::timestamp`

/** How often each name is among the rows of a query, as an object. */
const counts = (names: string) => `(
    SELECT coalesce(json_object_agg(name, times), '{}') FROM (
      SELECT name, count(*) AS times FROM (${names}) named (name) WHERE name IS NOT NULL GROUP BY name) counted)`

const everyPhase = Phase.options.map((phase) => `'${phase}'`)

/**
 * The report is one statement, so that all that it reads is of one moment, whoever writes meanwhile. Its parameters:
 * the tenant, from, to, and the protocols that a delivery resolves.
 */
const reportOf = (table: (name: string) => string): string => `
  WITH complaint AS (
    SELECT c.case_id, c.opened_at, c.state, c.body::json ->> 'protocol' AS protocol, fact.*
    FROM ${placesInUse(table, everyPhase)}
    CROSS JOIN LATERAL (
      SELECT * FROM ${table('case')} c
      WHERE c.place = p.place AND c.tenant = $1 AND c.opened_at >= $2 AND c.opened_at < $3 OFFSET 0) c
    CROSS JOIN LATERAL json_to_record(c.body::json -> 'facts') fact (outcome text, praise int,
      hops int, escalated boolean, spent numeric, promises json, failures json, waivers json, bystanders json)),
  entry AS (
    SELECT l.case_id, l.type, l.entered, l.occurred_at,
      CASE WHEN l.type IN ('confirm', 'setPriority', 'missDeadline') THEN l.body::json -> 'command' END AS command
    FROM complaint c JOIN ${table('log')} l ON l.tenant = $1 AND l.case_id = c.case_id
    WHERE l.entered = 'closed' OR l.type IN ('own', 'listen', 'apologize', 'confirm', 'deliver', 'thank', 'surprise',
      'setPriority', 'missDeadline')),
  promise AS (
    SELECT one.value ->> 'state' AS state, coalesce((one.value ->> 'moves')::int, 0) AS moves
    FROM complaint c CROSS JOIN json_array_elements(c.promises) one),
  loud AS (
    SELECT DISTINCT e.case_id FROM entry e CROSS JOIN json_array_elements_text(e.command -> 'reasons') reason
    WHERE e.type = 'setPriority' AND reason.value IN ('reach', 'volume')),
  spend AS (
    SELECT c.spent, l.case_id IS NOT NULL AS loud FROM complaint c LEFT JOIN loud l ON l.case_id = c.case_id),
  refused AS (
    SELECT r.code, r.rules FROM ${table('refusal')} r WHERE r.tenant = $1 AND r.at >= $2 AND r.at < $3),
  taken AS (
    SELECT m.name,
      greatest(extract(epoch FROM ${later('min(e.occurred_at)')} - ${later('c.opened_at')}) * 1000, 0) AS ms
    FROM complaint c JOIN entry e ON e.case_id = c.case_id CROSS JOIN LATERAL (VALUES
      ('own', e.type = 'own'), ('listen', e.type = 'listen'), ('apologize', e.type = 'apologize'),
      ('resolve', CASE e.type
        WHEN 'confirm' THEN e.command ->> 'resolved' IN ('yes', 'partly')
        WHEN 'deliver' THEN c.protocol IN (SELECT json_array_elements_text($4::text::json)) END),
      ('close', e.entered = 'closed')) m (name, reached)
    WHERE m.reached
    GROUP BY m.name, c.case_id, c.opened_at),
  median AS (
    SELECT name, count(*) AS cases, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms::float8) AS ms
    FROM taken GROUP BY name),
  opened AS (
    SELECT t.key, t.opened_at
    FROM complaint c JOIN ${table('tie')} t ON t.tenant = $1 AND t.case_id = c.case_id AND t.kind = 'cause'),
  tied AS (
    SELECT t.key, t.case_id, t.opened_at, t.changed_at
    FROM ${table('tie')} t WHERE t.tenant = $1 AND t.kind = 'cause' AND t.key IN (SELECT key FROM opened)),
  work AS (
    SELECT t.key, t.changed_at,
      coalesce(min(l.occurred_at) FILTER (WHERE l.type = 'verify' AND l.entered IS DISTINCT FROM 'system.improve'),
        min(l.occurred_at) FILTER (WHERE l.type = 'improve'), t.changed_at) AS first_at,
      count(*) FILTER (WHERE l.type = 'changeFailed' AND l.body::json #>> '{command,cause}' = t.key) AS failed
    FROM tied t JOIN ${table('log')} l ON l.tenant = $1 AND l.case_id = t.case_id
    WHERE t.changed_at IS NOT NULL AND l.type IN ('improve', 'verify', 'changeFailed')
    GROUP BY t.key, t.case_id, t.changed_at),
  change AS (
    SELECT key, min(first_at) AS first_at, max(changed_at) AS newest_at, sum(failed) AS failed FROM work GROUP BY key),
  arrival AS (
    SELECT t.key, max(t.opened_at) AS newest_at FROM tied t WHERE NOT EXISTS (
      SELECT 1 FROM ${table('tie')} i WHERE i.tenant = $1 AND i.case_id = t.case_id AND i.kind || '' = 'incident')
    GROUP BY t.key),
  cause AS (
    SELECT o.key, count(*) AS complaints, c.first_at AS "firstAt",
      count(*) FILTER (WHERE o.opened_at <= c.first_at) AS before,
      count(*) FILTER (WHERE o.opened_at > c.first_at) AS after,
      c.newest_at AS "newestAt", c.failed, coalesce(a.newest_at <= c.newest_at, TRUE) AS held
    FROM opened o LEFT JOIN change c ON c.key = o.key LEFT JOIN arrival a ON a.key = o.key
    GROUP BY o.key, c.first_at, c.newest_at, c.failed, a.newest_at)
  SELECT json_build_object(
    'complaints', (SELECT count(*) FROM complaint),
    'praise', (SELECT coalesce(sum(praise), 0) FROM complaint),
    'closed', (SELECT count(*) FROM complaint WHERE state = 'closed'),
    'outcomes', ${counts("SELECT outcome FROM complaint WHERE state = 'closed'")},
    'causes', (SELECT coalesce(json_agg(one), '[]') FROM cause one),
    'taken', (
      SELECT coalesce(json_object_agg(name, json_build_object('cases', cases, 'medianMs', ms)), '{}') FROM median),
    'promises', (SELECT json_build_object(
      'made', count(*),
      'kept', count(*) FILTER (WHERE state = 'kept'),
      'broken', count(*) FILTER (WHERE state = 'broken'),
      'open', count(*) FILTER (WHERE state = 'open'),
      'moved', count(*) FILTER (WHERE moves > 0)) FROM promise),
    'secondFailures', ${counts("SELECT one.value ->> 'kind' FROM complaint, json_array_elements(failures) one")},
    'handOffs', (SELECT json_build_object(
      'hops', coalesce(sum(hops), 0), 'escalated', count(*) FILTER (WHERE escalated)) FROM complaint),
    'waivers', ${counts("SELECT one.value ->> 'step' FROM complaint, json_array_elements(waivers) one")},
    'missedDeadlines', ${counts("SELECT command ->> 'deadline' FROM entry WHERE type = 'missDeadline'")},
    'refusals', json_build_object(
      'byRule', ${counts('SELECT rule.value FROM refused r CROSS JOIN json_array_elements_text(r.rules) rule')},
      'byCode', ${counts('SELECT code FROM refused')}),
    'remedies', (SELECT json_build_object(
      'onTheLoud', json_build_object(
        'cases', count(*) FILTER (WHERE loud), 'spent', coalesce(sum(spent) FILTER (WHERE loud), 0)),
      'onOthers', json_build_object(
        'cases', count(*) FILTER (WHERE NOT loud), 'spent', coalesce(sum(spent) FILTER (WHERE NOT loud), 0)))
      FROM spend),
    'appreciation', json_build_object(
      'thanks', (SELECT count(*) FROM entry WHERE type = 'thank'),
      'surprises', (SELECT count(*) FROM entry WHERE type = 'surprise'),
      'bystanders', (
        SELECT count(*) FROM complaint c CROSS JOIN json_array_elements(c.bystanders) one
        WHERE one.value ->> 'acknowledged' = 'true'))) AS report`
