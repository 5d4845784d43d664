import type { Fault, ReadRows, Row } from './row.ts'
import { MAX_ROW_CHARACTERS, markOf, overlong } from './row.ts'

/** Reads JSON lines: an object a line, its fields by name or by a dotted path. */
export const readJsonLines: ReadRows = async function* (text, columns) {
  const paths = columns.map((name) => [name, name.split('.')] as const)
  let rest = ''
  let line = 0
  let tooLong = false
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    const batch: (Row | Fault)[] = []
    for (const one of lines) {
      line++
      if (tooLong || one.length > MAX_ROW_CHARACTERS) batch.push({ line, lines: 1, fault: overlong })
      else push(batch, one, line, paths)
      tooLong = false
    }
    if (rest.length > MAX_ROW_CHARACTERS) {
      tooLong = true
      rest = ''
    }
    yield batch
  }
  const last: (Row | Fault)[] = []
  if (tooLong || rest.length > MAX_ROW_CHARACTERS) last.push({ line: line + 1, lines: 1, fault: overlong })
  else push(last, rest, line + 1, paths)
  yield last
}

type Path = readonly [name: string, parts: readonly string[]]

function push(batch: (Row | Fault)[], text: string, line: number, paths: readonly Path[]): void {
  if (text.trim() === '') return
  batch.push(readLine(text, line, paths))
}

function readLine(text: string, line: number, paths: readonly Path[]): Row | Fault {
  let object: unknown
  try {
    object = JSON.parse(text)
  } catch {
    return { line, lines: 1, fault: 'not JSON' }
  }
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    return { line, lines: 1, fault: 'not a JSON object' }
  }
  return { line, values: paths.map((path) => valueAt(object, path)), mark: markOf(text.trim()) }
}

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
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? `${value}` : undefined
