import type { Issue, Parsed } from './parse.ts'

const MAX_STRING_CHARACTERS = 200_000
const MAX_DEPTH = 20
const MAX_VALUES = 20_000

/**
 * Copies anything into plain JSON values of our own, or says what in it JSON, or a database, would not give back as it
 * was. It is read once: getters, proxies and a caller who goes on writing can't make it another value afterwards.
 */
export function plainJson(input: unknown): Parsed<unknown> {
  const copied = plain(input, 0, { left: MAX_VALUES })
  if (!(copied instanceof Fault)) return { ok: true, value: copied }
  return { ok: false, issues: [{ path: pathOf(copied.trail.reverse()), message: copied.message }] }
}

/** What can't be kept, and the way to it, the innermost key first. */
class Fault {
  readonly message: string
  readonly trail: (string | number)[] = []

  constructor(message: string) {
    this.message = message
  }

  within(key: string | number | undefined): this {
    if (key !== undefined) this.trail.push(key)
    return this
  }
}

/** How many values more may be read. */
interface Budget {
  left: number
}

function plain(value: unknown, depth: number, budget: Budget): unknown {
  if (--budget.left < 0) return new Fault(`more than ${MAX_VALUES} values`)
  switch (typeof value) {
    case 'string': {
      const wrong = textFault(value)
      return wrong === undefined ? value : new Fault(wrong)
    }
    case 'number':
      // JSON has no minus zero: it comes back as zero.
      return Number.isFinite(value) ? value + 0 : new Fault('a number that is finite')
    case 'boolean':
      return value
    case 'undefined':
      return new Fault('nothing was given')
    case 'object':
      if (value === null) return null
      if (depth === MAX_DEPTH) return new Fault(`nested deeper than ${MAX_DEPTH}`)
      return plainParts(value, depth + 1, budget)
    default:
      return new Fault(`a JSON value, not a ${typeof value}`)
  }
}

function plainParts(from: object, depth: number, budget: Budget): unknown {
  let at: string | number | undefined
  try {
    if (Array.isArray(from)) {
      const list: unknown[] = []
      for (at = 0; at < from.length; at++) {
        const copied = plain(from[at], depth, budget)
        if (copied instanceof Fault) return copied.within(at)
        list.push(copied)
      }
      return list
    }
    if (!isPlain(from)) return new Fault('a plain object')
    const object: Record<string, unknown> = {}
    for (at of Object.keys(from)) {
      const wrong = at === '__proto__' ? 'a field that nothing has' : textFault(at)
      if (wrong !== undefined) return new Fault(wrong).within(at)
      const value = (from as Readonly<Record<string, unknown>>)[at]
      // A field may be left out; a place in a list, or everything, may not.
      const copied = value === undefined ? undefined : plain(value, depth, budget)
      if (copied instanceof Fault) return copied.within(at)
      object[at] = copied
    }
    return object
  } catch {
    return new Fault('a value that can be read').within(at)
  }
}

/** A copy of plain JSON values, at a sixth of the cost of writing and reading them: nobody can change a string. */
export function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyOf) as T
  const copy = { ...value }
  for (const key in copy) {
    const one = copy[key]
    if (typeof one === 'object' && one !== null) copy[key] = copyOf(one)
  }
  return copy
}

/** The same, frozen: what many are given, none of them can spoil for the others. */
export function frozenCopyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopyOf)) as T
  const copy = { ...value }
  for (const key in copy) {
    const one = copy[key]
    if (typeof one === 'object' && one !== null) copy[key] = frozenCopyOf(one)
  }
  return Object.freeze(copy)
}

/** The dotted path of a field. A key that is no name a program would use may be somebody's words, and is not told. */
export const pathOf = (trail: readonly PropertyKey[]): Issue['path'] =>
  trail.map((key) => (typeof key === 'number' || fieldName.test(String(key)) ? String(key) : '…')).join('.')

const fieldName = /^[A-Za-z_$][\w$-]{0,63}$/

/** An object of no class; one of another realm's (a test runner's, a worker's) is as good. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** What is wrong with a text that JSON, or a database, would not give back as it was. */
export function textFault(text: string): string | undefined {
  if (text.length > MAX_STRING_CHARACTERS) return `at most ${MAX_STRING_CHARACTERS} characters`
  if (!text.isWellFormed()) return 'half a character (a lone surrogate)'
  if (text.includes('\0')) return 'a NUL character'
  return undefined
}
