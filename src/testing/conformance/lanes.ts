import type { LaneInHand } from '../../stores/lanes.ts'
import type { Store } from '../../stores/store.ts'
import type { ConformanceCase } from './clause.ts'
import { same } from './clause.ts'
import { history } from './history.ts'
import { at, MAX_CLAIMS, requires, workerOn } from './lane-worker.ts'

/** Durable subscriptions: nothing missed, nothing out of order, nothing delivered by two at once. */
export const lanes: readonly ConformanceCase[] = [
  {
    name: 'a subscription gets what is committed from then on, or from a moment on, or all of it',
    requires,
    async check(store) {
      const [opening, next, third] = history('case-1')
      const [other, otherNext] = history('case-2', at(5))
      await store.commit([opening, other, next])
      const all = workerOn(store, 'all')
      const some = workerOn(store, 'some')
      const fresh = workerOn(store, 'fresh')
      await all.lanes.subscribe('t', 'all', {})
      await some.lanes.subscribe('t', 'some', { since: at(5) })
      await fresh.lanes.subscribe('t', 'fresh', { since: at(6), onlyNew: true })
      // Known already: it goes on from where it is.
      await fresh.lanes.subscribe('t', 'fresh', {})
      await store.commit([third, otherNext, { ...opening, tenant: 'other' }])
      same(await all.drain(7), ['case-1 1', 'case-1 2', 'case-1 3', 'case-2 1', 'case-2 2'], 'all of it')
      same(await some.drain(7), ['case-2 1', 'case-2 2'], 'from a moment on')
      same(await fresh.drain(7), ['case-1 3', 'case-2 2'], 'from then on')
      same(await workerOn(store, 'nobody').claim(7), [], 'of one that there is not')
    },
  },
  {
    name: 'a lane hands out the entries of its case in order and without a gap, until all are settled',
    requires,
    async check(store) {
      const commits = history('case-1')
      const { lanes, claim, settle, stirs } = workerOn(store)
      await lanes.subscribe('t', 's', {})
      same(await claim(1), [], 'of no case')
      same(await stirs(1), false, 'nothing stirs')
      await store.commit(commits.slice(0, 2))
      same(await stirs(1), true, 'news stir')
      const [lane] = (await claim(1)) as [LaneInHand]
      same([lane.next, lane.attempts, lane.firstAt], [1, 1, at(1)], 'the first claim')
      same(lane.entries, [...(commits[0]?.entries ?? []), ...(commits[1]?.entries ?? [])], 'entries')
      await store.commit(commits.slice(2, 3))
      same(await claim(1), [], 'while it is in hand')
      same(await settle(lane, 1), true, 'settled')
      const [more] = (await claim(1)) as [LaneInHand]
      same([more.next, more.entries.length, more.attempts], [3, 1, 1], 'what came while it was in hand')
      same(await settle(more, 1), true, 'settled again')
      same(await stirs(9), false, 'nothing stirs any more')
      same(await claim(9), [], 'nothing is left')
    },
  },
  {
    name: 'a lane that is in hand nobody else is given until its lease is over, and who lost it can’t settle it',
    requires,
    async check(store) {
      await store.commit(history('case-1').slice(0, 1))
      const { lanes, claim, settle, stirs } = workerOn(store)
      await lanes.subscribe('t', 's', {})
      const claims = await Promise.all([claim(1), claim(1)])
      const [lost] = claims.flat() as [LaneInHand]
      same(claims.flat().length, 1, 'of two claims at once one has it')
      same(await stirs(1), false, 'what is in hand does not stir')
      const [held] = (await claim(2)) as [LaneInHand]
      same([held.next, held.attempts, held.firstAt], [1, 2, at(1)], 'after the lease')
      same(await settle(lost, 2), false, 'settled by who lost it')
      same(await settle(held, 2, { next: 1, keptUntil: at(4) }), true, 'kept')
      same(await claim(3), [], 'while it is kept')
      same(await settle(held, 3), false, 'settled twice by one token')
      const kept = { ...held, token: held.token + 1 }
      same(await settle(kept, 3), true, 'settled by who has it')
      same(await settle(kept, 3), false, 'settled once it was given back')
    },
  },
  {
    name: 'a lane that is put off comes back at its time, and one that a wrong clock put off comes at once',
    requires,
    async check(store) {
      await store.commit([...history('case-1').slice(0, 1), ...history('case-2').slice(0, 1)])
      const { lanes, claim, settle, stirs } = workerOn(store)
      await lanes.subscribe('t', 's', {})
      const [one, other] = (await claim(1)) as [LaneInHand, LaneInHand]
      await settle(one, 1, { next: 1, attempts: 1, firstAt: at(1), retryAt: at(5) })
      await settle(other, 1, { next: 1, attempts: 0, retryAt: '2031-03-05T09:00:00.000Z' })
      same(
        (await claim(2)).map(({ caseId }) => caseId),
        [other.caseId],
        'put off by a wrong clock',
      )
      same(await stirs(2), false, 'not yet')
      same(await stirs(5), true, 'in time')
      const again = (await claim(5)).find(({ caseId }) => caseId === one.caseId)
      same([again?.next, again?.attempts, again?.firstAt], [1, 2, at(1)], 'in time')
    },
  },
  {
    name: 'what an erasure rewrites is handed out as it is now',
    requires,
    async check(store) {
      const [opening, next] = history('case-1')
      const { lanes, claim } = workerOn(store)
      await lanes.subscribe('t', 's', {})
      await store.commit([opening])
      const erased = { ...opening.entries[0], command: { type: 'open' } } as never
      await store.commit([{ ...next, redacted: [erased] }])
      const [lane] = (await claim(1)) as [LaneInHand]
      same(lane.entries, [erased, ...next.entries], 'entries')
    },
  },
  {
    name: 'of hundreds of older cases a subscription gets each',
    requires,
    async check(store) {
      const cases = Array.from({ length: 1_100 }, (_, index) => history(`case-${index}`)[0])
      for (let index = 0; index < cases.length; index += 100) await store.commit(cases.slice(index, index + 100))
      const { lanes, claim, settle, stirs } = workerOn(store)
      await lanes.subscribe('t', 's', {})
      const had = new Set<string>()
      for (let claims = 0; claims < MAX_CLAIMS && (await stirs(1)); claims++) {
        for (const lane of await claim(1, 1_000)) {
          had.add(lane.caseId)
          await settle(lane, 1)
        }
      }
      same(had.size, cases.length, 'cases')
    },
  },
  {
    name: 'what the host commits late is delivered, in its order, however much was delivered before it',
    requires: ['subscriptions', 'transactions', 'shared'],
    async check(store, trial) {
      const [opening, next, third] = history('case-1')
      const [other, otherNext] = history('case-2')
      await store.commit([opening])
      const { lanes, drain, stirs } = workerOn(await trial.another())
      await lanes.subscribe('t', 's', { since: at(0), onlyNew: true })
      await trial.transaction(async (tx) => {
        const within = store.within?.(tx) as Store
        await within.commit([next, third])
        same(await stirs(1), false, 'before the host commits')
      })
      await store.commit([other])
      same(await drain(2), ['case-1 2', 'case-1 3', 'case-2 1'], 'after it')
      await store.commit([otherNext])
      same(await drain(3), ['case-2 2'], 'what comes next')
    },
  },
  {
    name: 'a lane that is settled within the host’s transaction is settled with it, or not at all',
    requires: ['subscriptions', 'transactions'],
    async check(store, trial) {
      await store.commit(history('case-1').slice(0, 1))
      const { lanes, claim } = workerOn(store)
      await lanes.subscribe('t', 's', {})
      const [lane] = (await claim(1)) as [LaneInHand]
      const settlement = { subscription: 's', caseId: 'case-1', token: lane.token, next: 2, now: at(1), attempts: 0 }
      const change = new Error('The host thinks better of it.')
      const settled = (tx: unknown) => store.within?.(tx).lanes?.settle('t', [settlement])
      await trial
        .transaction(async (tx) => {
          same(await settled(tx), [true], 'settled within')
          throw change
        })
        .catch((error: unknown) => {
          if (error !== change) throw error
        })
      const [again] = (await claim(2)) as [LaneInHand]
      same(again?.next, 1, 'after the host rolled back')
      await trial.transaction(async (tx) => same(await settled(tx), [false], 'settled by who lost it'))
      const held = { ...settlement, token: again.token }
      await trial.transaction(async (tx) => {
        same(await store.within?.(tx).lanes?.settle('t', [held]), [true], 'settled within')
      })
      same(await claim(9), [], 'after the host committed')
    },
  },
]
