import type { Case, Entry } from '../machine/case.ts'
import type { Refused } from '../machine/judge.ts'

/** A send that was accepted, durably: the case after it and the log entries that it wrote. */
export interface Accepted {
  readonly accepted: true
  readonly case: Case
  readonly entries: readonly Entry[]
  /** The id was seen before: this is what the first send wrote, and the case as it is now. */
  readonly repeated: boolean
}

/** What the desk answers: accepted, or refused with the reason. */
export type Answer = Accepted | Refused
