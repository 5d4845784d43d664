import type { Clocks } from '../protocol/clock.ts'
import type { AnyCommand, CommandDefinition } from '../protocol/command.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Case, StateName } from './case.ts'
import { placeOf } from './case.ts'
import { evolve } from './evolve.ts'
import { openNow } from './open.ts'
import type { Refusal } from './refusal.ts'
import { refusalFor } from './refusal.ts'
import { brokenRules } from './ruling.ts'
import { arrowOf } from './standing.ts'

/** A command that may pass, and the case after it. */
export interface Passed {
  readonly accepted: true
  readonly command: AnyCommand
  readonly from: StateName
  readonly after: Case
}

/** A command that may not pass, and why. Nothing was stored. */
export interface Refused {
  readonly accepted: false
  readonly refusal: Refusal
}

/** What `judge` says of a command. */
export type Verdict = Passed | Refused

/**
 * Judges a command, as `parseCommand` read it, on a case: the protocol's machine decides where it can lead, the rules whether it may. Pure: no
 * clock, no randomness, nothing stored. Whatever lets a command pass, or tells whether it would, asks here.
 *
 * With `clocks` it arms the deadlines too. Throws `case-unreadable` where the case stands in a state that the protocol does not have.
 */
export function judge(protocol: Protocol, before: Case, command: AnyCommand, clocks?: Clocks): Verdict {
  const at = placeOf(before.state)
  const judged = { facts: before.facts, command, at, protocol, clocks }
  const taken = arrowOf(protocol, before, command)
  if (taken === undefined) {
    return {
      accepted: false,
      refusal: refusalFor(protocol, at, command, brokenRules(judged), openNow(protocol, before)),
    }
  }
  const definition = protocol.commandAt(command.type, at) as CommandDefinition
  const facts = evolve(definition, judged, taken.arrow.lead)
  return {
    accepted: true,
    command,
    from: before.state,
    after: { ...before, state: taken.to, facts, version: before.version + 1 },
  }
}

/** What became of a batch: every command passed, in its order, or the first refusal with its place in the batch. */
export type BatchVerdict = { readonly accepted: true; readonly steps: readonly Passed[] } | Refused

/** Finds what has to be recorded of a case, before a command if there is one: a deadline that passed, say. */
export type Overdue = (now: Case, command?: AnyCommand) => AnyCommand | undefined

/** Records what is overdue, one thing after the other, as far as it may pass. */
export function catchUp(
  protocol: Protocol,
  before: Case,
  clocks: Clocks | undefined,
  overdue: Overdue,
  command?: AnyCommand,
): readonly Passed[] {
  const steps: Passed[] = []
  let now = before
  for (let late = overdue(now, command); late !== undefined; late = overdue(now, command)) {
    const noted = judge(protocol, now, late, clocks)
    if (!noted.accepted) break
    steps.push(noted)
    now = noted.after
  }
  return steps
}

/**
 * Judges commands in their order, each on the case that the one before it left. All pass, or none does. What is overdue
 * before a command is recorded before it.
 */
export function judgeAll(
  protocol: Protocol,
  before: Case,
  commands: readonly AnyCommand[],
  clocks?: Clocks,
  overdue?: Overdue,
): BatchVerdict {
  const steps: Passed[] = []
  const now = () => steps.at(-1)?.after ?? before
  for (const [index, command] of commands.entries()) {
    if (overdue !== undefined) steps.push(...catchUp(protocol, now(), clocks, overdue, command))
    const verdict = judge(protocol, now(), command, clocks)
    if (!verdict.accepted) return { accepted: false, refusal: { ...verdict.refusal, index } }
    steps.push(verdict)
  }
  return { accepted: true, steps }
}
