import type { ConformanceCase } from './clause.ts'
import { same } from './clause.ts'
import { history, logOf, outcomesOf } from './history.ts'

/** Idempotency: what is sent again under its id does nothing twice. */
export const repetitions: readonly ConformanceCase[] = [
  {
    name: 'a command id seen before returns its first receipt and writes nothing',
    requires: [],
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
    name: 'of the same command sent twice at once one is written, and the other told so',
    requires: [],
    async check(store) {
      const [opening, next] = history('case-1')
      await store.commit([opening])
      const results = await Promise.all([store.commit([next]), store.commit([next])])
      same([...outcomesOf(results)].sort(), ['committed', 'duplicate'], 'outcomes')
      same((await logOf(store, 'case-1')).length, 2, 'length of the log')
    },
  },
  {
    name: 'a command id with another payload is refused',
    requires: [],
    async check(store) {
      const [opening, next, third] = history('case-1')
      const [other] = history('case-2')
      await store.commit([opening, next])
      const results = await store.commit([{ ...third, commandId: next.commandId }])
      same(results, [{ outcome: 'command-id-reused' }], 'result')
      same((await logOf(store, 'case-1')).length, 2, 'length of the log')
      const elsewhere = await store.commit([{ ...other, commandId: next.commandId }])
      same(elsewhere, [{ outcome: 'command-id-reused' }], 'result in another case')
      same(await store.load('t', 'case-2'), undefined, 'the other case')
    },
  },
  {
    name: 'a command without a digest is not remembered',
    requires: [],
    async check(store) {
      const [opening] = history('case-1')
      await store.commit([{ ...opening, commandHash: undefined }])
      same(await store.remembered('t', opening.commandId), undefined, 'remembered')
    },
  },
]
