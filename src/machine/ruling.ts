import type { CommandDefinition, Judged, Lead } from '../protocol/command.ts'
import type { Rule } from '../protocol/rule.ts'

/** The rules that a command breaks; none when it may pass. Guards, `judge` and `explain` all ask this. */
export const brokenRules = (judged: Judged): readonly Rule[] =>
  judged.protocol.rulesOn(judged.command.type).filter((rule) => !rule.holds(judged))

/** Where a command leads, of the places that its definition names. */
export const leadOf = (definition: CommandDefinition, judged: Judged): Lead =>
  definition.lead?.(judged as Judged<never>) ?? definition.leads?.[0] ?? 'stays'
