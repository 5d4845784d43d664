import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Reachable } from './address.ts'
import { Failed } from './failure.ts'

/** All addresses of a name, as the system knows them. */
export const addressesOf = async (host: string): Promise<readonly string[]> =>
  (await lookup(host, { all: true })).map(({ address }) => address)

/**
 * The addresses of a host, each of which may be reached. One bad one among good ones refuses them all: which of them is
 * taken is not ours to say.
 */
export async function checked(
  host: string,
  options: {
    readonly mayReach: Reachable
    readonly resolve: (host: string) => Promise<readonly string[]>
    readonly signal: AbortSignal
  },
): Promise<readonly string[]> {
  const { mayReach, resolve, signal } = options
  const found = isIP(host) === 0 ? await before(signal, () => resolve(host)).catch(() => []) : [host]
  if (found.length === 0) throw new Failed('name-unresolved', 'its name has no address')
  if (found.every((address) => mayReach(host, address))) return found
  throw new Failed('address-refused', 'its address is on a network that is not allowed')
}

/** What work comes to before the signal aborts. */
function before<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    Promise.resolve()
      .then(work)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort))
  })
}
