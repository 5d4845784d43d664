import type { Webhook } from 'standardwebhooks'
import { RedressError } from '../errors.ts'
import { WebhookEvent } from './event.ts'
import { readSecrets } from './secret.ts'

/** What of a Fetch `Request` is read. */
export interface WebhookRequest {
  readonly headers: { get(name: string): string | null }
  readonly bodyUsed: boolean
  readonly body: {
    getReader(): {
      read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
      cancel(): Promise<unknown>
    }
  } | null
}

/** The ids of webhooks that were handled; a `Set` is one. They are asked for as long as a sender tries again: 76 hours. */
export interface SeenIds {
  has(id: string): boolean | Promise<boolean>
  add(id: string): unknown
}

/** How webhooks are received. */
export interface ReceiverOptions {
  /** `whsec_…`; what one of them has signed is accepted. */
  readonly secrets: readonly string[]
  /** The ids handled so far, where all your processes see them. Default: the newest 10,000 of this receiver, in memory. */
  readonly seen?: SeenIds
  /** The longest body that is read, in bytes. Default: 1,000,000. */
  readonly maxBytes?: number
}

/**
 * What became of a request, with the HTTP status to answer it with. `unverified`: a header is missing, the signature is
 * of no key, or the time is more than five minutes off; `in-progress`: an earlier try is being handled just now.
 */
export type Reception =
  | { readonly accepted: true; readonly status: 204; readonly duplicate: boolean; readonly event: WebhookEvent }
  | { readonly accepted: false; readonly status: 400; readonly code: 'malformed' }
  | { readonly accepted: false; readonly status: 401; readonly code: 'unverified' }
  | { readonly accepted: false; readonly status: 409; readonly code: 'in-progress' }
  | { readonly accepted: false; readonly status: 413; readonly code: 'too-large' }

const MAX_BYTES = 1_000_000
const REMEMBERED_IDS = 10_000

const malformed = { accepted: false, status: 400, code: 'malformed' } as const
const unverified = { accepted: false, status: 401, code: 'unverified' } as const
const inProgress = { accepted: false, status: 409, code: 'in-progress' } as const
const tooLarge = { accepted: false, status: 413, code: 'too-large' } as const

/**
 * Receives what `webhook` sends: verifies, and calls `handle` once for each event, whose id is remembered when it has
 * succeeded. Where it throws, so does the reception, and the sender tries again. Throws `input-invalid` where a secret is
 * none, or the body has been read before.
 */
export function receiveWebhook(
  options: ReceiverOptions,
): (request: WebhookRequest, handle: (event: WebhookEvent) => unknown) => Promise<Reception> {
  const keys = readSecrets(options.secrets)
  const { seen = newestIds(REMEMBERED_IDS), maxBytes = MAX_BYTES } = options
  const handling = new Set<string>()

  return async (request, handle) => {
    const id = request.headers.get('webhook-id') ?? ''
    const text = await readBody(request, maxBytes)
    if (typeof text !== 'string') return text
    const verified = verify(keys, request, text)
    if (verified === undefined) return unverified
    const { success, data: event } = WebhookEvent.safeParse(verified.json)
    if (!success) return malformed
    if (handling.has(id)) return inProgress
    handling.add(id)
    try {
      if (await seen.has(id)) return { accepted: true, status: 204, duplicate: true, event }
      await handle(event)
      await seen.add(id)
      return { accepted: true, status: 204, duplicate: false, event }
    } finally {
      handling.delete(id)
    }
  }
}

/** The body as it was signed, or why it was not read. */
async function readBody(
  { body, bodyUsed }: WebhookRequest,
  maxBytes: number,
): Promise<string | typeof malformed | typeof tooLarge> {
  if (bodyUsed) {
    throw new RedressError('input-invalid', 'The body of the request was read before: hand it over as it came.')
  }
  if (body === null) return malformed
  const reader = body.getReader()
  // A byte order mark is signed like every other byte; what is no UTF-8 was never signed as text.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    bytes += value?.length ?? 0
    if (bytes > maxBytes) {
      await reader.cancel()
      return tooLarge
    }
    try {
      text += decoder.decode(value, { stream: !done })
    } catch {
      await reader.cancel()
      return malformed
    }
    if (done) return text
  }
}

/** What one of the keys has signed, as JSON, if it is; nothing where none has. */
function verify(
  keys: readonly Webhook[],
  { headers }: WebhookRequest,
  text: string,
): { readonly json: unknown } | undefined {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
  const signed = Object.fromEntries(names.map((name) => [name, headers.get(name) ?? '']))
  for (const key of keys) {
    try {
      return { json: key.verify(text, signed) }
    } catch (error) {
      // It parses only what it has verified.
      if (error instanceof SyntaxError) return { json: undefined }
    }
  }
  return undefined
}

/** So many ids, the newest, in memory. */
function newestIds(limit: number): SeenIds {
  const ids = new Set<string>()
  return {
    has: (id) => ids.has(id),
    add(id) {
      ids.add(id)
      for (const oldest of ids) {
        if (ids.size <= limit) break
        ids.delete(oldest)
      }
    },
  }
}
