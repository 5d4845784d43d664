import type { Entry } from '../machine/case.ts'
import type { Id, Instant } from '../protocol/words.ts'

/** What a durable subscription hands to its handler: one line of a case's log, at least once, in the case's order. */
export interface Delivery {
  /** The name of the subscription. */
  readonly subscription: Id
  readonly caseId: Id
  readonly entry: Entry
  /** The same for every try, and no other’s: what has been handled already is recognised by it. */
  readonly id: string
  /** 1 for the first. */
  readonly attempt: number
  /** When it was first tried. */
  readonly firstAt: Instant
  /** Aborts where the lease is lost, the time is up, or the desk closes. */
  readonly signal: AbortSignal
}

/** What names a delivery: no two of a store have the same, whatever stands in the parts. */
export const deliveryId = (tenant: Id, subscription: Id, caseId: Id, version: number): string =>
  [tenant, subscription, caseId, version].map(encodeURIComponent).join(':')

/** A delivery in a transaction of the host's, with which the lane moves on: what the handler writes there, it writes once. */
export interface DeliveryWithin<T> extends Delivery {
  readonly tx: T
}

/** Handles a delivery; one that throws or rejects is tried again later, and holds up its own case alone. */
export type DeliveryHandler = (delivery: Delivery) => unknown

/** What a handler throws to say when to try again, or that it is of no use. Anything else that is thrown is tried again. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
  readonly code = 'delivery-failed'
  /** Not to be tried again before so many milliseconds are over. */
  readonly retryAfterMs: number | undefined
  /** No further try is of use: the case's lane is parked, in sight. */
  readonly park: boolean

  constructor(
    message: string,
    options: { readonly retryAfterMs?: number; readonly park?: true; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.retryAfterMs = options.retryAfterMs
    this.park = options.park ?? false
  }
}
