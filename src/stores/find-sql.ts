import type { CasesAsked } from './store.ts'

/** How a database writes what they have in common. */
export interface Dialect {
  /** The full name of a table. */
  table(name: 'case' | 'tie'): string
  /** The parameter of that number. */
  parameter(number: number, type: 'text' | 'int'): string
  /** Whether something has fallen due in the case `c` by then. */
  fellDue(by: string): string
  /** Whether the case `c` is at that step, in any of these phases; one of the two is asked for. */
  isAt(phases: CasesAsked['phases'], step: string | undefined, given: Given): string
  /** Where such cases are in an index, all where neither is given: each stretch of it in the order of the list. */
  stretches(phases: CasesAsked['phases'], step: string | undefined, given: Given): readonly Stretch[]
}

/** Hands over a value: the parameter that it is found by. */
export type Given = (value: string) => string

/** The cases `c` of a condition, which are read once for each row of another table where there is one. */
export interface Stretch {
  readonly each?: string
  readonly where: string
}

/**
 * The statement that finds cases. It is written and planned each time, since the best way to them depends on what is
 * asked: each is a stretch of an index, in the order in which cases are listed.
 */
export function findSql(
  { table, parameter, fellDue, isAt, stretches }: Dialect,
  tenant: string,
  asked: CasesAsked,
): { readonly sql: string; readonly parameters: readonly (string | number)[] } {
  const parameters: (string | number)[] = []
  const given: Given = (value) => parameter(parameters.push(value), 'text')
  const { phases, step, owner, overdueBy, tied = [], openedFrom, openedTo, after, newestFirst, limit } = asked
  const direction = newestFirst ? 'DESC' : 'ASC'
  const whose = given(tenant)
  const most = parameter(parameters.push(limit), 'int')
  const [leading, ...others] = tied

  const within = (row: string): readonly string[] => [
    ...(openedFrom === undefined ? [] : [`${row}.opened_at >= ${given(openedFrom)}`]),
    ...(openedTo === undefined ? [] : [`${row}.opened_at < ${given(openedTo)}`]),
    ...(after === undefined
      ? []
      : [
          `(${row}.opened_at, ${row}.case_id) ${newestFirst ? '<' : '>'} (${given(after.openedAt)}, ${given(after.caseId)})`,
        ]),
  ]
  const listed: readonly string[] = [
    ...(owner === undefined ? [] : [`c.owner = ${given(owner)}`]),
    ...others.map(
      ({ kind, key }) => `EXISTS (
        SELECT 1 FROM ${table('tie')} o
        WHERE o.tenant = ${whose} AND o.case_id = c.case_id AND o.kind = ${given(kind)} AND o.key = ${given(key)})`,
    ),
  ]
  const late = 'c.late_since IS NOT NULL'
  const due = () => (overdueBy === undefined ? [] : [fellDue(given(overdueBy))])
  const where = (conditions: readonly string[]) => conditions.join(' AND ')
  const ordered = (row: string) => `ORDER BY ${row}.opened_at ${direction}, ${row}.case_id ${direction} LIMIT ${most}`
  const among = () => (phases === undefined && step === undefined ? [] : [isAt(phases, step, given)])

  if (leading !== undefined) {
    const conditions = [
      `t.tenant = ${whose}`,
      `t.kind = ${given(leading.kind)}`,
      `t.key = ${given(leading.key)}`,
      ...within('t'),
      ...among(),
      ...listed,
      ...due().map((fell) => `(${late} OR ${fell})`),
    ]
    return {
      sql: `SELECT c.body FROM ${table('tie')} t JOIN ${table('case')} c ON c.tenant = t.tenant AND c.case_id = t.case_id
            WHERE ${where(conditions)} ${ordered('t')}`,
      parameters,
    }
  }
  const mine = [`c.tenant = ${whose}`, ...within('c'), ...listed]
  // A page of each is put in order together.
  const together = (all: readonly Stretch[]) => {
    const pages = all.map(
      (one) => `SELECT page.* FROM ${one.each ?? ''} (
        SELECT c.opened_at, c.case_id, c.body FROM ${table('case')} c WHERE ${where([...mine, one.where])} ${ordered('c')}) page`,
    )
    return { sql: `SELECT c.body FROM (${pages.join(' UNION ALL ')}) c ${ordered('c')}`, parameters }
  }
  // What is late has an index of its own; what fell due and was not recorded yet is what the clock has before it.
  if (overdueBy !== undefined) {
    const there = among()
    return together([
      { where: where([...there, late]) },
      { where: where([...there, 'c.late_since IS NULL', ...due()]) },
    ])
  }
  return together(stretches(phases, step, given))
}
