import type { Case } from '../machine/case.ts'
import { placeOf } from '../machine/case.ts'
import type { Settled } from '../protocol/facts.ts'
import type { Phase } from '../protocol/place.ts'
import type { Protocol } from '../protocol/protocol.ts'

/** A case as a board shows it: where it stands, and how each step of its protocol came to be settled. */
export interface CaseView extends Case {
  readonly phase: Phase
  /** The step that is due; none once the case is closed. */
  readonly due: string | undefined
  readonly steps: readonly {
    readonly phase: Phase
    readonly step: string
    readonly settled: Settled | undefined
  }[]
}

/** What `look` shows of a case. */
export function viewOf(protocol: Protocol, now: Case): CaseView {
  const { phase, step } = placeOf(now.state)
  return {
    ...now,
    phase,
    due: step,
    steps: protocol.steps.map(({ name, phase }) => ({ phase, step: name, settled: now.facts.steps[name] })),
  }
}
