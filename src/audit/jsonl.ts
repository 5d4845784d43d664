import { unreadable } from './bytes.ts'
import type { Fault, ReadRows, Row } from './row.ts'
import { FIRST_ROWS, MAX_ROW_CHARACTERS, markOf, overlong } from './row.ts'

/** Reads JSON lines: an object a line, its fields by name or by a dotted path. */
export const readJsonLines: ReadRows = async function* (text, columns, names) {
  const read = createReader(columns, names)
  let rest = ''
  let isTooLong = false
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    const batch: (Row | Fault)[] = []
    for (const one of lines) {
      batch.push(...read(one, isTooLong))
      isTooLong = false
    }
    if (rest.length > MAX_ROW_CHARACTERS) {
      isTooLong = true
      rest = ''
    }
    yield batch
  }
  yield read(rest, isTooLong)
}

type Path = readonly [name: string, parts: readonly string[]]

/** Makes a row of a line; of a blank one none. */
function createReader(columns: readonly string[], names: Set<string>) {
  const paths = columns.map((name): Path => [name, name.split('.')])
  let line = 0
  let rows = 0
  return (text: string, isTooLong: boolean): readonly [] | readonly [Row | Fault] => {
    line++
    if (isTooLong || text.length > MAX_ROW_CHARACTERS) return [{ line, lines: 1, fault: overlong }]
    const written = text.trim()
    if (written === '') return []
    rows++
    if (rows === 1 && written.startsWith('[')) throw unreadable(line, isArray)
    let object: unknown
    try {
      object = exactly(written)
    } catch {
      return [{ line, lines: 1, fault: 'not JSON' }]
    }
    if (typeof object !== 'object' || object === null || Array.isArray(object)) {
      return [{ line, lines: 1, fault: 'not a JSON object' }]
    }
    if (rows <= FIRST_ROWS) for (const name of namesIn(object)) names.add(name)
    return [{ line, values: paths.map((path) => valueAt(object, path)), mark: markOf(written) }]
  }
}

/** A text or a number of a JSON text. */
const VALUE = /"(?:[^"\\]+|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
/** Numbers of fewer digits than this are as different as their texts. */
const INEXACT_DIGITS = 16
const mayBeInexact = /\d[\d.]{15}/

/** What a JSON text says; numbers that are too long for JavaScript as the texts that they are: two ids must not become one. */
function exactly(written: string): unknown {
  const read: unknown = JSON.parse(written)
  if (!mayBeInexact.test(written)) return read
  const isLong = (value: string) => !value.startsWith('"') && value.length >= INEXACT_DIGITS
  return JSON.parse(written.replaceAll(VALUE, (value) => (isLong(value) ? `"${value}"` : value)))
}

const isArray =
  'it is an array, and a log is JSON lines, an object a line: `jq -c ".[]" log.json > log.jsonl` makes such of it.'

/** The fields of an object, and of what is in them, as paths. */
const namesIn = (object: object): readonly string[] =>
  Object.entries(object).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? [name, ...Object.keys(value).map((inner) => `${name}.${inner}`)]
      : [name],
  )

function valueAt(object: object, [name, parts]: Path): string | undefined {
  if (Object.hasOwn(object, name)) return textOfValue((object as Readonly<Record<string, unknown>>)[name])
  let value: unknown = object
  for (const part of parts) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[part]
  }
  return textOfValue(value)
}

const textOfValue = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : Number.isFinite(value) || typeof value === 'boolean' ? `${value}` : undefined
