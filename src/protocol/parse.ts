import * as z from 'zod'
import { RedressError } from '../errors.ts'
import { Actor } from './actor.ts'
import type { AnyCommand, CommandDefinition } from './command.ts'
import { pathOf, plainJson } from './plain.ts'
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
/** The issues of one input that are told. */
const MAX_ISSUES = 20

/** What opens a case: who complained, over which channel, in which words. */
export const Opening = z
  .strictObject({
    by: Actor.describe('who records the complaint'),
    at: Instant.optional().describe('when it came; now, if left out'),
    caseId: Id.optional().describe('the host’s own id; a time-ordered UUID, if left out'),
    protocol: Id.optional().describe('`pocock` (the newest version) or `pocock@1`; the desk’s first, if left out'),
    customer: Id.optional().describe('the host’s id of the customer; needed unless it is anonymous'),
    anonymous: z.literal(true).optional().describe('nobody is known who complained'),
    representative: Id.optional().describe('the host’s id of somebody who speaks for the customer'),
    about: Id.optional().describe('the host’s id of the person whom it is about: they can’t own it'),
    policy: Id.optional().describe('the policy of deadlines; the desk’s first, if left out'),
    calendar: Id.optional().describe('the calendar that deadlines are counted in'),
    channel: Label.describe('how it came: phone, mail, counter'),
    words: Words.describe('the complaint, in the customer’s words'),
  })
  .refine(({ customer, anonymous }) => (customer === undefined) === (anonymous === true), {
    path: ['customer'],
    error: 'the customer, unless the complaint is anonymous',
  })
export type Opening = z.infer<typeof Opening>

/** A command as it was read: where it does not say when it happened, it happened when it is recorded. */
export type ReadCommand = Omit<AnyCommand, 'at'> & { readonly at?: Instant }

/** Reads a command of a protocol from anything: an object of JSON values, of a known type, with just its evidence. */
export function parseCommand(protocol: Protocol, input: unknown): Parsed<ReadCommand> {
  const plain = plainJson(input)
  return plain.ok ? parsePlainCommand(protocol, plain.value) : plain
}

/** The same, from plain JSON values of our own (`plainJson`). */
export function parsePlainCommand(protocol: Protocol, plain: unknown): Parsed<ReadCommand> {
  const given = typeof plain === 'object' && plain !== null
  const type = given ? (plain as Partial<AnyCommand>).type : undefined
  const definition = typeof type === 'string' ? protocol.commands.get(type) : undefined
  if (definition !== undefined && definition.internal !== true)
    return parsePlain(schemaOf(definition), plain) as Parsed<ReadCommand>
  const message = typeof type === 'string' ? 'no command of this protocol' : 'the name of a command'
  return { ok: false, issues: [{ path: given ? 'type' : '', message }] }
}

/** Reads anything with a schema, and refuses first what could not be stored as JSON and read back the same. */
export function parseWith<S extends z.ZodType>(schema: S, input: unknown): Parsed<z.output<S>> {
  const plain = plainJson(input)
  return plain.ok ? parsePlain(schema, plain.value) : plain
}

/** The same, or throws. */
export const parseOrThrow = <S extends z.ZodType>(schema: S, input: unknown, sentence: string): z.output<S> =>
  valueOrThrow(parseWith(schema, input), sentence)

/** What was read, or throws `input-invalid`: a sentence of the caller’s, which ends with each field that is wrong. */
export function valueOrThrow<T>(parsed: Parsed<T>, sentence: string): T {
  if (parsed.ok) return parsed.value
  const { issues } = parsed
  const faults = issues.map(({ path, message }) => (path === '' ? message : `\`${path}\`: ${message}`))
  throw new RedressError('input-invalid', `${sentence}: ${faults.join('; ')}.`, { facts: { issues } })
}

export function parsePlain<S extends z.ZodType>(schema: S, plain: unknown): Parsed<z.output<S>> {
  const parsed = schema.safeParse(plain)
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, issues: parsed.error.issues.flatMap(issuesOf).slice(0, MAX_ISSUES) }
}

/** Whether an event is a command of the protocol as it was read: known, complete, with its time. */
export function isRead(protocol: Protocol, event: { readonly type: string }): event is AnyCommand {
  const definition = protocol.commands.get(event.type)
  if (definition === undefined || typeof (event as Partial<AnyCommand>).at !== 'string') return false
  return schemaOf(definition).safeParse(event).success
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
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: pathOf([...issue.path, key]), message: 'a field that it does not have' }))
  }
  // What is not there is said to be missing, not to be of the wrong type.
  const message = / received undefined$/.test(issue.message) ? 'is missing' : issue.message
  return [{ path: pathOf(issue.path), message }]
}
