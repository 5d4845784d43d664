import type { ConformanceCase } from './clause.ts'
import { same } from './clause.ts'
import { history, logOf, outcomesOf, rivalOf } from './history.ts'

/** Ids that a database might take for one another, or for something else: all of them are ids of hosts. */
const alike: readonly (readonly [string, string])[] = [
  ['case-1', 'CASE-1'],
  ['stra\u00dfe', 'strasse'],
  ['caf\u00e9', 'cafe\u0301'],
  ['\u212b', '\u00c5'],
  ['\ufb01', 'fi'],
  ['a b', 'a  b'],
  ['a\u00a0b', 'a\u200bb'],
  ['%', '_'],
  ['1', '01'],
  ['null', 'NULL'],
  ['__proto__', 'constructor'],
  [`${'x'.repeat(199)}y`, `${'x'.repeat(199)}z`],
  ['泣'.repeat(200), `${'泣'.repeat(199)}笑`],
  ["O'Neil", 'O"Neil'],
  ['../case', '..\\case'],
]

/** Every key is a tenant and an id, and an id is itself alone. */
export const keys: readonly ConformanceCase[] = [
  {
    name: 'tenants do not see each other, even under the same ids',
    requires: [],
    async check(store) {
      const [opening, next] = history('case-1')
      await store.commit([opening, { ...opening, tenant: 'other' }, next])
      same((await store.load('other', 'case-1'))?.version, 1, 'version of the other tenant')
      same((await store.load('t', 'case-1'))?.version, 2, 'version')
      same(await store.load('nobody', 'case-1'), undefined, 'a third tenant')
      same((await logOf(store, 'case-1', 0, 'other')).length, 1, 'length of the other tenant’s log')
      same(await store.remembered('other', next.commandId), undefined, 'a command of the other tenant')
      const [opened, owned, heard] = history('case-2')
      await store.commit([opened, { ...opened, tenant: 'other' }])
      await store.commit([{ ...owned, tenant: 'other' }])
      // Each would follow on the other tenant's case, and none follows on its own.
      const late = await store.commit([heard, { ...rivalOf(owned), tenant: 'other' }])
      same(outcomesOf(late), ['conflict', 'conflict'], 'outcomes where the other tenant’s case is at that version')
      same((await store.load('t', 'case-2'))?.version, 1, 'version after a conflict')
    },
  },
  {
    name: 'ids that differ in a letter’s case, its accents, a blank or their last character are different',
    requires: [],
    async check(store) {
      for (const [one, other] of alike) {
        const [opening, next] = history(one)
        const [otherOpening] = history(other)
        await store.commit([{ ...opening, commandId: one }])
        same(await store.load('t', other), undefined, `“${other}”, where there is “${one}”`)
        same(await store.load(other, one), undefined, `a tenant “${other}”`)
        same(await store.remembered('t', other), undefined, `a command “${other}”, where there is “${one}”`)
        await store.commit([
          { ...otherOpening, commandId: other },
          { ...next, commandId: `second ${one}` },
        ])
        same((await store.load('t', one))?.caseId, one, 'id')
        same((await store.load('t', other))?.caseId, other, 'id')
        same(
          [(await logOf(store, one)).length, (await logOf(store, other)).length],
          [2, 1],
          `lengths of the logs of “${one}” and “${other}”`,
        )
        same((await store.remembered('t', other))?.receipt.caseId, other, `what the command “${other}” wrote`)
      }
    },
  },
  {
    name: 'tenants that differ only in such things are different, too',
    requires: [],
    async check(store) {
      const [opening, next] = history('case-1')
      for (const [one, other] of alike) {
        await store.commit([{ ...opening, tenant: one }])
        same(await store.load(other, 'case-1'), undefined, `a case of the tenant “${other}”`)
        await store.commit([
          { ...opening, tenant: other },
          { ...next, tenant: one },
        ])
        same((await store.load(other, 'case-1'))?.version, 1, `version of the case of the tenant “${other}”`)
        same((await store.load(one, 'case-1'))?.version, 2, `version of the case of the tenant “${one}”`)
      }
    },
  },
]
