import type { Case, Entry } from '../../machine/case.ts'
import { openedCase } from '../../machine/fold.ts'
import { judgeAll } from '../../machine/judge.ts'
import { pocock } from '../../protocol/catalogue.ts'
import type { AnyCommand } from '../../protocol/command.ts'
import { listingOf } from '../../stores/listing.ts'
import type { Commit, CommitResult, Store } from '../../stores/store.ts'
import { aComplaint, EXAMPLE_START } from '../complaint.ts'
import { upTo } from '../example.ts'

type Commits = readonly [Commit, Commit, Commit, ...Commit[]]

/** A whole recovery of one case, a commit a step. */
export function history(caseId: string, at = EXAMPLE_START): Commits {
  const opening = { type: 'open', ...aComplaint, at } as const
  const opened = openedCase(pocock, caseId, opening)
  const commands = upTo(pocock).map((input) => ({ ...input, at })) as readonly AnyCommand[]
  const verdict = judgeAll(pocock, opened, commands)
  if (!verdict.accepted) throw new Error(verdict.refusal.sentence)
  const commit = (command: AnyCommand, from: Case['state'] | null, state: Case): Commit => {
    const { version } = state
    const commandId = `${caseId}-${version}`
    const { protocol, machine, state: to } = state
    const entry: Entry = { caseId, version, protocol, machine, commandId, command, from, to, recordedAt: at }
    const receipt = { caseId, first: version, last: version }
    const expectedVersion = version - 1
    return {
      tenant: 't',
      caseId,
      expectedVersion,
      entries: [entry],
      state,
      deadlines: [],
      listing: listingOf(state),
      // A step changes none of them.
      ties: version === 1 ? [] : undefined,
      commandId,
      commandHash: `#${commandId}`,
      receipt,
    }
  }
  const steps = verdict.steps.map(({ command, from, after }) => commit(command, from, after))
  return [commit(opening, null, opened), ...steps] as unknown as Commits
}

/** The same commit under another command id: somebody else's. */
export const rivalOf = (commit: Commit, name = 'rival'): Commit => ({
  ...commit,
  commandId: `${name}-${commit.commandId}`,
  commandHash: `${name}-${commit.commandHash}`,
})

/** An entry in other words. */
export const reworded = (entry: Entry | undefined, words: unknown): Entry =>
  ({ ...entry, command: { ...entry?.command, words } }) as Entry

/** The outcomes of some writes. */
export const outcomesOf = (results: readonly (CommitResult | readonly CommitResult[])[]): readonly string[] =>
  results.flat().map(({ outcome }) => outcome)

/** A case's log, all of it that is after a version. */
export async function logOf(store: Store, caseId: string, after?: number, tenant = 't'): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for await (const entry of store.log(tenant, caseId, after)) entries.push(entry)
  return entries
}

/** The cases, by id, that are given to one who claims what is due by a moment. */
export async function claimedBy(store: Store, by: string, now: string, until: string): Promise<readonly string[]> {
  const claimed = await store.claimDue('t', { by, limit: 100, now, until })
  return claimed.map(({ caseId }) => caseId).sort()
}
