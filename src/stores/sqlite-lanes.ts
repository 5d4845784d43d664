import type { Entry } from '../machine/case.ts'
import type { Instant } from '../protocol/words.ts'
import type { Backlog, LaneInHand, LaneName, Lanes, LaneTimes, ParkedLane } from './lanes.ts'
import { CASES_AT_ONCE, ENTRIES_AT_ONCE, NEWS_AT_ONCE } from './lanes.ts'
import type { SqliteDatabase } from './sqlite-database.ts'

interface Row {
  readonly since: string
  readonly onlyNew: number
  readonly reached: number
  readonly walkAfter: string | null
  readonly walkSince: string
  readonly rewinds: number
}

type Run = <T>(work: () => T) => T

/**
 * The lanes of a SQLite store. SQLite has one writer at a time, so that entries are numbered (`seq`) in the order in
 * which they are committed: what comes behind the number that a subscription has reached is new, and nothing else is.
 */
export function sqliteLanes(db: SqliteDatabase, asked: Run, transaction: Run): Lanes {
  const of = 'tenant = $tenant AND subscription = $subscription'
  const insertSubscription = db.prepare(
    `INSERT INTO redress_subscription (tenant, name, since, only_new, reached, walk_after, walk_since, rewinds)
     SELECT $tenant, $subscription, $since, $onlyNew, coalesce((SELECT max(seq) FROM redress_log), 0), $walkAfter, $since, 0
     WHERE true ON CONFLICT DO NOTHING`,
  )
  const selectSubscription = db.prepare(
    `SELECT since, only_new AS onlyNew, reached, walk_after AS walkAfter, walk_since AS walkSince, rewinds
     FROM redress_subscription WHERE tenant = $tenant AND name = $subscription`,
  )
  const isStirring = db.prepare(
    `SELECT s.walk_after IS NOT NULL OR s.reached < coalesce((SELECT max(seq) FROM redress_log), 0) OR ${dueIn('$now', '<=')}
       OR ${dueIn('$latest', '>')} AS stirs FROM redress_subscription s WHERE s.tenant = $tenant AND s.name = $subscription`,
  )
  // The plus keeps SQLite from the index of cases, by which it would read all that a tenant has.
  const selectNews = db.prepare(
    `SELECT seq, case_id AS caseId, version, recorded_at AS recordedAt FROM redress_log
     WHERE seq > $reached AND +tenant = $tenant ORDER BY seq LIMIT ${NEWS_AT_ONCE}`,
  )
  const reach = db.prepare(
    `UPDATE redress_subscription SET reached = coalesce($reached, (SELECT max(seq) FROM redress_log), 0)
     WHERE tenant = $tenant AND name = $subscription`,
  )
  const noteNews = db.prepare(
    `UPDATE redress_lane SET newest = max(newest, $version),
       due_at = CASE WHEN parked_at IS NULL AND next <= max(newest, $version) THEN coalesce(due_at, $due) END
     WHERE ${of} AND case_id = $caseId`,
  )
  const firstSince = db.prepare(
    `SELECT (
       SELECT version FROM redress_log WHERE tenant = $tenant AND case_id = $caseId AND recorded_at >= $since
       ORDER BY version LIMIT 1) AS first`,
  )
  const insertLane = db.prepare(
    // Tokens begin anywhere: who has a lane in hand that was forgotten can’t settle the one that took its place.
    `INSERT INTO redress_lane (tenant, subscription, case_id, next, newest, due_at, token)
     VALUES ($tenant, $subscription, $caseId, $next, $newest, $now, abs(random() % 1000000000))
     ON CONFLICT DO UPDATE SET newest = max(newest, excluded.newest),
       due_at = CASE WHEN parked_at IS NULL AND next <= max(newest, excluded.newest) THEN coalesce(due_at, excluded.due_at) END`,
  )
  const rewind = db.prepare(
    `UPDATE redress_lane SET next = min(next, $next), token = token + 1, attempts = 0, first_at = NULL, parked_at = NULL,
       error = NULL, due_at = CASE WHEN min(next, $next) <= newest THEN $now END
     WHERE ${of} AND case_id = $caseId`,
  )
  const selectCases = db.prepare(
    `SELECT case_id AS caseId, version FROM redress_case WHERE tenant = $tenant AND case_id > $walkAfter
     ORDER BY case_id LIMIT ${CASES_AT_ONCE}`,
  )
  const selectCase = db.prepare(
    'SELECT case_id AS caseId, version FROM redress_case WHERE tenant = $tenant AND case_id = $caseId',
  )
  const walkOn = db.prepare(
    'UPDATE redress_subscription SET walk_after = $walkAfter WHERE tenant = $tenant AND name = $subscription',
  )
  const walkAgain = db.prepare(
    `UPDATE redress_subscription SET walk_after = '', walk_since = $since, rewinds = 1
     WHERE tenant = $tenant AND name = $subscription`,
  )
  const selectDue = db.prepare(
    `SELECT case_id AS caseId FROM redress_lane WHERE ${of} AND due_at <= $now ORDER BY due_at LIMIT $limit`,
  )
  const selectPutOff = db.prepare(
    `SELECT case_id AS caseId FROM redress_lane WHERE ${of} AND due_at > $latest ORDER BY due_at LIMIT $limit`,
  )
  const take = db.prepare(
    `UPDATE redress_lane SET due_at = $until, token = token + 1, attempts = attempts + 1, first_at = coalesce(first_at, $now)
     WHERE ${of} AND case_id = $caseId
     RETURNING subscription, case_id AS caseId, token, next, attempts, first_at AS firstAt`,
  )
  const selectEntries = db.prepare(
    `SELECT body FROM redress_log WHERE tenant = $tenant AND case_id = $caseId AND version >= $next
     ORDER BY version LIMIT ${ENTRIES_AT_ONCE}`,
  )
  const settle = db.prepare(
    `UPDATE redress_lane SET next = $next, attempts = $attempts, first_at = $firstAt, error = $parked,
       parked_at = CASE WHEN $parked IS NOT NULL THEN $now END, token = token + 1,
       due_at = CASE WHEN $parked IS NULL
         THEN coalesce($keptUntil, $retryAt, CASE WHEN $next <= newest THEN $now END) END
     WHERE ${of} AND case_id = $caseId AND token = $token`,
  )
  const selectParked = db.prepare(
    `SELECT subscription, case_id AS caseId, next AS version, attempts, error, parked_at AS since FROM redress_lane
     WHERE tenant = $tenant AND parked_at IS NOT NULL AND ($subscription IS NULL OR subscription = $subscription)
     ORDER BY parked_at, subscription, case_id LIMIT $limit`,
  )
  const release = db.prepare(
    `UPDATE redress_lane SET next = $next, attempts = 0, first_at = NULL, parked_at = NULL, error = NULL,
       due_at = CASE WHEN $next <= newest THEN $now END
     WHERE ${of} AND case_id = $caseId AND parked_at IS NOT NULL AND next = $version`,
  )

  const selectBacklogs = db.prepare(
    `SELECT name AS subscription,
       (SELECT count(*) FROM redress_lane WHERE tenant = s.tenant AND subscription = s.name AND due_at IS NOT NULL) AS behind,
       (SELECT count(*) FROM redress_lane
        WHERE tenant = s.tenant AND subscription = s.name AND parked_at IS NOT NULL) AS parked
     FROM redress_subscription s WHERE tenant = $tenant ORDER BY name`,
  )
  const deleteLanes = db.prepare(`DELETE FROM redress_lane WHERE ${of}`)
  const deleteSubscription = db.prepare(
    'DELETE FROM redress_subscription WHERE tenant = $tenant AND name = $subscription',
  )

  type Key = { readonly tenant: string; readonly subscription: string }

  function gather(key: Key, { since, onlyNew, reached, walkAfter, walkSince }: Row, now: Instant): void {
    const { tenant } = key
    const news = [...selectNews.iterate({ tenant, reached })] as unknown as readonly {
      readonly seq: number
      readonly caseId: string
      readonly version: number
      readonly recordedAt: Instant
    }[]
    for (const { caseId, version, recordedAt } of news) {
      const due = recordedAt < now ? recordedAt : now
      if (Number(noteNews.run({ ...key, caseId, version, due }).changes) > 0) continue
      // While older cases are given their lanes, what came before counts as well.
      const from = walkAfter !== null && walkSince < since ? walkSince : since
      const { first } = firstSince.get({ tenant, caseId, since: from }) as { readonly first: number | null }
      const next = onlyNew ? (walkAfter === null ? version : Math.min(version, first ?? version)) : first
      if (next !== null && next <= version) insertLane.run({ ...key, caseId, next, newest: version, now: due })
    }
    const isAll = news.length < NEWS_AT_ONCE
    reach.run({ ...key, reached: isAll ? null : (news.at(-1)?.seq ?? null) })
  }

  function give(key: Key, caseId: string, newest: number, next: number | null, rewinds: boolean, now: Instant): void {
    if (next === null || next > newest) return
    insertLane.run({ ...key, caseId, next, newest, now })
    if (rewinds) rewind.run({ ...key, caseId, next, now })
  }

  function walk(key: Key, { walkAfter, walkSince: since, rewinds }: Row, now: Instant): void {
    const { tenant } = key
    const cases = [...selectCases.iterate({ tenant, walkAfter })] as { caseId: string; version: number }[]
    for (const { caseId, version } of cases) {
      const { first } = firstSince.get({ tenant, caseId, since }) as { readonly first: number | null }
      give(key, caseId, version, first, rewinds === 1, now)
    }
    const last = cases.length < CASES_AT_ONCE ? undefined : cases.at(-1)
    walkOn.run({ ...key, walkAfter: last?.caseId ?? null })
  }

  function claimed(key: Key, caseId: string, { now, until }: { readonly now: Instant; readonly until: Instant }) {
    const lane = { ...(take.get({ ...key, caseId, now, until }) as Omit<LaneInHand, 'entries'>) }
    const rows = [...selectEntries.iterate({ tenant: key.tenant, caseId, next: lane.next })] as { body: string }[]
    return { ...lane, entries: rows.map(({ body }) => JSON.parse(body) as Entry) }
  }

  const rowOf = (key: Key): Row | undefined => selectSubscription.get({ ...key }) as Row | undefined

  function lookForNews(key: Key, now: Instant): void {
    const row = rowOf(key)
    if (row === undefined) return
    gather(key, row, now)
    if (row.walkAfter !== null) walk(key, row, now)
  }

  return {
    async subscribe(tenant, subscription, { since = '', onlyNew = false }) {
      const walkAfter = onlyNew ? null : ''
      transaction(() => insertSubscription.run({ tenant, subscription, since, onlyNew: Number(onlyNew), walkAfter }))
    },

    async stirring(tenant, subscriptions, { now, latest }: LaneTimes) {
      return asked(() =>
        subscriptions.filter((subscription) => {
          const row = isStirring.get({ tenant, subscription, now, latest }) as { readonly stirs: number } | undefined
          return row?.stirs === 1
        }),
      )
    },

    async claim(tenant, subscription, { now, latest, until, limit }) {
      const key = { tenant, subscription }
      return transaction(() => {
        lookForNews(key, now)
        const due = [...selectDue.iterate({ ...key, now, limit })] as LaneName[]
        const putOff = [...selectPutOff.iterate({ ...key, latest, limit })] as LaneName[]
        return [...due, ...putOff].slice(0, limit).map(({ caseId }) => claimed(key, caseId, { now, until }))
      })
    },

    async settle(tenant, settlements) {
      return transaction(() =>
        settlements.map(({ firstAt = null, keptUntil = null, retryAt = null, parked = null, ...one }) => {
          const { subscription, caseId, token, next, now, attempts } = one
          const given = { tenant, subscription, caseId, token, next, now, attempts }
          const { changes } = settle.run({ ...given, firstAt, keptUntil, retryAt, parked })
          return Number(changes) === 1
        }),
      )
    },

    async parked(tenant, name, limit) {
      const rows = asked(() => [...selectParked.iterate({ tenant, subscription: name ?? null, limit })])
      return rows.map((row) => ({ ...(row as ParkedLane) }))
    },

    async release(tenant, { subscription, caseId, version }, skip, now) {
      const next = skip ? version + 1 : version
      const { changes } = asked(() => release.run({ tenant, subscription, caseId, version, next, now }))
      return Number(changes) === 1
    },

    async replay(tenant, subscription, { caseId, version = 1, since = '', now }) {
      const key = { tenant, subscription }
      return transaction(() => {
        if (rowOf(key) === undefined) return false
        if (caseId === undefined) return Number(walkAgain.run({ ...key, since }).changes) === 1
        const found = selectCase.get({ tenant, caseId }) as { readonly version: number } | undefined
        if (found !== undefined) give(key, caseId, found.version, version, true, now)
        return found !== undefined
      })
    },

    async backlogs(tenant, now) {
      const names = () => [...selectBacklogs.iterate({ tenant })] as unknown as readonly Backlog[]
      return transaction(() => {
        for (const { subscription } of names()) lookForNews({ tenant, subscription }, now)
        return names().map((row) => ({ ...row }))
      })
    },

    async forget(tenant, subscription) {
      return transaction(() => {
        deleteLanes.run({ tenant, subscription })
        return Number(deleteSubscription.run({ tenant, subscription }).changes) === 1
      })
    },
  }
}

/** Whether the lane that waits longest, or shortest, was due by a moment. */
function dueIn(moment: string, order: '<=' | '>'): string {
  const edge = order === '<=' ? 'min' : 'max'
  return `coalesce((SELECT ${edge}(due_at) FROM redress_lane l WHERE l.tenant = s.tenant AND l.subscription = s.name
    AND due_at IS NOT NULL) ${order} ${moment}, false)`
}
