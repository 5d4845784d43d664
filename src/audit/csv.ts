import type { CsvError } from 'csv-parse'
import { parse } from 'csv-parse'
import { unreadable } from './bytes.ts'
import type { Fault, ReadRows, Row } from './row.ts'
import { MAX_ROW_CHARACTERS, markOf } from './row.ts'

const DELIMITERS = [',', ';', '\t', '|']
const BATCH = 1000

/** Reads CSV as RFC 4180 has it, its first row the names of the columns. */
export const csvReader = (delimiter: string | undefined): ReadRows =>
  async function* (text, columns) {
    const chunks = text[Symbol.asyncIterator]()
    const first = await untilNewline(chunks)
    const reading = createReading(columns)
    const parser = parse({
      delimiter: delimiter ?? commonest(first),
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: MAX_ROW_CHARACTERS,
      on_record: (fields: readonly string[], { lines }) => reading.row(fields, lines),
      on_skip: (error) => reading.skip(error),
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

/** The beginning of a text, with its first line whole. */
async function untilNewline(chunks: AsyncIterator<string>): Promise<string> {
  let text = ''
  while (!/[\r\n]/.test(text) && text.length < MAX_ROW_CHARACTERS) {
    const { value, done } = await chunks.next()
    if (done) break
    text += value
  }
  if (text.trim() === '') throw unreadable(1, 'there is nothing in it: a CSV begins with the names of its columns.')
  return text
}

/** What stands between the names of the columns most often. */
function commonest(text: string): string {
  const header = (text.split(/[\r\n]/, 1)[0] ?? '').replaceAll(/"[^"]*"/g, '')
  const count = (delimiter: string) => header.split(delimiter).length
  return DELIMITERS.toSorted((one, other) => count(other) - count(one))[0] ?? ','
}

interface Header {
  readonly width: number
  readonly at: readonly number[]
}

/** What a CSV comes to, row after row: the first says which columns there are. */
function createReading(columns: readonly string[]) {
  let header: Header | undefined
  let batch: (Row | Fault)[] = []
  let failure: Error | undefined
  /** The line on which the next row begins, blank lines apart. */
  let next = 1
  const fail = (error: Error) => {
    failure ??= error.name === 'RedressError' ? error : unreadable(next, error.message, error)
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
    row(fields: readonly string[], lines: number): null {
      const line = lines === next ? lines : lines - newlinesIn(fields)
      next = lines + 1
      if (header !== undefined) batch.push(readRow(fields, header, line, lines))
      else {
        const missing = columns.filter((name) => !fields.includes(name))
        if (missing.length > 0) fail(unreadable(line, noColumn(missing, fields)))
        header = { width: fields.length, at: columns.map((name) => fields.indexOf(name)) }
      }
      return null
    },
    skip(error: CsvError | undefined): undefined {
      const { lines = next } = (error ?? {}) as { readonly lines?: number }
      const fatal = fatalFaults[error?.code ?? '']
      if (fatal !== undefined) fail(unreadable(next, fatal, error))
      else batch.push({ line: next, lines: Math.max(1, lines - next + 1), fault: 'a quote in the middle of a field' })
      next = lines + 1
    },
  }
}

/** What leaves nothing behind it that could be trusted. */
const fatalFaults: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened in the row that begins here, and never closed.',
  CSV_INVALID_CLOSING_QUOTE:
    'a quote is closed in the row that begins here, and the field goes on. A quote within quotes is written twice.',
  CSV_MAX_RECORD_SIZE: `the row that begins here has more than ${MAX_ROW_CHARACTERS} characters. Is a quote in it never closed?`,
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
  fields.reduce((sum, field) => sum + (field.match(/\r\n|\n|\r/g)?.length ?? 0), 0)

function noColumn(missing: readonly string[], fields: readonly string[]): string {
  const columns = fields.map((name) => `“${name}”`).join(', ')
  return `there is no column ${missing.map((name) => `“${name}”`).join(' nor ')}. There are ${columns}.`
}
