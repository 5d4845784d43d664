import type { Case } from '../../machine/case.ts'
import type { ConformanceCase } from './clause.ts'
import { same } from './clause.ts'
import { history, logOf, outcomesOf, reworded } from './history.ts'

const LARGE_BATCH = 300

/** What goes in comes back, whole and as it was. */
export const writing: readonly ConformanceCase[] = [
  {
    name: 'a case that was never written is not there',
    requires: [],
    async check(store) {
      same(await store.load('t', 'nobody'), undefined, 'load')
      same(await logOf(store, 'nobody'), [], 'log')
      same(await store.remembered('t', 'nothing'), undefined, 'remembered')
    },
  },
  {
    name: 'what is committed is loaded and logged as it was written',
    requires: [],
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
    name: 'a batch of none writes nothing, and has no results',
    requires: [],
    async check(store) {
      same(await store.commit([]), [], 'results')
    },
  },
  {
    name: 'a batch of hundreds is written whole, with a result for each in its order',
    requires: [],
    async check(store) {
      const [opening] = history('case-1')
      // Every tenth is a conflict, so that a result in another's place shows.
      const batch = Array.from({ length: LARGE_BATCH }, (_, n) => ({
        ...opening,
        caseId: `case-${n}`,
        expectedVersion: n % 10 === 9 ? 1 : 0,
        entries: opening.entries.map((entry) => ({ ...entry, caseId: `case-${n}` })),
        state: { ...opening.state, caseId: `case-${n}` },
        commandId: `open-${n}`,
        receipt: { ...opening.receipt, caseId: `case-${n}` },
      }))
      const expected = batch.map((one) => (one.expectedVersion === 0 ? 'committed' : 'conflict'))
      same(outcomesOf(await store.commit(batch)), expected, 'outcomes')
      for (const n of [0, 9, LARGE_BATCH / 2, LARGE_BATCH - 2]) {
        const there = expected[n] === 'committed' ? `case-${n}` : undefined
        same((await store.load('t', `case-${n}`))?.caseId, there, `case ${n}`)
        same((await logOf(store, `case-${n}`))[0]?.caseId, there, `log of case ${n}`)
      }
    },
  },
  {
    name: 'several commits of one case in a batch follow each other, and each sees those before it',
    requires: [],
    async check(store) {
      const [opening, next, third] = history('case-1')
      const stale = { ...third, expectedVersion: 1, commandId: 'stale', commandHash: 'stale' }
      const results = await store.commit([opening, next, stale, next, third])
      same(outcomesOf(results), ['committed', 'committed', 'conflict', 'duplicate', 'committed'], 'outcomes')
      same(results[2], { outcome: 'conflict', actual: 2 }, 'the version that the conflict says')
      same(await store.load('t', 'case-1'), third.state, 'state')
      same(
        (await logOf(store, 'case-1')).map(({ version }) => version),
        [1, 2, 3],
        'versions of the log',
      )
    },
  },
  {
    name: 'a log of hundreds of entries is read whole and in order, after any version, and by several at once',
    requires: [],
    async check(store) {
      const [opening, next] = history('case-1')
      const entries = Array.from({ length: 449 }, (_, n) => ({ ...next.entries[0], version: n + 2 })) as never
      const state = { ...next.state, version: 450 }
      await store.commit([opening, { ...next, entries, state, receipt: { caseId: 'case-1', first: 2, last: 450 } }])
      const versionsAfter = async (after: number) => (await logOf(store, 'case-1', after)).map(({ version }) => version)
      const expectedAfter = (after: number) => Array.from({ length: 450 - after }, (_, n) => after + 1 + n)
      for (const after of [0, 1, 99, 100, 250, 449, 450]) {
        same(await versionsAfter(after), expectedAfter(after), `versions after ${after}`)
      }
      same(await versionsAfter(451), [], 'versions after one that is not there')
      // One who stops half-way leaves nothing behind that would disturb the next.
      for await (const { version } of store.log('t', 'case-1')) if (version === 150) break
      const both = await Promise.all([versionsAfter(0), versionsAfter(200)])
      same(both, [expectedAfter(0), expectedAfter(200)], 'two readers at once')
    },
  },
  {
    name: 'what a store hands out can be changed without changing the store',
    requires: [],
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
    requires: [],
    async check(store) {
      const words = `O'Neil said "no"; DROP TABLE redress_case; -- \\ \n\t 泣 😡 ${'x'.repeat(50_000)}`
      const [opening] = history('case-1')
      const entry = reworded(opening.entries[0], words)
      await store.commit([{ ...opening, entries: [entry] }])
      same(await logOf(store, 'case-1'), [entry], 'log')
    },
  },
  {
    name: 'every other JSON value that a desk lets through comes back as it went in',
    requires: [],
    async check(store) {
      // A desk refuses NUL characters and halves of characters; what looks like them is as good as any other text.
      const texts = ['', ' ', '\u0001\u001f\u007f', '\u2028\u2029\ufeff\ufffd\uffff', '\\u0000', '\\ud800', 'e\u0301']
      const numbers = [0, -1, 0.1, 0.1 + 0.2, 5e-324, 1.7976931348623157e308, 2 ** 53 - 1, 1e21]
      const names = { '': 1, ' ': 2, constructor: 3, 'a.b': 4, $ref: 5, toJSON: 6, null: 7, É: 8, 'E\u0301': 9, 0: 10 }
      const nested = Array.from({ length: 18 }).reduce((inner) => [inner], 'innermost')
      const everything = {
        texts,
        numbers,
        names,
        nested,
        empty: [[], {}, null, false],
        day: '2026-03-02T09:00:00.000Z',
      }
      const [opening] = history('case-1')
      const entry = reworded(opening.entries[0], everything)
      const state = { ...opening.state, facts: { ...opening.state.facts, everything } } as Case
      await store.commit([{ ...opening, entries: [entry], state }])
      same(await logOf(store, 'case-1'), [entry], 'log')
      same(await store.load('t', 'case-1'), state, 'state')
    },
  },
]
