import type { Entry } from '../machine/case.ts'
import type { Id, Instant } from '../protocol/words.ts'

/** Where a new subscription begins. */
export interface LaneStart {
  /** With what was recorded at this moment or later, of every case; with all of it where this is left out. */
  readonly since?: Instant | undefined
  /** With what is committed from now on, whenever it was recorded; `since` is then the moment of now. */
  readonly onlyNew?: boolean | undefined
}

/** The moments of a claim, by the clock of whoever claims. */
export interface LaneTimes {
  readonly now: Instant
  /** What is put off for longer than this was put off by a clock that was wrong, and may be claimed. */
  readonly latest: Instant
}

/** A claim of lanes that have something to deliver. */
export interface LaneClaim extends LaneTimes {
  /** The end of the lease. */
  readonly until: Instant
  /** How many lanes at most. */
  readonly limit: number
}

/** A lane, by name. */
export interface LaneName {
  readonly subscription: Id
  readonly caseId: Id
}

/** A lane that was claimed, and the log entries that come next in it. */
export interface LaneInHand extends LaneName {
  /**
   * The fencing token: one more with every claim, settlement and replay, so that whoever lost the lane can’t settle it, and
   * nobody settles twice by one. Who keeps the lane goes on with `token + 1`.
   */
  readonly token: number
  /** The version that is delivered next. */
  readonly next: number
  /** How many times it was claimed for that version, this time included. */
  readonly attempts: number
  readonly firstAt: Instant
  /** From `next` on, without a gap; a few at a time. */
  readonly entries: readonly Entry[]
}

/** What became of a lane in hand. */
export interface LaneSettlement extends LaneName {
  readonly token: number
  /** The version that is to be delivered next. */
  readonly next: number
  readonly now: Instant
  /** How many tries that version has behind it, and when the first was. */
  readonly attempts: number
  readonly firstAt?: Instant | undefined
  /** Stays in hand, until then; otherwise it is given back. */
  readonly keptUntil?: Instant | undefined
  /** Is not to be claimed before. */
  readonly retryAt?: Instant | undefined
  /** Is parked, until somebody says what is to become of it: the code of the error. */
  readonly parked?: string | undefined
}

/** A lane that kept failing: nothing more is delivered of its case until `retry` or `skip`. */
export interface ParkedLane extends LaneName {
  /** The version that could not be delivered. */
  readonly version: number
  readonly attempts: number
  /** The code, or else the name, of the error at the last try; never its message, in which anything may stand. */
  readonly error: string
  readonly since: Instant
}

/** How far a subscription is behind. */
export interface Backlog {
  readonly subscription: Id
  /** The lanes with something to deliver, in hand or waiting. */
  readonly behind: number
  readonly parked: number
}

/** From where lanes are delivered again. */
export interface LaneReplay {
  /** One case, from a version on (default: 1); otherwise every case, from a moment on (default: all of it). */
  readonly caseId?: Id | undefined
  readonly version?: number | undefined
  readonly since?: Instant | undefined
  readonly now: Instant
}

/**
 * How far each durable subscription has come in the log of each case: a lane. A lane holds the version that is delivered
 * next and the newest that is known; since versions are contiguous within a case, it can’t skip one.
 *
 * Commits write no lanes: the log itself is what lanes are made of, and how many subscribe costs a step nothing. A claim
 * looks first which cases have new entries since the one before, and notes them in their lanes. A store must find every
 * entry then, whatever the order in which transactions commit, one that the host left open for hours among them.
 */
export interface Lanes {
  /** Makes a subscription known, with its start. One that is known goes on from where it is. */
  subscribe(tenant: string, subscription: Id, start: LaneStart): Promise<void>
  /** Which of these subscriptions may have something to do. One query, which writes nothing. */
  stirring(tenant: string, subscriptions: readonly Id[], times: LaneTimes): Promise<readonly Id[]>
  /** Takes lanes that have something to deliver, those that wait longest first: nobody else is given one until its lease is over. */
  claim(tenant: string, subscription: Id, claim: LaneClaim): Promise<readonly LaneInHand[]>
  /** Notes what became of lanes in hand. One flag each: false where that token is over, and nothing was noted. */
  settle(tenant: string, settlements: readonly LaneSettlement[]): Promise<readonly boolean[]>
  /** The lanes that are parked, of one subscription or of all, the longest first; how many at most. */
  parked(tenant: string, subscription: Id | undefined, limit: number): Promise<readonly ParkedLane[]>
  /** Unparks a lane, with that version or, skipping it, with the one behind it. False where it is not parked at that version. */
  release(tenant: string, lane: LaneName & { readonly version: number }, skip: boolean, now: Instant): Promise<boolean>
  /** Has lanes deliver again. False where there is no such subscription, or no such case. */
  replay(tenant: string, subscription: Id, replay: LaneReplay): Promise<boolean>
  /**
   * Every subscription, by name, and how far it is behind, after one look for news like that of a claim: where thousands
   * of entries are new, the next look finds more.
   */
  backlogs(tenant: string, now: Instant): Promise<readonly Backlog[]>
  /** Forgets a subscription and its lanes; who subscribes again begins anew. False where there is none. */
  forget(tenant: string, subscription: Id): Promise<boolean>
}

/** How many entries a claim hands out of each lane. */
export const ENTRIES_AT_ONCE = 16
/** How many new entries a claim looks for. */
export const NEWS_AT_ONCE = 2_000
/** How many older cases a claim gives their lanes. */
export const CASES_AT_ONCE = 500
