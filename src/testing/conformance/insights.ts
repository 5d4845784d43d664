import { latte, pocock } from '../../protocol/catalogue.ts'
import type { Insights, InsightsAsked } from '../../stores/insights.ts'
import type { Store } from '../../stores/store.ts'
import { ana } from '../complaint.ts'
import { example, upTo } from '../example.ts'
import type { ConformanceCase } from './clause.ts'
import { same } from './clause.ts'
import { HOUR_MS, hour, officeAt } from './office.ts'

/** What many cases teach: the part of the contract that a store answers with queries of its own. */
export const insights: readonly ConformanceCase[] = [
  {
    name: 'the report is on the complaints that were opened in its period, and counts refusals by their own time',
    requires: ['insights'],
    async check(store) {
      const { play } = officeAt(store)
      const { play: elsewhere } = officeAt(store, 'other')
      for (const day of [0, 1, 2]) await play(`case-${day}`, day * 24, [example('listen')])
      await elsewhere('case-0', 24, [example('listen')])
      // Refused a day later than it was opened.
      await play('case-0', 24, [example('agree')])
      const counted = async (from: number, to: number) => {
        const { complaints, refusals } = await reportOf(store, asked(from, to))
        return [complaints, refusals.byCode['out-of-order'] ?? 0, refusals.byRule['in-order'] ?? 0]
      }
      same(await counted(0, 72), [3, 4, 4], 'all days')
      same(await counted(24, 48), [1, 2, 2], 'one day: its first moment is in it, the first after it is not')
      same(await counted(72, 96), [0, 0, 0], 'a day without')
    },
  },
  {
    name: 'the report on nothing is one of zeros',
    requires: ['insights'],
    async check(store) {
      const never = { cases: 0 }
      same(
        await reportOf(store, asked(0, 1)),
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
    requires: ['insights'],
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
      const { timeTo } = await reportOf(store, asked(0, 1))
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
      const { timeTo: strictly } = await reportOf(store, { ...asked(0, 1), resolvedByDelivery: [] })
      same(strictly.resolve, { cases: 1, medianMs: 4 * HOUR_MS }, 'resolved by a customer’s word alone')
    },
  },
  {
    name: 'the report counts promises, failures, hand-offs, waivers, spend and praise',
    requires: ['insights'],
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
      const report = await reportOf(store, asked(0, 1))
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
    requires: ['insights'],
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
      const { causes } = await reportOf(store, asked(24, 48))
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
      const { causes: earlier } = await reportOf(store, asked(0, 24))
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

const promised = { text: 'A new lamp', maker: ana, inControl: true, latest: '2026-04-01T17:00:00.000Z' }

const asked = (from: number, to: number): InsightsAsked => ({
  from: hour(from),
  to: hour(to),
  resolvedByDelivery: ['latte@1'],
})

async function reportOf(store: Store, asked: InsightsAsked): Promise<Insights> {
  const report = await store.insights?.('t', asked)
  if (report === undefined) throw new Error('The store has no `insights`.')
  return report
}
