import type * as z from 'zod'
import { RedressError } from '../errors.ts'
import { fieldsOf } from './map.ts'

/** Something that is wrong with a map: the keys that lead to it, and what. */
export interface MapFault {
  readonly keys: readonly (string | number)[]
  readonly message: string
}

/** The error for a map that can’t be used: each fault with where it is. */
export function unusable(faults: readonly MapFault[]): RedressError {
  const issues = faults.map(({ keys, message }) => ({ path: keys.join(' › '), keys, message }))
  const said = issues.map(({ path, message }) => (path === '' ? `it ${message}` : `${path}: ${message}`))
  return new RedressError('input-invalid', `The map can’t be used:\n  ${said.join('\n  ')}`, { facts: { issues } })
}

/** What a schema found wrong, in words. */
export function faultsIn(error: z.ZodError, input: unknown): readonly MapFault[] {
  return error.issues.flatMap((issue): readonly MapFault[] => {
    const keys = issue.path.map((key) => (typeof key === 'number' ? key : String(key)))
    if (issue.code !== 'unrecognized_keys') return [{ keys, message: wordsOf(issue, valueAt(input, keys)) }]
    return issue.keys.map((key) => ({
      keys: [...keys, key],
      message: `there is no such field${meant(key, fieldsOf(keys))}`,
    }))
  })
}

function wordsOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined) return 'is missing'
  switch (issue.code) {
    case 'invalid_type':
      return `is to be ${kinds[issue.expected] ?? issue.expected}, not ${kindOf(value)}`
    case 'invalid_value':
      return `is one of ${issue.values.join(', ')}, not ${JSON.stringify(value)}`
    case 'too_small':
      return sizeOf(value) === 0 ? 'is empty' : `is to be ${issue.minimum} or more`
    case 'too_big':
      return `is to be ${issue.maximum} or less${sizeOf(value) === undefined ? '' : ' long'}`
    case 'invalid_key':
      return 'has no name, or one that is too long'
    default:
      return issue.message
  }
}

const kinds: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

const kindOf = (value: unknown): string =>
  value === null ? 'null' : (kinds[Array.isArray(value) ? 'array' : typeof value] ?? typeof value)

const sizeOf = (value: unknown): number | undefined =>
  typeof value === 'string' || Array.isArray(value) ? value.length : undefined

const valueAt = (input: unknown, keys: MapFault['keys']): unknown =>
  keys.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined,
    input,
  )

const FARTHEST = 3

/** The name that was probably meant, as a question behind a fault; nothing where none is near. */
export function meant(name: string, names: Iterable<string>): string {
  const near = [...names]
    .map((one) => ({ one, far: distance(name.toLowerCase(), one.toLowerCase()) }))
    .filter(({ one, far }) => far < FARTHEST && far < one.length / 2)
    .sort((one, other) => one.far - other.far)[0]?.one
  return near === undefined ? '' : `; did you mean “${near}”?`
}

/** How many letters are to be put, dropped or changed. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1]
    for (let at = 1; at <= to.length; at++) {
      const change = (row[at - 1] as number) + (to[at - 1] === letter ? 0 : 1)
      next.push(Math.min(change, (row[at] as number) + 1, (next[at - 1] as number) + 1))
    }
    row = next
  }
  return row[to.length] as number
}
