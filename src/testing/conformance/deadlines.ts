import type { ConformanceCase } from './clause.ts'
import { same } from './clause.ts'
import { history } from './history.ts'

/** What falls due, and who sees to it. */
export const deadlines: readonly ConformanceCase[] = [
  {
    name: 'what falls due is claimed by its time, the oldest first, and replaced with the next commit',
    requires: [],
    async check(store) {
      const [opening, next, third] = history('case-1')
      const [other] = history('case-2')
      const at = (day: number) => `2026-03-0${day}T09:00:00.000Z`
      await store.commit([
        { ...opening, deadlines: [{ name: 'own', due: at(5) }] },
        {
          ...other,
          deadlines: [
            { name: 'own', due: at(3) },
            { name: 'promise:p1', due: at(4) },
          ],
        },
        { ...other, tenant: 'other', deadlines: [{ name: 'own', due: at(2) }] },
      ])
      // Each claim is made long after the leases of those before it.
      let now = at(7)
      const due = async (by: string, limit = 10) => {
        now = now.replace(/^\d+/, (year) => String(Number(year) + 1))
        const claimed = await store.claimDue('t', { by, limit, now, until: now })
        return claimed.map((one) => `${one.caseId} ${one.name} ${one.due}`)
      }
      const [own, promise] = [`case-2 own ${at(3)}`, `case-2 promise:p1 ${at(4)}`]
      same(await due(at(5)), [own, promise, `case-1 own ${at(5)}`], 'what is due')
      same(await due(at(3)), [own], 'what is due by then, to the moment')
      same(await due(at(5), 1), [own, promise], 'of no more cases than the limit, all that is due')
      await store.commit([{ ...next, deadlines: [{ name: 'first-contact', due: at(6) }] }])
      same(await due(at(7)), [own, promise, `case-1 first-contact ${at(6)}`], 'what is due after the next commit')
      await store.commit([third])
      same(await due(at(7)), [own, promise], 'what is due once nothing is due in a case')
    },
  },
  {
    name: 'what one has claimed nobody else is given, until the lease is over or the case is committed',
    requires: [],
    async check(store) {
      const [opening, next] = history('case-1')
      const [other] = history('case-2')
      const at = (minute: number) => `2026-03-05T09:0${minute}:00.000Z`
      const deadlines = [{ name: 'own', due: at(0) }]
      await store.commit([
        { ...opening, deadlines },
        { ...other, deadlines },
      ])
      const claim = async (now: string, limit = 10) => {
        const claimed = await store.claimDue('t', { by: at(9), limit, now, until: now.replace(/00\.000Z$/, '30.000Z') })
        return claimed.map(({ caseId }) => caseId).sort()
      }
      const both = await Promise.all([claim(at(1), 1), claim(at(1), 1)])
      same(both.flat().sort(), ['case-1', 'case-2'], 'two claims at once')
      same(await claim(at(1)), [], 'while they are leased')
      same(await claim(at(2)), ['case-1', 'case-2'], 'after the lease')
      await store.commit([{ ...next, deadlines }])
      same(await claim(at(2)), ['case-1'], 'after a commit')
    },
  },
  {
    name: 'a claim changes no case',
    requires: [],
    async check(store) {
      const [opening, next] = history('case-1')
      const at = '2026-03-05T09:00:00.000Z'
      await store.commit([{ ...opening, deadlines: [{ name: 'own', due: at }] }])
      await store.claimDue('t', { by: at, limit: 10, now: at, until: '2026-03-05T09:01:00.000Z' })
      same(await store.load('t', 'case-1'), opening.state, 'state')
      same(await store.commit([next]), [{ outcome: 'committed' }], 'a commit while it is leased')
    },
  },
]
