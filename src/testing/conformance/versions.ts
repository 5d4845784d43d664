import type { ConformanceCase } from './clause.ts'
import { same } from './clause.ts'
import { claimedBy, history, logOf, outcomesOf, reworded, rivalOf } from './history.ts'

/** Compare-and-set: a write takes place at the version that it expects, or not at all. */
export const versions: readonly ConformanceCase[] = [
  {
    name: 'of two commits at one version exactly one wins',
    requires: [],
    async check(store) {
      const [opening, next] = history('case-1')
      await store.commit([opening])
      const results = await Promise.all([store.commit([next]), store.commit([rivalOf(next)])])
      same([...outcomesOf(results)].sort(), ['committed', 'conflict'], 'outcomes')
      same((await logOf(store, 'case-1')).length, 2, 'length of the log')
    },
  },
  {
    name: 'of many that open a case under one id exactly one does',
    requires: [],
    async check(store) {
      const [opening] = history('case-1')
      const rivals = Array.from({ length: 8 }, (_, n) => rivalOf(opening, `rival-${n}`))
      const results = await Promise.all(rivals.map((one) => store.commit([one])))
      const lost = Array.from({ length: 7 }, () => 'conflict')
      same([...outcomesOf(results)].sort(), ['committed', ...lost], 'outcomes')
      same((await logOf(store, 'case-1')).length, 1, 'length of the log')
    },
  },
  {
    name: 'a conflict says the version that is there, and writes nothing',
    requires: [],
    async check(store) {
      const [opening, next, third] = history('case-1')
      const [other] = history('case-2')
      const at = '2026-03-05T09:00:00.000Z'
      await store.commit([opening, next])
      const late = {
        ...third,
        expectedVersion: 7,
        deadlines: [{ name: 'own', due: at }],
        ties: [{ kind: 'incident' as const, key: 'case-0' }],
        redacted: [reworded(opening.entries[0], '[erased]')],
      }
      same(await store.commit([late]), [{ outcome: 'conflict', actual: 2 }], 'result')
      same((await store.load('t', 'case-1'))?.version, 2, 'version')
      same(await logOf(store, 'case-1'), [...opening.entries, ...next.entries], 'log')
      same(await store.remembered('t', third.commandId), undefined, 'remembered')
      same((await store.remembered('t', next.commandId))?.commandHash, next.commandHash, 'digest')
      same(await claimedBy(store, at, at, at), [], 'due')
      same(await store.tied('t', { kind: 'incident', key: 'case-0' }), [], 'tied')
      same(
        await store.commit([{ ...other, expectedVersion: 1 }]),
        [{ outcome: 'conflict', actual: 0 }],
        'without a case',
      )
      same(await store.load('t', 'case-2'), undefined, 'a case that was not opened')
    },
  },
  {
    name: 'a conflict in a batch fails one commit, not its neighbours',
    requires: [],
    async check(store) {
      const [opening, next] = history('case-1')
      const [other] = history('case-2')
      const results = await store.commit([opening, { ...next, expectedVersion: 5 }, other])
      same(outcomesOf(results), ['committed', 'conflict', 'committed'], 'outcomes')
      same((await store.load('t', 'case-2'))?.version, 1, 'version of the neighbour')
    },
  },
  {
    name: 'a commit that rests on another case takes place only while that one stands at its version',
    requires: [],
    async check(store) {
      const [opening, next, third] = history('case-1')
      const [other, otherNext] = history('case-2')
      await store.commit([opening, other, { ...other, tenant: 'other' }])
      const guards = [{ caseId: 'case-2', version: 1 }]
      same(await store.commit([{ ...next, guards }]), [{ outcome: 'committed' }], 'while it stands')
      // The other tenant's case of that id still stands at that version.
      await store.commit([otherNext])
      same(await store.commit([{ ...third, guards }]), [{ outcome: 'conflict', actual: 2 }], 'once it has gone on')
      same((await store.load('t', 'case-1'))?.version, 2, 'version')
    },
  },
  {
    name: 'of two commits that rest on each other’s case exactly one wins',
    requires: [],
    async check(store) {
      const [opening, next] = history('case-1')
      const [other, otherNext] = history('case-2')
      await store.commit([opening, other])
      const results = await Promise.all([
        store.commit([{ ...next, guards: [{ caseId: 'case-2', version: 1 }] }]),
        store.commit([{ ...otherNext, guards: [{ caseId: 'case-1', version: 1 }] }]),
      ])
      same([...outcomesOf(results)].sort(), ['committed', 'conflict'], 'outcomes')
    },
  },
]
