import type { CommandDefinition } from '../protocol/command.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Case } from './case.ts'
import { placeOf } from './case.ts'
import { closedBy, openNow } from './open.ts'
import type { Refusal, RuleSaid } from './refusal.ts'
import { refusalFor, said } from './refusal.ts'

/** A field of evidence that a command brings. */
export interface Need {
  readonly field: string
  readonly what: string
  readonly optional: boolean
}

/** One command of a case's protocol: open now, with what it must bring and the rules that will judge it; or why not. */
export type Option = {
  readonly command: string
  readonly summary: string
  readonly needs: readonly Need[]
} & ({ readonly open: true; readonly rules: readonly RuleSaid[] } | { readonly open: false; readonly refusal: Refusal })

/** Lists every command of a case: open now and what it must bring, or why not. The step that is due comes first. */
export function explain(protocol: Protocol, now: Case): readonly Option[] {
  const open = openNow(protocol, now)
  const at = placeOf(now.state)
  const option = (definition: CommandDefinition): Option => {
    const described = { command: definition.name, summary: definition.summary, needs: needsOf(definition) }
    const broken = closedBy(protocol, now, definition)
    if (broken.length > 0) {
      return { ...described, open: false, refusal: refusalFor(protocol, at, { type: definition.name }, broken, open) }
    }
    const rules = protocol.rulesOn(definition.name).filter((rule) => rule.reads !== 'case')
    return { ...described, open: true, rules: rules.map(said) }
  }
  const rank = (name: string) => (open.includes(name) ? open.indexOf(name) : open.length)
  return [...protocol.commands.values()]
    .filter((definition) => definition.internal !== true)
    .map(option)
    .sort((one, other) => rank(one.command) - rank(other.command))
}

const needsOf = ({ evidence }: CommandDefinition): readonly Need[] =>
  Object.entries(evidence.shape).map(([field, schema]) => ({
    field,
    what: schema.meta()?.description ?? field,
    optional: schema.safeParse(undefined).success,
  }))
