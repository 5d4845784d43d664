import { placeKey } from './listing.ts'
import { listOfRows } from './postgres-rows.ts'
import type { Commit, Tie } from './store.ts'

/** The columns of a row that a step brings, and what PostgreSQL is to read each as; the tenant is that of all. */
const STEP_COLUMNS = {
  case_id: 'text',
  version: 'int',
  state: 'text',
  place: 'text',
  owner: 'text',
  due_at: 'text',
  late_since: 'text',
  deadlines: 'text',
  body: 'text',
  command_id: 'text',
  hash: 'text',
  type: 'text',
  entered: 'text',
  occurred_at: 'text',
  recorded_at: 'text',
  entry: 'text',
} as const

/** And of one in which steps tie their cases anew. */
const TYING_COLUMNS = { ...STEP_COLUMNS, opened_at: 'text', ties: 'text' } as const

const columnsOf = (retie: boolean) => (retie ? TYING_COLUMNS : STEP_COLUMNS)

/** Where a statement finds the tenant of all that it writes. */
const TENANT = '$1::text'

/** Where a statement finds a column of what is written: in a row, or among its parameters. */
type ValueOf = (column: string) => string

/**
 * So many steps, under ids of which none was seen before: otherwise a key is there twice (23505), and nothing is written.
 * One with its parameters where they are used, several in a list of rows.
 */
export function stepSql(table: (name: string) => string, size: number, retie: boolean): string {
  const columns = Object.entries(columnsOf(retie))
  if (size === 1) {
    const given: ValueOf = (column) => {
      const at = columns.findIndex(([name]) => name === column)
      return `$${at + 2}::${columns[at]?.[1]}`
    }
    return `WITH won AS (
    UPDATE ${table('case')} c SET ${setting(given)}
    WHERE c.tenant = ${TENANT} AND c.case_id = ${given('case_id')} AND c.version = ${given('version')} - 1
    RETURNING 0 AS n)${writing(table, given, retie)}`
  }
  const input: ValueOf = (column) => `i.${column}`
  const names = columns.map(([name]) => name)
  const types = columns.map(([, type]) => type)
  return `WITH input (n, ${names.join(', ')}) AS ${listOfRows(types, size, 1)},
  won AS (
    UPDATE ${table('case')} c SET ${setting(input)}
    FROM input i CROSS JOIN LATERAL ${rowOf(table('case'), TENANT, input('case_id'))} found
    WHERE c.ctid = found.tid AND c.version = i.version - 1
    RETURNING i.*)${writing(table, (column) => `w.${column}`, retie)}`
}

const setting = (of: ValueOf): string =>
  `version = ${of('version')}, state = ${of('state')}, place = ${of('place')},
      owner = ${of('owner')}, due_at = ${of('due_at')}, late_since = ${of('late_since')}, leased_until = NULL,
      deadlines = ${of('deadlines')}, body = ${of('body')}`

/** The log and the receipts of the cases that were won, and their ties where they bring any. */
const writing = (table: (name: string) => string, of: ValueOf, retie: boolean): string => `,
  logged AS (
    INSERT INTO ${table('log')} (tenant, case_id, version, type, entered, occurred_at, recorded_at, body)
    SELECT ${TENANT}, ${['case_id', 'version', 'type', 'entered', 'occurred_at', 'recorded_at', 'entry'].map(of).join(', ')}
    FROM won w),
  told AS (
    INSERT INTO ${table('command')} (tenant, command_id, case_id, hash, first, last)
    SELECT ${TENANT}, ${['command_id', 'case_id', 'hash', 'version', 'version'].map(of).join(', ')}
    FROM won w WHERE ${of('hash')} IS NOT NULL)${retie ? tying(table, of) : ''}
  SELECT n FROM won`

/** The ties that are new to a case, or changed; its marks are taken away. A step that unties a case is none. */
const tying = (table: (name: string) => string, of: ValueOf): string => `,
  unmarked AS (
    DELETE FROM ${table('tie')} t USING won w
    WHERE ${of('ties')} IS NOT NULL AND t.tenant = ${TENANT} AND t.case_id = ${of('case_id')} AND t.kind = 'attention'),
  tied AS (
    INSERT INTO ${table('tie')} (tenant, kind, key, opened_at, case_id, changed_at)
    SELECT ${TENANT}, t.kind, t.key, ${of('opened_at')}, ${of('case_id')}, t."changedAt"
    FROM won w CROSS JOIN LATERAL json_to_recordset((${of('ties')})::json) AS t(kind text, key text, "changedAt" text)
    ON CONFLICT (tenant, kind, key, opened_at, case_id) DO UPDATE SET changed_at = excluded.changed_at)`

/** Its parameters; what is missing to its size are rows of nothing. */
export function stepParametersOf(commits: readonly Commit[], size: number, retie: boolean): readonly unknown[] {
  const parameters: unknown[] = [commits[0]?.tenant]
  for (const commit of commits) {
    const { caseId, state, listing, deadlines, entries, commandId, commandHash, ties } = commit
    const [entry] = entries as readonly [Commit['entries'][number]]
    parameters.push(
      caseId,
      state.version,
      state.state,
      placeKey(listing),
      listing.owner ?? null,
      firstDue(deadlines),
      listing.lateSince ?? null,
      JSON.stringify(deadlines),
      JSON.stringify(state),
      commandId,
      commandHash ?? null,
      entry.command.type,
      entry.from === entry.to ? null : entry.to,
      entry.command.at,
      entry.recordedAt,
      JSON.stringify(entry),
    )
    if (retie) parameters.push(listing.openedAt, ties === undefined ? null : JSON.stringify(newTiesOf(commit)))
  }
  const all = 1 + size * Object.keys(columnsOf(retie)).length
  while (parameters.length < all) parameters.push(null)
  return parameters
}

/**
 * Where a row of a case is, looked up by its key: whatever the planner believes of a table that has just been made, it
 * can’t choose to read it all.
 */
export const rowOf = (table: string, tenant: string, caseId: string, besides = ''): string =>
  `(SELECT x.ctid AS tid FROM ${table} x WHERE x.tenant = ${tenant} AND x.case_id = ${caseId} ${besides} LIMIT 1)`

/** When the first of what falls due does. */
export const firstDue = (deadlines: Commit['deadlines']): string | null =>
  deadlines.reduce<string | null>((first, { due }) => (first === null || due < first ? due : first), null)

/** Whether a tie is named for the first time among those of its commit. */
export const isFirst = (one: Tie, index: number, all: readonly Tie[]): boolean =>
  all.findIndex((other) => isSame(one, other)) === index

/** The ties of a commit that the case did not have before, or had otherwise. */
const newTiesOf = ({ ties = [], tiedBefore = [] }: Commit): readonly Tie[] =>
  ties.filter(isFirst).filter((tie) => !tiedBefore.some((one) => isSame(one, tie) && one.changedAt === tie.changedAt))

/** Whether a commit is known to leave a case all that ties it. */
export const untiesNothing = ({ ties, tiedBefore }: Commit): boolean =>
  ties === undefined || (tiedBefore?.every((one) => ties.some((tie) => isSame(one, tie))) ?? false)

const isSame = (one: Tie, other: Tie): boolean => one.kind === other.kind && one.key === other.key
