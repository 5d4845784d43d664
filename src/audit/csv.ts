import type { CsvError, Info } from 'csv-parse'
import { parse } from 'csv-parse'
import { unreadable } from './bytes.ts'
import type { Fault, ReadRows, Row } from './row.ts'
import { MAX_ROW_CHARACTERS, markOf, overlong } from './row.ts'
import { listed } from './say.ts'

const DELIMITERS = [',', ';', '\t', '|']
const BATCH = 1000

/** Reads CSV as RFC 4180 has it, its first row the names of the columns; before them may stand `sep=;`, as Excel has it. */
export const csvReader = (given: string | undefined): ReadRows =>
  async function* (text, columns, names) {
    const chunks = withLineFeeds(text)
    const first = await untilNewline(chunks)
    const delimiter = given ?? delimiterOf(first)
    const reading = createReading(columns, delimiter, names)
    const parser = parse({
      delimiter,
      record_delimiter: '\n',
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: MAX_ROW_CHARACTERS,
      on_record: reading.row,
      on_skip: reading.skip,
    })
    parser.on('error', reading.fail)
    let chunk: IteratorResult<string> = { value: first, done: false }
    while (!chunk.done && reading.failure() === undefined) {
      const { value } = chunk
      await new Promise<void>((written) => parser.write(value, () => written()))
      if (reading.size() >= BATCH) yield reading.take()
      chunk = await chunks.next()
    }
    if (reading.failure() === undefined) await new Promise<void>((ended) => parser.end(ended))
    parser.destroy()
    const failure = reading.failure()
    if (failure !== undefined) throw failure
    yield reading.take()
  }

/** A text whose every newline is a line feed: csv-parse counts two lines for a CRLF within quotes. */
async function* withLineFeeds(text: AsyncIterable<string>): AsyncGenerator<string> {
  let endsInReturn = false
  for await (const chunk of text) {
    const rest = endsInReturn && chunk.startsWith('\n') ? chunk.slice(1) : chunk
    endsInReturn = chunk.endsWith('\r')
    yield rest.replaceAll(/\r\n?/g, '\n')
  }
}

const isBlank = (text: string): boolean => text.trim() === ''

/** The beginning of a text, with its first line that is not blank whole. */
async function untilNewline(chunks: AsyncIterator<string>): Promise<string> {
  let text = ''
  while ((isBlank(text) || !text.trimStart().includes('\n')) && text.length < MAX_ROW_CHARACTERS) {
    const { value, done } = await chunks.next()
    if (done) break
    text += value
  }
  if (isBlank(text)) throw unreadable(1, 'there is nothing in it: a CSV begins with the names of its columns.')
  return text
}

/** What stands between the names of the columns most often, or what is said to before them. */
function delimiterOf(text: string): string {
  const line = text.split('\n').find((one) => !isBlank(one)) ?? ''
  const header = line.replaceAll(/"[^"]*"/g, '')
  const count = (delimiter: string) => header.split(delimiter).length
  return saidBefore.exec(line)?.[1] ?? DELIMITERS.toSorted((one, other) => count(other) - count(one))[0] ?? ','
}

const saidBefore = /^sep=(.)$/i

interface Header {
  readonly width: number
  readonly at: readonly number[]
}

/** Where in the text csv-parse has come to: its line, and how many lines were empty, with the names that it gives them. */
type Progress = Pick<Info, 'lines' | 'empty_lines'>

/** What a CSV comes to, row after row: the first says which columns there are. */
function createReading(columns: readonly string[], delimiter: string, names: Set<string>) {
  let header: Header | undefined
  let isFirst = true
  let batch: (Row | Fault)[] = []
  let failure: Error | undefined
  /** The last line of the row before, and the empty ones until then. */
  let last = 0
  let empty = 0
  const moveOn = (now: Progress) => {
    last = now.lines
    empty = now.empty_lines
  }
  const fail = (error: Error) => {
    failure ??= error.name === 'RedressError' ? error : unreadable(last + 1, error.message, error)
  }
  return {
    fail,
    failure: () => failure,
    size: () => batch.length,
    take: () => {
      const taken = batch
      batch = []
      return taken
    },
    row(fields: readonly string[], now: Progress): null {
      const line = now.lines - newlinesIn(fields)
      moveOn(now)
      if (header !== undefined) batch.push(readRow(fields, header, line, now.lines))
      else if (!isFirst || !saidBefore.test(fields.join(delimiter))) {
        header = { width: fields.length, at: columns.map((name) => fields.indexOf(name)) }
        for (const name of fields) names.add(name)
        const wrong = faultOfNames(columns, fields)
        if (wrong !== undefined) fail(unreadable(line, wrong))
      }
      isFirst = false
      return null
    },
    /** A row is told of once for each fault in it. */
    skip(error: CsvError | undefined): undefined {
      const now = { lines: last, empty_lines: empty, ...(error as Partial<Progress> | undefined) }
      const line = last + 1 + now.empty_lines - empty
      const fatal = fatalFaults[error?.code ?? '']
      if (fatal !== undefined) fail(unreadable(line, fatal, error))
      else if (header === undefined) fail(unreadable(line, 'there is a quote in the middle of a column’s name.'))
      else if (line <= now.lines) batch.push({ line, lines: now.lines - line + 1, fault: strayQuote })
      moveOn(now)
    },
  }
}

const strayQuote = 'a quote in the middle of a field'

/** What leaves nothing behind it that could be trusted. */
const fatalFaults: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened in the row that begins here, and never closed.',
  CSV_INVALID_CLOSING_QUOTE:
    'a quote is closed in the row that begins here, and the field goes on. A quote within quotes is written twice.',
  CSV_MAX_RECORD_SIZE: `the row that begins here is ${overlong}. Is a quote in it never closed?`,
}

function faultOfNames(columns: readonly string[], fields: readonly string[]): string | undefined {
  const missing = columns.filter((name) => !fields.includes(name))
  if (missing.length > 0) {
    return `there is no column ${missing.map((name) => `“${name}”`).join(' nor ')}. There are ${listed(fields)}.`
  }
  const twice = columns.find((name) => fields.indexOf(name) !== fields.lastIndexOf(name))
  return twice && `there are several columns “${twice}”. Which is meant? Rename one.`
}

function readRow(fields: readonly string[], { width, at }: Header, line: number, last: number): Row | Fault {
  if (fields.length !== width) {
    const fault = fields.length < width ? 'fewer fields than there are columns' : 'more fields than there are columns'
    return { line, lines: last - line + 1, fault }
  }
  let mark: number | undefined
  for (const field of fields) mark = markOf(field, markOf('\u0000', mark))
  return { line, values: at.map((index) => fields[index]), mark: mark ?? 0 }
}

const newlinesIn = (fields: readonly string[]): number =>
  fields.reduce((sum, field) => sum + (field.match(/\n/g)?.length ?? 0), 0)
