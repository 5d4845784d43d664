import type { Case } from '../machine/case.ts'
import { placeOf } from '../machine/case.ts'
import { dueIn } from '../protocol/clock.ts'
import type { Settled } from '../protocol/facts.ts'
import type { QuestionAsked } from '../protocol/inquiry.ts'
import { questionsOf } from '../protocol/inquiry.ts'
import type { Phase } from '../protocol/place.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Trust } from '../protocol/trust.ts'
import { trustOf } from '../protocol/trust.ts'
import type { Instant } from '../protocol/words.ts'

/** A case as a board shows it. */
export interface CaseView extends Case {
  readonly phase: Phase
  /** The step that is due; none once the case is closed. */
  readonly due: string | undefined
  /** How each step of its protocol came to be settled. */
  readonly steps: readonly {
    readonly phase: Phase
    readonly step: string
    readonly settled: Settled | undefined
  }[]
  /** The questions that are asked of it, with drafts from what the log knows. */
  readonly questions: readonly QuestionAsked[]
  /** Do you care for me, can you help me, can I trust you: as the customer said, or as it happened. */
  readonly trust: readonly Trust[]
  /** What falls due, the next first. */
  readonly deadlines: readonly { readonly name: string; readonly due: Instant }[]
}

/** What `look` shows of a case. */
export function viewOf(protocol: Protocol, now: Case): CaseView {
  const { phase, step } = placeOf(now.state)
  const { facts } = now
  return {
    ...now,
    phase,
    due: step,
    steps: protocol.steps.map(({ name, phase }) => ({ phase, step: name, settled: facts.steps[name] })),
    questions: questionsOf(protocol, facts),
    trust: trustOf(protocol, facts),
    deadlines: dueIn(facts),
  }
}
