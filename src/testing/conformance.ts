import type { Case, Entry } from '../machine/case.ts'
import { openedCase } from '../machine/fold.ts'
import { judgeAll } from '../machine/judge.ts'
import { pocock } from '../protocol/catalogue.ts'
import type { AnyCommand } from '../protocol/command.ts'
import { listingOf } from '../stores/listing.ts'
import type { Commit, Store } from '../stores/store.ts'
import type { ConformanceCase } from './clause.ts'
import { same } from './clause.ts'
import { insightsConformance } from './conformance-insights.ts'
import { aComplaint, EXAMPLE_START, upTo } from './example.ts'

export type { ConformanceCase } from './clause.ts'

/** The contract of the store port, as data: run each case on a fresh store, in any test runner. */
export const storeConformance: readonly ConformanceCase[] = [
  {
    name: 'a case that was never written is not there',
    async check(store) {
      same(await store.load('t', 'nobody'), undefined, 'load')
      same(await logOf(store, 'nobody'), [], 'log')
      same(await store.remembered('t', 'nothing'), undefined, 'remembered')
    },
  },
  {
    name: 'what is committed is loaded and logged as it was written',
    async check(store) {
      const written = history('case-1')
      same(
        await store.commit(written),
        written.map(() => ({ outcome: 'committed' })),
        'results',
      )
      same(await store.load('t', 'case-1'), written.at(-1)?.state, 'state')
      same(
        await logOf(store, 'case-1'),
        written.flatMap((commit) => commit.entries),
        'log',
      )
      same((await logOf(store, 'case-1', 3)).map((entry) => entry.version)[0], 4, 'log after a version')
    },
  },
  {
    name: 'of two commits at one version exactly one wins',
    async check(store) {
      const [opening, next] = history('case-1')
      await store.commit([opening])
      const rival = { ...next, commandId: 'rival', commandHash: 'rival' }
      const results = await Promise.all([store.commit([next]), store.commit([rival])])
      same(
        results
          .flat()
          .map((result) => result.outcome)
          .sort(),
        ['committed', 'conflict'],
        'outcomes',
      )
      same((await logOf(store, 'case-1')).length, 2, 'length of the log')
    },
  },
  {
    name: 'a conflict says the version that is there, and writes nothing',
    async check(store) {
      const [opening, next, third] = history('case-1')
      await store.commit([opening, next])
      same(await store.commit([{ ...third, expectedVersion: 7 }]), [{ outcome: 'conflict', actual: 2 }], 'result')
      same((await store.load('t', 'case-1'))?.version, 2, 'version')
      same((await logOf(store, 'case-1')).length, 2, 'length of the log')
      same(await store.remembered('t', third.commandId), undefined, 'remembered')
    },
  },
  {
    name: 'a conflict in a batch fails one commit, not its neighbours',
    async check(store) {
      const [opening, next] = history('case-1')
      const [other] = history('case-2')
      const results = await store.commit([opening, { ...next, expectedVersion: 5 }, other])
      same(
        results.map((result) => result.outcome),
        ['committed', 'conflict', 'committed'],
        'outcomes',
      )
      same((await store.load('t', 'case-2'))?.version, 1, 'version of the neighbour')
    },
  },
  {
    name: 'a command id seen before returns its first receipt and writes nothing',
    async check(store) {
      const [opening, next] = history('case-1')
      await store.commit([opening, next])
      same(await store.commit([next]), [{ outcome: 'duplicate', receipt: next.receipt }], 'result')
      same((await logOf(store, 'case-1')).length, 2, 'length of the log')
      same(
        await store.remembered('t', next.commandId),
        { commandHash: next.commandHash, receipt: next.receipt },
        'remembered',
      )
    },
  },
  {
    name: 'a command id with another payload is refused',
    async check(store) {
      const [opening, next, third] = history('case-1')
      await store.commit([opening, next])
      const results = await store.commit([{ ...third, commandId: next.commandId }])
      same(results, [{ outcome: 'command-id-reused' }], 'result')
      same((await logOf(store, 'case-1')).length, 2, 'length of the log')
    },
  },
  {
    name: 'a command without a digest is not remembered',
    async check(store) {
      const [opening] = history('case-1')
      await store.commit([{ ...opening, commandHash: undefined }])
      same(await store.remembered('t', opening.commandId), undefined, 'remembered')
    },
  },
  {
    name: 'tenants do not see each other, even under the same ids',
    async check(store) {
      const [opening, next] = history('case-1')
      await store.commit([opening, { ...opening, tenant: 'other' }, next])
      same((await store.load('other', 'case-1'))?.version, 1, 'version of the other tenant')
      same((await store.load('t', 'case-1'))?.version, 2, 'version')
      same(await store.load('nobody', 'case-1'), undefined, 'a third tenant')
    },
  },
  {
    name: 'what a store hands out can be changed without changing the store',
    async check(store) {
      const [opening] = history('case-1')
      await store.commit([opening])
      const loaded = (await store.load('t', 'case-1')) as { state: string }
      Reflect.set(loaded, 'state', 'closed')
      for (const entry of await logOf(store, 'case-1')) Reflect.set(entry, 'to', 'closed')
      same((await store.load('t', 'case-1'))?.state, 'received', 'state')
      same((await logOf(store, 'case-1'))[0]?.to, 'received', 'log')
    },
  },
  {
    name: 'words in any script, of any length and with any quote come back as they went in',
    async check(store) {
      const words = `O'Neil said "no"; DROP TABLE redress_case; -- \\ \n\t 泣 😡 ${'x'.repeat(50_000)}`
      const [opening] = history('case-1')
      const entry = { ...opening.entries[0], command: { ...opening.entries[0]?.command, words } } as Entry
      await store.commit([{ ...opening, entries: [entry] }])
      same(await logOf(store, 'case-1'), [entry], 'log')
    },
  },
  {
    name: 'what falls due is claimed by its time, the oldest first, and replaced with the next commit',
    async check(store) {
      const [opening, next] = history('case-1')
      const [other] = history('case-2')
      const at = (day: number) => `2026-03-0${day}T09:00:00.000Z`
      await store.commit([
        { ...opening, deadlines: [{ name: 'own', due: at(5) }] },
        {
          ...other,
          deadlines: [
            { name: 'own', due: at(3) },
            { name: 'promise:p1', due: at(4) },
          ],
        },
        { ...other, tenant: 'other', deadlines: [{ name: 'own', due: at(2) }] },
      ])
      // Each claim is made long after the leases of those before it.
      let now = at(7)
      const due = async (by: string, limit = 10) => {
        now = now.replace(/^\d+/, (year) => String(Number(year) + 1))
        const claimed = await store.claimDue('t', { by, limit, now, until: now })
        return claimed.map((one) => `${one.caseId} ${one.name}`)
      }
      same(await due(at(5)), ['case-2 own', 'case-2 promise:p1', 'case-1 own'], 'what is due')
      same(await due(at(3)), ['case-2 own'], 'what is due by then, to the moment')
      same(await due(at(5), 1), ['case-2 own', 'case-2 promise:p1'], 'of no more cases than the limit, all that is due')
      await store.commit([{ ...next, deadlines: [{ name: 'first-contact', due: at(6) }] }])
      same(
        await due(at(7)),
        ['case-2 own', 'case-2 promise:p1', 'case-1 first-contact'],
        'what is due after the next commit',
      )
    },
  },
  {
    name: 'what one has claimed nobody else is given, until the lease is over or the case is committed',
    async check(store) {
      const [opening, next] = history('case-1')
      const [other] = history('case-2')
      const at = (minute: number) => `2026-03-05T09:0${minute}:00.000Z`
      const deadlines = [{ name: 'own', due: at(0) }]
      await store.commit([
        { ...opening, deadlines },
        { ...other, deadlines },
      ])
      const claim = async (now: string, limit = 10) => {
        const claimed = await store.claimDue('t', { by: at(9), limit, now, until: now.replace(/00\.000Z$/, '30.000Z') })
        return claimed.map(({ caseId }) => caseId).sort()
      }
      const both = await Promise.all([claim(at(1), 1), claim(at(1), 1)])
      same(both.flat().sort(), ['case-1', 'case-2'], 'two claims at once')
      same(await claim(at(1)), [], 'while they are leased')
      same(await claim(at(2)), ['case-1', 'case-2'], 'after the lease')
      await store.commit([{ ...next, deadlines }])
      same(await claim(at(2)), ['case-1'], 'after a commit')
    },
  },
  {
    name: 'cases are found by what ties them, within their tenant',
    async check(store) {
      const [opening, next] = history('case-1')
      const [other] = history('case-2')
      const ties = [{ kind: 'cause' as const, key: 'scale × dispatch × ' }]
      await store.commit([opening, { ...next, ties }, { ...other, ties }, { ...other, tenant: 'other', ties }])
      same(await store.tied('t', { kind: 'cause', key: 'scale × dispatch × ' }), ['case-1', 'case-2'], 'tied')
      same(await store.tied('t', { kind: 'incident', key: 'scale × dispatch × ' }), [], 'tied by something else')
    },
  },
  {
    name: 'tied cases come in the order in which they were opened, and a tie that is gone ties no more',
    async check(store) {
      const [first, next, third] = history('case-2')
      const [later, laterNext] = history('case-1', '2026-03-02T09:00:00.001Z')
      const tie = { kind: 'cause' as const, key: 'scale × dispatch × ' }
      const ties = [tie]
      await store.commit([
        { ...later, ties },
        { ...first, ties },
        { ...laterNext, ties },
        { ...next, ties },
      ])
      same(await store.tied('t', tie), ['case-2', 'case-1'], 'tied')
      await store.commit([{ ...third, ties: [{ kind: 'incident', key: 'case-0' }] }])
      same(await store.tied('t', tie), ['case-1'], 'tied after one was let go')
      same(await store.tied('t', { kind: 'incident', key: 'case-0' }), ['case-2'], 'tied anew')
    },
  },
  {
    name: 'older entries are rewritten with the commit that says so, and digests are forgotten',
    async check(store) {
      const [opening, next, third] = history('case-1')
      await store.commit([opening, next])
      const [entry] = opening.entries
      const redacted = [{ ...entry, command: { ...entry?.command, words: '[erased]' } }] as unknown as readonly Entry[]
      await store.commit([{ ...third, redacted }])
      const log = await logOf(store, 'case-1')
      same(log, [...redacted, ...next.entries, ...third.entries], 'log')
      same((await store.remembered('t', next.commandId))?.commandHash, '', 'digest')
      same(await store.commit([next]), [{ outcome: 'duplicate', receipt: next.receipt }], 'a repetition afterwards')
    },
  },
  {
    name: 'a commit that rests on another case takes place only while that one stands at its version',
    async check(store) {
      const [opening, next, third] = history('case-1')
      const [other, otherNext] = history('case-2')
      await store.commit([opening, other])
      const guards = [{ caseId: 'case-2', version: 1 }]
      same(await store.commit([{ ...next, guards }]), [{ outcome: 'committed' }], 'while it stands')
      await store.commit([otherNext])
      same(await store.commit([{ ...third, guards }]), [{ outcome: 'conflict', actual: 2 }], 'once it has gone on')
      same((await store.load('t', 'case-1'))?.version, 2, 'version')
    },
  },
  ...insightsConformance,
]

type Commits = readonly [Commit, Commit, Commit, ...Commit[]]

/** A whole recovery of one case, a commit a step. */
function history(caseId: string, at = EXAMPLE_START): Commits {
  const opening = { type: 'open', ...aComplaint, at } as const
  const opened = openedCase(pocock, caseId, opening)
  const commands = upTo(pocock).map((input) => ({ ...input, at })) as readonly AnyCommand[]
  const verdict = judgeAll(pocock, opened, commands)
  if (!verdict.accepted) throw new Error(verdict.refusal.sentence)
  const commit = (command: AnyCommand, from: Case['state'] | null, state: Case): Commit => {
    const { version } = state
    const commandId = `${caseId}-${version}`
    const entry: Entry = {
      caseId,
      version,
      protocol: state.protocol,
      machine: state.machine,
      commandId,
      command,
      from,
      to: state.state,
      recordedAt: at,
    }
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

async function logOf(store: Store, caseId: string, after?: number): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for await (const entry of store.log('t', caseId, after)) entries.push(entry)
  return entries
}
