import type { LookupAddress, LookupOptions } from 'node:dns'
import * as http from 'node:http'
import * as https from 'node:https'
import { isIP, type LookupFunction } from 'node:net'

/** What is read of an answer's body, which nobody needs, before the connection is closed. */
const MAX_ANSWER_BYTES = 16_384

/** A POST to be made, to one of the addresses and to nowhere else. */
export interface Post {
  readonly url: URL
  readonly addresses: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly ca: string | undefined
  readonly signal: AbortSignal
}

/** What of the answer counts. */
export interface Answered {
  readonly status: number
  readonly retryAfter: string | undefined
}

/**
 * Makes a POST on a connection of its own. It follows no redirect, asks no name server and no proxy of the environment;
 * Host and TLS name stay those of the URL. Rejects where there was no answer.
 */
export function post({ url, addresses, headers, body, ca, signal }: Post): Promise<Answered> {
  const { request } = url.protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    let answered: Answered | undefined
    const settle = (error?: Error) => {
      if (answered === undefined) reject(error ?? new Error('The connection was closed before the answer.'))
      else resolve(answered)
    }
    // A pooled connection would not have been checked for this try, and a global agent may have a proxy.
    const options = { method: 'POST', agent: false, headers, lookup: pinnedTo(addresses), signal }
    const sent = request(url, ca === undefined ? options : { ...options, ca })
    sent.on('response', (answer) => {
      answered = { status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] }
      let bytes = 0
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > MAX_ANSWER_BYTES) answer.destroy()
      })
      // The status stands, whatever becomes of the body.
      answer.on('error', () => settle())
      answer.on('close', () => settle())
    })
    sent.on('error', settle)
    sent.on('close', () => settle())
    sent.end(body)
  })
}

/** A look-up that knows the checked addresses alone, so that a name can't have another one when it comes to connecting. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const pinned: LookupAddress[] = addresses.map((address) => ({ address, family: isIP(address) }))
  return (_, options: LookupOptions, found) => {
    const [first] = pinned
    if (first === undefined) found(new Error('no address'), '')
    else if (options.all === true) found(null, pinned)
    else found(null, first.address, first.family)
  }
}
