import pg from 'pg'
import type { Policy, Search, Store } from 'redress'
import { aroundTheClock, createDesk, defineProtocol, heard, memoryStore, pocock, type Upcaster } from 'redress'
import { temporalWorkingTime } from 'redress/clocks'
import { postgresStore } from 'redress/postgres'
import { sqliteStore } from 'redress/sqlite'
import { aComplaint, cleo, EXAMPLE_START, example, upTo } from 'redress/testing'
import 'redress/vitest'
import { afterAll, describe, expect, inject, it } from 'vitest'

const pool = new pg.Pool({ connectionString: inject('databaseUrl') })
afterAll(() => pool.end())
let schemas = 0

const stores: Readonly<Record<string, () => Store>> = {
  memory: memoryStore,
  SQLite: () => sqliteStore(':memory:'),
  PostgreSQL: () => postgresStore(pool, { schema: `find_${process.pid}_${++schemas}` }),
}

const hour = (n: number) => new Date(Date.parse(EXAMPLE_START) + n * 3_600_000)

/** A desk with a clock, and seven cases, an hour apart. */
async function office(store: Store) {
  let now = hour(0)
  const contact = {
    name: 'contact',
    from: 'opening',
    until: 'contact',
    span: { workingHours: 20 },
    pausable: false,
  } as const
  const policy: Policy = { id: 'quick', source: 'test', clocks: [contact] }
  const clocks = {
    policies: [policy],
    calendars: { default: aroundTheClock('UTC') },
    workingTime: temporalWorkingTime,
  } as const
  const desk = createDesk({ store, now: () => now, clocks })
  for (const n of [1, 2, 3, 4, 5, 6, 7]) {
    now = hour(n)
    await desk.open({ ...aComplaint, at: undefined, caseId: `case-${n}`, customer: n > 3 ? cleo.id : 'another' })
  }
  const at = (n: number) => {
    now = hour(n)
    return desk
  }
  return { desk, at, store }
}

const ids = async (desk: { find(search: Search): Promise<{ cases: readonly { caseId: string }[] }> }, search: Search) =>
  (await desk.find(search)).cases.map(({ caseId }) => caseId)

for (const [name, open] of Object.entries(stores)) {
  describe(`finding cases in ${name}`, () => {
    it('lists them by what boards ask: phase, step, owner, customer, cause, incident, when they were opened', async () => {
      const { desk, at } = await office(open())
      at(8)
      const sent = {
        'case-2': [example('own')],
        'case-3': [example('own'), example('listen')],
        'case-4': upTo(pocock, 'improve'),
        'case-5': upTo(pocock),
        'case-6': [...upTo(pocock, 'improve'), example('joinIncident', { incident: 'case-4' })],
      }
      for (const [caseId, commands] of Object.entries(sent)) {
        expect(await desk.send(caseId, commands)).toBeAccepted()
      }
      const { owner } = (await desk.look('case-2')).facts
      expect(await ids(desk, {})).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => `case-${n}`))
      expect(await ids(desk, { newestFirst: true, limit: 2 })).toEqual(['case-7', 'case-6'])
      expect(await ids(desk, { phase: 'received' })).toEqual(['case-1', 'case-7'])
      expect(await ids(desk, { phase: ['person', 'closed'] })).toEqual(['case-2', 'case-3', 'case-5'])
      expect(await ids(desk, { step: 'listen' })).toEqual(['case-2'])
      expect(await ids(desk, { owner: owner as string, phase: 'system' })).toEqual(['case-4', 'case-6'])
      expect(await ids(desk, { customer: cleo.id, phase: ['received', 'system'] })).toEqual([
        'case-4',
        'case-6',
        'case-7',
      ])
      const [cause] = (await desk.look('case-4')).facts.causes ?? []
      expect(await ids(desk, { cause: cause as string })).toEqual(['case-4', 'case-5', 'case-6'])
      expect(await ids(desk, { cause: cause as string, incident: 'case-4' })).toEqual(['case-6'])
      const openedBetween = { from: hour(3).toISOString(), to: hour(5).toISOString() }
      expect(await ids(desk, { openedBetween })).toEqual(['case-3', 'case-4'])
      expect(await ids(desk, { owner: 'nobody' })).toEqual([])
    })

    it('turns page after page and shows each case once, though others come meanwhile', async () => {
      const { desk, at } = await office(open())
      for (const newestFirst of [false, true]) {
        const seen: string[] = []
        let after: string | undefined
        for (let pages = 0; pages < 9; pages++) {
          const page = await desk.find({ limit: 2, newestFirst, ...(after === undefined ? {} : { after }) })
          seen.push(...page.cases.map(({ caseId }) => caseId))
          after = page.next
          if (after === undefined) break
          await at(9 + pages).open({ ...aComplaint, at: undefined, caseId: `later-${newestFirst}-${pages}` })
        }
        expect(new Set(seen).size).toBe(seen.length)
        expect(after).toBeUndefined()
        const all = await desk.find({ limit: 500 })
        expect((await desk.find({ limit: all.cases.length })).next).toBeUndefined()
        expect(seen.filter((id) => id.startsWith('case-')).sort()).toEqual(
          [1, 2, 3, 4, 5, 6, 7].map((n) => `case-${n}`),
        )
      }
    })

    it('shows what is overdue: before the clock has recorded it, afterwards, and no longer once it is done', async () => {
      const { desk, at } = await office(open())
      expect(await ids(at(21), { overdue: true })).toEqual(['case-1'])
      await at(22.5).tick()
      expect(await ids(desk, { overdue: true })).toEqual(['case-1', 'case-2'])
      expect((await desk.find({ overdue: true })).cases[0]).toMatchObject({
        overdue: true,
        phase: 'received',
        due: 'own',
      })
      await desk.send('case-1', [example('own'), example('listen')])
      expect(await ids(desk, { overdue: true })).toEqual(['case-2'])
    })

    it('shows what this desk can’t read, until it can', async () => {
      const store = open()
      const ours = defineProtocol({ ...heard, id: 'ours', version: 1 })
      const newer = defineProtocol({ ...heard, id: 'ours', version: 2 })
      const before = createDesk({ store, protocols: [ours, pocock], now: () => hour(1) })
      for (const n of [1, 2, 3])
        await before.open({ ...aComplaint, at: undefined, caseId: `case-${n}`, protocol: n === 3 ? 'pocock' : 'ours' })
      await before.send('case-1', upTo(heard, 'apologize'))
      const broken: Upcaster = {
        from: 'ours@1',
        to: 'ours@2',
        entry: (entry) => (entry.command.type === 'listen' ? undefined : entry),
      }

      const without = createDesk({ store, protocols: [newer, pocock], now: () => hour(2) })
      expect((await without.find({ needsAttention: true })).cases).toMatchObject([
        { caseId: 'case-1', needsAttention: true, protocol: 'ours@1', deadlines: [] },
        { caseId: 'case-2', needsAttention: true },
      ])
      await expect(without.look('case-1')).rejects.toMatchObject({ code: 'protocol-unknown' })

      const half = createDesk({ store, protocols: [newer, pocock], upcasters: [broken], now: () => hour(2) })
      await expect(half.send('case-1', example('apologize'))).rejects.toMatchObject({
        code: 'case-unreadable',
        stored: false,
      })
      expect(await ids(half, { needsAttention: true })).toEqual(['case-1'])
      expect((await half.look('case-2')).protocol).toBe('ours@2')

      const whole = createDesk({
        store,
        protocols: [newer, pocock],
        upcasters: [{ ...broken, entry: (entry) => entry }],
        now: () => hour(3),
      })
      expect(await ids(whole, { needsAttention: true })).toEqual([])
      expect((await whole.send('case-1', example('apologize'))).accepted).toBe(true)
      expect(await store.keys('default', 'attention')).toEqual([])
      expect(await ids(without, { needsAttention: true })).toEqual(['case-2'])
    })

    it('refuses a search that it does not know, and says which field', async () => {
      const desk = createDesk({ store: open() })
      const wrong: readonly [unknown, RegExp][] = [
        [{ phase: 'angry' }, /`phase`/],
        [{ limit: 0 }, /`limit`/],
        [{ limit: 501 }, /`limit`/],
        [{ after: 'x; DROP TABLE redress_case' }, /`after`/],
        [{ openedBetween: { from: 'yesterday', to: 'today' } }, /`openedBetween/],
        [{ colour: 'red' }, /colour/],
        [7, /looked for/],
      ]
      for (const [search, said] of wrong) {
        await expect(desk.find(search)).rejects.toThrow(said)
        await expect(desk.find(search)).rejects.toMatchObject({ code: 'input-invalid' })
      }
      expect(await desk.find()).toEqual({ cases: [], next: undefined })
      expect(await ids(desk, { owner: "'; DROP TABLE redress_case; --", step: '$1', cause: '?1 :p1' })).toEqual([])
    })
  })
}
