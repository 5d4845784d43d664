import type { Case, Commit, CommitResult, Id, Store } from 'redress'

/** What is wrong with a store: the calls that it answers otherwise. Handles on the same data are numbered from 1. */
export type Fault = (store: Store, handle: number) => Partial<Store>

/** Stores that break what holds across handles, openings and transactions. */
export const brokenHandles: Readonly<Record<string, Fault>> = {
  'what was committed is there when the store is opened again, and goes on from there': (store, handle) => ({
    // The ties are kept in the memory of the process alone.
    tied: async (tenant, tie) => (handle === 1 ? store.tied(tenant, tie) : []),
  }),
  'what was erased is erased when the store is opened again': (store, handle) => ({
    remembered: async (tenant, id) => {
      const found = await store.remembered(tenant, id)
      return handle === 1 ? found : found && { ...found, commandHash: '#restored' }
    },
  }),
  'what one handle commits every other one sees, and goes on from there': (store) => {
    // Remembers what it has read, as if it were alone.
    const known = new Map<string, Case | undefined>()
    return {
      async load(tenant, id) {
        if (!known.has(id)) known.set(id, await store.load(tenant, id))
        return known.get(id)
      },
    }
  },
  'of many writers on two handles exactly one wins each version': (store) => ({
    // The loser is told that it won.
    commit: async (batch) =>
      (await store.commit(batch)).map((one) => (one.outcome === 'conflict' ? { outcome: 'committed' } : one)),
  }),
  'of two commits that rest on each other’s case, on two handles, exactly one wins': (store) => ({
    commit: (batch) => guardedEarlier(store, batch),
  }),
  'the same command on two handles is written once, and told twice': (store, handle) => ({
    commit: (batch) => store.commit(batch.map((one) => ({ ...one, commandId: `${handle}-${one.commandId}` }))),
  }),
  'what is claimed through one handle no other is given, and a case is claimed by one alone': (store) => {
    const mine = new Set<string>()
    return {
      async claimDue(tenant, claim) {
        // Leases that only the handle itself knows.
        const due = await store.claimDue(tenant, { ...claim, limit: 100, until: claim.now })
        const claimed = due.filter(({ caseId }) => !mine.has(caseId)).slice(0, claim.limit)
        for (const { caseId } of claimed) mine.add(caseId)
        return claimed
      },
    }
  },
  'what is written within a transaction of the host’s is read there, and stays once it is committed': (store) => ({
    within: (tx) => ({ ...within(store, tx), load: async () => undefined }),
  }),
  'nothing is left of what the host rolls back': (store) => ({
    // Notes what was asked for beside the transaction.
    within: (tx) => {
      const inside = within(store, tx)
      return {
        ...inside,
        async commit(batch) {
          const results = await inside.commit(batch)
          escaped.push(...batch)
          return results
        },
      }
    },
    remembered: async (tenant, id) => {
      const { commandHash, receipt } = escaped.find(({ commandId }) => commandId === id) ?? {}
      return commandHash === undefined || receipt === undefined
        ? store.remembered(tenant, id)
        : { commandHash, receipt }
    },
  }),
  'a conflict and a repetition leave the host’s transaction fit to go on': (store) => ({
    within: (tx) => {
      const inside = within(store, tx)
      let isSpoilt = false
      return {
        ...inside,
        async commit(batch) {
          if (isSpoilt) throw new Error('current transaction is aborted')
          const results = await inside.commit(batch)
          isSpoilt = results.some(({ outcome }) => outcome !== 'committed')
          return results
        },
      }
    },
  }),
  'what the host has not committed yet no other handle sees': (store) => ({
    load: async (tenant, id) => unfinished.get(id) ?? store.load(tenant, id),
    within: (tx) => {
      const inside = within(store, tx)
      return {
        ...inside,
        commit(batch) {
          for (const { caseId, state } of batch) unfinished.set(caseId, state)
          return inside.commit(batch)
        },
      }
    },
  }),
  'what is no transaction is refused at once': (store) => ({
    within: (tx) => (typeof tx === 'object' && tx !== null ? within(store, tx) : store),
  }),
}

/** What faults that cross handles leave behind, as a server would. */
const escaped: Commit[] = []
const unfinished = new Map<Id, Case>()

const within = (store: Store, tx: unknown): Store => store.within?.(tx) as Store

/** Looks at what a commit rests on, and writes when that may have changed. */
export async function guardedEarlier(store: Store, batch: readonly Commit[]): Promise<readonly CommitResult[]> {
  for (const { tenant, guards = [] } of batch) {
    for (const { caseId, version } of guards) {
      const found = await store.load(tenant, caseId)
      if (found?.version !== version) return [{ outcome: 'conflict', actual: found?.version ?? 0 }]
    }
  }
  await new Promise((resume) => setTimeout(resume, 5))
  return store.commit(batch.map(({ guards: _, ...one }) => one))
}
