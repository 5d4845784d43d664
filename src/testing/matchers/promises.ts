import type { Instant } from '../../protocol/words.ts'
import type { Found } from './found.ts'
import type { Reading, Told } from './reading.ts'
import { caseOf, instantOf, protocolOf, subjectOf } from './reading.ts'
import { table } from './table.ts'

/** A promise as it turned out. */
interface Row {
  readonly id: string
  readonly due?: Instant | undefined
  readonly state: 'open' | 'kept' | 'broken'
}

/**
 * Whether every promise was kept: none was broken, and none is open that was due before. Of a list it is read from
 * `agree`, `makePromise`, `keepPromise`, `movePromise`, `breakPromise` and `deliver`, with `promise` and `due` where the
 * host knows them.
 */
export function toHaveKeptItsPromises(received: unknown, reading: Reading = {}): Found {
  const subject = subjectOf(received, reading)
  const { rows, last } = rowsOf(subject, reading)
  const until = instantOf(reading.until, 'until') ?? last ?? ''
  const failed = ({ state, due }: Row) => state === 'broken' || (state === 'open' && due !== undefined && due < until)
  const wrong = rows.filter(failed)
  const shown = table(
    [' ', 'promise', 'due', ''],
    rows.map((row) => [
      failed(row) ? '✗' : ' ',
      row.id,
      row.due ?? '',
      row.state === 'open' && failed(row) ? 'open, past its time' : row.state,
    ]),
  )
  if (wrong.length === 0) {
    return { pass: true, message: `Expected a promise not to have been kept, but all ${rows.length} were:\n\n${shown}` }
  }
  const said = wrong.map(({ id, state }) => `${id} ${state === 'broken' ? 'was broken' : 'was due and is open'}`)
  return { pass: false, message: `Expected every promise to be kept, but ${said.join(', ')}:\n\n${shown}` }
}

function rowsOf(subject: ReturnType<typeof subjectOf>, reading: Reading) {
  if (subject.kind === 'list') return { rows: ledgerOf(subject.list), last: subject.list.at(-1)?.at }
  const { facts } = caseOf(subject, protocolOf(subject, reading))
  return { rows: facts.promises as readonly Row[], last: facts.lastAt }
}

/** The ledger that a list of names comes to. One that names no promise means the oldest open one. */
function ledgerOf(list: readonly Told[]): readonly Row[] {
  const rows: Row[] = []
  const settle = (id: unknown, change: (row: Row) => Partial<Row>) => {
    const index = rows.findIndex((row) => row.state === 'open' && (id === undefined || row.id === String(id)))
    const row = rows[index]
    if (row !== undefined) rows[index] = { ...row, ...change(row) }
    else rows.push({ id: String(id ?? 'unknown'), state: 'open', ...change({ id: '', state: 'open' }) })
  }
  const keptAt =
    (at: Instant | undefined) =>
    ({ due }: Row): Partial<Row> => ({
      state: at !== undefined && due !== undefined && at > due ? 'broken' : 'kept',
    })
  for (const { name, at, promise, due } of list) {
    if (name === 'agree' || name === 'makePromise')
      rows.push({ id: String(promise ?? `p${rows.length + 1}`), due, state: 'open' })
    else if (name === 'keepPromise') settle(promise, keptAt(at))
    else if (name === 'movePromise') settle(promise, () => ({ due }))
    else if (name === 'breakPromise') settle(promise, () => ({ state: 'broken' }))
    else if (name === 'deliver')
      for (const row of rows.filter(({ state }) => state === 'open')) settle(row.id, keptAt(at))
  }
  return rows
}
