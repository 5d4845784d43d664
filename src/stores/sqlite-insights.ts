import type { Outcome, SecondFailure } from '../protocol/facts.ts'
import type { Id } from '../protocol/words.ts'
import type { CauseInsights, ChangeInsights, Counts, Insights, InsightsAsked, Median, Milestone } from './insights.ts'
import { inOrder } from './insights.ts'
import type { SqliteDatabase, SqliteStatement } from './sqlite-database.ts'
import type { Recurrence } from './store.ts'

/** The questions about many cases, prepared once a connection. */
export interface SqliteInsights {
  recurrences(tenant: string, causes: readonly string[], except: Id | undefined): readonly Recurrence[]
  report(tenant: string, asked: InsightsAsked): Insights
}

/** What every query of the report begins with; its four parameters are bound once, in this order. */
const COMPLAINTS = `
  WITH asked AS (SELECT ? AS tenant, ? AS since, ? AS until, ? AS delivered),
  complaint AS (
    SELECT c.tenant, c.case_id, c.opened_at, c.state, c.body
    FROM asked CROSS JOIN redress_case c
    WHERE c.tenant = asked.tenant AND c.opened_at >= asked.since AND c.opened_at < asked.until)`

const TOTALS = `${COMPLAINTS}
  SELECT count(*) AS complaints,
    total(state = 'closed') AS closed,
    total(body ->> '$.facts.praise') AS praise,
    total(body ->> '$.facts.hops') AS hops,
    total(body ->> '$.facts.escalated') AS escalated,
    total((SELECT count(*) FROM json_each(body, '$.facts.bystanders') one WHERE one.value ->> '$.acknowledged'))
      AS bystanders
  FROM complaint`

const OUTCOMES = `${COMPLAINTS}
  SELECT body ->> '$.facts.outcome' AS name, count(*) AS count FROM complaint
  WHERE state = 'closed' AND name IS NOT NULL GROUP BY name`

const PROMISES = `${COMPLAINTS}
  SELECT count(*) AS made,
    total(one.value ->> '$.state' = 'kept') AS kept,
    total(one.value ->> '$.state' = 'broken') AS broken,
    total(one.value ->> '$.state' = 'open') AS open,
    total(coalesce(one.value ->> '$.moves', 0) > 0) AS moved
  FROM complaint CROSS JOIN json_each(body, '$.facts.promises') one`

const SECOND_FAILURES = `${COMPLAINTS}
  SELECT one.value ->> '$.kind' AS name, count(*) AS count
  FROM complaint CROSS JOIN json_each(body, '$.facts.failures') one GROUP BY name`

const WAIVERS = `${COMPLAINTS}
  SELECT one.value ->> '$.step' AS name, count(*) AS count
  FROM complaint CROSS JOIN json_each(body, '$.facts.waivers') one GROUP BY name`

const MISSED_DEADLINES = `${COMPLAINTS}
  SELECT l.body ->> '$.command.deadline' AS name, count(*) AS count
  FROM complaint c CROSS JOIN redress_log l ON l.tenant = c.tenant AND l.case_id = c.case_id
  WHERE l.type = 'missDeadline' GROUP BY name`

const STEPS_DONE = `${COMPLAINTS}
  SELECT l.type AS name, count(*) AS count
  FROM complaint c CROSS JOIN redress_log l ON l.tenant = c.tenant AND l.case_id = c.case_id
  WHERE l.type IN ('thank', 'surprise') GROUP BY name`

const SPENT = `${COMPLAINTS}
  SELECT loud, count(*) AS cases, total(spent) AS spent FROM (
    SELECT c.body ->> '$.facts.spent' AS spent, EXISTS (
      SELECT 1 FROM redress_log l, json_each(l.body, '$.command.reasons') reason
      WHERE l.tenant = c.tenant AND l.case_id = c.case_id AND l.type = 'setPriority'
        AND reason.value IN ('reach', 'volume')) AS loud
    FROM complaint c)
  GROUP BY loud`

const BY_RULE = `${COMPLAINTS}
  SELECT rule.value AS name, count(*) AS count
  FROM asked CROSS JOIN redress_refusal r CROSS JOIN json_each(r.rules) rule
  WHERE r.tenant = asked.tenant AND r.at >= asked.since AND r.at < asked.until GROUP BY name`

const BY_CODE = `${COMPLAINTS}
  SELECT r.code AS name, count(*) AS count
  FROM asked CROSS JOIN redress_refusal r
  WHERE r.tenant = asked.tenant AND r.at >= asked.since AND r.at < asked.until GROUP BY name`

/** Milliseconds since 1970 of an instant of ours, digit by digit: SQLite’s own fractions of a day would be rounded. */
const ms = (instant: string) => `(strftime('%s', substr(${instant}, 1, 19)) * 1000 + substr(${instant}, 21, 3))`

const MEDIANS = `${COMPLAINTS},
  milestone (name, type) AS (VALUES ('own', 'own'), ('listen', 'listen'), ('apologize', 'apologize'),
    ('resolve', 'confirm'), ('resolve', 'deliver'), ('close', NULL)),
  taken AS (
    SELECT m.name, max(${ms('min(l.occurred_at)')} - ${ms('c.opened_at')}, 0) AS ms
    FROM asked CROSS JOIN complaint c
      CROSS JOIN redress_log l ON l.tenant = c.tenant AND l.case_id = c.case_id
      CROSS JOIN milestone m ON m.type = l.type OR (m.type IS NULL AND l.entered = 'closed')
    WHERE CASE m.type
      WHEN 'confirm' THEN l.body ->> '$.command.resolved' IN ('yes', 'partly')
      WHEN 'deliver' THEN c.body ->> '$.protocol' IN (SELECT value FROM json_each(asked.delivered))
      ELSE TRUE END
    GROUP BY m.name, c.case_id),
  ranked AS (
    SELECT name, ms, row_number() OVER (PARTITION BY name ORDER BY ms) AS rank, count(*) OVER (PARTITION BY name) AS cases
    FROM taken)
  SELECT name, cases, avg(ms) AS medianMs FROM ranked WHERE rank IN ((cases + 1) / 2, (cases + 2) / 2) GROUP BY name`

const CAUSES = `${COMPLAINTS},
  opened AS (
    SELECT t.key, t.opened_at
    FROM complaint c CROSS JOIN redress_tie t ON t.tenant = c.tenant AND t.case_id = c.case_id AND t.kind = 'cause'),
  tied AS (
    SELECT t.key, t.tenant, t.case_id, t.opened_at, t.changed_at
    FROM asked CROSS JOIN (SELECT DISTINCT key FROM opened) o
      CROSS JOIN redress_tie t ON t.tenant = asked.tenant AND t.kind = 'cause' AND t.key = o.key),
  work AS (
    SELECT t.key, t.changed_at,
      coalesce(min(CASE WHEN l.type = 'verify' AND l.entered IS NOT 'system.improve' THEN l.occurred_at END),
        min(CASE l.type WHEN 'improve' THEN l.occurred_at END), t.changed_at) AS first_at,
      total(l.type = 'changeFailed' AND l.body ->> '$.command.cause' = t.key) AS failed
    FROM tied t CROSS JOIN redress_log l ON l.tenant = t.tenant AND l.case_id = t.case_id
    WHERE t.changed_at IS NOT NULL AND l.type IN ('improve', 'verify', 'changeFailed')
    GROUP BY t.key, t.case_id),
  change AS (
    SELECT key, min(first_at) AS first_at, max(changed_at) AS newest_at, total(failed) AS failed FROM work GROUP BY key)
  SELECT o.key, count(*) AS complaints, c.first_at AS firstAt, total(o.opened_at <= c.first_at) AS before,
    total(o.opened_at > c.first_at) AS after, c.newest_at AS newestAt, c.failed,
    NOT EXISTS (
      SELECT 1 FROM tied t WHERE t.key = o.key AND t.opened_at > c.newest_at AND NOT EXISTS (
        SELECT 1 FROM redress_tie i WHERE i.tenant = t.tenant AND i.case_id = t.case_id AND i.kind = 'incident')) AS held
  FROM opened o LEFT JOIN change c ON c.key = o.key
  GROUP BY o.key`

const NEWEST_CHANGE = `
  SELECT case_id AS changed, changed_at AS changedAt FROM redress_tie
  WHERE tenant = ? AND kind = 'cause' AND key = ? AND changed_at IS NOT NULL AND case_id IS NOT ?
  ORDER BY changed_at DESC, case_id LIMIT 1`

const NEWEST_CASE_SINCE = `
  SELECT t.case_id AS came FROM redress_tie t
  WHERE t.tenant = ? AND t.kind = 'cause' AND t.key = ? AND t.opened_at > ? AND NOT EXISTS (
    SELECT 1 FROM redress_tie i WHERE i.tenant = t.tenant AND i.case_id = t.case_id AND i.kind = 'incident')
  ORDER BY t.opened_at DESC, t.case_id LIMIT 1`

type Parameters = readonly (string | number | null)[]

/** Prepares the questions about many cases. */
export function prepareInsights(db: SqliteDatabase): SqliteInsights {
  const newestChange = db.prepare(NEWEST_CHANGE)
  const newestCaseSince = db.prepare(NEWEST_CASE_SINCE)
  const prepared = new Map<string, SqliteStatement>()
  // The report is asked for seldom, and prepared when it first is.
  const rows = <Row>(sql: string, parameters: Parameters): readonly Row[] => {
    const statement = prepared.get(sql) ?? db.prepare(sql)
    prepared.set(sql, statement)
    return [...statement.iterate(...parameters)].map((row) => ({ ...(row as Row) }))
  }

  const report = (tenant: string, { from, to, resolvedByDelivery }: InsightsAsked): Insights => {
    const asked = [tenant, from, to, JSON.stringify(resolvedByDelivery)]
    const one = <Row>(sql: string) => rows<Row>(sql, asked)[0] as Row
    const counts = <Name extends string>(sql: string) =>
      Object.fromEntries(
        rows<{ name: string; count: number }>(sql, asked).map(({ name, count }) => [name, count]),
      ) as Counts<Name>
    const totals = one<Record<'complaints' | 'closed' | 'praise' | 'hops' | 'escalated' | 'bystanders', number>>(TOTALS)
    const taken = rows<Median & { name: Milestone }>(MEDIANS, asked)
    const timeTo = (milestone: Milestone): Median => {
      const { cases = 0, medianMs } = taken.find(({ name }) => name === milestone) ?? {}
      return { cases, medianMs }
    }
    const spent = rows<{ loud: number; cases: number; spent: number }>(SPENT, asked)
    const spentOn = (loud: number) => {
      const { cases = 0, spent: sum = 0 } = spent.find((row) => row.loud === loud) ?? {}
      return { cases, spent: sum }
    }
    const { thank: thanks = 0, surprise: surprises = 0 } = counts<'thank' | 'surprise'>(STEPS_DONE)
    const { complaints, praise, closed, hops, escalated, bystanders } = totals
    return {
      from,
      to,
      complaints,
      praise,
      closed,
      outcomes: counts<Outcome>(OUTCOMES),
      causes: inOrder(rows<CauseRow>(CAUSES, asked).map(causeOf)),
      timeTo: {
        own: timeTo('own'),
        listen: timeTo('listen'),
        apologize: timeTo('apologize'),
        resolve: timeTo('resolve'),
        close: timeTo('close'),
      },
      promises: one<Insights['promises']>(PROMISES),
      secondFailures: counts<SecondFailure['kind']>(SECOND_FAILURES),
      handOffs: { hops, escalated },
      waivers: counts(WAIVERS),
      missedDeadlines: counts(MISSED_DEADLINES),
      refusals: { byRule: counts(BY_RULE), byCode: counts(BY_CODE) },
      remedies: { onTheLoud: spentOn(1), onOthers: spentOn(0) },
      appreciation: { thanks, surprises, bystanders },
    }
  }

  return {
    recurrences: (tenant, causes, except) =>
      causes.flatMap((cause) => {
        const change = newestChange.get(tenant, cause, except ?? null) as
          | Pick<Recurrence, 'changed' | 'changedAt'>
          | undefined
        const arrival = change && (newestCaseSince.get(tenant, cause, change.changedAt) as { came: string } | undefined)
        return change && arrival ? [{ cause, ...change, ...arrival }] : []
      }),

    report: (tenant, asked) => atOneMoment(db, () => report(tenant, asked)),
  }
}

/** All that is read within it is of one moment, whoever writes meanwhile, and whether or not the host began a transaction. */
function atOneMoment<T>(db: SqliteDatabase, read: () => T): T {
  db.exec('SAVEPOINT redress_report')
  try {
    return read()
  } finally {
    db.exec('RELEASE redress_report')
  }
}

interface CauseRow extends Omit<ChangeInsights, 'firstAt' | 'held'> {
  readonly key: string
  readonly complaints: number
  readonly firstAt: string | null
  readonly held: number
}

const causeOf = ({ key, complaints, firstAt, before, after, newestAt, held, failed }: CauseRow): CauseInsights => ({
  key,
  complaints,
  change: firstAt === null ? undefined : { firstAt, before, after, newestAt, held: held === 1, failed },
})
