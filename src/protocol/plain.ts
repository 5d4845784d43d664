import type { Issue, Parsed } from './parse.ts'

const MAX_STRING_CHARACTERS = 200_000
const MAX_DEPTH = 20
const MAX_VALUES = 20_000

/**
 * Copies anything into plain JSON values of our own, or says what in it JSON, or a database, would not give back as it
 * was. It is read once: getters, proxies and a caller who goes on writing can't make it another value afterwards.
 */
export function plainJson(input: unknown): Parsed<unknown> {
  const trail: (string | number)[] = []
  let values = 0
  let fault: string | undefined

  const refuse = (message: string) => {
    fault = message
    return undefined
  }

  const copyField = (from: object, key: string | number): unknown => {
    trail.push(key)
    const copied = copy((from as Readonly<Record<string | number, unknown>>)[key])
    if (fault === undefined) trail.pop()
    return copied
  }

  const copyList = (from: readonly unknown[]): unknown => {
    const list: unknown[] = []
    for (let index = 0; index < from.length && fault === undefined; index++) list.push(copyField(from, index))
    return list
  }

  const copyObject = (from: object): unknown => {
    if (!isPlain(from)) return refuse('a plain object')
    const object: Record<string, unknown> = {}
    for (const key of Object.keys(from)) {
      const wrong = key === '__proto__' ? 'a field that nothing has' : textFault(key)
      if (wrong !== undefined) {
        trail.push(key)
        return refuse(wrong)
      }
      object[key] = copyField(from, key)
      if (fault !== undefined) break
    }
    return object
  }

  const copy = (value: unknown): unknown => {
    if (++values > MAX_VALUES) return refuse(`more than ${MAX_VALUES} values`)
    switch (typeof value) {
      case 'string': {
        const wrong = textFault(value)
        return wrong === undefined ? value : refuse(wrong)
      }
      case 'number':
        // JSON has no minus zero: it comes back as zero.
        return Number.isFinite(value) ? value + 0 : refuse('a number that is finite')
      case 'boolean':
        return value
      case 'undefined':
        // A field may be left out; a place in a list, or everything, may not.
        return typeof trail.at(-1) === 'string' ? value : refuse('nothing was given')
      case 'object':
        if (value === null) return null
        if (trail.length === MAX_DEPTH) return refuse(`nested deeper than ${MAX_DEPTH}`)
        return Array.isArray(value) ? copyList(value) : copyObject(value)
      default:
        return refuse(`a JSON value, not a ${typeof value}`)
    }
  }

  try {
    const value = copy(input)
    if (fault === undefined) return { ok: true, value }
  } catch {
    refuse('a value that can be read')
  }
  return { ok: false, issues: [{ path: pathOf(trail), message: fault ?? '' }] }
}

/** The dotted path of a field. A key that is no name a program would use may be somebody's words, and is not told. */
export const pathOf = (trail: readonly PropertyKey[]): Issue['path'] =>
  trail.map((key) => (typeof key === 'number' || fieldName.test(String(key)) ? String(key) : '…')).join('.')

const fieldName = /^[A-Za-z_$][\w$-]{0,63}$/

/** An object of no class; one of another realm's (a test runner's, a worker's) is as good. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null
}

/** What is wrong with a text that JSON, or a database, would not give back as it was. */
export function textFault(text: string): string | undefined {
  if (text.length > MAX_STRING_CHARACTERS) return `at most ${MAX_STRING_CHARACTERS} characters`
  if (!text.isWellFormed()) return 'half a character (a lone surrogate)'
  if (text.includes('\0')) return 'a NUL character'
  return undefined
}
