import type { Case, Commit, CommitResult, Id, Insights, InsightsAsked, Store } from 'redress'
import { brokenHandles, type Fault, guardedEarlier } from './broken-handles.ts'
import { brokenLanes } from './broken-lanes.ts'

/** Stores that each break one clause: a clause that no store here can fail would prove nothing. */
export const broken: Readonly<Record<string, Fault>> = {
  'a case that was never written is not there': (store) => ({
    load: async (tenant, id) => (await store.load(tenant, id)) ?? ({} as never),
  }),
  'what is committed is loaded and logged as it was written': (store) => ({
    commit: (batch) => store.commit(batch.map((one) => ({ ...one, entries: [] }))),
  }),
  'a commit that rests on another case takes place only while that one stands at its version': (store) => ({
    commit: (batch) => store.commit(batch.map(({ guards: _, ...one }) => one)),
  }),
  'of two commits at one version exactly one wins': (store) => ({ commit: (batch) => blindly(store, batch) }),
  'a conflict says the version that is there, and writes nothing': (store) => ({
    commit: async (batch) =>
      (await store.commit(batch)).map((one) => (one.outcome === 'conflict' ? { ...one, actual: 0 } : one)),
  }),
  'a conflict in a batch fails one commit, not its neighbours': (store) => ({
    async commit(batch) {
      const results = []
      for (const one of batch) {
        const [result] = await store.commit([one])
        if (result === undefined || result.outcome === 'conflict')
          return batch.map(() => ({ outcome: 'conflict', actual: 0 }))
        results.push(result)
      }
      return results
    },
  }),
  'a command id seen before returns its first receipt and writes nothing': (store) => ({
    commit: (batch) => store.commit(batch.map((one) => ({ ...one, commandId: crypto.randomUUID() }))),
  }),
  'a command id with another payload is refused': (store) => ({
    commit: (batch) => store.commit(batch.map((one) => ({ ...one, commandHash: 'always the same' }))),
  }),
  'a command without a digest is not remembered': (store) => ({
    commit: (batch) => store.commit(batch.map((one) => ({ ...one, commandHash: one.commandHash ?? 'made up' }))),
  }),
  'tenants do not see each other, even under the same ids': (store) => ({
    load: (_, id) => store.load('t', id),
    commit: (batch) => store.commit(batch.map((one) => ({ ...one, tenant: 't' }))),
  }),
  'what a store hands out can be changed without changing the store': (store) => {
    const handed = new Map<string, Awaited<ReturnType<Store['load']>>>()
    return {
      async load(tenant, id) {
        const kept = handed.get(id) ?? structuredClone(await store.load(tenant, id))
        handed.set(id, kept)
        return kept
      },
    }
  },
  'words in any script, of any length and with any quote come back as they went in': (store) => ({
    commit: (batch) => store.commit(JSON.parse(JSON.stringify(batch).replaceAll("'", "''"))),
  }),
  'what falls due is claimed by its time, the oldest first, and replaced with the next commit': (store) => ({
    claimDue: async (tenant, claim) => (await store.claimDue(tenant, claim)).toReversed(),
  }),
  'what one has claimed nobody else is given, until the lease is over or the case is committed': (store) => ({
    claimDue: (tenant, claim) => store.claimDue(tenant, { ...claim, until: claim.now }),
  }),
  'cases are found by what ties them, within their tenant': (store) => ({
    tied: async (tenant, { key }) => [
      ...(await store.tied(tenant, { kind: 'cause', key })),
      ...(await store.tied(tenant, { kind: 'incident', key })),
    ],
  }),
  'older entries are rewritten with the commit that says so, and digests are forgotten': (store) => ({
    commit: (batch) => store.commit(batch.map(({ redacted: _, ...one }) => one)),
  }),
  'tied cases come in the order in which they were opened, and a tie that is gone ties no more': (store) => ({
    tied: async (tenant, tie) => (await store.tied(tenant, tie)).toSorted(),
  }),
  'a change did not hold when a case of its cause was opened later, unless that is part of an incident': (store) => ({
    commit: (batch) =>
      store.commit(batch.map((one) => ({ ...one, ties: one.ties?.filter(({ kind }) => kind !== 'incident') }))),
  }),
  'the report is on the complaints that were opened in its period, and counts refusals by their own time': (store) => ({
    insights: (tenant, asked) => reportOf(store, tenant, { ...asked, to: aMomentAfter(asked.to) }),
  }),
  'the report on nothing is one of zeros': (store) => ({
    insights: async (tenant, asked) => ({ ...(await reportOf(store, tenant, asked)), praise: null as never }),
  }),
  'the report says how long it took: the first time of each, the middle of all, the mean of two in the middle': (
    store,
  ) => ({
    insights: (tenant, { from, to }) => reportOf(store, tenant, { from, to, resolvedByDelivery: [] }),
  }),
  'the report counts promises, failures, hand-offs, waivers, spend and praise': (store) => ({
    async insights(tenant, asked) {
      const report = await reportOf(store, tenant, asked)
      return { ...report, promises: { ...report.promises, moved: report.promises.moved + 1 } }
    },
  }),
  'the report says of each cause what was changed, when, and whether it held': (store) => ({
    commit: (batch) =>
      store.commit(batch.map((one) => ({ ...one, ties: one.ties?.map(({ kind, key }) => ({ kind, key })) }))),
  }),
  'a batch of none writes nothing, and has no results': (store) => ({
    commit: async (batch) => (batch.length === 0 ? [{ outcome: 'committed' }] : store.commit(batch)),
  }),
  'a batch of hundreds is written whole, with a result for each in its order': (store) => ({
    commit: async (batch) => (await store.commit(batch)).toReversed(),
  }),
  'several commits of one case in a batch follow each other, and each sees those before it': (store) => ({
    async commit(batch) {
      // As a store does that reads every version first, and writes afterwards.
      const before = await Promise.all(batch.map(({ tenant, caseId }) => store.load(tenant, caseId)))
      const fits = batch.filter((one, index) => one.expectedVersion === (before[index]?.version ?? 0))
      const results = await store.commit(fits)
      return batch.map(
        (one, index) => results[fits.indexOf(one)] ?? { outcome: 'conflict', actual: before[index]?.version ?? 0 },
      )
    },
  }),
  'a log of hundreds of entries is read whole and in order, after any version, and by several at once': (store) => ({
    async *log(tenant, id, after) {
      let left = 100
      for await (const entry of store.log(tenant, id, after)) if (left-- > 0) yield entry
    },
  }),
  'every other JSON value that a desk lets through comes back as it went in': (store) => ({
    commit: (batch) => store.commit(JSON.parse(JSON.stringify(batch).normalize())),
  }),
  'of many that open a case under one id exactly one does': (store) => ({
    commit: (batch) => (batch[0]?.expectedVersion === 0 ? blindly(store, batch) : store.commit(batch)),
  }),
  'of two commits that rest on each other’s case exactly one wins': (store) => ({
    commit: (batch) => guardedEarlier(store, batch),
  }),
  'of the same command sent twice at once one is written, and the other told so': (store) => ({
    async commit(batch) {
      const [commit] = batch
      const seen = commit && (await store.remembered(commit.tenant, commit.commandId))
      return store.commit(batch.map((one) => (seen ? one : { ...one, commandId: crypto.randomUUID() })))
    },
  }),
  'ids that differ in a letter’s case, its accents, a blank or their last character are different': (store) =>
    underOtherKeys(store, { caseId: (id) => id.normalize('NFC') }),
  'tenants that differ only in such things are different, too': (store) =>
    underOtherKeys(store, { tenant: (id) => id.toLowerCase() }),
  'ties that a commit leaves out stay as they were': (store) => ({
    commit: (batch) => store.commit(batch.map((one) => ({ ...one, ties: one.ties ?? [] }))),
  }),
  'every key that ties a case is listed once, in order, within its kind and its tenant': (store) => ({
    keys: async (tenant, kind) => (await store.keys(tenant, kind)).flatMap((key) => [key, key]),
  }),
  'a mark ties a case, touches nothing else of it, and goes with the next commit that brings ties': () => ({
    mark: async () => {},
  }),
  'cases are found by what boards list them by, each narrowing what the others leave': (store) => ({
    find: (tenant, { openedTo: _, ...asked }) => store.find(tenant, asked),
  }),
  'found cases come page by page in the order in which they were opened, then by id, either way round': (store) => ({
    // Goes on after the moment, and loses who was opened at the same.
    find: async (tenant, { after, ...asked }) => {
      const all = await store.find(tenant, { ...asked, limit: 100 })
      const openedAt = (one: Case) => one.facts.openedAt ?? ''
      const rest = all.filter(
        (one) =>
          after === undefined || (asked.newestFirst ? openedAt(one) < after.openedAt : openedAt(one) > after.openedAt),
      )
      return rest.slice(0, asked.limit)
    },
  }),
  'a claim changes no case': (store) => ({
    async claimDue(tenant, claim) {
      const claimed = await store.claimDue(tenant, claim)
      for (const { caseId } of claimed) {
        const found = (await store.load(tenant, caseId)) as Case
        const listing = { phase: 'received', openedAt: '' } as const
        const state = { ...found, version: found.version + 1 }
        const entries: never[] = []
        const { version: expectedVersion } = found
        const receipt = { caseId, first: 1, last: 1 }
        const written = {
          tenant,
          caseId,
          expectedVersion,
          entries,
          state,
          receipt,
          commandId: 'x',
          deadlines: [],
          listing,
          ties: [],
        }
        await store.commit([{ ...written, commandHash: undefined }])
      }
      return claimed
    },
  }),
  'keys of ties that differ in a letter’s case, its accents or a blank at their end are different': (store) => ({
    tied: (tenant, { kind, key }) => store.tied(tenant, { kind, key: key.trimEnd() }),
    commit: (batch) =>
      store.commit(
        batch.map((one) => ({ ...one, ties: one.ties?.map((tie) => ({ ...tie, key: tie.key.trimEnd() })) })),
      ),
  }),
  'an erasure leaves other cases, and other tenants’ cases of that id, as they were': (store) => {
    const erased = new Set<string>()
    return {
      commit(batch) {
        for (const one of batch) if (one.redacted !== undefined) erased.add(one.caseId)
        return store.commit(batch)
      },
      async *log(tenant, id, after) {
        for await (const entry of store.log(tenant, id, after))
          yield erased.has(id) ? ({ ...entry, command: {} } as never) : entry
      },
    }
  },
  ...brokenHandles,
  ...brokenLanes,
}

const aMomentAfter = (instant: string) => new Date(Date.parse(instant) + 1).toISOString()

const reportOf = (store: Store, tenant: string, asked: InsightsAsked): Promise<Insights> =>
  store.insights?.(tenant, asked) as Promise<Insights>

/** Writes without comparing versions, as a store does that only inserts. */
async function blindly(store: Store, batch: readonly Commit[]): Promise<readonly CommitResult[]> {
  const [result] = await store.commit(batch)
  if (result?.outcome !== 'conflict') return [result as CommitResult]
  return store.commit(batch.map((one) => ({ ...one, expectedVersion: result.actual })))
}

/** Takes ids for one another, as a database does whose collation is not binary. */
function underOtherKeys(
  store: Store,
  { tenant: tenantOf = (id) => id, caseId: idOf = (id) => id }: Partial<Record<'tenant' | 'caseId', (id: Id) => Id>>,
): Partial<Store> {
  return {
    load: (tenant, id) => store.load(tenantOf(tenant), idOf(id)),
    log: (tenant, id, after) => store.log(tenantOf(tenant), idOf(id), after),
    remembered: (tenant, id) => store.remembered(tenantOf(tenant), id),
    commit: (batch) =>
      store.commit(batch.map((one) => ({ ...one, tenant: tenantOf(one.tenant), caseId: idOf(one.caseId) }))),
  }
}
