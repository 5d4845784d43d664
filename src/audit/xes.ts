import type { SAXOptions, SAXParser, Tag } from 'sax'
import sax from 'sax'
import { unreadable } from './bytes.ts'
import type { Fault, ReadRows, Row } from './row.ts'
import { FIRST_ROWS, markOf } from './row.ts'
import { plain } from './say.ts'

/** The attributes that XES (IEEE 1849) has for what a map names columns for. */
export const xesColumns = {
  case: 'concept:name',
  activity: 'concept:name',
  time: 'time:timestamp',
  resource: 'org:resource',
} as const

const MAX_DEPTH = 50
const MAX_ATTRIBUTES = 1000
/** So much of one thing sax holds. */
const HELD_CHARACTERS = 65_536
const typed = new Set(['string', 'date', 'int', 'float', 'boolean', 'id'])

/** Reads XES. The first column is an attribute of the trace, the others are of the event, or with `case:` of the trace. */
export const readXes: ReadRows = async function* (text, columns, names) {
  const parsing = createParsing(columns, names)
  const { parser } = parsing
  for await (const chunk of text) {
    write(parsing, () => parser.write(chunk))
    yield parsing.take()
  }
  write(parsing, () => parser.close())
  if (!parsing.sawLog()) throw unreadable(1, 'there is no `log` in it: it is no XES.')
  yield parsing.take()
}

interface Parsing {
  readonly parser: SAXParser
  failure(): Error | undefined
  sawLog(): boolean
  take(): readonly (Row | Fault)[]
}

/** sax throws what it told before, where it is asked to go on. */
function write({ parser, failure }: Parsing, work: () => void): void {
  try {
    work()
  } catch (error) {
    throw failure() ?? unreadable(parser.line + 1, (error as Error).message, error)
  }
  const failed = failure()
  if (failed !== undefined) throw failed
}

function createParsing([caseColumn = xesColumns.case, ...columns]: readonly string[], names: Set<string>): Parsing {
  // Strict: what is not well-formed is an error, and no entity is known but those that XML itself has.
  const parser = sax.parser(true, { position: true, strictEntities: true } as SAXOptions)
  let batch: (Row | Fault)[] = []
  let failure: Error | undefined
  let depth = 0
  let sawLog = false
  let rows = 0
  let trace: Map<string, string> | undefined
  let event: { readonly line: number; readonly attributes: Map<string, string> } | undefined
  const fail = (why: string, cause?: unknown) => {
    failure ??= unreadable(parser.line + 1, why, cause)
  }

  function attribute(name: string, attributes: Tag['attributes']): void {
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
    if (rows++ < FIRST_ROWS) {
      for (const key of trace?.keys() ?? []) names.add(`case:${key}`)
      for (const key of attributes.keys()) names.add(key)
    }
    const said = (name: string) =>
      name.startsWith('case:') ? trace?.get(name.slice('case:'.length)) : attributes.get(name)
    let mark: number | undefined
    for (const [key, value] of attributes) mark = markOf(value, markOf(key, mark))
    batch.push({ line, values: [trace?.get(caseColumn), ...columns.map(said)], mark: mark ?? 0 })
  }

  parser.onerror = (error) => fail(faultIn(error.message), error)
  parser.ondoctype = () => fail('it has a document type, which no XES has, and whose entities would be expanded.')
  parser.onopentag = (tag) => {
    depth++
    if (depth > MAX_DEPTH) fail(`elements within elements, more than ${MAX_DEPTH} deep`)
    const name = localName(tag.name)
    if (depth === 1) sawLog = name === 'log'
    if (depth === TRACE_LEVEL && name === 'trace') trace = new Map()
    else if (depth === TRACE_LEVEL && name === 'event') {
      batch.push({ line: parser.line + 1, lines: 1, fault: 'an event of no trace' })
    } else if (depth === EVENT_LEVEL && name === 'event' && trace !== undefined) {
      event = { line: parser.line + 1, attributes: new Map() }
    } else attribute(name, (tag as Tag).attributes)
  }
  parser.onclosetag = (name) => {
    if (depth === EVENT_LEVEL && localName(name) === 'event') {
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

/** A name without its namespace, which is XES’s whatever it is called. */
const localName = (name: string): string => name.slice(name.indexOf(':') + 1)

/** What sax says of a fault, in its first line; that something is long is none of XML’s. */
function faultIn(message: string): string {
  const [said = ''] = message.split('\n', 1)
  const buffer = /^Max buffer length exceeded: (\w+)/.exec(said)?.[1]
  if (buffer === undefined) return `it is no XML: ${plain(said)}.`
  const what = { attribValue: 'the value of an attribute', comment: 'a comment' }[buffer] ?? 'a name'
  return `${what} is longer than ${HELD_CHARACTERS} characters.`
}

const TRACE_LEVEL = 2
const EVENT_LEVEL = 3
