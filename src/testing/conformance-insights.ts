import { createDesk } from '../desk/desk.ts'
import { latte, pocock } from '../protocol/catalogue.ts'
import type { InsightsAsked } from '../stores/insights.ts'
import type { Store } from '../stores/store.ts'
import type { ConformanceCase } from './clause.ts'
import { same } from './clause.ts'
import { aComplaint, ana, EXAMPLE_START, example, upTo } from './example.ts'

/** What many cases teach: the part of the contract that a store answers with queries of its own. */
export const insightsConformance: readonly ConformanceCase[] = [
  {
    name: 'a change did not hold when a case of its cause was opened later, unless that is part of an incident',
    async check(store) {
      const { play } = officeAt(store)
      const cause = 'packing × dispatch × '
      same(await store.recurrences('t', [cause]), [], 'a cause that nobody found')
      await play('case-3', 0, upTo(pocock, 'improve'))
      same(await store.recurrences('t', [cause]), [], 'a cause without a change')
      await play('case-2', 1, upTo(pocock, 'share'))
      await play('case-1', 1, upTo(pocock, 'improve'))
      same(await store.recurrences('t', [cause]), [], 'no case later than the change, to the moment')
      await play('case-4', 2, [...upTo(pocock, 'improve'), example('joinIncident', { incident: 'case-3' })])
      same(await store.recurrences('t', [cause]), [], 'a case that is part of an incident')
      await play('case-6', 3, upTo(pocock, 'improve'))
      await play('case-5', 3, upTo(pocock, 'improve'))
      same(
        await store.recurrences('t', [cause, 'another']),
        [{ cause, changed: 'case-2', changedAt: hour(1), came: 'case-5' }],
        'the newest case, of two the first by id',
      )
      same(await store.recurrences('other', [cause]), [], 'another tenant')
      await play('case-5', 4, [example('improve')])
      same(await store.recurrences('t', [cause]), [], 'a newer change')
      same(
        await store.recurrences('t', [cause], 'case-5'),
        [{ cause, changed: 'case-2', changedAt: hour(1), came: 'case-5' }],
        'a newer change, but that one left out',
      )
    },
  },
  {
    name: 'the report is on the complaints that were opened in its period, and counts refusals by their own time',
    async check(store) {
      const { play } = officeAt(store)
      const { play: elsewhere } = officeAt(store, 'other')
      for (const day of [0, 1, 2]) await play(`case-${day}`, day * 24, [example('listen')])
      await elsewhere('case-0', 24, [example('listen')])
      // Refused a day later than it was opened.
      await play('case-0', 24, [example('agree')])
      const counted = async (from: number, to: number) => {
        const { complaints, refusals } = await store.insights('t', asked(from, to))
        return [complaints, refusals.byCode['out-of-order'] ?? 0, refusals.byRule['in-order'] ?? 0]
      }
      same(await counted(0, 72), [3, 4, 4], 'all days')
      same(await counted(24, 48), [1, 2, 2], 'one day: its first moment is in it, the first after it is not')
      same(await counted(72, 96), [0, 0, 0], 'a day without')
    },
  },
  {
    name: 'the report on nothing is one of zeros',
    async check(store) {
      const never = { cases: 0 }
      same(
        await store.insights('t', asked(0, 1)),
        {
          from: hour(0),
          to: hour(1),
          complaints: 0,
          praise: 0,
          closed: 0,
          outcomes: {},
          causes: [],
          timeTo: { own: never, listen: never, apologize: never, resolve: never, close: never },
          promises: { made: 0, kept: 0, broken: 0, open: 0, moved: 0 },
          secondFailures: {},
          handOffs: { hops: 0, escalated: 0 },
          waivers: {},
          missedDeadlines: {},
          refusals: { byRule: {}, byCode: {} },
          remedies: { onTheLoud: { cases: 0, spent: 0 }, onOthers: { cases: 0, spent: 0 } },
          appreciation: { thanks: 0, surprises: 0, bystanders: 0 },
        },
        'report',
      )
    },
  },
  {
    name: 'the report says how long it took: the first time of each, the middle of all, the mean of two in the middle',
    async check(store) {
      const { play } = officeAt(store)
      const [own, listen, reflect, apologize, empathize, agree, deliver, confirm, ...rest] = upTo(pocock)
      await play('case-1', 0, [])
      await play('case-1', 1, [own, listen])
      await play('case-1', 3, [reflect, apologize, empathize, agree, deliver])
      await play('case-1', 4, [confirm, ...rest])
      await play('case-1', 9, [example('reopen'), listen])
      await play('case-2', 0, [])
      const beforehand = example('listen', { at: new Date(Date.parse(hour(0)) - 1).toISOString() })
      await play('case-2', 2, [own, beforehand])
      await play('case-2', 5, [reflect, apologize, empathize, agree, deliver])
      await play('case-3', 0, [])
      await play('case-3', 7, [own, beforehand])
      await play('case-4', 0, [], 'latte')
      await play('case-4', 5, upTo(latte, 'thank'))
      const { timeTo } = await store.insights('t', asked(0, 1))
      same(
        timeTo,
        {
          own: { cases: 4, medianMs: 3.5 * HOUR_MS },
          listen: { cases: 4, medianMs: 0.5 * HOUR_MS },
          apologize: { cases: 2, medianMs: 4 * HOUR_MS },
          resolve: { cases: 2, medianMs: 4.5 * HOUR_MS },
          close: { cases: 1, medianMs: 4 * HOUR_MS },
        },
        'times',
      )
      const { timeTo: strictly } = await store.insights('t', { ...asked(0, 1), resolvedByDelivery: [] })
      same(strictly.resolve, { cases: 1, medianMs: 4 * HOUR_MS }, 'resolved by a customer’s word alone')
    },
  },
  {
    name: 'the report counts promises, failures, hand-offs, waivers, spend and praise',
    async check(store) {
      const { play } = officeAt(store)
      const promise = (cost: number) => example('agree', { promises: [{ ...promised, cost }] })
      await play('case-1', 0, [...upTo(pocock, 'agree'), promise(30), example('makePromise')])
      await play('case-1', 1, [example('movePromise', { promise: 'p2' }), example('movePromise', { promise: 'p2' })])
      await play('case-1', 2, [example('keepPromise'), example('setPriority', { reasons: ['reach', 'harm'] })])
      await play('case-1', 3, [example('addBystander'), example('addBystander', { bystander: 'emil' })])
      await play('case-1', 4, [example('acknowledgeBystander'), example('praise'), example('praise')])
      // What was promised and not done has cost nothing.
      await play('case-2', 0, [...upTo(pocock, 'agree'), promise(20), example('breakPromise')])
      await play('case-2', 1, [...upTo(pocock, 'reflect').slice(1), example('waive', { step: 'reflect' })])
      await play('case-2', 2, [example('handOff'), example('acceptHandOff'), example('setPriority')])
      await play('case-3', 0, [example('own'), example('withdraw'), ...upTo(pocock).slice(-4)])
      const report = await store.insights('t', asked(0, 1))
      const { promises, secondFailures, handOffs, waivers, remedies, appreciation, praise, closed, outcomes } = report
      same(promises, { made: 3, kept: 1, broken: 1, open: 1, moved: 1 }, 'promises')
      same(secondFailures, { 'promise-broken': 1 }, 'second failures')
      same(handOffs, { hops: 1, escalated: 0 }, 'hand-offs')
      same(waivers, { reflect: 1 }, 'waivers')
      same(remedies, { onTheLoud: { cases: 1, spent: 30 }, onOthers: { cases: 2, spent: 0 } }, 'spend')
      same([praise, appreciation], [2, { thanks: 0, surprises: 0, bystanders: 1 }], 'praise and thanks')
      same([closed, outcomes], [1, { withdrawn: 1 }], 'endings')
    },
  },
  {
    name: 'the report says of each cause what was changed, when, and whether it held',
    async check(store) {
      const { play } = officeAt(store)
      const found = (...parts: readonly string[]) =>
        example('investigate', { causes: parts.map((part) => ({ part, stage: 'dispatch', text: 'So it is.' })) })
      const investigating = upTo(pocock, 'investigate')
      await play('case-0', 0, [...investigating, found('packing')])
      await play('case-1', 24, [...investigating, found('packing', 'scale', 'van')])
      await play('case-1', 25, [example('improve')])
      // A check that fails verifies nothing.
      await play('case-1', 25, [example('verify', { before: 2, after: 2 }), example('improve')])
      await play('case-1', 26, [example('verify')])
      await play('case-2', 26, [...investigating, found('packing')])
      await play('case-3', 27, [...investigating, found('packing', 'van')])
      await play('case-3', 28, [example('improve')])
      await play('case-4', 29, [...investigating, found('van', 'label')])
      const { causes } = await store.insights('t', asked(24, 48))
      const firstAt = hour(26)
      const newestAt = hour(28)
      same(
        causes,
        [
          // Three each, in the order of their keys; what was opened before the period is not among them.
          {
            key: 'packing × dispatch × ',
            complaints: 3,
            change: { firstAt, before: 2, after: 1, newestAt, held: true, failed: 0 },
          },
          {
            key: 'van × dispatch × ',
            complaints: 3,
            change: { firstAt, before: 1, after: 2, newestAt, held: false, failed: 0 },
          },
          { key: 'label × dispatch × ', complaints: 1 },
          {
            key: 'scale × dispatch × ',
            complaints: 1,
            change: { firstAt, before: 1, after: 0, newestAt: firstAt, held: true, failed: 0 },
          },
        ],
        'causes',
      )
      // A report on a time before still says what was done since.
      const { causes: earlier } = await store.insights('t', asked(0, 24))
      same(
        earlier,
        [
          {
            key: 'packing × dispatch × ',
            complaints: 1,
            change: { firstAt, before: 1, after: 0, newestAt, held: true, failed: 0 },
          },
        ],
        'causes of the day before',
      )
    },
  },
]

const HOUR_MS = 3_600_000

const promised = { text: 'A new lamp', maker: ana, inControl: true, latest: '2026-04-01T17:00:00.000Z' }

const hour = (hours: number): string => new Date(Date.parse(EXAMPLE_START) + hours * HOUR_MS).toISOString()

const asked = (from: number, to: number): InsightsAsked => ({
  from: hour(from),
  to: hour(to),
  resolvedByDelivery: ['latte@1'],
})

/** A desk on the store that is tried, and a clock: what is sent is sent at that hour, to a case that is opened by then. */
function officeAt(store: Store, tenant = 't') {
  let now = 0
  const desk = createDesk({ store, tenant, protocols: [pocock, latte], now: () => new Date(hour(now)) })
  const opened = new Set<string>()
  return {
    async play(caseId: string, at: number, commands: readonly (object | undefined)[], protocol = 'pocock') {
      now = at
      if (!opened.has(caseId)) await desk.open({ ...aComplaint, at: undefined, caseId, protocol })
      opened.add(caseId)
      for (const command of commands) await desk.send(caseId, command)
    },
  }
}
