import { CASES_AT_ONCE, ENTRIES_AT_ONCE, NEWS_AT_ONCE } from './lanes.ts'
import type { SqliteDatabase } from './sqlite-database.ts'

/** The statements of the lanes, prepared. */
export function laneStatements(db: SqliteDatabase) {
  const of = 'tenant = $tenant AND subscription = $subscription'
  return {
    insertSubscription: db.prepare(
      `INSERT INTO redress_subscription (tenant, name, since, only_new, reached, walk_after, walk_since, rewinds)
       SELECT $tenant, $subscription, $since, $onlyNew, coalesce((SELECT max(seq) FROM redress_log), 0), $walkAfter, $since, 0
       WHERE true ON CONFLICT DO NOTHING`,
    ),
    selectSubscription: db.prepare(
      `SELECT since, only_new AS onlyNew, reached, walk_after AS walkAfter, walk_since AS walkSince, rewinds
       FROM redress_subscription WHERE tenant = $tenant AND name = $subscription`,
    ),
    isStirring: db.prepare(
      `SELECT s.walk_after IS NOT NULL OR s.reached < coalesce((SELECT max(seq) FROM redress_log), 0) OR ${dueIn('$now', '<=')}
       OR ${dueIn('$latest', '>')} AS stirs FROM redress_subscription s WHERE s.tenant = $tenant AND s.name = $subscription`,
    ),
    // The plus keeps SQLite from the index of cases, by which it would read all that a tenant has.
    selectNews: db.prepare(
      `SELECT seq, case_id AS caseId, version, recorded_at AS recordedAt FROM redress_log
       WHERE seq > $reached AND +tenant = $tenant ORDER BY seq LIMIT ${NEWS_AT_ONCE}`,
    ),
    reach: db.prepare(
      `UPDATE redress_subscription SET reached = coalesce($reached, (SELECT max(seq) FROM redress_log), 0)
       WHERE tenant = $tenant AND name = $subscription`,
    ),
    noteNews: db.prepare(
      `UPDATE redress_lane SET newest = max(newest, $version),
       due_at = CASE WHEN parked_at IS NULL AND next <= max(newest, $version) THEN coalesce(due_at, $due) END
       WHERE ${of} AND case_id = $caseId`,
    ),
    firstSince: db.prepare(
      `SELECT (
       SELECT version FROM redress_log WHERE tenant = $tenant AND case_id = $caseId AND recorded_at >= $since
       ORDER BY version LIMIT 1) AS first`,
    ),
    firstNew: db.prepare(
      `SELECT min(l.version) AS first FROM redress_log l JOIN redress_subscription s
       ON s.tenant = $tenant AND s.name = $subscription
       WHERE l.tenant = $tenant AND l.case_id = $caseId AND (l.seq > s.reached OR s.walk_after IS NOT NULL
       AND l.recorded_at >= s.walk_since) AND (s.only_new OR l.recorded_at >= s.since)`,
    ),
    insertLane: db.prepare(
      // Tokens begin anywhere: who has a lane in hand that was forgotten can’t settle the one that took its place.
      `INSERT INTO redress_lane (tenant, subscription, case_id, next, newest, due_at, token)
       VALUES ($tenant, $subscription, $caseId, $next, $newest, $now, abs(random() % 1000000000))
       ON CONFLICT DO UPDATE SET newest = max(newest, excluded.newest),
       due_at = CASE WHEN parked_at IS NULL AND next <= max(newest, excluded.newest) THEN coalesce(due_at, excluded.due_at) END`,
    ),
    rewind: db.prepare(
      `UPDATE redress_lane SET next = min(next, $next), token = token + 1, attempts = 0, first_at = NULL, parked_at = NULL,
       error = NULL, due_at = CASE WHEN min(next, $next) <= newest THEN $now END
       WHERE ${of} AND case_id = $caseId`,
    ),
    selectCases: db.prepare(
      `SELECT case_id AS caseId, version FROM redress_case WHERE tenant = $tenant AND case_id > $walkAfter
       ORDER BY case_id LIMIT ${CASES_AT_ONCE}`,
    ),
    selectCase: db.prepare(
      'SELECT case_id AS caseId, version FROM redress_case WHERE tenant = $tenant AND case_id = $caseId',
    ),
    walkOn: db.prepare(
      'UPDATE redress_subscription SET walk_after = $walkAfter WHERE tenant = $tenant AND name = $subscription',
    ),
    walkAgain: db.prepare(
      `UPDATE redress_subscription SET walk_after = '', rewinds = 1,
       walk_since = CASE WHEN walk_after IS NULL THEN $since ELSE min(walk_since, $since) END
       WHERE tenant = $tenant AND name = $subscription`,
    ),
    selectDue: db.prepare(
      `SELECT case_id AS caseId FROM redress_lane WHERE ${of} AND due_at <= $now ORDER BY due_at LIMIT $limit`,
    ),
    selectPutOff: db.prepare(
      `SELECT case_id AS caseId FROM redress_lane WHERE ${of} AND due_at > $latest ORDER BY due_at LIMIT $limit`,
    ),
    take: db.prepare(
      `UPDATE redress_lane SET due_at = $until, token = token + 1, attempts = attempts + 1, first_at = coalesce(first_at, $now)
       WHERE ${of} AND case_id = $caseId
     RETURNING subscription, case_id AS caseId, token, next, attempts, first_at AS firstAt`,
    ),
    selectEntries: db.prepare(
      `SELECT body FROM redress_log WHERE tenant = $tenant AND case_id = $caseId AND version >= $next
       ORDER BY version LIMIT ${ENTRIES_AT_ONCE}`,
    ),
    settle: db.prepare(
      `UPDATE redress_lane SET next = $next, attempts = $attempts, first_at = $firstAt, error = $parked,
       parked_at = CASE WHEN $parked IS NOT NULL THEN $now END, token = token + 1,
       due_at = CASE WHEN $parked IS NULL
         THEN coalesce($keptUntil, $retryAt, CASE WHEN $next <= newest THEN $now END) END
       WHERE ${of} AND case_id = $caseId AND token = $token`,
    ),
    selectParked: db.prepare(
      `SELECT subscription, case_id AS caseId, next AS version, attempts, error, parked_at AS since FROM redress_lane
       WHERE tenant = $tenant AND parked_at IS NOT NULL AND ($subscription IS NULL OR subscription = $subscription)
       ORDER BY parked_at, subscription, case_id LIMIT $limit`,
    ),
    release: db.prepare(
      `UPDATE redress_lane SET next = $next, attempts = 0, first_at = NULL, parked_at = NULL, error = NULL,
       due_at = CASE WHEN $next <= newest THEN $now END
       WHERE ${of} AND case_id = $caseId AND parked_at IS NOT NULL AND next = $version`,
    ),

    selectBacklogs: db.prepare(
      `SELECT name AS subscription,
       (SELECT count(*) FROM redress_lane WHERE tenant = s.tenant AND subscription = s.name AND due_at IS NOT NULL) AS behind,
       (SELECT count(*) FROM redress_lane
        WHERE tenant = s.tenant AND subscription = s.name AND parked_at IS NOT NULL) AS parked
       FROM redress_subscription s WHERE tenant = $tenant ORDER BY name`,
    ),
    deleteLanes: db.prepare(`DELETE FROM redress_lane WHERE ${of}`),
    deleteSubscription: db.prepare('DELETE FROM redress_subscription WHERE tenant = $tenant AND name = $subscription'),
  }
}

/** Whether the lane that waits longest, or shortest, was due by a moment. */
function dueIn(moment: string, order: '<=' | '>'): string {
  const edge = order === '<=' ? 'min' : 'max'
  return `coalesce((SELECT ${edge}(due_at) FROM redress_lane l WHERE l.tenant = s.tenant AND l.subscription = s.name
    AND due_at IS NOT NULL) ${order} ${moment}, false)`
}
