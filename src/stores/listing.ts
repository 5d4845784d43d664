import type { Case } from '../machine/case.ts'
import { placeOf } from '../machine/case.ts'
import { lateSince } from '../protocol/clock.ts'
import type { Listing, Tie } from './store.ts'

/** What boards list a case by. */
export const listingOf = ({ state, facts }: Case): Listing => ({
  ...placeOf(state),
  owner: facts.owner,
  openedAt: facts.openedAt ?? '',
  lateSince: lateSince(facts),
})

/** Where a case stands, in a word that sorts by its phase: `person.listen`, `received.own`, `closed`. */
export const placeKey = ({ phase, step }: Pick<Listing, 'phase' | 'step'>): string =>
  step === undefined ? phase : `${phase}.${step}`

/** What a case is judged by: the version of its protocol, and of the lifecycle. */
export type Version = Pick<Case, 'protocol' | 'machine'>

/** The key under which the cases of a version are found: `pocock@1/1`. */
export const versionKey = ({ protocol, machine }: Version): string => `${protocol}/${machine}`

/** The version that a key names. */
export function versionIn(key: string): Version {
  const slash = key.lastIndexOf('/')
  return { protocol: key.slice(0, slash), machine: Number(key.slice(slash + 1)) }
}

/** All that ties a case to others. */
export const tiesOf = ({
  protocol,
  machine,
  facts: { customer, incident, causes = [], changedAt },
}: Case): readonly Tie[] => [
  { kind: 'version', key: versionKey({ protocol, machine }) },
  ...(customer === undefined ? [] : [{ kind: 'customer' as const, key: customer }]),
  ...(incident === undefined ? [] : [{ kind: 'incident' as const, key: incident }]),
  ...causes.map((key) => ({ kind: 'cause' as const, key, ...(changedAt === undefined ? {} : { changedAt }) })),
]

/** Whether what ties a case is the same before and after: facts are never changed in place, so the same list ties alike. */
export const areTiedAlike = ({ facts: before }: Case, { facts: after }: Case): boolean =>
  before.customer === after.customer &&
  before.incident === after.incident &&
  before.causes === after.causes &&
  before.changedAt === after.changedAt
