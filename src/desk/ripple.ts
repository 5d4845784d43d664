import type { Case, Entry } from '../machine/case.ts'
import { placeOf } from '../machine/case.ts'
import { machine } from '../protocol/actor.ts'
import { isFixedFor } from '../protocol/learning.ts'
import type { ReadCommand } from '../protocol/parse.ts'
import type { Id } from '../protocol/words.ts'
import type { Store } from '../stores/store.ts'
import type { Accepted, Answer } from './answer.ts'
import { ownLetter } from './letter.ts'
import type { Listeners } from './listeners.ts'
import type { Passage } from './passage.ts'

const desk = machine('desk')

/** What a ripple goes through. */
export interface Waters {
  readonly store: Store
  readonly tenant: string
  readonly passage: Passage
  readonly listeners: Listeners
}

/**
 * What an accepted send means for other cases: an incident that is fixed fixes the system phase of those that share it,
 * and a cause that comes again after its change was verified opens the system work of that change.
 *
 * A send that is repeated ripples again, since the first may have been cut off before it did. Each consequence is judged
 * on the case that it is for, so that one that came about already is refused there. The send itself stands whatever
 * becomes of them: what fails is told as `desk-error`.
 */
export async function ripple(waters: Waters, { case: after, entries }: Accepted): Promise<void> {
  await trying(waters, after.caseId, async () => {
    if (isFixed(after)) await shareWithMembers(waters, after)
    if (sharesAnIncidents(after)) await shareFromIncident(waters, after)
    // What was changed in the same call answers what came before it, not what it is itself.
    if (investigates(entries)) await reopenChanges(waters, after, after.caseId)
    // While it was being changed it could not be opened again: what came meanwhile shows now.
    if (isFixed(after)) await reopenChanges(waters, after)
  })
}

/** Whether a send may mean anything for other cases. Most don't, and ask the store for nothing. */
export const ripples = (answer: Answer): answer is Accepted =>
  answer.accepted && (isFixed(answer.case) || sharesAnIncidents(answer.case) || investigates(answer.entries))

const investigates = (entries: readonly Entry[]): boolean =>
  entries.some(({ command }) => command.type === 'investigate')

const sharesAnIncidents = (after: Case): boolean => after.facts.incident !== undefined && isToBeShared(after)

/** A merged case closed without a system phase of its own: it has nothing to share. */
const isFixed = ({ state, facts }: Case): boolean => state === 'closed' && facts.outcome !== 'merged'

/** A case whose own change did not hold has system work of its own. */
const isToBeShared = ({ state, facts }: Case): boolean =>
  placeOf(state).phase === 'system' && facts.notHeld === undefined

async function shareWithMembers(waters: Waters, incident: Case): Promise<void> {
  const { store, tenant } = waters
  for (const caseId of await store.tied(tenant, { kind: 'incident', key: incident.caseId })) {
    await trying(waters, caseId, async () => {
      const member = await store.load(tenant, caseId)
      if (member !== undefined && isToBeShared(member) && isFixedFor(incident.facts, member.facts))
        await share(waters, incident, member)
    })
  }
}

async function shareFromIncident(waters: Waters, member: Case): Promise<void> {
  const incident = await waters.store.load(waters.tenant, member.facts.incident as Id)
  if (incident !== undefined && isFixed(incident) && isFixedFor(incident.facts, member.facts))
    await share(waters, incident, member)
}

/** Shares the step that is due, where the incident had it; what that means in turn is that the next one is shared. */
async function share(waters: Waters, { caseId: incident, facts }: Case, { caseId, state }: Case): Promise<void> {
  const { step = '' } = placeOf(state)
  const settled = facts.steps[step]
  if (settled === undefined) return
  await sendOwn(waters, caseId, { type: 'shareStep', incident, step, settled, causes: facts.causes ?? [] })
}

/** Only the newest change to a cause is opened again: it took the place of those before it. */
async function reopenChanges(waters: Waters, { facts }: Case, except?: Id): Promise<void> {
  const { store, tenant } = waters
  const { causes = [] } = facts
  if (causes.length === 0) return
  for (const recurrence of await store.recurrences(tenant, causes, except)) {
    await trying(waters, recurrence.changed, async () => {
      const changed = await store.load(tenant, recurrence.changed)
      // Where the work was done again and the change waived, it would be opened again and again for the same change.
      if (changed?.state !== 'closed' || changed.facts.steps['improve'] !== 'done') return
      await sendOwn(waters, recurrence.changed, {
        type: 'changeFailed',
        cause: recurrence.cause,
        caseId: recurrence.came,
      })
    })
  }
}

/** Sends a command of the desk’s own, and all that it means in turn: it ends, as each one settles a case’s system phase. */
async function sendOwn(waters: Waters, caseId: Id, command: object): Promise<void> {
  const content = { by: desk, ...command } as ReadCommand
  const answer = await waters.passage.send(caseId, (_, before) => ownLetter(content, before), { own: true })
  if (ripples(answer)) await ripple(waters, answer)
}

async function trying({ listeners }: Waters, caseId: Id, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    listeners.tell('desk-error', { during: 'consequence', caseId, error })
  }
}
