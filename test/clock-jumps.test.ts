import pg from 'pg'
import type { Case, Clocks, Desk, Entry, Store } from 'redress'
import { courteous, createDesk, fold, memoryStore, officeHours, pocock } from 'redress'
import { temporalWorkingTime } from 'redress/clocks'
import { postgresStore } from 'redress/postgres'
import { sqliteStore } from 'redress/sqlite'
import { aComplaint, example } from 'redress/testing'
import 'redress/vitest'
import { afterAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { nothingGoesUnhandled } from './fixtures/unhandled.ts'
import { dice } from './year/dice.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const START = Date.parse('2026-03-02T09:00:00.000Z')
const isLong = process.env['LONG'] !== undefined

nothingGoesUnhandled()
const pool = new pg.Pool({ connectionString: inject('databaseUrl'), max: 4 })
pool.on('error', () => {})
afterAll(() => pool.end())
let schemas = 0

const stores: Readonly<Record<string, () => Store>> = {
  memory: memoryStore,
  SQLite: () => sqliteStore(':memory:'),
  PostgreSQL: () => postgresStore(pool, { schema: `jumps_${process.pid}_${++schemas}` }),
}

const clocks: Clocks = {
  policies: [courteous],
  calendars: { default: officeHours('Europe/London') },
  workingTime: temporalWorkingTime,
}

/** A clock that somebody sets. */
class Watch {
  time = START
  readonly now = () => new Date(this.time)
  readonly set = (ms: number) => {
    this.time += ms
  }
}

const { at: _, ...complaint } = aComplaint
const asked = { ...complaint, caseId: 'case-1' }
const { promise: promised } = example('makePromise') as unknown as { readonly promise: object }
const iso = (time: number) => new Date(time).toISOString()
const everythingDue = { by: '9999-01-01T00:00:00.000Z', limit: 100, now: '9998-01-01T00:00:00.000Z' }

describe.each(Object.entries(stores))('a clock that jumps, at the store in %s', (_, openStore) => {
  let store: Store
  let watch: Watch
  let desk: Desk

  beforeEach(async () => {
    store = openStore()
    watch = new Watch()
    desk = createDesk({ store, clocks, now: watch.now })
    await desk.open(asked)
    await desk.send('case-1', example('own'))
  })

  async function logOf(caseId: string): Promise<readonly [Entry, ...Entry[]]> {
    const entries: Entry[] = []
    for await (const entry of store.log('default', caseId)) entries.push(entry)
    return entries as [Entry, ...Entry[]]
  }

  /** The log has no gap, its fold is the case, and what is due at the store is what is due in the case. */
  async function isSound(caseId: string): Promise<readonly Entry[]> {
    const log = await logOf(caseId)
    expect(log.map(({ version }) => version)).toEqual(log.map((_, index) => index + 1))
    const stored = (await store.load('default', caseId)) as Case
    expect(fold(pocock, log, clocks)).toEqual(stored)
    const due = await store.claimDue('default', { ...everythingDue, until: everythingDue.now })
    const running = (stored.facts.deadlines ?? []).filter((one) => !(one.missed || one.met || one.leftMs))
    const names = [
      ...running.map((one) => `${one.name} ${one.due}`),
      ...stored.facts.promises.filter((one) => one.state === 'open').map(({ id, due }) => `promise:${id} ${due}`),
    ]
    const here = due.filter((one) => one.caseId === caseId).map(({ name, due }) => `${name} ${due}`)
    expect(here.sort()).toEqual(names.sort())
    return log
  }

  it('back by hours: each entry says when it was recorded by the clock as it was, in versions without a gap', async () => {
    watch.set(-5 * HOUR_MS)
    expect(await desk.send('case-1', example('askWhy'), { id: 'early' })).toBeAccepted()
    watch.set(6 * HOUR_MS)
    expect(await desk.send('case-1', example('askWhy'), { id: 'early' })).toMatchObject({ repeated: true })
    expect(await desk.send('case-1', example('praise'))).toBeAccepted()
    const log = await isSound('case-1')
    expect(log.map(({ recordedAt }) => recordedAt)).toEqual(
      [START, START, START - 5 * HOUR_MS, START + HOUR_MS].map(iso),
    )
    for (const { command, recordedAt } of log) expect(command.at).toBe(recordedAt)
  })

  it('back by days: a rule refuses what is too late for late news, and nothing else stops', async () => {
    watch.set(-4 * DAY_MS)
    expect(await desk.send('case-1', example('askWhy'))).toMatchObject({
      accepted: false,
      refusal: { code: 'against-the-rules', rules: [{ id: 'time-runs-forward' }] },
    })
    expect(await desk.tick()).toBe(0)
    expect(await desk.open({ ...asked, caseId: 'case-2' })).toBeAccepted()
    watch.set(4 * DAY_MS)
    expect(await desk.send('case-1', example('askWhy'))).toMatchObject({ accepted: true, case: { version: 3 } })
    await isSound('case-1')
    await isSound('case-2')
  })

  it('back between two readings of one tick: what is due is handled all the same', async () => {
    await desk.send('case-1', example('makePromise', { promise: { ...promised, latest: iso(START + HOUR_MS) } }))
    watch.set(2 * HOUR_MS)
    let readings = 0
    const unsteady = createDesk({ store, clocks, now: () => new Date(watch.time - (readings++ === 0 ? 0 : HOUR_MS)) })
    expect(await unsteady.tick()).toBe(1)
    expect((await isSound('case-1')).at(-1)?.command).toMatchObject({ type: 'breakPromise', promise: 'p1' })
  })

  it('forward by days: what passed is recorded once, and stays so when the clock is set back', async () => {
    await desk.send('case-1', example('makePromise', { promise: { ...promised, latest: iso(START + DAY_MS) } }))
    watch.set(2 * DAY_MS)
    expect(await desk.tick()).toBe(2)
    watch.set(-2 * DAY_MS)
    expect(await desk.tick()).toBe(0)
    expect(await desk.send('case-1', example('askWhy'))).toBeAccepted()
    watch.set(2 * DAY_MS)
    expect(await desk.tick()).toBe(0)
    const types = (await isSound('case-1')).map(({ command }) => command.type)
    expect(types.filter((type) => type === 'breakPromise' || type === 'missDeadline').sort()).toEqual([
      'breakPromise',
      'missDeadline',
    ])
  })

  it('forward by days before a send: nobody is quicker than a deadline that passed meanwhile', async () => {
    await desk.send('case-1', example('makePromise', { promise: { ...promised, latest: iso(START + DAY_MS) } }))
    watch.set(2 * DAY_MS + HOUR_MS)
    expect(await desk.send('case-1', example('keepPromise', { promise: 'p1' }))).toBeRefused()
    expect(await desk.send('case-1', example('askWhy'))).toBeAccepted()
    const types = (await isSound('case-1')).map(({ command }) => command.type)
    expect(types.slice(3)).toEqual(['missDeadline', 'breakPromise', 'askWhy'])
  })

  it('a lease of a worker whose clock was days ahead does not outlive it by days', async () => {
    await desk.send('case-1', example('makePromise', { promise: { ...promised, latest: iso(START + HOUR_MS) } }))
    const ahead = new Watch()
    ahead.set(3 * DAY_MS)
    // It claims, and dies before it does anything.
    const dies = { ...store, load: () => new Promise<never>(() => {}) }
    void createDesk({ store: dies, clocks, now: ahead.now }).tick()
    await new Promise((resume) => setTimeout(resume, 50))
    watch.set(2 * HOUR_MS)
    expect(await desk.tick()).toBe(1)
    await isSound('case-1')
  })

  it('a lease holds between clocks that lie minutes apart, and ends with its time', async () => {
    await desk.send('case-1', example('makePromise', { promise: { ...promised, latest: iso(START + HOUR_MS) } }))
    const ahead = new Watch()
    ahead.set(2 * HOUR_MS + 9 * 60_000)
    const dies = { ...store, load: () => new Promise<never>(() => {}) }
    void createDesk({ store: dies, clocks, now: ahead.now }).tick()
    await new Promise((resume) => setTimeout(resume, 50))
    watch.set(2 * HOUR_MS)
    expect(await desk.tick()).toBe(0)
    watch.set(9 * 60_000 + 31_000)
    expect(await desk.tick()).toBe(1)
  })

  it('wherever it jumps to, back and forth: logs, folds, deadlines and receipts agree', {
    timeout: 120_000,
  }, async () => {
    const { below, chance, pick } = dice(7)
    const watches = [watch, new Watch()] as const
    const desks = [desk, createDesk({ store, clocks, now: watches[1].now })] as const
    const cases = ['case-1', 'case-2', 'case-3']
    for (const caseId of cases.slice(1)) {
      await desk.open({ ...asked, caseId })
      await desk.send(caseId, example('own'))
    }
    const recorded = new Map<string, string>()
    for (let turn = 0; turn < (isLong ? 2_000 : 150); turn++) {
      const which = below(2)
      const [one, clock] = [desks[which], watches[which]] as [Desk, Watch]
      clock.set(chance(0.1) ? pick([-8 * HOUR_MS, -3 * HOUR_MS, DAY_MS, 3 * DAY_MS]) : below(HOUR_MS))
      const caseId = pick(cases)
      const what = pick(['tick', 'promise', 'praise'])
      if (what === 'tick') await one.tick()
      else if (what === 'promise') {
        await one.send(caseId, example('makePromise', { promise: { ...promised, latest: iso(clock.time + DAY_MS) } }))
      } else {
        const id = `send-${below(40)}-${caseId}`
        const answer = await one.send(caseId, example('praise'), { id })
        if (!answer.accepted) {
          expect(answer).toBeRefused('time-runs-forward')
          continue
        }
        const [{ recordedAt } = { recordedAt: '' }] = answer.entries
        expect(recordedAt).toBe(answer.repeated ? recorded.get(id) : iso(clock.time))
        expect(answer.repeated).toBe(recorded.has(id))
        recorded.set(id, recordedAt)
      }
    }
    const end = Math.max(...watches.map(({ time }) => time)) + 30 * DAY_MS
    for (const clock of watches) clock.time = end
    await desk.tick()
    for (const caseId of cases) {
      const log = await isSound(caseId)
      let last = ''
      const breaches = new Set<string>()
      for (const { command } of log) {
        expect(Date.parse(command.at)).toBeGreaterThanOrEqual(Date.parse(last || command.at) - 3 * DAY_MS)
        last = command.at > last ? command.at : last
        const { promise } = command as { promise?: unknown }
        if (command.type === 'breakPromise') {
          expect(breaches).not.toContain(promise)
          breaches.add(promise as string)
        }
      }
      const { facts } = (await store.load('default', caseId)) as Case
      expect(facts.promises.filter(({ state }) => state === 'open')).toEqual([])
      expect(facts.promises.length).toBe(breaches.size)
    }
    expect(await store.claimDue('default', { ...everythingDue, by: iso(end), until: everythingDue.now })).toEqual([])
  })
})
