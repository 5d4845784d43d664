import type { Deadline, Pause } from './clock.ts'
import type { Answered } from './inquiry.ts'
import type { CustomerPromise } from './ledger.ts'
import type { TrustAnswer } from './trust.ts'
import type { Id, Instant, Label } from './words.ts'

/** How a step came to be settled: done, waived by a second person, or lapsed with the reason that ended the talk. */
export type Settled = 'done' | 'waived' | 'lapsed'

/** A second failure: it took the case back to the person phase, and stays on the record for ever. */
export interface SecondFailure {
  readonly kind: 'promise-broken' | 'remedy-failed' | 'contact-unanswered' | 'reopened'
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

/** How a closed case ended. It never means “we stopped”. */
export type Outcome =
  | 'recovered'
  | 'partly-recovered'
  | 'not-upheld'
  | 'withdrawn'
  | 'unreachable'
  | 'merged'
  | 'referred'

/**
 * What the rules and boards know of a case: lean, without anybody's words, which stay in the log. It is the fold of
 * the case's log, and the context of the machine. What never happened is left out.
 */
export interface Facts {
  readonly round: number
  /** The settled steps of the running round; the system phase's stay across rounds. */
  readonly steps: Readonly<Record<string, Settled>>
  readonly promises: readonly CustomerPromise[]
  readonly failures: readonly SecondFailure[]
  readonly waivers: readonly Waiver[]
  /** When the latest of what is recorded happened. */
  readonly lastAt?: Instant | undefined
  readonly openedAt?: Instant | undefined
  /** When it was last opened again, after it had been closed. */
  readonly reopenedAt?: Instant | undefined

  // ── the people ──
  /** The host's id of the one who complained; none where the complaint is anonymous. */
  readonly customer?: Id | undefined
  readonly anonymous?: true | undefined
  /** The host's id of somebody who speaks for the customer, and whether they have shown their authority. */
  readonly representative?: Id | undefined
  readonly authority?: 'needed' | 'given' | undefined
  readonly owner?: Id | undefined
  /** Since when nobody owns it whom it was taken from. */
  readonly unownedAt?: Instant | undefined
  /** All who have owned it: none of them is a second person. */
  readonly owners?: readonly Id[] | undefined
  /** A hand-off that waits for its receiver. */
  readonly handOff?: { readonly from: Id; readonly to: Id } | undefined
  /** How often the case changed hands. */
  readonly hops?: number | undefined
  /** It changed hands more often than the protocol lets pass unseen. */
  readonly escalated?: true | undefined
  /** Those whom the complaint is about: they can't own it. */
  readonly excluded?: readonly Id[] | undefined

  // ── what was said ──
  readonly contact?: ContactFacts | undefined
  /** What the customer last said to our repeat-back, in this round. */
  readonly understanding?: 'confirmed' | 'corrected' | undefined
  readonly customerAskedWhy?: boolean | undefined
  readonly answers?: Readonly<Record<string, Answered>> | undefined
  readonly trust?: Readonly<Record<string, TrustAnswer>> | undefined
  /** Where the fault was found to lie. */
  readonly fault?: 'ours' | 'third-party' | 'customer' | undefined

  // ── the remedy ──
  /** What the remedies of all rounds cost together, in the host's unit of money. */
  readonly spent?: number | undefined
  /** Up to what they were approved, and by whom: not the one who gives. */
  readonly approved?: number | undefined
  readonly approvedBy?: Id | undefined
  readonly priority?: number | undefined

  // ── others ──
  readonly bystanders?: readonly { readonly id: Id; readonly acknowledged: boolean }[] | undefined
  /** How often somebody was praised. */
  readonly praise?: number | undefined
  readonly incident?: Id | undefined
  readonly mergedInto?: Id | undefined

  // ── the system ──
  /** Keys of the causes found: part × stage × site. */
  readonly causes?: readonly string[] | undefined
  /** When the change was made or, where the protocol has that step, verified. */
  readonly changedAt?: Instant | undefined
  /** Keys of causes whose change did not hold. */
  readonly notHeld?: readonly string[] | undefined

  // ── the state of the case ──
  readonly contained?: true | undefined
  readonly referredTo?: Label | undefined
  readonly hold?: true | undefined
  /** When the personal words were last erased. */
  readonly erasedAt?: Instant | undefined
  readonly outcome?: Outcome | undefined
  readonly closedAt?: Instant | undefined

  // ── time ──
  readonly policy?: Id | undefined
  readonly calendar?: Id | undefined
  readonly deadlines?: readonly Deadline[] | undefined
  readonly pause?: Pause | undefined
}

/** What is known of the contacts with the customer. */
export interface ContactFacts {
  /** The last time that a person of ours reached the customer. */
  readonly human?: Instant | undefined
  /** Since when the customer waits for an answer. */
  readonly unanswered?: Instant | undefined
  /** When the customer was last told why it takes longer, and by when it will be done: a holding or interim reply. */
  readonly holding?: Instant | undefined
  /** Whether a person and the customer spoke with each other in this round. */
  readonly personal?: boolean | undefined
  /** The customer asked for written or one-way contact. */
  readonly asksForWriting?: true | undefined
  /** Attempts that reached nobody since somebody was last reached, in this round: over which channel, on which day. */
  readonly attempts?: readonly { readonly channel: Label; readonly day: string }[] | undefined
  /** Whether the complaint was answered at once: the first contact of ours came within a day. */
  readonly answeredAtOnce?: boolean | undefined
}

/** The facts of a case of which nothing is known but that it arrived. */
export const noFacts: Facts = { round: 1, steps: {}, promises: [], failures: [], waivers: [] }
