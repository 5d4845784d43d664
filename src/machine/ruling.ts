import type { CommandDefinition, Judged, Lead } from '../protocol/command.ts'
import type { Rule } from '../protocol/rule.ts'

/** The rules that a command breaks; none when it may pass. Guards, `judge` and `explain` all ask this. */
export const brokenRules = (judged: Judged): readonly Rule[] =>
  judged.protocol.rulesOn(judged.command.type).filter((rule) => !rule.holds(judged))

/** Where a command leads. A case that was merged into another ends when its own person phase is fixed. */
export function leadOf(definition: CommandDefinition, judged: Judged): Lead {
  const { facts, command, at, protocol } = judged
  const lead = definition.lead?.(judged as Judged<never>) ?? definition.leads?.[0] ?? 'stays'
  const leaves = lead === 'on' && facts.mergedInto !== undefined && protocol.settlesLastOf('person', command.type, at)
  return leaves ? 'ends' : lead
}
