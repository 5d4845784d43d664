import type { CustomerPromise } from './promise.ts'
import type { Id, Instant } from './words.ts'

/** How a step came to be settled: done, waived by a second person, or lapsed with the reason that ended the talk. */
export type Settled = 'done' | 'waived' | 'lapsed'

/** A second failure: it took the case back to the person phase, and stays on the record for ever. */
export interface SecondFailure {
  readonly kind: 'promise-broken' | 'remedy-failed' | 'reopened'
  /** The round that it ended. */
  readonly round: number
  readonly at: Instant
}

/** A step that a second person with authority let pass. It is marked for ever. */
export interface Waiver {
  readonly step: string
  readonly round: number
  readonly by: Id
}

/** How a closed case ended. */
export type Outcome = 'recovered' | 'partly-recovered'

/**
 * What the rules and boards know of a case: lean, without anybody's words, which stay in the log. It is the fold of
 * the case's log, and the context of the machine.
 */
export interface Facts {
  readonly round: number
  /** The host's id of the one who complained. */
  readonly customer?: Id
  readonly owner?: Id
  /** The settled steps of the running round; the system phase's stay across rounds. */
  readonly steps: Readonly<Record<string, Settled>>
  /** What the customer last said to our repeat-back, in this round. */
  readonly understanding?: 'confirmed' | 'corrected' | undefined
  readonly customerAskedWhy: boolean
  readonly promises: readonly CustomerPromise[]
  readonly failures: readonly SecondFailure[]
  readonly waivers: readonly Waiver[]
  readonly outcome?: Outcome | undefined
}

/** The facts of a case of which nothing is known but that it arrived. */
export const noFacts: Facts = {
  round: 1,
  steps: {},
  customerAskedWhy: false,
  promises: [],
  failures: [],
  waivers: [],
}
