import type { Store } from '../../stores/store.ts'
import type { ConformanceCase } from './clause.ts'
import { same } from './clause.ts'
import { claimedBy, history, logOf, outcomesOf, rivalOf } from './history.ts'

const at = '2026-03-05T09:00:00.000Z'
const incident = { kind: 'incident' as const, key: 'case-0' }

/** A transaction of the host's: its rows and the case together, or neither. */
export const transactions: readonly ConformanceCase[] = [
  {
    name: 'what is written within a transaction of the host’s is read there, and stays once it is committed',
    requires: ['transactions'],
    async check(store, trial) {
      const [opening, next, third] = history('case-1')
      await store.commit([opening])
      await trial.transaction(async (tx) => {
        const within = storeWithin(store, tx)
        same(outcomesOf(await within.commit([next])), ['committed'], 'outcomes')
        same((await within.load('t', 'case-1'))?.version, 2, 'version within')
        same((await logOf(within, 'case-1')).length, 2, 'length of the log within')
      })
      same(await store.load('t', 'case-1'), next.state, 'state')
      same(await logOf(store, 'case-1'), [...opening.entries, ...next.entries], 'log')
      same(outcomesOf(await store.commit([next, third])), ['duplicate', 'committed'], 'outcomes afterwards')
    },
  },
  {
    name: 'nothing is left of what the host rolls back',
    requires: ['transactions'],
    async check(store, trial) {
      const [opening, next] = history('case-1')
      const [other] = history('case-2')
      const change = new Error('The host thinks better of it.')
      await store.commit([opening])
      await trial
        .transaction(async (tx) => {
          const tied = { ties: [incident], deadlines: [{ name: 'own', due: at }] }
          const results = await storeWithin(store, tx).commit([{ ...next, ...tied }, other])
          same(outcomesOf(results), ['committed', 'committed'], 'outcomes within')
          throw change
        })
        .catch((error: unknown) => {
          if (error !== change) throw error
        })
      same(await store.load('t', 'case-1'), opening.state, 'state')
      same((await logOf(store, 'case-1')).length, 1, 'length of the log')
      same(await store.load('t', 'case-2'), undefined, 'the other case')
      same(await store.remembered('t', next.commandId), undefined, 'remembered')
      same(await store.tied('t', incident), [], 'tied')
      same(await claimedBy(store, at, at, at), [], 'due')
      same(outcomesOf(await store.commit([next])), ['committed'], 'outcomes afterwards')
    },
  },
  {
    name: 'a conflict and a repetition leave the host’s transaction fit to go on',
    requires: ['transactions'],
    async check(store, trial) {
      const [opening, next, third] = history('case-1')
      await store.commit([opening, next])
      await trial.transaction(async (tx) => {
        const within = storeWithin(store, tx)
        const results = await within.commit([rivalOf(next), next, { ...third, commandId: next.commandId }])
        same(outcomesOf(results), ['conflict', 'duplicate', 'command-id-reused'], 'outcomes')
        same(outcomesOf(await within.commit([third])), ['committed'], 'outcome')
      })
      same((await store.load('t', 'case-1'))?.version, 3, 'version')
    },
  },
  {
    name: 'what the host has not committed yet no other handle sees',
    requires: ['transactions', 'shared'],
    async check(store, trial) {
      const other = await trial.another()
      const [opening, next] = history('case-1')
      await store.commit([opening])
      await trial.transaction(async (tx) => {
        await storeWithin(store, tx).commit([next])
        same((await other.load('t', 'case-1'))?.version, 1, 'version outside')
      })
      same((await other.load('t', 'case-1'))?.version, 2, 'version afterwards')
    },
  },
  {
    name: 'what is no transaction is refused at once',
    requires: ['transactions'],
    async check(store) {
      for (const tx of [undefined, null, 7, 'BEGIN', {}]) {
        let refused = false
        try {
          storeWithin(store, tx)
        } catch {
          refused = true
        }
        same(refused, true, `refused: ${JSON.stringify(tx) ?? 'nothing'}`)
      }
    },
  },
]

function storeWithin(store: Store, tx: unknown): Store {
  const within = store.within?.(tx)
  if (within === undefined) throw new Error('The store has no `within`.')
  return within
}
