import { isIP } from 'node:net'
import type { Delivery, DeliveryHandler } from '../desk/delivery.ts'
import { RedressError } from '../errors.ts'
import type { Protocol } from '../protocol/protocol.ts'
import { hostOf, reachable } from './address.ts'
import { CLOUD_EVENT, eventOf, shownBy } from './event.ts'
import { Failed, WebhookError } from './failure.ts'
import { post } from './post.ts'
import { addressesOf, checked } from './resolve.ts'
import { nextTry } from './schedule.ts'
import { readSecrets } from './secret.ts'

/** Where a webhook goes, how it is signed, and how much it says. */
export interface WebhookOptions {
  /** An https URL without credentials. */
  readonly url: string
  /** `whsec_…`, newest first. Each signs: while a key is changed, receivers accept the old one or the new one. */
  readonly secrets: readonly string[]
  /** The CloudEvents `source`, a URI reference; one for each tenant. Default: `redress`. */
  readonly source?: string
  /** More than ids, types and times: the command's `evidence` without its personal fields, or the `personal` ones too. */
  readonly include?: 'evidence' | 'personal'
  /** The protocols that mark what is personal; needed for `evidence`. */
  readonly protocols?: readonly Protocol[]
  /** What may be reached beyond the public internet: networks (`10.0.0.0/8`), addresses, names of hosts (`localhost`). */
  readonly allow?: readonly string[]
  /** Also http, which anybody on the way can read. */
  readonly allowHttp?: boolean
  /** Certificates (PEM) to be trusted instead of the well-known ones. */
  readonly ca?: string
  /** The longest that a try may take, from the name's look-up to the end of the answer. Default: 15,000. */
  readonly timeoutMs?: number
  /** All addresses of a name, asked once for each try. Default: the system's. */
  readonly resolve?: (host: string) => Promise<readonly string[]>
  /** Called once when the receiver answers 410, so that you can end the subscription. */
  readonly onGone?: () => unknown
  /** The clock that signs. Default: the system's. */
  readonly now?: () => Date
}

const TIMEOUT_MS = 15_000
const MAX_TIMEOUT_MS = 300_000

/**
 * A handler that tells a URL of every entry that it is handed, by Standard Webhooks. What is not answered with 2xx throws
 * a `WebhookError`, with the time of the next try or parked: on 410, after which nothing is sent any more, and when the
 * tries of the schedule are used up. Throws `input-invalid` at once where the options can't be used.
 */
export function webhook(options: WebhookOptions): DeliveryHandler {
  const { source, timeoutMs, now, url, keys, mayReach, shown } = read(options)
  const { ca, resolve = addressesOf } = options
  const host = hostOf(url)
  let gone = false

  const attempt = async (delivery: Delivery, signal: AbortSignal): Promise<void> => {
    const id = headerOf(delivery.id)
    const body = JSON.stringify(eventOf(id, delivery, source, shown))
    const addresses = await checked(host, { mayReach, resolve, signal })
    const at = now()
    const headers = {
      'content-type': CLOUD_EVENT,
      'user-agent': 'redress',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': keys.map((key) => key.sign(id, at, body)).join(' '),
    }
    const answered = await post({ url, addresses, headers, body, ca, signal }).catch((error: NodeJS.ErrnoException) => {
      throw new Failed('unreachable', `it could not be reached (${error.code ?? error.name})`)
    })
    const { status } = answered
    if (status >= 200 && status < 300) return
    if (status === 410) throw new Failed('gone', 'it wants no more (410)', answered)
    if (status >= 300 && status < 400) throw new Failed('redirected', 'it redirects, which is not followed', answered)
    throw new Failed('rejected', `it answered ${status}`, answered)
  }

  const refused = (failed: Failed, delivery: Delivery): WebhookError => {
    const { failure, message, answered } = failed
    const status = answered?.status
    const then = failure === 'gone' ? { park: true as const } : nextTry(delivery, answered?.retryAfter, now())
    return new WebhookError(failure, `The webhook to ${host} was not delivered: ${message}.`, { ...then, status })
  }

  return async (delivery) => {
    if (gone) throw refused(new Failed('gone', 'it wanted no more (410)'), delivery)
    const late = AbortSignal.timeout(timeoutMs)
    try {
      await attempt(delivery, AbortSignal.any([delivery.signal, late]))
    } catch (error) {
      if (!(error instanceof Failed)) throw error
      if (error.answered === undefined) {
        // What the desk calls off says nothing about the receiver, and is no try of the schedule's.
        if (delivery.signal.aborted) throw new WebhookError('called-off', 'The desk called the webhook off.')
        if (late.aborted) throw refused(new Failed('timed-out', `it took more than ${timeoutMs} ms`), delivery)
      }
      if (error.failure === 'gone' && !gone) {
        gone = true
        tell(options.onGone)
      }
      throw refused(error, delivery)
    }
  }
}

/** The options as they are used; throws `input-invalid`, without repeating what may be a secret. */
function read(options: WebhookOptions) {
  const { source = 'redress', timeoutMs = TIMEOUT_MS, include, protocols = [], now = () => new Date() } = options
  const url = readUrl(options.url, options.allowHttp === true)
  const mayReach = reachable(options.allow ?? [])
  const host = hostOf(url)
  if (isIP(host) !== 0 && !mayReach(host, host)) throw unusable('its address is on a network that is not allowed')
  if (!/^[!-~]+$/.test(source)) throw unusable('its source is no URI reference')
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > MAX_TIMEOUT_MS) {
    throw unusable(`its time limit is no number of milliseconds from 1 to ${MAX_TIMEOUT_MS}`)
  }
  if (include === 'evidence' && protocols.length === 0) throw unusable('evidence needs the protocols that mark it')
  return {
    source,
    timeoutMs,
    now,
    url,
    mayReach,
    keys: readSecrets(options.secrets),
    shown: shownBy(include, protocols),
  }
}

function readUrl(text: string, allowHttp: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined) throw unusable('its URL can’t be read')
  if (url.protocol !== 'https:' && !(allowHttp && url.protocol === 'http:')) throw unusable('its URL is not https')
  if (url.username !== '' || url.password !== '') throw unusable('its URL carries credentials')
  return url
}

const unusable = (why: string) => new RedressError('input-invalid', `The webhook can’t be used: ${why}.`)

/** An id as a header carries it, and without the full stops between which the signature puts it. */
const headerOf = (id: string): string =>
  id.replace(/[^\w:-]+/gu, (other) => Buffer.from(other).reduce((text, byte) => `${text}%${hex(byte)}`, ''))

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0')

/** Tells the host; what goes wrong there changes nothing about the delivery. */
function tell(listener: (() => unknown) | undefined): void {
  Promise.resolve()
    .then(listener)
    .catch(() => {})
}
