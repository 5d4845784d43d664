import type { CommandDefinition } from '../protocol/command.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Rule } from '../protocol/rule.ts'
import type { Case } from './case.ts'
import { placeOf } from './case.ts'

/**
 * The rules that refuse a command on this case whatever evidence it brings: those on the case alone, its turn among them.
 * None when it is open.
 */
export function closedBy(protocol: Protocol, { facts, state }: Case, definition: CommandDefinition): readonly Rule[] {
  // A rule on the case reads the command's type and nothing else of it.
  const command = { type: definition.name } as never
  const judged = { facts, command, at: placeOf(state), protocol }
  return protocol.rulesOn(definition.name).filter((rule) => rule.reads === 'case' && !rule.holds(judged))
}

/** The names of the commands that may be sent now, the due step first. */
export function openNow(protocol: Protocol, now: Case): readonly string[] {
  const { step } = placeOf(now.state)
  return [...protocol.commands.values()]
    .filter((definition) => definition.internal !== true && closedBy(protocol, now, definition).length === 0)
    .map((definition) => definition.name)
    .sort((one, other) => Number(other === step) - Number(one === step))
}
