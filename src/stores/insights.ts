import type { Outcome, SecondFailure } from '../protocol/facts.ts'
import type { Period } from '../protocol/period.ts'
import type { Instant } from '../protocol/words.ts'

/** How often each name occurred; a name that never did is left out. */
export type Counts<Name extends string = string> = Readonly<Partial<Record<Name, number>>>

/** How long something took. */
export interface Median {
  /** The cases in which it came about. */
  readonly cases: number
  /** Half of them took no longer than this many milliseconds, weekends and nights included; none without a case. */
  readonly medianMs: number | undefined
}

/** What a case goes through: somebody owns it, the customer is heard, we apologise, it is resolved, it is closed. */
export type Milestone = 'own' | 'listen' | 'apologize' | 'resolve' | 'close'

/** What was done about a cause, whenever it was, and whether it helped. */
export interface ChangeInsights {
  /** When the first change was made or, where it was verified, verified. */
  readonly firstAt: Instant
  /** Complaints of the period that were opened by then. */
  readonly before: number
  /** Complaints of the period that were opened later. Watch the number diminish. */
  readonly after: number
  /** The newest change: it answers the cause now. */
  readonly newestAt: Instant
  /** No case of this cause was opened after the newest change; those that share an incident’s system phase are its own. */
  readonly held: boolean
  /** How often system work was opened again, because a change did not hold. */
  readonly failed: number
}

/** One cause, and the complaints that it brought. */
export interface CauseInsights {
  /** Part × stage × site: see `causeKey`. */
  readonly key: string
  /** Complaints of the period with this cause. */
  readonly complaints: number
  /** None as long as nothing was changed. */
  readonly change: ChangeInsights | undefined
}

/** What remedies cost in some cases. */
export interface Spend {
  readonly cases: number
  /** In the host’s unit of money. */
  readonly spent: number
}

/**
 * What many cases teach. It is about the complaints that were opened in a period, with all that became of them up to
 * now; only `refusals` are counted by their own time. Ids of rules and clocks, names of steps and keys of causes, and nothing about
 * anybody.
 *
 * It says nothing of loyalty. The research does not support that a recovered customer is a more loyal one, so there is
 * no number here that would promise it.
 */
export interface Insights extends Period {
  /** How many were opened. */
  readonly complaints: number
  /** How often somebody was praised in them. */
  readonly praise: number
  /** How many are closed now. */
  readonly closed: number
  /** How those ended. */
  readonly outcomes: Counts<Outcome>
  /** A case with two causes is in both. Most complaints first, then by key. */
  readonly causes: readonly CauseInsights[]
  /**
   * How long it took from the opening to the first time; what happened before the opening took 0. Resolved is a case
   * when the customer confirms it, in whole or in part, or with the delivery where its protocol does not ask.
   */
  readonly timeTo: Readonly<Record<Milestone, Median>>
  /** Each promise is kept, broken or open; `moved` are those, of any kind, that were moved at least once. */
  readonly promises: {
    readonly made: number
    readonly kept: number
    readonly broken: number
    readonly open: number
    readonly moved: number
  }
  readonly secondFailures: Counts<SecondFailure['kind']>
  /** `hops`: how often a case changed hands; `escalated`: cases in which it was too often. */
  readonly handOffs: { readonly hops: number; readonly escalated: number }
  /** Waived steps, by the step’s name. */
  readonly waivers: Counts
  /** By the clock’s name. A broken promise is not among them. */
  readonly missedDeadlines: Counts
  /**
   * What was tried and refused in the period, for coaching; what could not be read teaches nothing, and is left out.
   * One refusal can name several rules, and has one code.
   */
  readonly refusals: { readonly byRule: Counts; readonly byCode: Counts }
  /** `onTheLoud`: cases whose priority was set for their reach or volume, among other reasons perhaps. */
  readonly remedies: { readonly onTheLoud: Spend; readonly onOthers: Spend }
  /** What the loyal got: thanks said, surprises given, bystanders thanked or told. */
  readonly appreciation: { readonly thanks: number; readonly surprises: number; readonly bystanders: number }
}

/** What a store is asked for. */
export interface InsightsAsked extends Period {
  /** The protocols, as a case names them (`latte@1`), that ask for no confirmation: there a delivery resolves. */
  readonly resolvedByDelivery: readonly string[]
}

/** The order in which causes are told. */
export const inOrder = (causes: readonly CauseInsights[]): readonly CauseInsights[] =>
  causes.toSorted((one, other) => other.complaints - one.complaints || (one.key < other.key ? -1 : 1))
