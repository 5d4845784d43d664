import { type Commit, type CommitResult, memoryStore, type Store } from 'redress'
import { sqliteStore } from 'redress/sqlite'
import { storeConformance } from 'redress/testing'
import { describe, expect, it } from 'vitest'

const stores = { memory: memoryStore, 'node:sqlite in memory': () => sqliteStore(':memory:') }

for (const [store, open] of Object.entries(stores)) {
  describe(`the store ${store}`, () => {
    for (const { name, check } of storeConformance) {
      it(`keeps the contract: ${name}`, async () => {
        const fresh = open()
        await check(fresh)
        await fresh.close()
      })
    }
  })
}

/** Stores that each break one clause: a clause that no store here can fail would prove nothing. */
const broken: Readonly<Record<string, (store: Store) => Partial<Store>>> = {
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
    insights: (tenant, asked) => store.insights(tenant, { ...asked, to: aMomentAfter(asked.to) }),
  }),
  'the report on nothing is one of zeros': (store) => ({
    insights: async (tenant, asked) => ({ ...(await store.insights(tenant, asked)), praise: null as never }),
  }),
  'the report says how long it took: the first time of each, the middle of all, the mean of two in the middle': (
    store,
  ) => ({
    insights: (tenant, { from, to }) => store.insights(tenant, { from, to, resolvedByDelivery: [] }),
  }),
  'the report counts promises, failures, hand-offs, waivers, spend and praise': (store) => ({
    async insights(tenant, asked) {
      const report = await store.insights(tenant, asked)
      return { ...report, promises: { ...report.promises, moved: report.promises.moved + 1 } }
    },
  }),
  'the report says of each cause what was changed, when, and whether it held': (store) => ({
    commit: (batch) =>
      store.commit(batch.map((one) => ({ ...one, ties: one.ties?.map(({ kind, key }) => ({ kind, key })) }))),
  }),
}

const aMomentAfter = (instant: string) => new Date(Date.parse(instant) + 1).toISOString()

/** Writes without comparing versions, as a store does that only inserts. */
async function blindly(store: Store, batch: readonly Commit[]): Promise<readonly CommitResult[]> {
  const [result] = await store.commit(batch)
  if (result?.outcome !== 'conflict') return [result as CommitResult]
  return store.commit(batch.map((one) => ({ ...one, expectedVersion: result.actual })))
}

describe('a clause of the contract finds out a store that breaks it', () => {
  for (const { name, check } of storeConformance) {
    it(name, async () => {
      const store = memoryStore()
      await expect(check({ ...store, ...broken[name]?.(store) })).rejects.toThrow()
    })
  }
})
