import { CASES_AT_ONCE, ENTRIES_AT_ONCE, NEWS_AT_ONCE } from './lanes.ts'

/** The statements of the lanes. `table('lane')` is the full name of a table. */
export function laneSql(table: (name: string) => string) {
  const cluster = '(SELECT system_identifier::text FROM pg_control_system())'
  const xmax = 'pg_snapshot_xmax(pg_current_snapshot())::text::bigint'
  const stillOpen = 'SELECT x::text::bigint AS xid FROM pg_snapshot_xip(pg_current_snapshot()) x'
  /** The first version of a case that was recorded at a moment or later. */
  const firstSince = (caseId: string, since: string) =>
    `(SELECT l.version FROM ${table('log')} l
      WHERE l.tenant = $1 AND l.case_id = ${caseId} AND l.recorded_at >= ${since} ORDER BY l.version LIMIT 1)`
  /** Whether the lane that waits longest, or shortest, is due by a moment: by its index, whatever the planner believes. */
  const due = (edge: 'min' | 'max', order: string) =>
    `(SELECT ${edge}(due_at) FROM ${table('lane')}
      WHERE subscription = s.name AND tenant = s.tenant AND due_at IS NOT NULL) ${order}`
  // Tokens begin anywhere: who has a lane in hand that was forgotten can’t settle the one that took its place.
  const firstToken = '2 * (random() * 500000000)::int'
  const dueNow = (next: string, newest: string, moment: string) =>
    `CASE WHEN l.parked_at IS NULL AND ${next} <= ${newest} THEN coalesce(l.due_at, ${moment}) END`
  const taken = (moment: string, limit: string) =>
    `SELECT ctid AS tid, due_at FROM ${table('lane')}
     WHERE subscription = $2 AND tenant = $1 AND due_at IS NOT NULL AND due_at ${moment}
     ORDER BY due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED`

  /** The first version of a case that is new to a subscription, and not in a lane yet. */
  const firstNew = (caseId: string) =>
    `(SELECT min(l.version) FROM ${table('log')} l WHERE l.tenant = $1 AND l.case_id = ${caseId}
      AND (l.xid >= s.reached OR l.xid = ANY (s.open)) AND (s.only_new OR l.recorded_at >= s.since))`

  return {
    // Where the tables were moved to another cluster, its transactions have other numbers: the cases are walked through.
    // Entries with a number that is still to come there would be taken for new, and hide what is.
    renumber: `UPDATE ${table('log')} SET xid = 0 WHERE xid >= ${xmax}`,

    subscribe: `WITH known AS (INSERT INTO ${table('subscription')} AS s
        (tenant, name, since, only_new, cluster, reached, open, walk_after, walk_since, rewinds)
      SELECT $1, $2, $3::text, $4::boolean, ${cluster}, ${xmax}, coalesce((SELECT array_agg(xid) FROM (${stillOpen}) x), '{}'),
        CASE WHEN NOT $4::boolean THEN '' END, $3::text, false
      ON CONFLICT (tenant, name) DO UPDATE SET cluster = excluded.cluster, reached = excluded.reached,
        open = excluded.open, walk_after = '', walk_since = s.since, rewinds = false
      WHERE s.cluster <> excluded.cluster RETURNING xmax = 0 AS is_new)
      DELETE FROM ${table('lane')} WHERE tenant = $1 AND subscription = $2 AND (SELECT is_new FROM known)`,

    stirring: `SELECT s.name FROM ${table('subscription')} s
      WHERE s.tenant = $1 AND s.name IN (SELECT json_array_elements_text(($2::text)::json)) AND (
        s.walk_after IS NOT NULL
        OR s.reached <= (SELECT l.xid FROM ${table('log')} l ORDER BY l.xid DESC LIMIT 1)
        OR EXISTS (SELECT 1 FROM unnest(s.open) o (xid) WHERE o.xid = (
             SELECT l.xid FROM ${table('log')} l WHERE l.xid >= o.xid ORDER BY l.xid LIMIT 1))
        OR ${due('min', '<= $3')} OR ${due('max', '> $4')} OR s.cluster <> ${cluster})`,

    gather: `WITH s AS MATERIALIZED (
        SELECT * FROM ${table('subscription')} WHERE tenant = $1 AND name = $2 FOR UPDATE SKIP LOCKED),
      page AS MATERIALIZED (
        SELECT l.xid, l.case_id, l.version, l.recorded_at FROM ${table('log')} l
        WHERE l.tenant = $1 AND l.xid >= (SELECT reached FROM s) ORDER BY l.xid LIMIT ${NEWS_AT_ONCE}),
      edge AS MATERIALIZED (SELECT CASE WHEN count(*) = ${NEWS_AT_ONCE} THEN max(xid) END AS xid FROM page),
      found AS (
        SELECT case_id, version, recorded_at FROM page
        UNION ALL
        SELECT l.case_id, l.version, l.recorded_at FROM (
          SELECT xid FROM edge WHERE xid IS NOT NULL UNION ALL SELECT unnest(open) FROM s) x
        CROSS JOIN LATERAL (
          SELECT * FROM ${table('log')} l WHERE l.xid = x.xid AND l.tenant = $1 OFFSET 0) l),
      news AS (
        SELECT case_id, min(version) AS first, max(version) AS newest, least(min(recorded_at), $3) AS due
        FROM found GROUP BY case_id),
      reached AS (
        UPDATE ${table('subscription')} u SET reached = n.reached, open = coalesce((
          SELECT array_agg(x.xid) FROM (${stillOpen}) x WHERE x.xid < n.reached), '{}')
        FROM (
          SELECT coalesce(edge.xid + 1, ${xmax}) AS reached FROM edge, s
          WHERE s.reached <= (SELECT l.xid FROM ${table('log')} l ORDER BY l.xid DESC LIMIT 1)
            OR EXISTS (SELECT 1 FROM found)) n
        WHERE u.tenant = $1 AND u.name = $2),
      noted AS (
      INSERT INTO ${table('lane')} AS l (tenant, subscription, case_id, next, newest, due_at, token)
      SELECT $1, $2, n.case_id, coalesce(known.next, started.next), n.newest, n.due, ${firstToken}
      FROM s CROSS JOIN news n
      LEFT JOIN LATERAL (
        SELECT k.next FROM ${table('lane')} k
        WHERE k.case_id = n.case_id AND k.tenant = $1 AND k.subscription = $2 LIMIT 1) known ON true
      LEFT JOIN LATERAL (
        -- While older cases are given their lanes, what came before counts as well.
        SELECT CASE
          WHEN s.only_new AND s.walk_after IS NULL THEN n.first
          ELSE least(CASE WHEN s.only_new THEN n.first END, ${firstSince(
            'n.case_id',
            'CASE WHEN s.walk_after IS NULL THEN s.since ELSE least(s.since, s.walk_since) END',
          )}) END AS next) started ON known.next IS NULL
      WHERE coalesce(known.next, started.next) IS NOT NULL
      ORDER BY n.case_id
      ON CONFLICT (case_id, tenant, subscription) DO UPDATE SET newest = excluded.newest,
        due_at = ${dueNow('l.next', 'excluded.newest', 'excluded.due_at')}
      WHERE excluded.newest > l.newest)
      SELECT walk_after IS NOT NULL AS walks, cluster <> ${cluster} AS moved FROM s`,

    walk: `WITH s AS MATERIALIZED (
        SELECT * FROM ${table('subscription')}
        WHERE tenant = $1 AND name = $2 AND walk_after IS NOT NULL FOR UPDATE SKIP LOCKED),
      page AS MATERIALIZED (
        SELECT c.case_id, c.version FROM ${table('case')} c
        WHERE c.tenant = $1 AND c.case_id > (SELECT walk_after FROM s) ORDER BY c.case_id LIMIT ${CASES_AT_ONCE}),
      walked AS (
        UPDATE ${table('subscription')} u
        SET walk_after = (SELECT CASE WHEN count(*) = ${CASES_AT_ONCE} THEN max(case_id) END FROM page)
        FROM s WHERE u.tenant = $1 AND u.name = $2)
      INSERT INTO ${table('lane')} AS l (tenant, subscription, case_id, next, newest, due_at, token)
      SELECT $1, $2, p.case_id, least(first.version, ${firstNew('p.case_id')}), p.version, $3, ${firstToken} + s.rewinds::int
      FROM s CROSS JOIN page p
      CROSS JOIN LATERAL ${firstSince('p.case_id', 's.walk_since')} first
      ORDER BY p.case_id
      ON CONFLICT (case_id, tenant, subscription) DO UPDATE SET ${rewound('excluded.token % 2 = 1')}`,

    replay: `INSERT INTO ${table('lane')} AS l (tenant, subscription, case_id, next, newest, due_at, token)
      SELECT c.tenant, s.name, c.case_id, least($4::int, ${firstNew('c.case_id')},
        CASE WHEN s.walk_after IS NOT NULL THEN ${firstSince('c.case_id', 's.walk_since')} END), c.version, $5, ${firstToken} + 1
      FROM ${table('case')} c CROSS JOIN ${table('subscription')} s
      WHERE c.tenant = $1 AND c.case_id = $3 AND c.version >= $4::int AND s.tenant = $1 AND s.name = $2
      ON CONFLICT (case_id, tenant, subscription) DO UPDATE SET ${rewound('true')}
      RETURNING case_id`,

    walkAgain: `UPDATE ${table('subscription')} SET walk_after = '', rewinds = true,
        walk_since = CASE WHEN walk_after IS NULL THEN $3 ELSE least(walk_since, $3) END
      WHERE tenant = $1 AND name = $2 RETURNING name`,

    claim: `WITH due AS MATERIALIZED (${taken('<= $3', '$6::int')}), put_off AS MATERIALIZED (${taken('> $4', '$6::int')}),
      taken AS (
        UPDATE ${table('lane')} l
        SET due_at = $5, token = l.token + 1, attempts = l.attempts + 1, first_at = coalesce(l.first_at, $3)
        FROM (SELECT * FROM due UNION ALL SELECT * FROM put_off LIMIT $6::int) one
        -- One that was changed in between is not found where it was, and waits for the next claim.
        WHERE l.ctid = one.tid AND l.due_at = one.due_at
        RETURNING l.case_id, l.token, l.next, l.attempts, l.first_at)
      SELECT t.case_id AS "caseId", t.token, t.next, t.attempts, t.first_at AS "firstAt", e.body
      FROM taken t LEFT JOIN LATERAL (
        SELECT l.version, l.body FROM ${table('log')} l
        WHERE l.tenant = $1 AND l.case_id = t.case_id AND l.version >= t.next
        ORDER BY l.version LIMIT ${ENTRIES_AT_ONCE}) e ON true
      ORDER BY t.case_id, e.version`,

    // One that learned of news in between is not found where it was: the next try does.
    settle: `WITH input AS MATERIALIZED (
        SELECT * FROM json_to_recordset(($2::text)::json) AS i(n int, subscription text, "caseId" text, token int,
          next int, now text, attempts int, "firstAt" text, "keptUntil" text, "retryAt" text, parked text)
        -- All of them; but the planner takes them for few, and goes by the index.
        WHERE i.n BETWEEN 0 AND 1000000),
      held AS MATERIALIZED (
        SELECT i.n, l.tid FROM (SELECT * FROM input ORDER BY "caseId", subscription) i CROSS JOIN LATERAL (
          SELECT x.ctid AS tid FROM ${table('lane')} x
          WHERE x.case_id = i."caseId" AND x.tenant = $1 AND x.subscription = i.subscription AND x.token = i.token
          LIMIT 1) l)
      UPDATE ${table('lane')} l
      SET next = i.next, attempts = i.attempts, first_at = i."firstAt", error = i.parked,
        parked_at = CASE WHEN i.parked IS NOT NULL THEN i.now END,
        token = l.token + 1,
        due_at = CASE WHEN i.parked IS NULL
          THEN coalesce(i."keptUntil", i."retryAt", CASE WHEN i.next <= l.newest THEN i.now END) END
      FROM held h JOIN input i USING (n) WHERE l.ctid = h.tid AND l.token = i.token RETURNING i.n`,

    parked: `SELECT subscription, case_id AS "caseId", next AS version, attempts, error, parked_at AS since
      FROM ${table('lane')}
      WHERE tenant = $1 AND parked_at IS NOT NULL AND ($2::text IS NULL OR subscription = $2)
      ORDER BY parked_at, subscription, case_id LIMIT $3::int`,

    release: `UPDATE ${table('lane')} SET next = $5::int, attempts = 0, first_at = NULL, parked_at = NULL, error = NULL,
        due_at = CASE WHEN $5::int <= newest THEN $6 END
      WHERE case_id = $3 AND tenant = $1 AND subscription = $2 AND parked_at IS NOT NULL AND next = $4::int
      RETURNING case_id`,

    subscriptions: `SELECT name AS subscription FROM ${table('subscription')} WHERE tenant = $1`,

    backlogs: `SELECT s.name AS subscription,
        (SELECT count(*)::int FROM ${table('lane')}
         WHERE subscription = s.name AND tenant = s.tenant AND due_at IS NOT NULL) AS behind,
        (SELECT count(*)::int FROM ${table('lane')}
         WHERE tenant = s.tenant AND parked_at IS NOT NULL AND subscription = s.name) AS parked
      FROM ${table('subscription')} s WHERE s.tenant = $1 ORDER BY s.name`,

    forget: `DELETE FROM ${table('subscription')} WHERE tenant = $1 AND name = $2 RETURNING name`,

    forgetLanes: `DELETE FROM ${table('lane')} WHERE tenant = $1 AND subscription = $2
      AND NOT EXISTS (SELECT FROM ${table('subscription')} WHERE tenant = $1 AND name = $2)`,
  }
}

/** A lane that is given to a case which may have one already: it knows more, and begins anew where its token is odd. */
const rewound = (rewinds: string): string => {
  const next = `CASE WHEN ${rewinds} THEN least(l.next, excluded.next) ELSE l.next END`
  const newest = 'greatest(l.newest, excluded.newest)'
  return `next = ${next}, newest = ${newest},
    due_at = CASE WHEN ${next} <= ${newest} AND (l.parked_at IS NULL OR ${rewinds})
      THEN CASE WHEN ${rewinds} THEN excluded.due_at ELSE coalesce(l.due_at, excluded.due_at) END END,
    token = l.token + excluded.token % 2, attempts = CASE WHEN ${rewinds} THEN 0 ELSE l.attempts END,
    first_at = CASE WHEN ${rewinds} THEN NULL ELSE l.first_at END,
    parked_at = CASE WHEN ${rewinds} THEN NULL ELSE l.parked_at END,
    error = CASE WHEN ${rewinds} THEN NULL ELSE l.error END`
}
