import * as z from 'zod'
import type { Case } from '../machine/case.ts'
import { placeOf } from '../machine/case.ts'
import type { Refused } from '../machine/judge.ts'
import { closedBy, openNow } from '../machine/open.ts'
import type { Refusal } from '../machine/refusal.ts'
import { malformed, refusalFor } from '../machine/refusal.ts'
import { Actor } from '../protocol/actor.ts'
import type { Issue, Parsed, ReadCommand } from '../protocol/parse.ts'
import { MAX_BATCH_COMMANDS, Opening, parsePlain, parsePlainCommand, parseWith } from '../protocol/parse.ts'
import { plainJson } from '../protocol/plain.ts'
import type { Protocol } from '../protocol/protocol.ts'
import { Id, Label } from '../protocol/words.ts'
import { digestOf } from './identity.ts'
import { parseSignalled, Signal } from './signal.ts'

const TraceParent = z.string().regex(/^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/, 'a W3C `traceparent`')

/** How one send is to be taken. */
export const SendOptions = z.strictObject({
  id: Id.optional().describe('the id of this send: sent again, it gets its first answer and does nothing'),
  expectedVersion: z.int().min(0).optional().describe('refuse with `conflict` where the case is at another version'),
  signal: Signal.optional().describe('calls it off where nothing was written yet: it throws `aborted` then'),
  traceparent: TraceParent.optional().describe('the W3C trace context that it is part of; its log entries keep it'),
})
export type SendOptions = z.infer<typeof SendOptions>

/** A request to erase the personal words of a case. */
export const Erasure = z.strictObject({
  by: Actor.describe('who erases'),
  reason: Label.describe('why, without anybody’s words'),
})
export type Erasure = z.infer<typeof Erasure>

/** What came in at the door, read: a send under its id. */
export interface Letter<T> {
  readonly id: Id
  /** The digest by which a repetition is known; none where the caller gave no id, so that nobody can repeat it. */
  readonly hash: string | undefined
  readonly expectedVersion: number | undefined
  /** The type of its first command. */
  readonly type: string | undefined
  /** Who imports it; none where it is sent. */
  readonly importedBy?: Actor
  readonly signal?: AbortSignal | undefined
  readonly traceparent?: string | undefined
  readonly content: T
}

/** A letter that was read, or the refusal of one that could not be. */
export type ReadLetter<T> = { readonly read: true; readonly letter: Letter<T> } | ({ readonly read: false } & Refused)

/** What was handed in, copied at once: nothing that its sender does to it later changes what is judged. */
export interface HandedIn {
  /** Each command: one, or those of a batch. */
  readonly commands: readonly Copied[]
  readonly options: Parsed<SendOptions>
}

interface Copied {
  readonly from: unknown
  readonly plain: Parsed<unknown>
}

/** Copies what was handed in, before anything is waited for. */
export const handIn = (input: unknown, options?: unknown): HandedIn => ({
  commands: copiesOf(input),
  options: readOptions(options),
})

/** Reads the opening of a case. */
export function readOpening(input: unknown, options: unknown): ReadLetter<Opening> {
  const asked = readOptions(options)
  if (!asked.ok) return refused(malformed('open', asked.issues))
  const parsed = parseWith(Opening, input)
  return parsed.ok ? letterOf(asked.value, 'open', '', parsed.value) : refused(malformed('open', parsed.issues))
}

/** Reads one command, or a batch of them. */
export function readCommands(
  protocol: Protocol,
  now: Case,
  { commands, options }: HandedIn,
): ReadLetter<readonly ReadCommand[]> {
  const unread = (from: unknown, issues: readonly Issue[], index = 0) => {
    const type = typeOf(protocol, from)
    const open = openNow(protocol, now)
    const unreadable = malformed(type, issues, open)
    const definition = type === undefined || index > 0 ? undefined : protocol.commands.get(type)
    const broken = definition?.internal === true || definition === undefined ? [] : closedBy(protocol, now, definition)
    if (broken.length === 0) return refused(unreadable, index)
    // Whatever it brought, its turn has not come: that is what its sender must know first.
    const closed = refusalFor(protocol, placeOf(now.state), { type: type as string }, broken, open)
    return refused({ ...closed, code: 'malformed', issues, sentence: `${closed.sentence} ${unreadable.sentence}` })
  }
  if (!options.ok) return unread(commands[0]?.from, options.issues)
  const read: ReadCommand[] = []
  for (const [index, { from, plain }] of commands.entries()) {
    const parsed = plain.ok ? parsePlainCommand(protocol, plain.value) : plain
    if (!parsed.ok) return unread(from, parsed.issues, index)
    read.push(parsed.value)
  }
  return letterOf(options.value, read[0]?.type, now.caseId, read)
}

/** Reads a request to erase: one, never a batch. */
export function readErasure(now: Case, { commands, options }: HandedIn): ReadLetter<readonly ReadCommand[]> {
  if (!options.ok) return refused(malformed('erase', options.issues))
  const [request, ...more] = commands
  if (request === undefined || more.length > 0) {
    return refused(malformed('erase', [{ path: '', message: 'one request' }]))
  }
  const parsed = request.plain.ok ? parsePlain(Erasure, request.plain.value) : request.plain
  if (!parsed.ok) return refused(malformed('erase', parsed.issues))
  return letterOf(options.value, 'erase', now.caseId, [{ type: 'erase', ...parsed.value }])
}

/**
 * A letter of the desk's own: read already, since the desk wrote it. Its id names the version of the case that it was
 * written for; nobody repeats it, so that there is no digest.
 */
export const ownLetter = (command: ReadCommand, { caseId, version }: Case): ReadLetter<readonly ReadCommand[]> => ({
  read: true,
  letter: {
    id: `desk:${caseId}:${version}`,
    hash: undefined,
    expectedVersion: undefined,
    type: command.type,
    content: [command],
  },
})

function copiesOf(input: unknown): readonly Copied[] {
  try {
    if (!Array.isArray(input)) return [copyOf(input)]
    const { length } = input
    if (length >= 1 && length <= MAX_BATCH_COMMANDS) return Array.from({ length }, (_, index) => copyOf(input[index]))
    return [unreadable(`a batch holds 1 to ${MAX_BATCH_COMMANDS} commands`)]
  } catch {
    return [unreadable('a batch that can be read')]
  }
}

const copyOf = (from: unknown): Copied => ({ from, plain: plainJson(from) })

const unreadable = (message: string): Copied => ({
  from: undefined,
  plain: { ok: false, issues: [{ path: '', message }] },
})

function readOptions(options: unknown): Parsed<SendOptions> {
  if (options === undefined) return noOptions
  const asked = parseSignalled(SendOptions, options)
  return asked.ok ? asked : { ok: false, issues: inOptions(asked.issues) }
}

const noOptions: Parsed<SendOptions> = { ok: true, value: {} }

const letterOf = <T>(asked: SendOptions, type: string | undefined, caseId: string, content: T): ReadLetter<T> => ({
  read: true,
  letter: {
    id: asked.id ?? crypto.randomUUID(),
    hash: asked.id === undefined ? undefined : digestOf([caseId, content]),
    expectedVersion: asked.expectedVersion,
    type,
    signal: asked.signal,
    traceparent: asked.traceparent,
    content,
  },
})

const refused = (refusal: Refusal, index = 0) => ({
  read: false as const,
  accepted: false as const,
  refusal: { ...refusal, index },
})

const inOptions = (issues: readonly Issue[]): readonly Issue[] =>
  issues.map(({ path, message }) => ({ path: path === '' ? 'options' : `options.${path}`, message }))

/** The type as a refusal may name it: a command of the protocol, since anything else may be somebody's words. */
function typeOf(protocol: Protocol, input: unknown): string | undefined {
  try {
    const { type } = input as { readonly type?: unknown }
    return typeof type === 'string' && protocol.commands.has(type) ? type : undefined
  } catch {
    return undefined
  }
}
