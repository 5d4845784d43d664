import type { CasesAsked, Commit, Listing, Store, Tie } from '../../stores/store.ts'
import type { ConformanceCase } from './clause.ts'
import { same } from './clause.ts'
import { history } from './history.ts'

const at = (minute: number) => `2026-03-02T09:0${minute}:00.000Z`

interface Wanted extends Partial<Listing> {
  readonly ties?: readonly Tie[]
  readonly due?: string
}

/** A case that was opened then and is listed so. */
function listed(n: number, openedAt: string, { ties = [], due, ...listing }: Wanted = {}): Commit {
  const [opening] = history(`case-${n}`, openedAt)
  const deadlines = due === undefined ? [] : [{ name: 'own', due }]
  return { ...opening, ties, deadlines, listing: { ...opening.listing, ...listing } }
}

const idsOf = async (store: Store, asked: Partial<CasesAsked>, tenant = 't'): Promise<readonly string[]> =>
  (await store.find(tenant, { newestFirst: false, limit: 100, ...asked })).map(({ caseId }) => caseId)

/** What boards list cases by. */
export const lists: readonly ConformanceCase[] = [
  {
    name: 'cases are found by what boards list them by, each narrowing what the others leave',
    requires: [],
    async check(store) {
      const cause = { kind: 'cause' as const, key: 'scale' }
      const incident = { kind: 'incident' as const, key: 'case-0' }
      await store.commit([
        listed(1, at(1), { phase: 'person', step: 'listen', owner: 'ana', ties: [cause] }),
        listed(2, at(2), { phase: 'person', step: 'reflect', owner: 'ben', ties: [cause, incident], due: at(7) }),
        listed(3, at(3), { phase: 'problem', step: 'agree', owner: 'ana', ties: [incident], lateSince: at(4) }),
        listed(4, at(4), { phase: 'closed', step: undefined, owner: 'ana' }),
        { ...listed(5, at(5), { phase: 'person', step: 'listen', owner: 'ana', ties: [cause] }), tenant: 'other' },
      ])
      const expected: readonly (readonly [Partial<CasesAsked>, readonly number[]])[] = [
        [{}, [1, 2, 3, 4]],
        [{ phases: ['person'] }, [1, 2]],
        [{ phases: ['problem', 'closed'] }, [3, 4]],
        [{ step: 'listen' }, [1]],
        [{ owner: 'ana' }, [1, 3, 4]],
        [{ overdueBy: at(7) }, [2, 3]],
        [{ overdueBy: at(6) }, [3]],
        [{ tied: [cause] }, [1, 2]],
        [{ tied: [cause, incident] }, [2]],
        [{ openedFrom: at(2), openedTo: at(4) }, [2, 3]],
        [{ owner: 'ana', phases: ['person', 'problem'], openedFrom: at(2) }, [3]],
        [{ owner: 'ANA' }, []],
      ]
      for (const [asked, numbers] of expected) {
        const ids = numbers.map((n) => `case-${n}`)
        same(await idsOf(store, asked), ids, `found by ${JSON.stringify(asked)}`)
      }
      same(await idsOf(store, { step: 'listen' }, 'other'), ['case-5'], 'found in another tenant')
      const [found] = await store.find('t', { owner: 'ben', newestFirst: false, limit: 1 })
      same(found, await store.load('t', 'case-2'), 'a case that was found')
      const [, next] = history('case-1', at(1))
      await store.commit([{ ...next, listing: { ...next.listing, owner: 'ben' } }])
      same(await idsOf(store, { owner: 'ben' }), ['case-1', 'case-2'], 'found after a commit')
    },
  },
  {
    name: 'found cases come page by page in the order in which they were opened, then by id, either way round',
    requires: [],
    async check(store) {
      // Opened at three moments, written in another order.
      const opened = [2, 1, 3, 1, 2, 1, 3]
      await store.commit(opened.map((minute, n) => listed(n, at(minute))))
      const inOrder = [1, 3, 5, 0, 4, 2, 6].map((n) => `case-${n}`)
      for (const newestFirst of [false, true]) {
        const seen: string[] = []
        for (let after: CasesAsked['after']; ; ) {
          const page = await store.find('t', { newestFirst, limit: 2, after })
          const last = page.at(-1)
          seen.push(...page.map(({ caseId }) => caseId))
          if (last === undefined || seen.length > opened.length) break
          after = { caseId: last.caseId, openedAt: last.facts.openedAt ?? '' }
        }
        same(seen, newestFirst ? inOrder.toReversed() : inOrder, newestFirst ? 'newest first' : 'oldest first')
      }
    },
  },
]
