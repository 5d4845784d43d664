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

/** The key under which cases are found that are judged by the same version of a protocol and of the lifecycle. */
export const versionOf = ({ protocol, machine }: Pick<Case, 'protocol' | 'machine'>): string => `${protocol}/${machine}`

/** All that ties a case to others. */
export const tiesOf = ({
  protocol,
  machine,
  facts: { customer, incident, causes = [], changedAt },
}: Case): readonly Tie[] => [
  { kind: 'version', key: versionOf({ protocol, machine }) },
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
