import { RedressError } from '../errors.ts'
import { nameOf } from '../machine/case.ts'
import type { Protocol } from '../protocol/protocol.ts'

/** The protocols of a desk, several versions side by side. */
export interface Shelf {
  has(name: string): boolean
  /** The error that says that this desk has no such protocol. */
  unknown(name: string): RedressError
  /** The one that a case was opened with: `pocock@1`. Throws `protocol-unknown`. */
  exact(name: string): Protocol
  /** The one to open a case with: `pocock@1`, the newest `pocock`, or the desk's first. Throws `protocol-unknown`. */
  choose(name: string | undefined): Protocol
}

/** Puts protocols on a shelf; none, or two of one id and version, are refused with `protocol-faulty`. */
export function createShelf(protocols: readonly Protocol[]): Shelf {
  const [first] = protocols
  if (first === undefined || protocols.some((one) => typeof one?.rulesOn !== 'function')) {
    throw new RedressError('protocol-faulty', 'A desk needs protocols, at least one, as `defineProtocol` returns them.')
  }
  const byName = new Map<string, Protocol>()
  for (const protocol of protocols) {
    if (byName.has(nameOf(protocol))) {
      throw new RedressError(
        'protocol-faulty',
        `Two protocols are called “${nameOf(protocol)}”. Give one a higher version.`,
      )
    }
    byName.set(nameOf(protocol), protocol)
  }
  const unknown = (which: string, facts = {}): RedressError =>
    new RedressError(
      'protocol-unknown',
      `This desk has no protocol ${which}. Nothing was stored. It has: ${[...byName.keys()].join(', ')}.`,
      { facts },
    )
  const none = (error: RedressError): never => {
    throw error
  }
  const newest = (id: string): Protocol | undefined =>
    protocols
      .filter((one) => one.id === id)
      .reduce<Protocol | undefined>((best, one) => (best && best.version > one.version ? best : one), undefined)
  const unknownCase = (name: string) => unknown(`“${name}”`, { protocol: name })
  return {
    has: (name) => byName.has(name),
    unknown: unknownCase,
    exact: (name) => byName.get(name) ?? none(unknownCase(name)),
    // What a caller asks for is not repeated: it may be anything.
    choose: (name) =>
      name === undefined
        ? first
        : (byName.get(name) ?? newest(name) ?? none(unknown('of the name that was asked for in `protocol`'))),
  }
}
