import { createDesk, type Store } from 'redress'
import { timeOrderedId } from '../src/desk/identity.ts'
import { caseOf, complaint, longRecoveryAt } from './recovery.ts'

/** The tables that every step of a case writes a row of. */
export const tables = ['case', 'log', 'command'] as const
export type Table = (typeof tables)[number]

export type Value = string | number | null
export type Row = Readonly<Record<string, Value>>

/** What one step writes: a row a table. */
export type StepRows = Readonly<Record<Table, Row>>

/** The rows of a recovery, the opening's first, as a desk has written them. */
export interface WrittenRows {
  readonly caseId: string
  readonly steps: readonly (StepRows & { readonly commandId: string })[]
}

/** Finds the one row of a table that the newest step has written. */
export type ReadRow = (table: Table, where: Row) => Promise<Row> | Row

/**
 * Takes a case through a recovery at a desk and reads after every step what it has written. A peer that writes the same
 * values writes the same rows, whatever columns the tables come to have.
 */
export async function writtenRows(store: Store, read: ReadRow): Promise<WrittenRows> {
  const desk = createDesk({ store })
  const steps: WrittenRows['steps'][number][] = []
  const keep = async (caseId: string, version: number, commandId: string) => {
    // SQLite numbers its log entries by itself.
    const { seq: _, ...log } = await read('log', { case_id: caseId, version })
    steps.push({
      commandId,
      case: await read('case', { case_id: caseId, version }),
      log,
      command: await read('command', { command_id: commandId }),
    })
  }
  const opening = crypto.randomUUID()
  const { caseId } = caseOf(await desk.open(complaint, { id: opening }))
  await keep(caseId, 1, opening)
  for (const command of longRecoveryAt(crypto.randomUUID())) {
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
    return { case: rowOf(rows.case), log: rowOf(rows.log), command: rowOf(rows.command) }
  })
}
