import { machine } from '../protocol/actor.ts'
import type { Judged, Lead } from '../protocol/command.ts'
import type { Facts } from '../protocol/facts.ts'
import { noFacts } from '../protocol/facts.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Instant } from '../protocol/words.ts'
import type { StateName } from './case.ts'
import { placeOf } from './case.ts'
import { movedOn } from './evolve.ts'
import { isFor } from './machine.ts'
import { onceMerged } from './ruling.ts'
import { arrowsFrom } from './standing.ts'

/** Where a case may be of which nothing but names is known: its state, and the facts that it has without evidence. */
export interface Whereabouts {
  readonly state: StateName
  readonly facts: Facts
}

/** Where a command may have led, and how. */
export interface Led extends Whereabouts {
  readonly lead: Lead
}

/** Where every case begins. */
export const arrived: Whereabouts = { state: 'received', facts: noFacts }

const nobody = machine('order')

/**
 * All places to which a command may lead from there: by the arrows of the protocol’s machine, less those that are not for
 * such a case. Only evidence would tell which one it is. None where the command has no place. Pure.
 */
export function whereaboutsAfter(
  protocol: Protocol,
  { state, facts }: Whereabouts,
  name: string,
  when: Instant = '',
): readonly Led[] {
  const at = placeOf(state)
  const definition = protocol.commandAt(name, at)
  if (definition === undefined) return []
  const judged: Judged = { facts, command: { type: name, by: nobody, at: when }, at, protocol }
  const leads = definition.leads?.map((lead) => onceMerged(lead, judged)) ?? []
  return arrowsFrom(protocol, state, name)
    .filter(({ arrow }) => leads.includes(arrow.lead) && isFor(arrow, judged))
    .map(({ arrow: { lead }, to }) => {
      const moved = movedOn(definition, judged, lead)
      // The one effect that decides where a case can go.
      const effected = name === 'merge' && lead === 'stays' ? { ...moved, mergedInto: name } : moved
      return { state: to, facts: effected, lead }
    })
}

/** The same text for whereabouts that lead to the same: the state, where the system phase goes on, whether the case ends before it. */
export function markOf(protocol: Protocol, { state, facts }: Whereabouts): string {
  const isMerged = placeOf(state).phase === 'person' && facts.mergedInto !== undefined
  return `${state} ${protocol.firstOpenOf('system', facts)} ${isMerged}`
}
