import type { Entry, Insights, Period, Store } from 'redress'
import { createDesk, memoryStore, pocock } from 'redress'
import { sqliteStore } from 'redress/sqlite'
import { aComplaint, ana, EXAMPLE_START, example, upTo } from 'redress/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { live, protocols } from './insights/history.ts'
import type { Refused, Told } from './insights/tally.ts'
import { tally } from './insights/tally.ts'

const CASES = 60
const SEEDS = process.env['LONG'] === undefined ? [1, 2, 3, 4] : Array.from({ length: 40 }, (_, index) => index + 1)

const always: Period = { from: '2026-01-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z' }
const periods: readonly Period[] = [
  always,
  { from: '2026-03-05T00:00:00.000Z', to: '2026-03-20T00:00:00.000Z' },
  { from: '2026-03-10T12:00:00.000Z', to: '2026-04-10T12:00:00.000Z' },
  { from: '2020-01-01T00:00:00.000Z', to: '2021-01-01T00:00:00.000Z' },
]

/** A store, and all refusals that it was given to keep. */
function witnessed(store: Store): { readonly store: Store; readonly refused: Refused[] } {
  const refused: Refused[] = []
  return {
    refused,
    store: {
      ...store,
      note: (tenant, one) => {
        refused.push({ at: one.at, code: one.code, rules: one.rules })
        return store.note?.(tenant, one) ?? Promise.resolve()
      },
    },
  }
}

async function toldBy(store: Store): Promise<readonly Told[]> {
  const told: Told[] = []
  for (let index = 0; index <= CASES; index++) {
    const log: Entry[] = []
    for await (const entry of store.log('default', `case-${index}`)) log.push(entry)
    const found = await store.load('default', `case-${index}`)
    if (found !== undefined) told.push({ protocol: found.protocol, outcome: found.facts.outcome, log })
  }
  return told
}

describe.each(SEEDS)('the report on history %i', (seed) => {
  const memory = witnessed(memoryStore())
  const sqlite = witnessed(sqliteStore(':memory:'))
  const reports = (period: Period) =>
    Promise.all([memory, sqlite].map(({ store }) => createDesk({ store, protocols }).insights(period)))

  beforeAll(async () => {
    for (const { store } of [memory, sqlite]) await live(store, seed, CASES)
  })
  afterAll(() => sqlite.store.close())

  it.each(periods)('is what the logs say, from $from to $to, and the same from both stores', async (period) => {
    const expected = tally(await toldBy(memory.store), memory.refused, period, ['latte@1'])
    const [ofMemory, ofSqlite] = await reports(period)
    expect(ofMemory).toEqual(expected)
    expect(ofSqlite).toEqual(expected)
  })

  it('is the same after the words of a case were erased', async () => {
    const desks = [memory, sqlite].map(({ store }) =>
      createDesk({ store, protocols, now: () => new Date('2026-06-01T09:00:00Z') }),
    )
    for (const desk of desks) await desk.tick()
    const before = await reports(always)
    for (const desk of desks) {
      for (let index = 0; index < CASES; index += 7) {
        await desk.erase(`case-${index}`, { by: ana, reason: 'asked to be forgotten' })
      }
    }
    expect(await reports(always)).toEqual(before)
  })
})

it('the histories have something to tell of everything that the report counts', async () => {
  const all: Insights[] = []
  for (let seed = 1; seed <= 10; seed++) {
    const store = memoryStore()
    await live(store, seed, CASES)
    all.push(await createDesk({ store, protocols }).insights(always))
  }
  const most = (count: (report: Insights) => number | undefined) => Math.max(...all.map((one) => count(one) ?? 0))
  const changes = all.flatMap(({ causes }) => causes.flatMap(({ change }) => change ?? []))
  for (const held of [true, false]) expect(changes.some((one) => one.held === held)).toBe(true)
  expect(changes.some((one) => one.before > 0 && one.after > 0 && one.failed > 0)).toBe(true)
  for (const kind of ['promise-broken', 'remedy-failed', 'contact-unanswered', 'reopened'] as const) {
    expect([kind, most((one) => one.secondFailures[kind])]).not.toEqual([kind, 0])
  }
  for (const outcome of ['recovered', 'partly-recovered', 'merged', 'withdrawn'] as const) {
    expect([outcome, most((one) => one.outcomes[outcome])]).not.toEqual([outcome, 0])
  }
  for (const count of [
    (one: Insights) => one.handOffs.hops,
    (one: Insights) => one.handOffs.escalated,
    (one: Insights) => one.remedies.onTheLoud.spent,
    (one: Insights) => one.remedies.onOthers.spent,
    (one: Insights) => one.promises.moved,
    (one: Insights) => one.appreciation.surprises,
    (one: Insights) => one.appreciation.bystanders,
    (one: Insights) => one.missedDeadlines['own'],
    (one: Insights) => one.waivers['listen'],
    (one: Insights) => one.praise,
  ]) {
    expect([count.toString(), most(count)]).not.toEqual([count.toString(), 0])
  }
})

describe('what is asked of the report', () => {
  const desk = createDesk({ store: memoryStore() })
  const wrong = [
    [undefined, 'nothing was given'],
    [null, 'object'],
    ['2026', 'object'],
    [{}, '`from`'],
    [{ from: always.from }, '`to`'],
    [{ from: 'last week', to: always.to }, '`from`'],
    [{ from: always.from, to: '2026-03-01' }, '`to`'],
    [{ from: always.from, to: '2026-03-01T00:00:00' }, '`to`'],
    [{ from: always.to, to: always.from }, '`to`: a moment after `from`'],
    [{ from: always.from, to: always.from }, '`to`: a moment after `from`'],
    [{ from: '2026-03-01T00:00:00Z', to: '2026-03-01T01:00:00+02:00' }, '`to`: a moment after `from`'],
    [{ ...always, customer: 'cleo' }, '`customer`'],
    [{ from: new Date(), to: new Date() }, '`from`'],
  ] as const

  it.each(wrong)('is refused when it is %j, which names %s', async (asked, named) => {
    await expect(desk.insights(asked)).rejects.toMatchObject({
      name: 'RedressError',
      code: 'input-invalid',
      stored: false,
      message: expect.stringContaining(named),
    })
  })

  it('is refused when it can’t be read', async () => {
    const input = {
      get from() {
        throw new Error('no')
      },
    }
    await expect(desk.insights(input)).rejects.toMatchObject({ code: 'input-invalid' })
  })

  it('is read in any offset, and told in UTC', async () => {
    const { from, to } = await desk.insights({ from: '2026-03-01T00:00:00+01:00', to: '2026-04-01T00:00:00+02:00' })
    expect([from, to]).toEqual(['2026-02-28T23:00:00.000Z', '2026-03-31T22:00:00.000Z'])
  })
})

describe.each([
  ['memory', memoryStore],
  ['sqlite', () => sqliteStore(':memory:')],
] as const)('the report from the %s store', (_, openStore) => {
  const now = () => new Date(EXAMPLE_START)

  it('is on one tenant, and the coaching too', async () => {
    const store = openStore()
    const [ours, theirs] = ['ours', 'theirs'].map((tenant) => createDesk({ store, tenant, now }))
    await ours?.open({ ...aComplaint, caseId: 'case-1' })
    await ours?.send('case-1', example('listen'))
    const report = await theirs?.insights(always)
    expect([report?.complaints, report?.refusals]).toEqual([0, { byRule: {}, byCode: {} }])
    expect((await ours?.insights(always))?.refusals).toMatchObject({
      byRule: { 'in-order': 1 },
      byCode: { 'out-of-order': 1 },
    })
  })

  it('counts no refusal of what the desk itself tries', async () => {
    const store = openStore()
    let time = EXAMPLE_START
    const desk = createDesk({ store, now: () => new Date(time) })
    for (const caseId of ['incident', 'member']) await desk.open({ ...aComplaint, caseId })
    await desk.send('member', [example('own'), example('joinIncident', { incident: 'incident' })])
    await desk.send('incident', upTo(pocock))
    time = '2026-12-01T09:00:00.000Z'
    await desk.tick()
    expect((await desk.insights(always)).refusals).toEqual({ byRule: {}, byCode: {} })
  })

  it('holds ids of rules, names of steps and keys of causes, and nobody’s name or words', async () => {
    const store = openStore()
    const desk = createDesk({ store, now })
    await desk.open({ ...aComplaint, caseId: 'the-secret-case', customer: 'the-secret-customer' })
    await desk.send('the-secret-case', example('listen', { account: 'the secret words' }))
    await desk.send('the-secret-case', { type: 'the secret command' })
    await desk.send('the-secret-case', upTo(pocock))
    const said = JSON.stringify(await desk.insights(always))
    expect(said).not.toMatch(/secret|ana|ben|cleo/)
    expect(said).not.toMatch(/loyal/)
  })

  it('tells names that every object has apart from counts', async () => {
    const store = openStore()
    for (const code of ['__proto__', 'constructor', 'toString']) {
      await store.note?.('default', { caseId: '', command: undefined, code, rules: [code, code], at: EXAMPLE_START })
    }
    const { byCode, byRule } = (await createDesk({ store }).insights(always)).refusals
    expect(Object.entries(byCode).sort()).toEqual([
      ['__proto__', 1],
      ['constructor', 1],
      ['toString', 1],
    ])
    expect(Object.entries(byRule).map(([, count]) => count)).toEqual([2, 2, 2])
  })
})
