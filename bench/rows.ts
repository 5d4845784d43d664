import { createDesk, type Entry, judge, parseCommand, pocock, type Store } from 'redress'
import { timeOrderedId } from '../src/desk/identity.ts'
import { caseOf, complaint, longRecoveryAt } from './recovery.ts'

/** The tables that every step of a case writes a row of. */
export const tables = ['case', 'log', 'command'] as const
export type Table = (typeof tables)[number]

export type Value = string | number | null
export type Row = Readonly<Record<string, Value>>

/** What one step writes: a row a table, and the ties that it made or changed; three steps of a recovery have any. */
export type StepRows = Readonly<Record<Table, Row>> & { readonly ties: readonly Row[] }

/** The rows of a recovery, the opening's first, as a desk has written them. */
export interface WrittenRows {
  readonly caseId: string
  readonly steps: readonly (StepRows & { readonly commandId: string })[]
}

/** Finds rows of a table: of most the one that the newest step has written, of ties all that a case has. */
export type ReadRows = (table: Table | 'tie', where: Row) => Promise<readonly Row[]> | readonly Row[]

/**
 * Takes a case through a recovery at a desk and reads after every step what it has written. A peer that writes the same
 * values writes the same rows, whatever columns the tables come to have.
 */
export async function writtenRows(store: Store, readRows: ReadRows): Promise<WrittenRows> {
  const desk = createDesk({ store })
  const steps: WrittenRows['steps'][number][] = []
  const known = new Set<string>()
  const read = async (table: Table, where: Row) => {
    const [row, ...more] = await readRows(table, where)
    if (row === undefined || more.length > 0) throw new Error(`The bench found no row of a step in ${table}, or more`)
    return row
  }
  const newTiesOf = async (caseId: string) => {
    const rows = (await readRows('tie', { case_id: caseId })).filter((row) => !known.has(JSON.stringify(row)))
    for (const row of rows) known.add(JSON.stringify(row))
    return rows
  }
  const keep = async (caseId: string, version: number, commandId: string) => {
    // SQLite numbers its log entries by itself.
    const { seq: _, ...log } = await read('log', { case_id: caseId, version })
    steps.push({
      commandId,
      case: await read('case', { case_id: caseId, version }),
      log,
      command: await read('command', { command_id: commandId }),
      ties: await newTiesOf(caseId),
    })
  }
  const opening = crypto.randomUUID()
  const { caseId } = caseOf(await desk.open(complaint, { id: opening }))
  await keep(caseId, 1, opening)
  for (const command of longRecoveryAt(caseId)) {
    const id = crypto.randomUUID()
    const { version } = caseOf(await desk.send(caseId, command, { id }))
    await keep(caseId, version, id)
  }
  return { caseId, steps }
}

/** The same rows for a new case of its own, under command ids of its own. */
export function rowsOfNewCase({ caseId, steps }: WrittenRows): readonly StepRows[] {
  const id = timeOrderedId(new Date())
  return steps.map(({ commandId, ...rows }) => {
    const own = crypto.randomUUID()
    // Joined rather than replaced: a replaced string is flattened when it is sent, within the peer's time.
    const renamed = (value: Value) =>
      typeof value === 'string' ? value.split(caseId).join(id).split(commandId).join(own) : value
    const rowOf = (row: Row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, renamed(value)]))
    return {
      case: rowOf(rows.case),
      log: rowOf(rows.log),
      command: rowOf(rows.command),
      ties: rows.ties.map(rowOf),
    }
  })
}

/** The bodies of a case's row and of its log's after a step. */
export type Judge = (stored: string) => { readonly state: string; readonly entry: string }

/**
 * How a host judges a step that keeps no case in mind: the row that was read is parsed, the command judged on it as the desk
 * does, and what is written of it made anew. It must come to what the desk has written.
 */
export function judging({ case: after, log }: StepRows, input: unknown): Judge {
  const { recordedAt, commandId } = JSON.parse(log['body'] as string) as Entry
  return (stored) => {
    const parsed = parseCommand(pocock, input)
    if (!parsed.ok) throw new Error('A command of the bench can’t be read')
    const verdict = judge(pocock, JSON.parse(stored), { ...parsed.value, at: recordedAt })
    if (!verdict.accepted) throw new Error(`The bench was refused: ${verdict.refusal.sentence}`)
    const { command, from, after: now } = verdict
    const { caseId, version, protocol, machine, state: to } = now
    const state = JSON.stringify(now)
    if (state.length !== (after['body'] as string).length) throw new Error('The bench judged otherwise than the desk')
    const entry = { caseId, version, protocol, machine, commandId, command, from, to, recordedAt }
    return { state, entry: JSON.stringify(entry) }
  }
}
