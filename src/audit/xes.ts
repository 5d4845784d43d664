import type { SAXParser, Tag } from 'sax'
import sax from 'sax'
import { unreadable } from './bytes.ts'
import type { Fault, ReadRows, Row } from './row.ts'
import { markOf } from './row.ts'

/** The attributes that XES (IEEE 1849) has for what a map names columns for. */
export const xesColumns = {
  case: 'concept:name',
  activity: 'concept:name',
  time: 'time:timestamp',
  resource: 'org:resource',
} as const

const MAX_DEPTH = 50
const MAX_ATTRIBUTES = 1000
const typed = new Set(['string', 'date', 'int', 'float', 'boolean', 'id'])

/** Reads XES. The first column is an attribute of the trace, the others are of the event, or with `case:` of the trace. */
export const readXes: ReadRows = async function* (text, columns) {
  const reading = createReading(columns)
  const { parser } = reading
  for await (const chunk of text) {
    write(reading, () => parser.write(chunk))
    yield reading.take()
  }
  write(reading, () => parser.close())
  if (!reading.sawLog()) throw unreadable(1, 'there is no `log` in it: it is no XES.')
  yield reading.take()
}

interface Reading {
  readonly parser: SAXParser
  failure(): Error | undefined
  sawLog(): boolean
  take(): readonly (Row | Fault)[]
}

/** sax throws what it told before, where it is asked to go on. */
function write({ parser, failure }: Reading, work: () => void): void {
  try {
    work()
  } catch (error) {
    throw failure() ?? unreadable(parser.line + 1, (error as Error).message, error)
  }
  const failed = failure()
  if (failed !== undefined) throw failed
}

function createReading([caseColumn = xesColumns.case, ...columns]: readonly string[]): Reading {
  // Strict: what is not well-formed is an error, and no entity is known but those that XML itself has.
  const parser = sax.parser(true, { position: true })
  let batch: (Row | Fault)[] = []
  let failure: Error | undefined
  let depth = 0
  let sawLog = false
  let trace: Map<string, string> | undefined
  let event: { readonly line: number; readonly attributes: Map<string, string> } | undefined
  const fail = (why: string, cause?: unknown) => {
    failure ??= unreadable(parser.line + 1, why, cause)
  }

  function attribute({ name, attributes }: Tag): void {
    const of = event?.attributes ?? trace
    const { key, value } = attributes
    // Only what the trace or the event itself has: a list or a nested attribute says something about another.
    const level = event === undefined ? TRACE_LEVEL : EVENT_LEVEL
    if (of === undefined || depth !== level + 1 || !typed.has(name) || key === undefined || value === undefined) return
    if (of.size < MAX_ATTRIBUTES) of.set(key, value)
    else fail(`more than ${MAX_ATTRIBUTES} attributes`)
  }

  function row(): void {
    if (event === undefined) return
    const { line, attributes } = event
    const said = (name: string) =>
      name.startsWith('case:') ? trace?.get(name.slice('case:'.length)) : attributes.get(name)
    let mark: number | undefined
    for (const [key, value] of attributes) mark = markOf(value, markOf(key, mark))
    batch.push({ line, values: [trace?.get(caseColumn), ...columns.map(said)], mark: mark ?? 0 })
  }

  parser.onerror = (error) => fail(`it is no XML: ${error.message.split('\n', 1)[0]}.`, error)
  parser.ondoctype = () => fail('it has a document type, which no XES has, and whose entities would be expanded.')
  parser.onopentag = (tag) => {
    depth++
    if (depth > MAX_DEPTH) fail(`elements within elements, more than ${MAX_DEPTH} deep`)
    if (depth === 1) sawLog = tag.name === 'log'
    if (depth === TRACE_LEVEL && tag.name === 'trace') trace = new Map()
    else if (depth === EVENT_LEVEL && tag.name === 'event' && trace !== undefined) {
      event = { line: parser.line + 1, attributes: new Map() }
    } else attribute(tag as Tag)
  }
  parser.onclosetag = (name) => {
    if (depth === EVENT_LEVEL && name === 'event') {
      row()
      event = undefined
    }
    if (depth === TRACE_LEVEL) trace = undefined
    depth--
  }
  return {
    parser,
    failure: () => failure,
    sawLog: () => sawLog,
    take() {
      const taken = batch
      batch = []
      return taken
    },
  }
}

const TRACE_LEVEL = 2
const EVENT_LEVEL = 3
