import type { Case, CommandInput, Entry, Opened } from '../machine/case.ts'
import type { BatchVerdict, Overdue, Passed } from '../machine/judge.ts'
import { judgeAll } from '../machine/judge.ts'
import { malformed } from '../machine/refusal.ts'
import type { Clocks } from '../protocol/clock.ts'
import type { AnyCommand } from '../protocol/command.ts'
import type { ReadCommand } from '../protocol/parse.ts'
import { parseCommand } from '../protocol/parse.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Instant } from '../protocol/words.ts'
import { misuse } from './misuse.ts'

const MINUTE_MS = 60_000

/** The instant that many minutes after another. */
export const minutesAfter = (at: Instant, minutes = 1): Instant =>
  new Date(Date.parse(at) + minutes * MINUTE_MS).toISOString()

/** A command as a desk reads it; throws `input-invalid` where it can’t be read: it brings evidence that is none, or lacks it. */
export function readAs(protocol: Protocol, input: object): ReadCommand {
  const parsed = parseCommand(protocol, input)
  if (parsed.ok) return parsed.value
  const issues = parsed.issues.map(({ path, message }) => `${path}: ${message}`).join('; ')
  throw misuse(`“${(input as { readonly type?: string }).type}” can’t be read: ${issues}. Give its evidence.`)
}

/** A case on which commands are tried, and the moment when the next one happens that doesn't say when it did. */
export interface Ground {
  readonly protocol: Protocol
  readonly clocks?: Clocks | undefined
  readonly case: Case
  readonly next: Instant
}

/**
 * Reads commands as a desk does, those without a time a minute after each other, and judges them as one batch; with what
 * is overdue recorded before them, where that is wanted.
 */
export function tried(
  ground: Ground,
  inputs: readonly object[],
  overdue?: Overdue,
): { verdict: BatchVerdict; next: Instant } {
  const { protocol, clocks } = ground
  let { next } = ground
  const read: AnyCommand[] = []
  for (const [index, input] of inputs.entries()) {
    const parsed = parseCommand(protocol, input)
    if (!parsed.ok) {
      const refusal = { ...malformed((input as CommandInput).type, parsed.issues), index }
      return { verdict: { accepted: false, refusal }, next: ground.next }
    }
    const at = parsed.value.at ?? next
    next = minutesAfter(at) > next ? minutesAfter(at) : next
    read.push({ ...parsed.value, at })
  }
  return { verdict: judgeAll(protocol, ground.case, read, clocks, overdue), next }
}

/** A log entry as a desk writes it, recorded when it happened. */
export const entryOf = (after: Case, command: Opened | AnyCommand, from: Entry['from']): Entry => ({
  caseId: after.caseId,
  version: after.version,
  protocol: after.protocol,
  machine: after.machine,
  commandId: `command-${after.version}`,
  command: command as AnyCommand,
  from,
  to: after.state,
  recordedAt: command.at,
})

/** The log entries of commands that passed. */
export const entriesOf = (steps: readonly Passed[]): readonly Entry[] =>
  steps.map(({ after, command, from }) => entryOf(after, command, from))
