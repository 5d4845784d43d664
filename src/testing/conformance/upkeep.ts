import type { LaneInHand } from '../../stores/lanes.ts'
import type { ConformanceCase } from './clause.ts'
import { same } from './clause.ts'
import { history } from './history.ts'
import { at, MAX_CLAIMS, requires, workerOn } from './lane-worker.ts'

/** What is done about lanes and subscriptions: parked in sight, delivered again, counted, forgotten. */
export const upkeep: readonly ConformanceCase[] = [
  {
    name: 'a parked lane is in sight and holds up its own case alone, until it is retried or skipped',
    requires,
    async check(store) {
      const [opening, next, third] = history('case-1')
      await store.commit([opening, next, ...history('case-2').slice(0, 1)])
      const { lanes, claim, settle, drain } = workerOn(store)
      await lanes.subscribe('t', 's', {})
      const lane = (await claim(1)).find(({ caseId }) => caseId === 'case-1') as LaneInHand
      await settle(lane, 1, { next: 1, attempts: 7, parked: 'E_DOWN' })
      await store.commit([third])
      same(await drain(9), ['case-2 1'], 'the others')
      const parked = { subscription: 's', caseId: 'case-1', version: 1, attempts: 7, error: 'E_DOWN', since: at(1) }
      same(await lanes.parked('t', undefined, 10), [parked], 'in sight')
      same(await lanes.parked('t', 's', 10), [parked], 'in sight of its subscription')
      same(await lanes.parked('t', 'another', 10), [], 'in sight of another')
      same(await lanes.parked('other', undefined, 10), [], 'in sight of another tenant')
      same(await lanes.release('t', { ...parked, version: 2 }, true, at(9)), false, 'at another version')
      same(await lanes.release('t', parked, false, at(9)), true, 'retried')
      same(await lanes.release('t', parked, true, at(9)), false, 'skipped where it is not parked')
      const [again] = (await claim(9)) as [LaneInHand]
      same([again.next, again.attempts], [1, 1], 'after the retry')
      await settle(again, 9, { next: 1, attempts: 1, parked: 'E_DOWN' })
      same(await lanes.release('t', parked, true, at(9)), true, 'skipped')
      same(await lanes.parked('t', undefined, 10), [], 'no more')
      same(await drain(9), ['case-1 2', 'case-1 3'], 'what is behind it')
    },
  },
  {
    name: 'what was delivered is delivered again from where it is asked, and nobody who has it in hand can settle it',
    requires,
    async check(store) {
      await store.commit([...history('case-1').slice(0, 3), ...history('case-2', at(2)).slice(0, 2)])
      const { lanes, claim, settle, drain } = workerOn(store)
      await lanes.subscribe('t', 's', { since: at(3), onlyNew: true })
      same(await drain(4), [], 'nothing new')
      same(await lanes.replay('t', 's', { caseId: 'case-1', version: 2, now: at(4) }), true, 'of a case')
      const [lane] = (await claim(4)) as [LaneInHand]
      same([lane.next, lane.entries.length], [2, 2], 'from a version on')
      same(await lanes.replay('t', 's', { caseId: 'case-1', version: 1, now: at(4) }), true, 'of a case in hand')
      same(await settle(lane, 4), false, 'settled by who had it')
      same(await drain(4), ['case-1 1', 'case-1 2', 'case-1 3'], 'from the first on')
      same(await lanes.replay('t', 's', { since: at(2), now: at(5) }), true, 'of every case, from a moment on')
      same(await drain(5), ['case-2 1', 'case-2 2'], 'from that moment on')
      same(await lanes.replay('t', 's', { now: at(6) }), true, 'of every case')
      const all = ['case-1 1', 'case-1 2', 'case-1 3', 'case-2 1', 'case-2 2']
      same(await drain(6), all, 'all of it')
      same(await lanes.replay('t', 's', { caseId: 'case-3', version: 1, now: at(6) }), false, 'of no case')
      same(await lanes.replay('t', 'nobody', { now: at(6) }), false, 'of no subscription')
    },
  },
  {
    name: 'what is replayed hides nothing that was not delivered yet',
    requires,
    async check(store) {
      const cases = Array.from({ length: 1_100 }, (_, index) => history(`case-${index}`)[0])
      for (let index = 0; index < cases.length; index += 100) await store.commit(cases.slice(index, index + 100))
      const { lanes, claim, drain, settle, stirs } = workerOn(store)
      const fresh = workerOn(store, 'fresh')
      await lanes.subscribe('t', 'fresh', { since: at(0), onlyNew: true })
      for (const commit of history('late').slice(0, 3)) await store.commit([commit])
      same(await lanes.replay('t', 'fresh', { caseId: 'late', version: 99, now: at(1) }), false, 'of no such version')
      same(await lanes.replay('t', 'fresh', { caseId: 'late', version: 3, now: at(1) }), true, 'of a case with news')
      same(await fresh.drain(1), ['late 1', 'late 2', 'late 3'], 'what is new in it')
      await lanes.subscribe('t', 's', {})
      const [one] = (await claim(1, 1)) as [LaneInHand]
      await settle(one, 1)
      same(await lanes.replay('t', 's', { since: at(59), now: at(1) }), true, 'from a moment on')
      const had = new Set([one.caseId])
      for (let claims = 0; claims < MAX_CLAIMS && (await stirs(1)); claims++) {
        for (const lane of await claim(1, 1_000)) {
          had.add(lane.caseId)
          await settle(lane, 1)
        }
      }
      same([had.size, await drain(1)], [cases.length + 1, []], 'older cases')
    },
  },
  {
    name: 'it is known of each subscription how many cases it is behind, and how many are parked',
    requires,
    async check(store) {
      const { lanes, claim, settle } = workerOn(store)
      await lanes.subscribe('t', 's', {})
      await lanes.subscribe('t', 'another', { since: at(5) })
      await lanes.subscribe('other', 's', {})
      await store.commit([...history('case-1').slice(0, 2), ...history('case-2').slice(0, 1)])
      const standing = async () => lanes.backlogs('t', at(1))
      const idle = { subscription: 'another', behind: 0, parked: 0 }
      same(await standing(), [idle, { subscription: 's', behind: 2, parked: 0 }], 'before anybody claimed')
      const [one, other] = (await claim(1)) as [LaneInHand, LaneInHand]
      same(await standing(), [idle, { subscription: 's', behind: 2, parked: 0 }], 'in hand')
      await settle(one, 1, { next: 1, attempts: 1, parked: 'E_DOWN' })
      await settle(other, 1)
      same(await standing(), [idle, { subscription: 's', behind: 0, parked: 1 }], 'parked and delivered')
    },
  },
  {
    name: 'a subscription that is forgotten hands out nothing, and begins anew when it is made again',
    requires,
    async check(store) {
      await store.commit([...history('case-1').slice(0, 2), ...history('case-2').slice(0, 1)])
      const { lanes, claim, settle, drain, stirs } = workerOn(store)
      await lanes.subscribe('t', 's', {})
      await lanes.subscribe('t', 'another', {})
      const [lost] = (await claim(1, 1)) as [LaneInHand]
      same(await lanes.forget('t', 's'), true, 'forgotten')
      same(await lanes.forget('t', 's'), false, 'forgotten again')
      same([await stirs(1), await drain(1)], [false, []], 'what it hands out')
      same(await settle(lost, 1), false, 'settled by who had it')
      same(await workerOn(store, 'another').drain(1), ['case-1 1', 'case-1 2', 'case-2 1'], 'the other')
      await lanes.subscribe('t', 's', {})
      const [anew] = (await claim(1, 1)) as [LaneInHand]
      same([anew.next, anew.attempts], [1, 1], 'made again')
      same(await settle({ ...lost, caseId: anew.caseId }, 1), false, 'settled by who had the one before')
      await settle(anew, 1, { next: 1 })
      same(await drain(1), ['case-1 1', 'case-1 2', 'case-2 1'], 'all of it')
    },
  },
]
