import * as z from 'zod'
import type { Case } from '../machine/case.ts'
import type { Refused } from '../machine/judge.ts'
import { openNow } from '../machine/open.ts'
import type { Refusal } from '../machine/refusal.ts'
import { malformed } from '../machine/refusal.ts'
import type { Issue, Parsed, ReadCommand } from '../protocol/parse.ts'
import { MAX_BATCH_COMMANDS, Opening, parseCommand, parseWith } from '../protocol/parse.ts'
import type { Protocol } from '../protocol/protocol.ts'
import { Id } from '../protocol/words.ts'
import { digestOf } from './identity.ts'

/** How one send is to be taken. */
export const SendOptions = z.strictObject({
  id: Id.optional().describe('the id of this send: sent again, it gets its first answer and does nothing'),
  expectedVersion: z.int().min(0).optional().describe('refuse with `conflict` where the case is at another version'),
})
export type SendOptions = z.infer<typeof SendOptions>

/** What came in at the door, read: a send under its id. */
export interface Letter<T> {
  readonly id: Id
  /** The digest by which a repetition is known; none where the caller gave no id, so that nobody can repeat it. */
  readonly hash: string | undefined
  readonly expectedVersion: number | undefined
  /** The type of its first command. */
  readonly type: string | undefined
  readonly content: T
}

/** A letter that was read, or the refusal of one that could not be. */
export type ReadLetter<T> = { readonly read: true; readonly letter: Letter<T> } | ({ readonly read: false } & Refused)

/** Reads the opening of a case. */
export function readOpening(input: unknown, options: unknown): ReadLetter<Opening> {
  const asked = parseWith(SendOptions, options ?? {})
  if (!asked.ok) return refused(malformed('open', inOptions(asked.issues)))
  const parsed = parseWith(Opening, input)
  return parsed.ok ? letterOf(asked.value, 'open', '', parsed.value) : refused(malformed('open', parsed.issues))
}

/** Reads one command, or a batch of them. */
export function readCommands(
  protocol: Protocol,
  now: Case,
  input: unknown,
  options: unknown,
): ReadLetter<readonly ReadCommand[]> {
  const unread = (type: string | undefined, issues: readonly Issue[], index = 0) =>
    refused(malformed(type, issues, openNow(protocol, now)), index)
  const asked = options === undefined ? noOptions : parseWith(SendOptions, options)
  if (!asked.ok) return unread(typeOf(input), inOptions(asked.issues))
  if (!Array.isArray(input)) {
    const parsed = parseCommand(protocol, input)
    return parsed.ok
      ? letterOf(asked.value, parsed.value.type, now.caseId, [parsed.value])
      : unread(typeOf(input), parsed.issues)
  }
  if (input.length === 0 || input.length > MAX_BATCH_COMMANDS) {
    return unread(undefined, [{ path: '', message: `a batch holds 1 to ${MAX_BATCH_COMMANDS} commands` }])
  }
  const commands: ReadCommand[] = []
  for (const [index, one] of input.entries()) {
    const parsed = parseCommand(protocol, one)
    if (!parsed.ok) return unread(typeOf(one), parsed.issues, index)
    commands.push(parsed.value)
  }
  return letterOf(asked.value, commands[0]?.type, now.caseId, commands)
}

const noOptions: Parsed<SendOptions> = { ok: true, value: {} }

const letterOf = <T>(asked: SendOptions, type: string | undefined, caseId: string, content: T): ReadLetter<T> => ({
  read: true,
  letter: {
    id: asked.id ?? crypto.randomUUID(),
    hash: asked.id === undefined ? undefined : digestOf([caseId, content]),
    expectedVersion: asked.expectedVersion,
    type,
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

const MAX_TYPE_CHARACTERS = 200

function typeOf(input: unknown): string | undefined {
  const type = typeof input === 'object' && input !== null && 'type' in input ? input.type : undefined
  return typeof type === 'string' && type.length <= MAX_TYPE_CHARACTERS ? type : undefined
}
