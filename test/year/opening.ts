import { type Opening, type Protocol, person, protocols } from 'redress'
import type { Dice } from './dice.ts'
import type { Office } from './office.ts'
import { policies, YEAR_START } from './office.ts'
import { bot, staff } from './scene.ts'

const DAY_MS = 86_400_000
/** So that the last ones have time for a life before the year ends. */
const LAST_OPENING_DAY = 330

/** A case that will come: where, when, and how it is opened. */
export interface Arrival {
  readonly office: Office
  readonly protocol: Protocol
  readonly opening: Opening
  readonly caseId: string
  readonly at: number
}

/** The cases of a year. Each protocol and each policy gets its share; the rest is chance. */
export const arrivals = (offices: readonly Office[], cases: number, dice: Dice): readonly Arrival[] =>
  Array.from({ length: cases }, (_, index): Arrival => {
    const office = dice.pick(offices)
    const protocol = protocols[index % protocols.length] as Protocol
    const policy = dice.chance(0.2)
      ? undefined
      : (policies[Math.floor(index / protocols.length) % policies.length]?.id ?? '')
    const caseId = `${office.tenant}-${String(index).padStart(4, '0')}`
    const at = YEAR_START + dice.below(LAST_OPENING_DAY * 24 * 60) * 60_000
    return { office, protocol, caseId, at, opening: openingOf(dice, caseId, protocol, policy, at) }
  }).sort((one, other) => one.at - other.at)

function openingOf(dice: Dice, caseId: string, protocol: Protocol, policy: string | undefined, at: number): Opening {
  const kind = dice.weighted([
    [16, {}],
    [2, { customer: undefined, anonymous: true as const }],
    [2, { representative: 'rosa' }],
    [2, { about: dice.pick(staff).id }],
    [1, { at: new Date(at - dice.below(2 * DAY_MS)).toISOString() }],
  ])
  return {
    by: dice.chance(0.7) ? bot : person('desk'),
    caseId,
    protocol: protocol.id,
    customer: `customer-of-${caseId}`,
    channel: dice.pick(['phone', 'mail', 'counter']),
    words: `The parcel came a week late. «${caseId}/0»`,
    ...(policy === undefined ? {} : { policy }),
    ...(dice.chance(0.15) ? { calendar: 'always' } : {}),
    ...kind,
  }
}
