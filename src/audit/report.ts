import type { DeviationKind } from './deviation.ts'
import type { FindingId } from './finding.ts'
import type { Spread } from './spread.ts'

/** How often something was seen, and the first cases in which it was. */
export interface Seen {
  readonly cases: number
  readonly examples: readonly string[]
}

/** What was read of a log: every row is an event, left out, or skipped for a reason. */
export interface LogRead {
  readonly rows: number
  readonly events: number
  /** The columns of it, or the fields of its first rows; and those that the map asks for and no row has. */
  readonly columns: { readonly names: readonly string[]; readonly absent: readonly string[] }
  /** Rows that `only` left out. */
  readonly leftOut: number
  readonly skipped: readonly SkippedRows[]
  /** Rows that repeat another of their case word for word, and whether they were dropped. */
  readonly duplicates: { readonly rows: number; readonly dropped: boolean }
  /** Events that were told after later ones of their case; they were judged in the order of times. */
  readonly reordered: { readonly events: number; readonly cases: number }
  /** Cases of more events than can be judged; they were left out of all that follows. */
  readonly tooLong: { readonly cases: number; readonly events: number; readonly examples: readonly string[] }
  /** The first and the last time in it; none in a log without events. */
  readonly from: string | null
  readonly to: string | null
}

/** Rows that could be neither read nor guessed. */
export interface SkippedRows {
  readonly why: string
  readonly rows: number
  /** How many lines of the log they take up. */
  readonly lines: number
  /** Where the first of them begin. */
  readonly at: readonly number[]
}

/** An activity of the log, and what the map says of it. */
export interface ActivitySeen {
  readonly activity: string
  readonly events: number
  /** How many cases began and ended with it. */
  readonly first: number
  readonly last: number
  /** What it means; empty where it is ignored, null where the map does not have it. */
  readonly means: readonly string[] | null
}

/** A wait that was measured. */
export interface WaitSeen extends Spread {
  readonly name: string
  readonly from: string
  readonly to: readonly string[]
  /** Those that go on when the log ends; the spread is of the others. */
  readonly open: number
  /** Those that did not end before their case did. */
  readonly never: number
  /** Those that took longer than they may, whether they ended or not; none where nothing says how long. */
  readonly late: number | null
  readonly examples: readonly string[]
}

/** What an audit comes to. Plain JSON. */
export interface AuditReport {
  readonly protocol: string
  /** The steps of the protocol, in their order. */
  readonly steps: readonly string[]
  readonly log: LogRead
  readonly cases: number
  readonly over: number
  readonly underWay: number
  /** How many different rows of activities there are, and the commonest. */
  readonly variants: {
    readonly distinct: number
    readonly commonest: readonly (Seen & { readonly activities: readonly string[] })[]
  }
  readonly activities: readonly ActivitySeen[]
  /** The steps that the log can’t show: the audit says nothing of them. */
  readonly unseen: readonly string[]
  /** The activities of the map that mean something, and that no row has. */
  readonly absent: readonly string[]
  readonly findings: readonly (Seen & {
    readonly id: FindingId
    readonly says: string
    /** Why there was nothing to judge it by, so that no case has it; null where there was something. */
    readonly unjudged: string | null
  })[]
  /** Cases without any finding or deviation. */
  readonly sound: number
  readonly fitness: {
    /** Of the log as a whole: one less all costs by all that the worst would have cost. */
    readonly whole: number
    /** The mean of the cases’ own. */
    readonly mean: number
    /** Cases that kept to a path of the protocol throughout. */
    readonly conforming: number
    /** How many cases have a fitness below 0.1, 0.2 and so on; those of 1 by themselves, last. */
    readonly bars: readonly number[]
  }
  /** By step and kind, the most costly first. */
  readonly deviations: readonly (Seen & {
    readonly kind: DeviationKind
    readonly command: string
    readonly times: number
    readonly cost: number
  })[]
  /** The commonest ways of going wrong: findings and deviations that came together. */
  readonly waysOfGoingWrong: {
    readonly distinct: number
    readonly commonest: readonly (Seen & { readonly ways: readonly string[] })[]
  }
  readonly waits: readonly WaitSeen[]
  readonly promises: {
    /** Those that have a due time. */
    readonly made: number
    readonly kept: number
    readonly broken: number
    readonly open: number
    /** Those that have none: nothing is said of them. */
    readonly undated: number
  }
  readonly hops: {
    readonly limit: number
    readonly times: readonly { readonly hops: number; readonly cases: number }[]
  }
  /** How often one step came directly after another; `opening` before the first, `end` behind the last. */
  readonly flow: readonly { readonly from: string; readonly to: string; readonly times: number }[]
}
