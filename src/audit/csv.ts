import { unreadable } from './bytes.ts'
import { type CsvRecord, createCutter } from './record.ts'
import type { Fault, ReadRows, Row } from './row.ts'
import { MAX_ROW_CHARACTERS, markOf, overlong } from './row.ts'
import { listed } from './say.ts'

const DELIMITERS = [',', ';', '\t', '|']

/** Reads CSV as RFC 4180 has it, its first row the names of the columns; before them may stand `sep=;`, as Excel has it. */
export const csvReader = (given: string | undefined): ReadRows =>
  async function* (text, columns, names) {
    const chunks = text[Symbol.asyncIterator]()
    const first = await untilNewline(chunks)
    const delimiter = given ?? delimiterOf(first)
    const cutter = createCutter(delimiter)
    const read = createReader(columns, delimiter, names)
    yield read(cutter.write(first))
    for (let chunk = await chunks.next(); !chunk.done; chunk = await chunks.next())
      yield read(cutter.write(chunk.value))
    yield read(cutter.end())
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

/** What stands between the names of the columns most often, or what is said to before them. */
function delimiterOf(text: string): string {
  const line = text.split(/[\r\n]/, 1)[0] ?? ''
  const header = line.replaceAll(/"[^"]*"/g, '')
  const count = (delimiter: string) => header.split(delimiter).length
  return saidBefore.exec(line)?.[1] ?? DELIMITERS.toSorted((one, other) => count(other) - count(one))[0] ?? ','
}

const saidBefore = /^sep=(.)$/i

interface Header {
  readonly width: number
  readonly at: readonly number[]
}

/** Makes rows of records: the first of them says which columns there are. */
function createReader(columns: readonly string[], delimiter: string, names: Set<string>) {
  let header: Header | undefined
  return (records: readonly CsvRecord[]): readonly (Row | Fault)[] => {
    const rows: (Row | Fault)[] = []
    for (const record of records) {
      if (header !== undefined) rows.push(readRow(record, header))
      else if (record.line > 1 || !saidBefore.test(record.fields.join(delimiter))) {
        header = readHeader(record, columns)
        for (const name of record.fields) names.add(name)
      }
    }
    return rows
  }
}

function readHeader({ line, width, fields, flaw }: CsvRecord, columns: readonly string[]): Header {
  if (flaw === 'stray-quote') throw unreadable(line, 'there is a quote in the middle of a column’s name.')
  if (flaw === 'too-long') throw unreadable(line, `the names of its columns are ${overlong}.`)
  const missing = columns.filter((name) => !fields.includes(name))
  if (missing.length > 0) {
    throw unreadable(
      line,
      `there is no column ${missing.map((name) => `“${name}”`).join(' nor ')}. There are ${listed(fields)}.`,
    )
  }
  const twice = columns.find((name) => fields.indexOf(name) !== fields.lastIndexOf(name))
  if (twice !== undefined) throw unreadable(line, `there are several columns “${twice}”. Which is meant? Rename one.`)
  return { width, at: columns.map((name) => fields.indexOf(name)) }
}

function readRow({ line, lines, width, fields, flaw }: CsvRecord, header: Header): Row | Fault {
  if (flaw === 'stray-quote') return { line, lines, fault: 'a quote in the middle of a field' }
  if (flaw === 'too-long') {
    if (lines === 1 || width === header.width) return { line, lines, fault: overlong }
    // Rows that a quote has swallowed look so: what follows may begin anywhere.
    throw unreadable(
      line,
      `the row that begins here is ${overlong}, over ${lines} lines. Is a quote in it never closed?`,
    )
  }
  if (width !== header.width) {
    const fault = width < header.width ? 'fewer fields than there are columns' : 'more fields than there are columns'
    return { line, lines, fault }
  }
  let mark: number | undefined
  for (const field of fields) mark = markOf(field, markOf('\u0000', mark))
  return { line, values: header.at.map((index) => ownCopy(fields[index] as string)), mark: mark ?? 0 }
}

/** A text of its own: what is cut out of a longer one would keep that in memory. */
const ownCopy = (text: string): string => (text.length < CUT_OUT ? text : ` ${text}`.slice(1))

/** V8 copies what is shorter. */
const CUT_OUT = 13
