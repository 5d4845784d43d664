import { DeliveryError } from '../desk/delivery.ts'
import type { Answered } from './post.ts'

/**
 * Why a webhook was not delivered, as a word that stays the same between releases: no public `address-refused`,
 * `name-unresolved`, `unreachable` (connection or TLS), `timed-out`, `called-off` by the desk, `redirected` (3xx), `gone`
 * (410), `rejected` (any other status but 2xx), `protocol-unknown` (its personal fields can't be told).
 */
export type WebhookFailure =
  | 'address-refused'
  | 'name-unresolved'
  | 'unreachable'
  | 'timed-out'
  | 'called-off'
  | 'redirected'
  | 'gone'
  | 'rejected'
  | 'protocol-unknown'

/** A webhook that was not delivered. It names the receiver's host and no more of the URL, no secret and nobody's words. */
export class WebhookError extends DeliveryError {
  readonly failure: WebhookFailure
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined

  constructor(
    failure: WebhookFailure,
    message: string,
    options: { readonly retryAfterMs?: number; readonly park?: true; readonly status?: number | undefined } = {},
  ) {
    super(message, { ...options, reason: `webhook-${failure}` })
    this.failure = failure
    this.status = options.status
  }
}

/** A try that failed, before it is said when the next one comes. */
export class Failed extends Error {
  readonly failure: WebhookFailure
  readonly answered: Answered | undefined

  constructor(failure: WebhookFailure, message: string, answered?: Answered) {
    super(message)
    this.failure = failure
    this.answered = answered
  }
}
