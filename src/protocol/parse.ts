import * as z from 'zod'
import { Actor } from './actor.ts'
import type { AnyCommand, CommandDefinition } from './command.ts'
import type { Protocol } from './protocol.ts'
import { Id, Instant, Label, Words } from './words.ts'

/** What is wrong with one field of an input: where, as a dotted path, and why. It never repeats what was sent. */
export interface Issue {
  readonly path: string
  readonly message: string
}

/** An input that was read, or everything that is wrong with it. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly Issue[] }

/** The commands of a send: one, or a batch of at most this many. */
export const MAX_BATCH_COMMANDS = 100
const MAX_STRING_CHARACTERS = 200_000
const MAX_DEPTH = 20
const MAX_VALUES = 20_000

/** What opens a case: who complained, over which channel, in which words. */
export const Opening = z.strictObject({
  by: Actor.describe('who records the complaint'),
  at: Instant.optional().describe('when it came; now, if left out'),
  caseId: Id.optional().describe('the host’s own id; a time-ordered UUID, if left out'),
  protocol: Id.optional().describe('`pocock` (the newest version) or `pocock@1`; the desk’s first, if left out'),
  customer: Id.describe('the host’s id of the customer'),
  channel: Label.describe('how it came: phone, mail, counter'),
  words: Words.describe('the complaint, in the customer’s words'),
})
export type Opening = z.infer<typeof Opening>

/** A command as it was read: where it does not say when it happened, it happened when it is recorded. */
export type ReadCommand = Omit<AnyCommand, 'at'> & { readonly at?: Instant }

/** Reads a command of a protocol from anything: an object of JSON values, of a known type, with just its evidence. */
export function parseCommand(protocol: Protocol, input: unknown): Parsed<ReadCommand> {
  const type =
    typeof input === 'object' && input !== null && Object.hasOwn(input, 'type') ? (input as AnyCommand).type : undefined
  const definition = typeof type === 'string' ? protocol.commands.get(type) : undefined
  if (definition === undefined) {
    const fault = plainJsonFault(input)
    if (fault !== undefined) return { ok: false, issues: [fault] }
    const message = typeof type === 'string' ? 'no command of this protocol' : 'the name of a command'
    return { ok: false, issues: [{ path: typeof input === 'object' && input !== null ? 'type' : '', message }] }
  }
  return parseWith(schemaOf(definition), input) as Parsed<ReadCommand>
}

/** Reads anything with a schema, and refuses first what could not be stored as JSON and read back the same. */
export function parseWith<S extends z.ZodType>(schema: S, input: unknown): Parsed<z.output<S>> {
  const fault = plainJsonFault(input)
  if (fault !== undefined) return { ok: false, issues: [fault] }
  const parsed = schema.safeParse(input)
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, issues: parsed.error.issues.flatMap(issuesOf) }
}

const schemas = new WeakMap<CommandDefinition, z.ZodObject>()

function schemaOf(definition: CommandDefinition): z.ZodObject {
  let schema = schemas.get(definition)
  if (schema === undefined) {
    schema = definition.evidence
      .safeExtend({ type: z.literal(definition.name), by: Actor, at: Instant.optional() })
      .strict()
    schemas.set(definition, schema)
  }
  return schema
}

function issuesOf(issue: z.core.$ZodIssue): readonly Issue[] {
  const path = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: path === '' ? key : `${path}.${key}`,
      message: 'a field that it does not have',
    }))
  }
  return [{ path, message: issue.message }]
}

/** The first value that JSON, or a database, would not give back as it was. */
function plainJsonFault(input: unknown): Issue | undefined {
  let values = 0
  const visit = (value: unknown, path: string, depth: number): Issue | undefined => {
    if (++values > MAX_VALUES) return { path, message: `more than ${MAX_VALUES} values` }
    switch (typeof value) {
      case 'string':
        return stringFault(value, path)
      case 'number':
        return Number.isFinite(value) ? undefined : { path, message: 'a number that is finite' }
      case 'boolean':
        return undefined
      case 'undefined':
        return depth === 0 ? { path, message: 'nothing was given' } : undefined
      case 'object':
        break
      default:
        return { path, message: `a JSON value, not a ${typeof value}` }
    }
    if (value === null) return undefined
    if (depth === MAX_DEPTH) return { path, message: `nested deeper than ${MAX_DEPTH}` }
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) {
        const fault = visit(value[index] ?? null, path === '' ? `${index}` : `${path}.${index}`, depth + 1)
        if (fault !== undefined) return fault
      }
      return undefined
    }
    const prototype = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) return { path, message: 'a plain object' }
    for (const key of Object.keys(value)) {
      if (key === '__proto__')
        return { path: path === '' ? key : `${path}.${key}`, message: 'a field that nothing has' }
      const fault =
        stringFault(key, path) ??
        visit((value as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`, depth + 1)
      if (fault !== undefined) return fault
    }
    return undefined
  }
  return visit(input, '', 0)
}

function stringFault(value: string, path: string): Issue | undefined {
  if (value.length > MAX_STRING_CHARACTERS) return { path, message: `at most ${MAX_STRING_CHARACTERS} characters` }
  if (!value.isWellFormed()) return { path, message: 'half a character (a lone surrogate)' }
  if (value.includes('\0')) return { path, message: 'a NUL character' }
  return undefined
}
