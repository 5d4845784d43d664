import * as z from 'zod'
import { command } from './command.ts'
import { rule } from './rule.ts'
import { Id } from './words.ts'

/** The key of a cause: part × stage × site. Cases with one key are one story. */
export const causeKey = (cause: {
  readonly part: string
  readonly stage: string
  readonly site?: string | undefined
}): string => [cause.part, cause.stage, cause.site ?? ''].map((one) => one.trim().toLowerCase()).join(' × ')

/** The key of a cause, as long as three labels are. */
const CauseKey = z.string().min(1).max(610)

/** Many complaints of one failure: each keeps its own person phase, all share one system phase. */
export const joinIncident = command({
  name: 'joinIncident',
  summary: 'make the case part of an incident, whose system phase it shares',
  refersTo: 'incident',
  evidence: z.object({ incident: Id.describe('the case that carries the system phase') }),
  during: ['received', 'person', 'problem', 'system'],
  effect: (facts, { command }) => ({ ...facts, incident: command.incident }),
})

/** The incident's system phase is fixed, and so is this case's. The desk sends it, having read the incident. */
export const shareSystem = command({
  name: 'shareSystem',
  summary: 'share the system phase of the incident, which is fixed',
  evidence: z.object({ incident: Id, causes: z.array(CauseKey).max(2_500) }),
  internal: true,
  during: ['system'],
  leads: ['ends'],
  lead: () => 'ends',
  settles: 'done',
  // What was found in this very case stays found.
  effect: (facts, { command }) => ({ ...facts, causes: [...new Set([...(facts.causes ?? []), ...command.causes])] }),
})

export const incidentIsFixed = rule<{ type: string; by: never; at: string; incident: Id }>({
  id: 'incident-is-fixed',
  because: 'What is shared is the system phase of the case’s own incident.',
  source: 'redress',
  on: ['shareSystem'],
  holds: ({ facts, command }) => facts.incident === command.incident,
})

/** A case with the same cause came after the change was verified: it did not hold. The desk sends it. */
export const changeFailed = command({
  name: 'changeFailed',
  summary: 'open the system work again, because the change did not hold',
  evidence: z.object({ cause: CauseKey.describe('the key of the cause'), caseId: Id.describe('the case that came') }),
  internal: true,
  during: ['closed'],
  leads: ['again'],
  lead: () => 'again',
  effect: (facts, { command }) => ({ ...facts, notHeld: [...(facts.notHeld ?? []), command.cause] }),
})
