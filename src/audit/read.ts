import { RedressError } from '../errors.ts'
import { textOf, unreadable } from './bytes.ts'
import { csvReader } from './csv.ts'
import { unusable } from './fault.ts'
import { readJsonLines } from './jsonl.ts'
import { type Legend, noColumns } from './legend.ts'
import { MAX_ACTIVITIES } from './map.ts'
import type { Fault, ReadRows } from './row.ts'
import { listed, plain } from './say.ts'
import { readXes, xesColumns } from './xes.ts'

const MAX_ID_CHARACTERS = 500

/** An event of a log, as it was read. */
export interface LogEvent {
  readonly caseId: string
  /** Its line in the log. */
  readonly row: number
  /** Epoch milliseconds. */
  readonly at: number
  readonly activity: string
  readonly resource: string | undefined
  /** When the promise that it makes is due, in epoch milliseconds. */
  readonly due: number | undefined
  readonly promise: string | undefined
  readonly mark: number
}

/** What a format is called by a name’s end. */
export const formats = {
  csv: ['.csv', '.tsv'],
  jsonl: ['.jsonl', '.ndjson', '.json'],
  xes: ['.xes', '.xml'],
} as const
export type Format = keyof typeof formats

/** The format of a log by its name; none where the name does not say. */
export const formatOf = (name: string): Format | undefined =>
  (Object.keys(formats) as Format[]).find((format) => formats[format].some((end) => name.toLowerCase().endsWith(end)))

/** What is read, one by one: events, what was left out by `only`, and what could not be read. */
export type Reading = LogEvent | Fault | 'left-out'

/** Which columns a log turned out to have, of one whose rows differ those of the first, and which no row had. */
export interface ColumnsSeen {
  readonly names: readonly string[]
  readonly absent: readonly string[]
}

/**
 * Reads the events of a log, some at a time, and tells which columns it had at its end. Throws `log-unreadable` where the
 * rest could not be trusted, or no row has a column that every event needs.
 */
export async function* eventsOf(
  bytes: AsyncIterable<Uint8Array>,
  legend: Legend,
  format: Format,
  told: { onBytes(count: number): void; onColumns(columns: ColumnsSeen): void },
): AsyncGenerator<readonly Reading[]> {
  const { map } = legend
  const wanted = map.columns ?? (format === 'xes' ? xesColumns : undefined)
  if (wanted === undefined) throw unusable([noColumns])
  const only = Object.entries(map.only).map(([, values]) => new Set(values))
  const optional = (['resource', 'due', 'promise'] as const).map(
    (one) => (wanted as Readonly<Record<string, string>>)[one],
  )
  const columns = [wanted.case, wanted.activity, wanted.time, ...optional, ...Object.keys(map.only)]
  const asked = columns.filter((column) => column !== undefined)
  const places = columns.map((column, index) =>
    column === undefined ? -1 : columns.slice(0, index).filter((one) => one !== undefined).length,
  )
  const read = eventReader(legend)
  const names = new Set<string>()
  const absent = new Set(asked.keys())
  let rows = 0
  for await (const some of readers(legend)[format](textOf(bytes, map.encoding, told.onBytes), asked, names)) {
    yield some.map((row): Reading => {
      if ('fault' in row) return row
      rows++
      for (const index of absent) if (row.values[index] !== undefined) absent.delete(index)
      const value = (index: number) => row.values[places[index] ?? -1]
      if (only.some((values, index) => !values.has(value(6 + index) ?? ''))) return 'left-out'
      return read([value(0), value(1), value(2), value(3), value(4), value(5)], row.line, row.mark)
    })
  }
  if (rows === 0) return
  const needed = [...absent].filter((index) => index < NEEDED).map((index) => asked[index] as string)
  const missing = needed.filter((name) => !names.has(name))
  if (missing.length > 0) {
    throw unreadable(
      undefined,
      `no row has a field ${missing.map((name) => `“${name}”`).join(' nor ')}. There are ${listed([...names])}.`,
    )
  }
  told.onColumns({ names: [...names], absent: [...absent].map((index) => asked[index] as string) })
}

/** Case, activity and time: without them there is no event. */
const NEEDED = 3

const readers = ({ map }: Legend): Readonly<Record<Format, ReadRows>> => ({
  csv: csvReader(map.delimiter),
  jsonl: readJsonLines,
  xes: readXes,
})

type Values = readonly [
  caseId: string | undefined,
  activity: string | undefined,
  time: string | undefined,
  resource: string | undefined,
  due: string | undefined,
  promise: string | undefined,
]

/** Makes an event of a row, or says what it lacks. */
function eventReader({ readTime, means, map }: Legend) {
  const seen = new Map([...means.keys()].map((activity) => [activity, activity]))
  return ([caseId, activity, time, resource, due, promise]: Values, line: number, mark: number): LogEvent | Fault => {
    const fault = (why: string): Fault => ({ line, lines: 1, fault: why })
    if (isBlank(caseId)) return fault('no case')
    if (caseId.length > MAX_ID_CHARACTERS) return fault(`the id of a case of more than ${MAX_ID_CHARACTERS} characters`)
    if (isBlank(activity)) return fault('no activity')
    if (activity.length > MAX_ID_CHARACTERS) return fault(`an activity of more than ${MAX_ID_CHARACTERS} characters`)
    const at = time === undefined ? undefined : readTime(time.trim())
    if (at === undefined) return fault(isBlank(time) ? 'no time' : `a time that is not as ${said(map.time.format)}`)
    const dueAt = isBlank(due) ? undefined : readTime(due.trim(), 'end')
    if (!isBlank(due) && dueAt === undefined) return fault(`a due time that is not as ${said(map.time.format)}`)
    if (!seen.has(activity)) {
      if (map.unmapped === 'refuse') {
        throw new RedressError(
          'log-unreadable',
          `line ${line}: the map does not say what “${plain(activity)}” means.`,
          {
            facts: { line },
          },
        )
      }
      if (seen.size >= MAX_ACTIVITIES) {
        throw new RedressError(
          'log-unreadable',
          `line ${line}: there are more than ${MAX_ACTIVITIES} different activities. Is “${map.columns?.activity}” the column that holds them?`,
          { facts: { line } },
        )
      }
      seen.set(activity, activity)
    }
    return {
      caseId,
      row: line,
      at,
      activity: seen.get(activity) ?? activity,
      resource: isBlank(resource) ? undefined : resource,
      due: dueAt,
      promise: isBlank(promise) ? undefined : promise,
      mark,
    }
  }
}

const isBlank = (text: string | undefined): text is undefined | '' => text === undefined || text.trim() === ''

const said = (format: string): string => (format === 'iso' ? 'ISO 8601 has them' : `“${format}”`)
