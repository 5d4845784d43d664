import * as z from 'zod'
import type { CommandOf } from './command.ts'
import { command } from './command.ts'
import type { Facts } from './facts.ts'
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

/** Whether an incident that is closed was fixed since this case was opened, or opened again: before, it fixed nothing of it. */
export const isFixedFor = ({ closedAt = '' }: Facts, { openedAt = '', reopenedAt = openedAt }: Facts): boolean =>
  closedAt >= reopenedAt

/** Many complaints of one failure: each keeps its own person phase, all share one system phase. */
export const joinIncident = command({
  name: 'joinIncident',
  summary: 'make the case part of an incident, whose system phase it shares',
  refersTo: {
    field: 'incident',
    what: 'another case of this desk, whose system phase was not over when this one was opened',
    // What was changed before it came has not kept it from coming: that is no part of the incident, but what comes again.
    fits: ({ phase, facts: incident }, facts) => phase !== 'closed' || isFixedFor(incident, facts),
  },
  evidence: z.object({ incident: Id.describe('the case that carries the system phase') }),
  during: ['received', 'person', 'problem', 'system'],
  effect: (facts, { command }) => ({ ...facts, incident: command.incident }),
})

/** A step of the incident's system phase, as it was settled there, settles the same step here. The desk sends it. */
export const shareStep = command({
  name: 'shareStep',
  summary: 'share the due step of the incident, whose system phase is fixed',
  evidence: z.object({
    incident: Id,
    step: Id.describe('the step that is due'),
    settled: z.enum(['done', 'waived', 'lapsed']).describe('how the incident settled it'),
    causes: z.array(CauseKey).max(2_500),
  }),
  internal: true,
  during: ['system'],
  leads: ['on'],
  effect: (facts, { command }) => ({
    ...facts,
    steps: { ...facts.steps, [command.step]: command.settled },
    // What was found in this very case stays found.
    causes: [...new Set([...(facts.causes ?? []), ...command.causes])],
  }),
})

export const incidentIsFixed = rule<CommandOf<typeof shareStep>>({
  id: 'incident-is-fixed',
  because: 'What is shared is the due step of the case’s own incident.',
  source: 'redress',
  on: ['shareStep'],
  holds: ({ facts, command, at }) => facts.incident === command.incident && command.step === at.step,
})

/** A case with the same cause came after the change was verified: it did not hold. The desk sends it. */
export const changeFailed = command({
  name: 'changeFailed',
  summary: 'open the system work again, because the change did not hold',
  evidence: z.object({ cause: CauseKey.describe('the key of the cause'), caseId: Id.describe('the case that came') }),
  internal: true,
  during: ['closed'],
  leads: ['again'],
  effect: (facts, { command }) => ({ ...facts, notHeld: [...(facts.notHeld ?? []), command.cause] }),
})
