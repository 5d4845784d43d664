import fc from 'fast-check'
import type { Case, CommandInput } from '../../machine/case.ts'
import { person } from '../../protocol/actor.ts'
import type { Facts } from '../../protocol/facts.ts'
import type { Protocol } from '../../protocol/protocol.ts'
import { ana, ben, cleo, EXAMPLE_START } from '../complaint.ts'
import type { EvidenceOf } from '../example.ts'
import { exampleOf } from '../example.ts'
import { protocolGiven } from '../misuse.ts'
import { readAs } from '../tried.ts'
import { variants } from './variants.ts'

const DAY_MS = 86_400_000

/** What a command needs of the case that it is for: where it stands, and what it knows. */
export type Standing = Pick<Case, 'state' | 'facts'>

/** A command in the making: it is told where the case stands, so that it fits often enough to get somewhere. */
export type Making = (now: Standing) => CommandInput

const dueStep = ({ state }: Standing): string =>
  state === 'received' ? 'own' : state === 'closed' ? 'reopen' : state.slice(state.indexOf('.') + 1)

const in30Days = ({ lastAt = EXAMPLE_START }: Case['facts']): string =>
  new Date(Date.parse(lastAt) + 30 * DAY_MS).toISOString()

/** News by then, or a window that has not begun. */
const window = (facts: Facts) => {
  const latest = in30Days(facts)
  const even = facts.promises.length % 2 === 0
  return even ? { nextUpdateBy: latest } : { earliest: latest, latest }
}

/** What makes an example fit a case that has come further than the examples: another owner, a second round. */
function fitting(type: string, { facts }: Standing): object {
  const open = facts.promises.filter((one) => one.state === 'open').map((one) => one.id)
  const by = type in seconds ? {} : { by: person(facts.owner ?? ana.id) }
  const bystander = facts.bystanders?.find((one) => !one.acknowledged)
  switch (type) {
    case 'agree':
      return { ...by, promises: [{ text: 'A new lamp', maker: ana, inControl: true, latest: in30Days(facts) }] }
    case 'makePromise':
      return { ...by, promise: { text: 'I call you', maker: ana, inControl: true, ...window(facts) } }
    case 'deliver':
      return { ...by, kept: open }
    case 'movePromise':
      return { ...by, promise: open[0] ?? 'p1', latest: in30Days(facts) }
    case 'keepPromise':
    case 'breakPromise':
    case 'reportAgain':
      return { ...by, promise: open[0] ?? 'p1' }
    case 'improve':
      return facts.praise === undefined ? by : { ...by, keepDoing: ['the call before the visit'] }
    case 'acknowledgeBystander':
      return bystander === undefined ? by : { ...by, bystander: bystander.id }
    case 'own':
      return facts.excluded?.includes(ana.id) ? { owner: ben, by: ben } : {}
    case 'waive':
    case 'approveRemedy':
      return facts.owner === ben.id ? { by: ana } : {}
    default:
      return by
  }
}

const seconds = { waive: ben, approveRemedy: ben, acceptHandOff: ben, declineHandOff: ben }

/** What must never be lost, or makes a second round, comes more often than the rest. */
const often = ['waive', 'waive', 'waive', 'makePromise', 'breakPromise', 'contact']

/**
 * Any command but those that only the desk sends: the due step more often than not, and most often done right. It is told
 * where the case stands when its turn comes; `evidence` has what a host’s own steps bring. Throws `input-invalid` where
 * that of a step is missing: nothing but waivers would get past it.
 */
export const anyCommand = (protocol: Protocol, evidence: EvidenceOf = {}): fc.Arbitrary<Making> => {
  for (const { name } of protocolGiven(protocol, 'anyCommand').steps) {
    readAs(protocol, exampleOf(protocol, name, evidence[name]))
  }
  const names = [...protocol.commands.values()].filter((one) => one.internal !== true).map((one) => one.name)
  const steps = protocol.steps.map((one) => one.name)
  return fc
    .tuple(fc.integer({ min: 0, max: 19 }), fc.constantFrom(...names, ...often, ...steps), fc.nat(), fc.nat(11))
    .map(([luck, name, variant, by]) => (now) => {
      const due = dueStep(now)
      const type = luck < 12 ? due : name
      const others = variants[type] ?? []
      const isWrong = luck < 3 || (luck >= 12 && luck % 2 === 0)
      const wrong = isWrong && others.length > 0 ? others[variant % others.length] : {}
      const waived = type === 'waive' && luck % 4 > 0 ? { step: due } : {}
      return exampleOf(protocol, type, {
        ...evidence[type],
        ...fitting(type, now),
        ...(by === 0 ? { by: cleo } : {}),
        ...waived,
        ...wrong,
      })
    })
}
