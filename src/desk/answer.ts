import type { Case, Entry } from '../machine/case.ts'
import type { RefusedCommand, Reordered } from '../machine/history.ts'
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

/** What became of a history: what stands, and what was out of order in it. It holds nobody’s words. */
export interface ImportReport {
  /** How many commands were given. */
  readonly given: number
  /** How many of them stand in the log. */
  readonly applied: number
  /** How many entries the log has besides: deadlines that passed and promises that fell due, each at its own time. */
  readonly fellDue: number
  /** The commands that were not applied, in the order in which they were given, and why not. */
  readonly refused: readonly RefusedCommand[]
  /** The commands that were given after later ones. They were judged in the order of their times. */
  readonly reordered: readonly Reordered[]
}

/** A history that was imported: the case after it, its whole log, and what was out of order. */
export interface Imported extends Accepted {
  readonly report: ImportReport
}

/** What the desk answers to an import: imported, or refused as a whole with the reason. */
export type ImportAnswer = Imported | Refused
