import type { Clocks } from '../protocol/clock.ts'
import { arm } from '../protocol/clock.ts'
import type { CommandDefinition } from '../protocol/command.ts'
import type { Facts } from '../protocol/facts.ts'
import { noFacts } from '../protocol/facts.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Id } from '../protocol/words.ts'
import type { Case, Entry, Opened } from './case.ts'
import { MACHINE_VERSION, nameOf, placeOf } from './case.ts'
import { evolve } from './evolve.ts'
import { leadOf } from './ruling.ts'

/** The case that an opening makes. */
export function openedCase(protocol: Protocol, caseId: Id, opened: Opened, clocks?: Clocks): Case {
  const { customer, anonymous, representative, about, policy, calendar, at } = opened
  const facts: Facts = {
    ...noFacts,
    openedAt: at,
    lastAt: at,
    ...(customer === undefined ? {} : { customer }),
    ...(anonymous === true ? { anonymous } : {}),
    ...(representative === undefined ? {} : { representative, authority: 'needed' }),
    ...(about === undefined ? {} : { excluded: [about] }),
    ...(policy === undefined ? {} : { policy }),
    ...(calendar === undefined ? {} : { calendar }),
  }
  return {
    caseId,
    protocol: nameOf(protocol),
    machine: MACHINE_VERSION,
    state: 'received',
    facts: clocks === undefined ? facts : arm(clocks, protocol, facts, at),
    version: 1,
  }
}

/**
 * Folds a case's log into the case, without judging anything again: what was once accepted stays, whatever the rules
 * say today.
 */
export function fold(protocol: Protocol, [opening, ...entries]: readonly [Entry, ...Entry[]], clocks?: Clocks): Case {
  let folded = openedCase(protocol, opening.caseId, opening.command as Opened, clocks)
  for (const { command, from, to, version } of entries) {
    const at = placeOf(from ?? 'received')
    const definition = protocol.commandAt(command.type, at) as CommandDefinition
    const judged = { facts: folded.facts, command, at, protocol, clocks }
    folded = { ...folded, state: to, facts: evolve(definition, judged, leadOf(definition, judged)), version }
  }
  return folded
}
