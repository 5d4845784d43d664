import type { ConformanceCase } from './clause.ts'
import { same } from './clause.ts'
import { history, logOf, reworded } from './history.ts'

/** Words that are erased, and what remains. */
export const erasure: readonly ConformanceCase[] = [
  {
    name: 'older entries are rewritten with the commit that says so, and digests are forgotten',
    requires: [],
    async check(store) {
      const [opening, next, third] = history('case-1')
      await store.commit([opening, next])
      const redacted = [reworded(opening.entries[0], '[erased]')]
      await store.commit([{ ...third, redacted }])
      const log = await logOf(store, 'case-1')
      same(log, [...redacted, ...next.entries, ...third.entries], 'log')
      same((await store.remembered('t', next.commandId))?.commandHash, '', 'digest')
      same(await store.commit([next]), [{ outcome: 'duplicate', receipt: next.receipt }], 'a repetition afterwards')
    },
  },
  {
    name: 'an erasure leaves other cases, and other tenants’ cases of that id, as they were',
    requires: [],
    async check(store) {
      const [opening, next] = history('case-1')
      const [other] = history('case-2')
      await store.commit([opening, other, { ...opening, tenant: 'other' }])
      await store.commit([{ ...next, redacted: [reworded(opening.entries[0], '[erased]')] }])
      same(await logOf(store, 'case-2'), other.entries, 'log of another case')
      same(await logOf(store, 'case-1', 0, 'other'), opening.entries, 'log of another tenant')
      same((await store.remembered('t', other.commandId))?.commandHash, other.commandHash, 'another case’s digest')
      const elsewhere = await store.remembered('other', opening.commandId)
      same(elsewhere?.commandHash, opening.commandHash, 'another tenant’s digest')
    },
  },
]
