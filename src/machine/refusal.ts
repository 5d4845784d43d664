import type { AnyCommand, CommandDefinition } from '../protocol/command.ts'
import { inOrder } from '../protocol/common-rules.ts'
import type { Issue } from '../protocol/parse.ts'
import type { Place } from '../protocol/place.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Rule } from '../protocol/rule.ts'

/** Why a command was refused, as a word that stays the same between releases. */
export type RefusalCode =
  | 'malformed'
  | 'out-of-order'
  | 'against-the-rules'
  | 'forbidden'
  | 'conflict'
  | 'command-id-reused'
  | 'already-open'

/** A rule as it is told: its id, its reason in one sentence, its source. */
export interface RuleSaid {
  readonly id: string
  readonly because: string
  readonly source: string
}

/** A command that was not let pass: a value, never an exception. Nothing was stored. */
export interface Refusal {
  readonly code: RefusalCode
  /** The type of the command, where it has one. */
  readonly command: string | undefined
  /** Where in a batch it stands; 0 for a single command. */
  readonly index: number
  /** Every rule that it broke. */
  readonly rules: readonly RuleSaid[]
  /** The open steps that it would have skipped, in their order. */
  readonly skipped: readonly string[]
  /** The commands that may be sent now. */
  readonly open: readonly string[]
  /** What could not be read, field by field; it never repeats what was sent. */
  readonly issues: readonly Issue[]
  /** One sentence or two, fit to show to an agent. */
  readonly sentence: string
}

/** The rule as it is told, without its predicate. */
export const said = ({ id, because, source }: Rule): RuleSaid => ({ id, because, source })

/** A refusal for the rules that a command broke. */
export function refusalFor(
  protocol: Protocol,
  at: Place,
  command: Pick<AnyCommand, 'type'>,
  broken: readonly Rule[],
  open: readonly string[],
): Refusal {
  const rules = [...new Map(broken.map((rule) => [rule.id, said(rule)])).values()]
  const outOfOrder = rules.some((rule) => rule.id === inOrder.id)
  const skipped = outOfOrder ? skippedBy(protocol, at, command.type) : []
  const next = protocol.commands.get(at.step ?? 'reopen') as CommandDefinition
  return {
    ...plain(outOfOrder ? 'out-of-order' : 'against-the-rules', command.type, open),
    rules,
    skipped,
    sentence: [
      outOfOrder ? turnOf(protocol, at, command.type, skipped) : `“${command.type}” can’t be done like this.`,
      ...rules.map((rule) => `${rule.because} (${rule.source})`),
      ...(next.name === command.type || protocol.commands.get(command.type)?.internal === true
        ? []
        : [`${at.phase === 'closed' ? 'Possible' : 'Due'} now: ${next.name} – ${next.summary}.`]),
    ].join(' '),
  }
}

/** A refusal for an input that could not be read. */
export const malformed = (
  command: string | undefined,
  issues: readonly Issue[],
  open: readonly string[] = [],
): Refusal => ({
  ...plain('malformed', command, open),
  issues,
  sentence: `${command === undefined ? 'This' : `“${command}”`} can’t be read: ${issues
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
    .join('; ')}.`,
})

/** A refusal that no rule speaks: an actor who may not, a conflict, a reused id, a case that is there already. */
export const refusedWith = (
  code: 'forbidden' | 'conflict' | 'command-id-reused' | 'already-open',
  command: string | undefined,
  sentence: string,
  open: readonly string[] = [],
): Refusal => ({ ...plain(code, command, open), sentence })

const plain = (code: RefusalCode, command: string | undefined, open: readonly string[]) => ({
  code,
  command,
  index: 0,
  rules: [],
  skipped: [],
  open,
  issues: [],
})

/** The open steps between the one that is due and a later one. */
export function skippedBy(protocol: Protocol, at: Place, name: string): readonly string[] {
  if (at.step === undefined) return []
  const names = protocol.steps.map((step) => step.name)
  return names.slice(names.indexOf(at.step), Math.max(names.indexOf(name), 0))
}

/** Why a command’s turn has not come, or has been. */
export function turnOf(protocol: Protocol, at: Place, name: string, skipped: readonly string[]): string {
  if (at.phase === 'closed') return `Not now: the case is closed, and “${name}” has no place in it.`
  if (skipped.length > 0)
    return `Not yet: before “${name}” ${skipped.length === 1 ? 'comes' : 'come'} ${list(skipped)}.`
  if (protocol.steps.some((step) => step.name === name)) return `“${name}” has had its turn.`
  return `“${name}” has no place while a case is ${at.phase === 'received' ? 'just received' : `in the ${at.phase} phase`}.`
}

const list = (names: readonly string[]): string => new Intl.ListFormat('en').format(names)
