import type { Store } from '../../stores/store.ts'
import type { ConformanceCase } from './clause.ts'
import { same } from './clause.ts'
import { claimedBy, history, logOf, outcomesOf, reworded, rivalOf } from './history.ts'

const at = (minute: number) => `2026-03-05T09:0${minute}:00.000Z`
const incident = { kind: 'incident' as const, key: 'case-0' }

/** What a store holds of a case, asked in every way. */
const heldBy = async (store: Store, commandId: string) => ({
  state: await store.load('t', 'case-1'),
  log: await logOf(store, 'case-1'),
  remembered: await store.remembered('t', commandId),
  tied: await store.tied('t', incident),
  due: await claimedBy(store, at(1), at(1), at(1)),
})

/** Data that outlives a handle, and handles that share it. */
export const handles: readonly ConformanceCase[] = [
  {
    name: 'what was committed is there when the store is opened again, and goes on from there',
    requires: ['durable'],
    async check(store, trial) {
      const [opening, next, third] = history('case-1')
      const tied = { ties: [incident], deadlines: [{ name: 'own', due: at(1) }] }
      await store.commit([opening, { ...next, ...tied }])
      const again = await trial.reopen()
      same(
        await heldBy(again, next.commandId),
        {
          state: next.state,
          log: [...opening.entries, ...next.entries],
          remembered: { commandHash: next.commandHash, receipt: next.receipt },
          tied: ['case-1'],
          due: ['case-1'],
        },
        'what is held',
      )
      const results = await again.commit([next, rivalOf(next), third])
      same(outcomesOf(results), ['duplicate', 'conflict', 'committed'], 'outcomes')
    },
  },
  {
    name: 'what was erased is erased when the store is opened again',
    requires: ['durable'],
    async check(store, trial) {
      const [opening, next] = history('case-1')
      const redacted = [reworded(opening.entries[0], '[erased]')]
      await store.commit([opening])
      await store.commit([{ ...next, redacted }])
      const again = await trial.reopen()
      same(await logOf(again, 'case-1'), [...redacted, ...next.entries], 'log')
      same((await again.remembered('t', opening.commandId))?.commandHash, '', 'digest')
    },
  },
  {
    name: 'what one handle commits every other one sees, and goes on from there',
    requires: ['shared'],
    async check(store, trial) {
      const other = await trial.another()
      const [opening, next, third] = history('case-1')
      const tied = { ties: [incident], deadlines: [{ name: 'own', due: at(1) }] }
      same(await other.load('t', 'case-1'), undefined, 'before')
      await store.commit([opening])
      await other.commit([{ ...next, ...tied }])
      for (const one of [store, other]) {
        same((await one.load('t', 'case-1'))?.version, 2, 'version')
        same((await logOf(one, 'case-1')).length, 2, 'length of the log')
        same((await one.remembered('t', next.commandId))?.receipt, next.receipt, 'receipt')
        same(await one.tied('t', incident), ['case-1'], 'tied')
      }
      same(outcomesOf(await store.commit([next, third])), ['duplicate', 'committed'], 'outcomes')
    },
  },
  {
    name: 'of many writers on two handles exactly one wins each version',
    requires: ['shared'],
    async check(store, trial) {
      const other = await trial.another()
      const steps = history('case-1')
      for (const step of steps) {
        const results = await Promise.all(
          Array.from({ length: 6 }, (_, n) => (n % 2 === 0 ? store : other).commit([rivalOf(step, `rival-${n}`)])),
        )
        const won = outcomesOf(results).filter((outcome) => outcome === 'committed')
        same(won.length, 1, `how many won version ${step.state.version}`)
        same([...new Set(outcomesOf(results))].sort(), ['committed', 'conflict'], 'outcomes')
      }
      same(
        (await logOf(store, 'case-1')).map(({ version }) => version),
        steps.map((_, index) => index + 1),
        'versions of the log',
      )
    },
  },
  {
    name: 'of two commits that rest on each other’s case, on two handles, exactly one wins',
    requires: ['shared'],
    async check(store, trial) {
      const other = await trial.another()
      for (let round = 0; round < 4; round++) {
        const [one, two] = [`case-${round}-1`, `case-${round}-2`]
        const [opening, next] = history(one)
        const [otherOpening, otherNext] = history(two)
        await store.commit([opening, otherOpening])
        const results = await Promise.all([
          store.commit([{ ...next, guards: [{ caseId: two, version: 1 }] }]),
          other.commit([{ ...otherNext, guards: [{ caseId: one, version: 1 }] }]),
        ])
        same([...outcomesOf(results)].sort(), ['committed', 'conflict'], 'outcomes')
      }
    },
  },
  {
    name: 'the same command on two handles is written once, and told twice',
    requires: ['shared'],
    async check(store, trial) {
      const other = await trial.another()
      for (const step of history('case-1')) {
        const results = await Promise.all([store.commit([step]), other.commit([step])])
        same([...outcomesOf(results)].sort(), ['committed', 'duplicate'], 'outcomes')
      }
    },
  },
  {
    name: 'what is claimed through one handle no other is given, and a case is claimed by one alone',
    requires: ['shared'],
    async check(store, trial) {
      const other = await trial.another()
      const deadlines = [{ name: 'own', due: at(0) }]
      const ids = Array.from({ length: 12 }, (_, n) => `case-${n}`).sort()
      await store.commit(ids.map((id) => ({ ...history(id)[0], deadlines })))
      const claim = async (one: Store) => {
        const claimed = await one.claimDue('t', { by: at(1), limit: 4, now: at(1), until: at(2) })
        return claimed.map(({ caseId }) => caseId)
      }
      const claims = await Promise.all([store, other, store, other].map(claim))
      // Who comes at the same moment may be given less than there is; nobody is given what another has.
      const claimed = [
        ...claims.flat(),
        ...(await claim(store)),
        ...(await claim(other)),
        ...(await claim(store)),
      ].sort()
      same(claimed, ids, 'what is claimed')
      same([await claim(store), await claim(other)], [[], []], 'while all are leased')
    },
  },
]
