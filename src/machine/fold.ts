import type { CommandDefinition } from '../protocol/command.ts'
import { noFacts } from '../protocol/facts.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Id } from '../protocol/words.ts'
import type { Case, Entry, Opened } from './case.ts'
import { MACHINE_VERSION, nameOf, placeOf } from './case.ts'
import { evolve } from './evolve.ts'
import { leadOf } from './ruling.ts'

/** The case that an opening makes. */
export const openedCase = (protocol: Protocol, caseId: Id, opened: Opened): Case => ({
  caseId,
  protocol: nameOf(protocol),
  machine: MACHINE_VERSION,
  state: 'received',
  facts: { ...noFacts, customer: opened.customer },
  version: 1,
})

/**
 * Folds a case's log into the case, without judging anything again: what was once accepted stays, whatever the rules
 * say today.
 */
export function fold(protocol: Protocol, [opening, ...entries]: readonly [Entry, ...Entry[]]): Case {
  let folded = openedCase(protocol, opening.caseId, opening.command as Opened)
  for (const { command, from, to, version } of entries) {
    const definition = protocol.commands.get(command.type) as CommandDefinition
    const judged = { facts: folded.facts, command, at: placeOf(from ?? 'received'), protocol }
    folded = { ...folded, state: to, facts: evolve(definition, judged, leadOf(definition, judged)), version }
  }
  return folded
}
