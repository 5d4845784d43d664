import { placeKey } from './listing.ts'
import { firstDue, isFirst, rowOf, stepParametersOf, stepSql, untiesNothing } from './postgres-step.ts'
import type { Commit } from './store.ts'

/**
 * How commits are written: a `step` is one entry of a case that is there and stays tied as it was, or to more; it is all
 * that nearly every send brings. `any` takes whatever a commit may be.
 */
export type WriteKind = 'step' | 'any'

/** How the commits of a batch go to the database, one statement after the other. */
export interface Wave {
  readonly kind: WriteKind
  /** The places of its commits in the batch. */
  readonly places: readonly number[]
}

/** A statement that writes commits and says, by their number, which took place. */
export interface WriteStatement {
  readonly name: string
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** The statements that write commits, each commit whole or not at all. `table('case')` is the full name of a table. */
export function writesTo(
  table: (name: string) => string,
): (kind: WriteKind, commits: readonly Commit[]) => WriteStatement {
  const any = anySql(table)
  const steps = new Map<string, string>()
  return (kind, commits) => {
    if (kind === 'any') return { name: 'commit', sql: any, parameters: parametersOf(commits) }
    // Few statements are prepared, and used often: what is missing to the next size are rows of nothing.
    const size = commits.length <= 2 ? commits.length : 4 * Math.ceil(commits.length / 4)
    const retie = commits.some(({ ties }) => ties !== undefined)
    const name = `step_${size}${retie ? '_tie' : ''}`
    const sql = steps.get(name) ?? stepSql(table, size, retie)
    steps.set(name, sql)
    return { name, sql, parameters: stepParametersOf(commits, size, retie) }
  }
}

/**
 * Commits of any kind. The parameters are JSON texts, so that it is the same statement for any number of commits: the
 * cases, their entries, their ties, entries in a new wording, and the versions at which other cases must stand.
 */
const anySql = (table: (name: string) => string): string => `WITH input AS (
    SELECT * FROM json_to_recordset(($1::text)::json) AS i(n int, tenant text, "caseId" text, expected int, version int,
      state text, place text, owner text, "openedAt" text, "dueAt" text, "lateSince" text, deadlines text,
      body text, "commandId" text, hash text, first int, last int, redacts boolean, reties boolean)),
  guard AS (SELECT * FROM json_to_recordset(($5::text)::json) AS g(n int, tenant text, "caseId" text, version int)),
  held AS (
    SELECT c.tenant, c.case_id, c.version
    FROM (SELECT DISTINCT tenant, "caseId" FROM guard ORDER BY tenant, "caseId") g CROSS JOIN LATERAL (
      SELECT * FROM ${table('case')} c WHERE c.tenant = g.tenant AND c.case_id = g."caseId" LIMIT 1 FOR UPDATE) c),
  fresh AS (
    -- LIMIT: looked up by its index each time, however small the planner believes the table to be.
    SELECT * FROM input i WHERE (i.hash IS NULL OR (
      SELECT true FROM ${table('command')} c WHERE c.tenant = i.tenant AND c.command_id = i."commandId" LIMIT 1)
        IS NOT TRUE)
      AND NOT EXISTS (
        SELECT 1 FROM guard g WHERE g.n = i.n AND NOT EXISTS (
          SELECT 1 FROM held h WHERE h.tenant = g.tenant AND h.case_id = g."caseId" AND h.version = g.version))),
  updated AS (
    UPDATE ${table('case')} c
    SET version = i.version, state = i.state, place = i.place, owner = i.owner, due_at = i."dueAt",
      late_since = i."lateSince", leased_until = NULL, deadlines = i.deadlines, body = i.body
    FROM fresh i CROSS JOIN LATERAL ${rowOf(table('case'), 'i.tenant', 'i."caseId"')} found
    WHERE i.expected > 0 AND c.ctid = found.tid AND c.version = i.expected
    RETURNING i.n),
  inserted AS (
    INSERT INTO ${table('case')} (tenant, case_id, version, state, place, owner, opened_at, due_at, late_since,
      deadlines, body)
    SELECT tenant, "caseId", version, state, place, owner, "openedAt", "dueAt", "lateSince", deadlines, body
    FROM fresh WHERE expected = 0
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
      AS e(n int, version int, type text, entered text, "occurredAt" text, "recordedAt" text, body text)
    JOIN won w USING (n)),
  told AS (
    INSERT INTO ${table('command')} (tenant, command_id, case_id, hash, first, last)
    SELECT tenant, "commandId", "caseId", CASE WHEN redacts THEN '' ELSE hash END, first, last
    FROM won WHERE hash IS NOT NULL),
  ties AS (
    SELECT w.tenant, w."caseId" AS case_id, w."openedAt" AS opened_at, t.kind, t.key, t."changedAt" AS changed_at
    FROM json_to_recordset(($3::text)::json) AS t(n int, kind text, key text, "changedAt" text) JOIN won w USING (n)),
  untied AS (
    DELETE FROM ${table('tie')} t USING won w
    WHERE w.expected > 0 AND w.reties AND t.tenant = w.tenant AND t.case_id = w."caseId" AND NOT EXISTS (
      SELECT 1 FROM ties x WHERE x.tenant = t.tenant AND x.case_id = t.case_id AND x.kind = t.kind AND x.key = t.key)),
  tied AS (
    INSERT INTO ${table('tie')} AS t (tenant, kind, key, opened_at, case_id, changed_at)
    SELECT tenant, kind, key, opened_at, case_id, changed_at FROM ties
    ON CONFLICT (tenant, kind, key, opened_at, case_id) DO UPDATE SET changed_at = excluded.changed_at
    WHERE t.changed_at IS DISTINCT FROM excluded.changed_at),
  rewording AS (
    SELECT w.tenant, w."caseId", r.version, r.body
    FROM json_to_recordset(($4::text)::json) AS r(n int, version int, body text) JOIN won w USING (n)),
  reworded AS (
    UPDATE ${table('log')} l SET body = w.body
    FROM rewording w CROSS JOIN LATERAL ${rowOf(table('log'), 'w.tenant', 'w."caseId"', 'AND x.version = w.version')} found
    WHERE l.ctid = found.tid),
  forgotten AS (
    UPDATE ${table('command')} c SET hash = ''
    FROM (
      SELECT DISTINCT w.tenant, w."caseId", l.id
      FROM won w CROSS JOIN LATERAL (
        -- Of a case that was imported the opening has the id of the import.
        SELECT l.body::json ->> 'commandId' AS id FROM ${table('log')} l
        WHERE l.tenant = w.tenant AND l.case_id = w."caseId" OFFSET 0) l
      WHERE w.redacts) w
    CROSS JOIN LATERAL (
      SELECT x.ctid AS tid FROM ${table('command')} x
      WHERE x.tenant = w.tenant AND x.command_id = w.id AND x.case_id = w."caseId" LIMIT 1) found
    WHERE c.ctid = found.tid)
  SELECT n FROM won`

function parametersOf(commits: readonly Commit[]): readonly string[] {
  const cases = commits.map((commit, n) => {
    const { tenant, caseId, expectedVersion, state, listing, deadlines, commandId, commandHash, receipt } = commit
    return {
      n,
      tenant,
      caseId,
      expected: expectedVersion,
      version: state.version,
      state: state.state,
      place: placeKey(listing),
      owner: listing.owner,
      openedAt: listing.openedAt,
      lateSince: listing.lateSince,
      dueAt: firstDue(deadlines),
      deadlines: JSON.stringify(deadlines),
      body: JSON.stringify(state),
      commandId,
      hash: commandHash ?? null,
      first: receipt.first,
      last: receipt.last,
      redacts: commit.redacted !== undefined,
      reties: commit.ties !== undefined,
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
      body: JSON.stringify(entry),
    })),
  )
  const ties = commits.flatMap(({ ties = [] }, n) =>
    ties.filter(isFirst).map(({ kind, key, changedAt }) => ({ n, kind, key, changedAt: changedAt ?? null })),
  )
  const reworded = commits.flatMap(({ redacted = [] }, n) =>
    redacted.map((entry) => ({ n, version: entry.version, body: JSON.stringify(entry) })),
  )
  const guards = commits.flatMap(({ tenant, guards = [] }, n) => guards.map((one) => ({ n, tenant, ...one })))
  return [cases, entries, ties, reworded, guards].map((part) => JSON.stringify(part))
}

function kindOf(commit: Commit): WriteKind {
  const { entries, expectedVersion, state, redacted, guards } = commit
  const isStep =
    entries.length === 1 &&
    expectedVersion > 0 &&
    state.version === expectedVersion + 1 &&
    redacted === undefined &&
    guards === undefined &&
    untiesNothing(commit)
  return isStep ? 'step' : 'any'
}

/**
 * The commits of a batch in waves: one statement sees nothing of what it writes itself, so that no wave has two of one
 * case or of one command id; and the steps of a wave are of one tenant. Within a wave they are in the order of their
 * cases, in which the rows are locked, so that two processes seldom wait for each other. Where a statement may not fail,
 * there are no steps.
 */
export function wavesOf(batch: readonly Commit[], mayFail: boolean): readonly Wave[] {
  const waves: Filling[] = []
  for (const [index, commit] of batch.entries()) {
    const keys = keysOf(commit)
    const kind = mayFail ? kindOf(commit) : 'any'
    const clash = waves.findLastIndex((wave) => keys.some((key) => wave.keys.has(key)))
    const { tenant } = commit
    const takes = (wave: Filling) => wave.kind === kind && (kind === 'any' || wave.tenant === tenant)
    const at = waves.findIndex((wave, number) => number > clash && takes(wave))
    const wave = waves[at] ?? { kind, tenant, places: [], keys: new Set() }
    if (at < 0) waves.push(wave)
    wave.places.push(index)
    for (const key of keys) wave.keys.add(key)
  }
  const cases = batch.map(({ tenant, caseId }) => keyOf('case', tenant, caseId))
  return waves.map(({ kind, places }) => ({
    kind,
    places: places.sort((one, other) => ((cases[one] as string) < (cases[other] as string) ? -1 : 1)),
  }))
}

/** A wave that commits are still put into; `tenant` is that of the first. */
interface Filling extends Wave {
  readonly tenant: string
  readonly places: number[]
  readonly keys: Set<string>
}

/** What no two commits of a wave may share. */
function keysOf({ tenant, caseId, commandId, commandHash, guards = [] }: Commit): readonly string[] {
  const keys = [keyOf('case', tenant, caseId), ...guards.map((one) => keyOf('case', tenant, one.caseId))]
  if (commandHash !== undefined) keys.push(keyOf('command', tenant, commandId))
  return keys
}

/** No name has a NUL in it. */
const keyOf = (kind: 'case' | 'command', tenant: string, id: string): string => `${kind}\0${tenant}\0${id}`
