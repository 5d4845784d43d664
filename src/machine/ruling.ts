import type { CommandDefinition, Judged, Lead } from '../protocol/command.ts'
import type { Rule } from '../protocol/rule.ts'

/** The rules that a command breaks; none when it may pass. Guards, `judge` and `explain` all ask this. */
export const brokenRules = (judged: Judged): readonly Rule[] =>
  judged.protocol.rulesOn(judged.command.type).filter((rule) => !rule.holds(judged))

/** Where a command leads, its evidence known. */
export const leadOf = (definition: CommandDefinition, judged: Judged): Lead =>
  onceMerged(definition.lead?.(judged as Judged<never>) ?? definition.leads?.[0] ?? 'stays', judged)

/** A lead as it is for this case: one that was merged into another ends when its own person phase is fixed. */
export function onceMerged(lead: Lead, { facts, command, at, protocol }: Judged): Lead {
  const leaves = lead === 'on' && facts.mergedInto !== undefined && protocol.settlesLastOf('person', command.type, at)
  return leaves ? 'ends' : lead
}
