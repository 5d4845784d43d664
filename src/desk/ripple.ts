import type { Case } from '../machine/case.ts'
import { machine } from '../protocol/actor.ts'
import type { ReadCommand } from '../protocol/parse.ts'
import type { Store } from '../stores/store.ts'
import type { Answer } from './answer.ts'
import { ownLetter } from './letter.ts'
import type { Passage } from './passage.ts'

const desk = machine('desk')

/**
 * What an accepted send means for other cases: an incident that is fixed fixes the system phase of those that share it,
 * and a cause that comes again after its change was verified opens the system work of that change.
 */
export async function ripple(store: Store, tenant: string, passage: Passage, answer: Answer): Promise<void> {
  if (!answer.accepted || answer.repeated) return
  const { case: after, entries } = answer
  const last = entries.at(-1)
  if (last === undefined) return
  if (last.to === 'closed') {
    for (const caseId of await store.tied(tenant, { kind: 'incident', key: after.caseId })) {
      await share(passage, after, caseId)
    }
  }
  if (last.to.startsWith('system.') && after.facts.incident !== undefined) {
    const incident = await store.load(tenant, after.facts.incident)
    if (incident?.state === 'closed') await share(passage, incident, after.caseId)
  }
  if (entries.some((entry) => entry.command.type === 'investigate')) await reopenChanges(store, tenant, passage, after)
}

async function share(passage: Passage, incident: Case, caseId: string): Promise<void> {
  const { caseId: id, facts } = incident
  await sendOwn(passage, caseId, `share:${id}:${facts.round}`, {
    type: 'shareSystem',
    by: desk,
    incident: id,
    causes: facts.causes ?? [],
  })
}

async function reopenChanges(store: Store, tenant: string, passage: Passage, after: Case): Promise<void> {
  for (const cause of after.facts.causes ?? []) {
    for (const caseId of await store.tied(tenant, { kind: 'cause', key: cause })) {
      if (caseId === after.caseId) continue
      const other = await store.load(tenant, caseId)
      if (other?.state !== 'closed' || !cameAfter(after, other)) continue
      await sendOwn(passage, caseId, `not-held:${caseId}:${after.caseId}:${other.version}`, {
        type: 'changeFailed',
        by: desk,
        cause,
        caseId: after.caseId,
      })
    }
  }
}

/** Whether the case came when the other's change was made and, where its protocol checks that, verified. */
const cameAfter = ({ facts }: Case, other: Case): boolean =>
  other.facts.changedAt !== undefined && facts.openedAt !== undefined && facts.openedAt > other.facts.changedAt

async function sendOwn(passage: Passage, caseId: string, id: string, command: object): Promise<void> {
  await passage.send(caseId, () => ownLetter([command as ReadCommand], id), { own: true })
}
