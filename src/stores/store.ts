import type { Case, Entry } from '../machine/case.ts'
import type { Phase } from '../protocol/place.ts'
import type { Id, Instant } from '../protocol/words.ts'
import type { Insights, InsightsAsked } from './insights.ts'
import type { Lanes } from './lanes.ts'

/** What a repeated command is told again: which entries the first one wrote. */
export interface Receipt {
  readonly caseId: Id
  /** The versions of its first and its last entry. */
  readonly first: number
  readonly last: number
}

/** A moment at which a case wants to be looked at: the name of a clock, or `promise:` and an id. */
export interface Due {
  readonly caseId: Id
  readonly name: string
  readonly due: Instant
}

/** A claim of what is due. */
export interface Claim {
  readonly by: Instant
  /** How many cases at most; each is claimed with all that is due in it. */
  readonly limit: number
  /** Now, and the end of the lease, by the clock of whoever claims. */
  readonly now: Instant
  readonly until: Instant
  /** A lease that ends later than this was given by a clock that was wrong, and holds nothing. */
  readonly latest?: Instant
}

/**
 * What ties cases together: the incident that they belong to, the key of a cause that was found, the customer, the
 * version of protocol and lifecycle by which they are judged (`pocock@1/1`), or why somebody has to look after them.
 */
export interface Tie {
  readonly kind: 'incident' | 'cause' | 'customer' | 'version' | 'attention'
  readonly key: string
  /** When this case changed something about that cause or, where its protocol has that step, verified it. */
  readonly changedAt?: Instant
}

/** A change that did not hold. */
export interface Recurrence {
  readonly cause: string
  /** The case that carries the newest change to the cause, and when that was made or verified. */
  readonly changed: Id
  readonly changedAt: Instant
  /** The newest case with the cause; it was opened later. */
  readonly came: Id
}

/** What ties a case, by name. */
export type TieName = Pick<Tie, 'kind' | 'key'>

/** What boards list a case by. */
export interface Listing {
  readonly phase: Phase
  /** The step that is due; none once the case is closed. */
  readonly step?: string | undefined
  readonly owner?: Id | undefined
  readonly openedAt: Instant
  /** Since when it is late: a deadline was missed, and what it asked for is still not done. */
  readonly lateSince?: Instant | undefined
}

/** Where a page of cases ends: the last one on it. */
export interface PlaceInList {
  readonly openedAt: Instant
  readonly caseId: Id
}

/** Which cases are looked for. Each field narrows. */
export interface CasesAsked {
  /** Those in any of these phases: one at least, and none twice. */
  readonly phases?: readonly Phase[] | undefined
  readonly step?: string | undefined
  readonly owner?: Id | undefined
  /** Those that are late, and those in which something has fallen due by then. */
  readonly overdueBy?: Instant | undefined
  /** Those with all of these ties. */
  readonly tied?: readonly TieName[] | undefined
  /** Those that were opened at that moment or later. */
  readonly openedFrom?: Instant | undefined
  /** Those that were opened before that moment. */
  readonly openedTo?: Instant | undefined
  /** Those that come after this one. */
  readonly after?: PlaceInList | undefined
  /** In the order in which they were opened, then by id; or the other way round. */
  readonly newestFirst: boolean
  /** How many at most. */
  readonly limit: number
}

/** A refusal, for coaching: which rules, on which command, when. No words, and no case is touched by it. */
export interface NotedRefusal {
  readonly caseId: Id
  readonly command: string | undefined
  readonly code: string
  readonly rules: readonly string[]
  readonly at: Instant
}

/** A case, by the version at which it was read. */
export interface Guard {
  readonly caseId: Id
  readonly version: number
}

/** One atomic write: log entries, the case after them, and what a repetition is to be told. */
export interface Commit {
  readonly tenant: string
  readonly caseId: Id
  /** The version that the case must have for the write to take place; 0 where there must be no case yet. */
  readonly expectedVersion: number
  readonly entries: readonly Entry[]
  /** The newest fold of the log. */
  readonly state: Case
  /** All that falls due in the case from now on; it takes the place of what was due before. */
  readonly deadlines: readonly Omit<Due, 'caseId'>[]
  /** What boards list it by, from now on. */
  readonly listing: Listing
  /** All that ties the case to others; left out where nothing of it has changed since the version that is expected. */
  readonly ties?: readonly Tie[] | undefined
  /** What tied it at the version that is expected, where that is known: a store may then write what differs, and no more. */
  readonly tiedBefore?: readonly Tie[] | undefined
  /** Older entries in a new wording: what was erased is gone from the store, and from its files. */
  readonly redacted?: readonly Entry[] | undefined
  /** Other cases that must stand at these versions for the write to take place: what was read of them still holds. */
  readonly guards?: readonly Guard[] | undefined
  readonly commandId: Id
  /** A digest of the commands; none where the caller gave no id, so that nobody can repeat it. */
  readonly commandHash: string | undefined
  readonly receipt: Receipt
}

/** What became of one commit of a batch. */
export type CommitResult =
  | { readonly outcome: 'committed' }
  | { readonly outcome: 'conflict'; readonly actual: number }
  | { readonly outcome: 'duplicate'; readonly receipt: Receipt }
  | { readonly outcome: 'command-id-reused' }
  /** The store could not write it, while others of its batch did take place. */
  | { readonly outcome: 'failed'; readonly error: unknown }

/** What a store remembers of a command id. */
export interface Remembered {
  readonly commandHash: string
  readonly receipt: Receipt
}

/**
 * The port: where cases are kept. Every key is a tenant and an id.
 *
 * What a store is given, JSON values, nobody changes afterwards. What it hands back are values of its own, so that a
 * caller can't change the store from outside.
 */
export interface Store {
  /**
   * How many commits one write carries best, and how many writes go on at a time; concurrent sends then share a write.
   * A store that says nothing is given each commit by itself, at once.
   */
  readonly grouping?: { readonly most: number; readonly atOnce: number }
  /** The case as its newest commit left it. */
  load(tenant: string, caseId: Id): Promise<Case | undefined>
  /**
   * Writes each commit whole or not at all, in order, and durably before it answers; a conflict in one leaves its
   * neighbours alone. One result a commit, in the same order. Throws only where none took effect.
   */
  commit(batch: readonly Commit[]): Promise<readonly CommitResult[]>
  /** The case's log, oldest first, after a version. */
  log(tenant: string, caseId: Id, after?: number): AsyncIterable<Entry>
  /** What a command id wrote, when it was seen before. */
  remembered(tenant: string, commandId: Id): Promise<Remembered | undefined>
  /**
   * Claims what is due, the oldest first: nobody else is given a case of it until the lease is over, or the case is
   * committed. A claim changes no case; that of a process which died comes back with the end of its lease.
   */
  claimDue(tenant: string, claim: Claim): Promise<readonly Due[]>
  /** The ids of the cases with this tie, in the order in which they were opened, then by id. */
  tied(tenant: string, tie: TieName): Promise<readonly Id[]>
  /** The cases that are looked for, as `load` gives them. */
  find(tenant: string, asked: CasesAsked): Promise<readonly Case[]>
  /** Every key that ties a case in this way, in order; how many cases it ties does not matter to how long it takes. */
  keys(tenant: string, kind: Tie['kind']): Promise<readonly string[]>
  /**
   * Marks a case as one that somebody has to look after, with a tie of that kind and key; the case itself is not touched.
   * The next commit that brings ties takes the mark away. Does nothing where there is no such case.
   */
  mark(tenant: string, caseId: Id, why: string): Promise<void>
  /**
   * What shows that the newest change to a cause did not hold, for each of these causes where something does: a case of
   * that cause that was opened later. One that is part of an incident shows nothing, since the incident speaks for it. Of
   * equals the first by id. What the case `except` changed is left out.
   */
  recurrences(tenant: string, causes: readonly string[], except?: Id): Promise<readonly Recurrence[]>
  /**
   * What the cases that were opened in a period teach: aggregates, by the store's own queries. A store that has none
   * leaves it out, and its desks have no report.
   */
  insights?(tenant: string, asked: InsightsAsked): Promise<Insights>
  /** Keeps a refusal for the report; a store without a report leaves it out, too. */
  note?(tenant: string, refusal: NotedRefusal): Promise<void>
  /** How far durable subscriptions have come. A store that has none leaves it out, and its desks can't subscribe. */
  readonly lanes?: Lanes
  /**
   * The same store in a transaction of the host's, whichever its driver has: what is written is the host's to commit or
   * to roll back. A store that has none leaves it out.
   */
  within?(tx: unknown): Store
  close(): Promise<void>
}
