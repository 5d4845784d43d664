import type { Case, CommandInput } from '../machine/case.ts'
import { openedCase } from '../machine/fold.ts'
import type { BatchVerdict } from '../machine/judge.ts'
import { judgeAll } from '../machine/judge.ts'
import type { Refusal } from '../machine/refusal.ts'
import { malformed } from '../machine/refusal.ts'
import { pocock } from '../protocol/catalogue.ts'
import type { AnyCommand } from '../protocol/command.ts'
import { parseCommand } from '../protocol/parse.ts'
import type { Protocol } from '../protocol/protocol.ts'
import { aComplaint, EXAMPLE_START } from './example.ts'

const MINUTE_MS = 60_000

/** Commands that were accepted before a scenario begins: one, or a list of them. */
export type History = object | readonly object[]

/** What a scenario expects of its command. Each throws where it finds something else, and returns the scenario. */
export interface Expectation {
  /** The command passes; in a batch all of them. */
  accepts(): Expectation
  /** The command is refused by this rule, among others perhaps; with just these steps skipped. */
  refuses(rule: string, details?: { readonly skipped?: readonly string[] }): Expectation
  /** Afterwards the case stands here: `person.listen`. */
  leavesIn(state: string): Expectation
  readonly verdict: BatchVerdict
  /** The case afterwards: as it was, where the command was refused. */
  readonly case: Case
}

/** A case with a history, on which a command can be tried. */
export interface Scenario {
  when(...commands: readonly History[]): Expectation
  readonly case: Case
}

/**
 * Begins a scenario with what was accepted before: `given(heard, upTo(heard, 'agree')).when(example('agree')).accepts()`.
 * Without a protocol it is `pocock`. Commands without a time of their own follow each other by a minute.
 *
 * Throws where the history itself is refused.
 */
export function given(...history: readonly (Protocol | History)[]): Scenario {
  const [first, ...rest] = history
  const protocol = isProtocol(first) ? first : pocock
  const commands = (isProtocol(first) ? rest : history).flat() as readonly object[]
  let now = openedCase(protocol, 'case-1', { type: 'open', ...aComplaint, at: EXAMPLE_START })
  const judged = (inputs: readonly object[]): BatchVerdict => {
    const read: AnyCommand[] = []
    let time = Date.parse(now.facts.lastAt ?? EXAMPLE_START)
    for (const input of inputs) {
      const parsed = parseCommand(protocol, input)
      if (!parsed.ok) return { accepted: false, refusal: malformed((input as CommandInput).type, parsed.issues) }
      const at = parsed.value.at ?? new Date(time + MINUTE_MS).toISOString()
      time = Math.max(time, Date.parse(at))
      read.push({ ...parsed.value, at })
    }
    return judgeAll(protocol, now, read)
  }
  const before = judged(commands)
  if (!before.accepted) throw new Error(`What is given was refused: ${before.refusal.sentence}`)
  now = before.steps.at(-1)?.after ?? now
  return {
    case: now,
    when: (...inputs) => {
      const verdict = judged(inputs.flat() as readonly object[])
      return expectation(verdict, verdict.accepted ? (verdict.steps.at(-1)?.after ?? now) : now)
    },
  }
}

function expectation(verdict: BatchVerdict, after: Case): Expectation {
  const refusal: Refusal | undefined = verdict.accepted ? undefined : verdict.refusal
  const ids = refusal?.rules.map((rule) => rule.id) ?? []
  const self: Expectation = {
    verdict,
    case: after,
    accepts() {
      if (refusal !== undefined) throw new Error(`Expected it to pass, but it was refused: ${refusal.sentence}`)
      return self
    },
    refuses(rule, { skipped } = {}) {
      if (refusal === undefined) throw new Error(`Expected “${rule}” to refuse it, but it passed, into ${after.state}.`)
      if (!ids.includes(rule)) {
        throw new Error(`Expected “${rule}” to refuse it, but ${ids.join(', ') || 'no rule'} did: ${refusal.sentence}`)
      }
      if (skipped !== undefined && skipped.join() !== refusal.skipped.join()) {
        throw new Error(`Expected it to skip ${skipped.join(', ')}, but it skips ${refusal.skipped.join(', ')}.`)
      }
      return self
    },
    leavesIn(state) {
      if (after.state !== state) throw new Error(`Expected the case in ${state}, but it is in ${after.state}.`)
      return self
    },
  }
  return self
}

const isProtocol = (one: unknown): one is Protocol => typeof one === 'object' && one !== null && 'rulesOn' in one
