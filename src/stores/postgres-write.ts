import type { Commit } from './store.ts'

/** Most commits neither erase words nor rest on other cases, and need no statement that can. */
export type WriteKind = 'plain' | 'special'

/**
 * The one statement that writes commits, each whole or not at all, and says which took place. Its parameters are JSON
 * texts, so that it is the same statement for any number of commits: the cases, their entries, their ties and, in a
 * special one, entries in a new wording, and the versions at which other cases must stand.
 */
export function commitSql(table: (name: string) => string, kind: WriteKind): string {
  const isSpecial = kind === 'special'
  const held = `,
  guard AS (SELECT * FROM json_to_recordset(($5::text)::json) AS g(n int, tenant text, "caseId" text, version int)),
  held AS (
    SELECT c.tenant, c.case_id, c.version FROM ${table('case')} c
    WHERE (c.tenant, c.case_id) IN (SELECT tenant, "caseId" FROM guard) ORDER BY c.tenant, c.case_id FOR UPDATE)`
  const stands = `AND NOT EXISTS (
      SELECT 1 FROM guard g WHERE g.n = i.n AND NOT EXISTS (
        SELECT 1 FROM held h WHERE h.tenant = g.tenant AND h.case_id = g."caseId" AND h.version = g.version))`
  const redaction = `,
  reworded AS (
    UPDATE ${table('log')} l SET body = r.body
    FROM json_to_recordset(($4::text)::json) AS r(n int, version int, body json) JOIN won w USING (n)
    WHERE l.tenant = w.tenant AND l.case_id = w."caseId" AND l.version = r.version),
  forgotten AS (
    UPDATE ${table('command')} c SET hash = '' FROM won w
    WHERE w.redacts AND c.tenant = w.tenant AND c.case_id = w."caseId")`
  return `WITH input AS (
    SELECT * FROM json_to_recordset(($1::text)::json) AS i(n int, tenant text, "caseId" text, expected int, version int,
      state text, "openedAt" text, "dueAt" text, deadlines json, body json, "commandId" text, hash text, first int,
      last int, redacts boolean))${isSpecial ? held : ''},
  fresh AS (
    -- LIMIT: looked up by its index each time, however small the planner believes the table to be.
    SELECT * FROM input i WHERE (i.hash IS NULL OR (
      SELECT true FROM ${table('command')} c WHERE c.tenant = i.tenant AND c.command_id = i."commandId" LIMIT 1)
        IS NOT TRUE)
      ${isSpecial ? stands : ''}),
  updated AS (
    UPDATE ${table('case')} c
    SET version = i.version, state = i.state, due_at = i."dueAt", leased_until = NULL, deadlines = i.deadlines, body = i.body
    FROM fresh i
    WHERE i.expected > 0 AND c.tenant = i.tenant AND c.case_id = i."caseId" AND c.version = i.expected
    RETURNING i.n),
  inserted AS (
    INSERT INTO ${table('case')} (tenant, case_id, version, state, opened_at, due_at, deadlines, body)
    SELECT tenant, "caseId", version, state, "openedAt", "dueAt", deadlines, body FROM fresh WHERE expected = 0
    ON CONFLICT DO NOTHING
    RETURNING tenant, case_id),
  won AS (
    SELECT i.* FROM fresh i JOIN updated u ON u.n = i.n
    UNION ALL
    SELECT i.* FROM fresh i JOIN inserted s ON s.tenant = i.tenant AND s.case_id = i."caseId" WHERE i.expected = 0),
  logged AS (
    INSERT INTO ${table('log')} (tenant, case_id, version, type, entered, occurred_at, recorded_at, body)
    SELECT w.tenant, w."caseId", e.version, e.type, e.entered, e."occurredAt", e."recordedAt", e.body
    FROM json_to_recordset(($2::text)::json)
      AS e(n int, version int, type text, entered text, "occurredAt" text, "recordedAt" text, body json)
    JOIN won w USING (n)),
  told AS (
    INSERT INTO ${table('command')} (tenant, command_id, case_id, hash, first, last)
    SELECT tenant, "commandId", "caseId", CASE WHEN redacts THEN '' ELSE hash END, first, last
    FROM won WHERE hash IS NOT NULL),
  ties AS (
    SELECT w.tenant, w."caseId", w."openedAt", t.kind, t.key, t."changedAt"
    FROM json_to_recordset(($3::text)::json) AS t(n int, kind text, key text, "changedAt" text) JOIN won w USING (n)),
  untied AS (
    DELETE FROM ${table('tie')} t USING won w
    WHERE w.expected > 0 AND t.tenant = w.tenant AND t.case_id = w."caseId" AND NOT EXISTS (
      SELECT 1 FROM ties x WHERE x.tenant = t.tenant AND x."caseId" = t.case_id AND x.kind = t.kind AND x.key = t.key)),
  tied AS (
    INSERT INTO ${table('tie')} AS t (tenant, kind, key, opened_at, case_id, changed_at)
    SELECT tenant, kind, key, "openedAt", "caseId", "changedAt" FROM ties
    ON CONFLICT (tenant, kind, key, opened_at, case_id) DO UPDATE SET changed_at = excluded.changed_at
    WHERE t.changed_at IS DISTINCT FROM excluded.changed_at)${isSpecial ? redaction : ''}
  SELECT n FROM won`
}

/** Whether any of these commits erases words, or rests on other cases. */
export const kindOf = (commits: readonly Commit[]): WriteKind =>
  commits.some(({ redacted, guards }) => redacted !== undefined || guards !== undefined) ? 'special' : 'plain'

/** The parameters of that statement. */
export function parametersOf(commits: readonly Commit[], kind: WriteKind): readonly string[] {
  const cases = commits.map((commit, n) => {
    const { tenant, caseId, expectedVersion, state, deadlines, commandId, commandHash, receipt, redacted } = commit
    return {
      n,
      tenant,
      caseId,
      expected: expectedVersion,
      version: state.version,
      state: state.state,
      openedAt: state.facts.openedAt ?? '',
      dueAt: deadlines.reduce<string | null>((first, { due }) => (first === null || due < first ? due : first), null),
      deadlines,
      body: state,
      commandId,
      hash: commandHash ?? null,
      first: receipt.first,
      last: receipt.last,
      redacts: redacted !== undefined,
    }
  })
  const entries = commits.flatMap(({ entries }, n) =>
    entries.map((entry) => ({
      n,
      version: entry.version,
      type: entry.command.type,
      entered: entry.from === entry.to ? null : entry.to,
      occurredAt: entry.command.at,
      recordedAt: entry.recordedAt,
      body: entry,
    })),
  )
  const ties = commits.flatMap(({ ties }, n) =>
    ties.filter(isFirst).map(({ kind, key, changedAt }) => ({ n, kind, key, changedAt: changedAt ?? null })),
  )
  const reworded = commits.flatMap(({ redacted = [] }, n) =>
    redacted.map((entry) => ({ n, version: entry.version, body: entry })),
  )
  const guards = commits.flatMap(({ tenant, guards = [] }, n) => guards.map((one) => ({ n, tenant, ...one })))
  const parts = kind === 'special' ? [cases, entries, ties, reworded, guards] : [cases, entries, ties]
  return parts.map((part) => JSON.stringify(part))
}

const isFirst = (one: Commit['ties'][number], index: number, all: Commit['ties']): boolean =>
  all.findIndex(({ kind, key }) => kind === one.kind && key === one.key) === index

/**
 * The commits of a batch, by their places, in waves: one statement sees nothing of what it writes itself, so that no wave
 * has two of one case or of one command id. Within a wave they are in the order of their cases, in which the rows are
 * locked, so that two processes seldom wait for each other.
 */
export function wavesOf(batch: readonly Commit[]): readonly (readonly number[])[] {
  const waves: { readonly places: number[]; readonly keys: Set<string> }[] = []
  for (const [index, { tenant, caseId, commandId, commandHash, guards = [] }] of batch.entries()) {
    const keys = [caseId, ...guards.map((one) => one.caseId)].map((id) => JSON.stringify(['case', tenant, id]))
    if (commandHash !== undefined) keys.push(JSON.stringify(['command', tenant, commandId]))
    const after = waves.findLastIndex((wave) => keys.some((key) => wave.keys.has(key))) + 1
    const wave = waves[after] ?? { places: [], keys: new Set() }
    waves[after] = wave
    wave.places.push(index)
    for (const key of keys) wave.keys.add(key)
  }
  const caseOf = (index: number) => `${batch[index]?.tenant} ${batch[index]?.caseId}`
  return waves.map(({ places }) => places.sort((one, other) => (caseOf(one) < caseOf(other) ? -1 : 1)))
}
