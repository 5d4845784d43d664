import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { Delivery, Lanes, Store, SubscribeOptions } from 'redress'
import { createDesk, DeliveryError, heard, memoryStore, person } from 'redress'
import { postgresStore } from 'redress/postgres'
import { sqliteStore } from 'redress/sqlite'
import { aComplaint, example } from 'redress/testing'
import 'redress/vitest'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { thrownBy } from './fixtures/thrown.ts'
import { nothingGoesUnhandled } from './fixtures/unhandled.ts'

nothingGoesUnhandled()
const folder = mkdtempSync(join(tmpdir(), 'redress-subscriptions-'))
const pool = new pg.Pool({ connectionString: inject('databaseUrl'), max: 8 })
afterAll(async () => {
  await pool.end()
  rmSync(folder, { recursive: true, force: true })
})
let opened = 0

const stores: Readonly<Record<string, () => Store>> = {
  memory: memoryStore,
  SQLite: () => sqliteStore(join(folder, `${++opened}.db`)),
  PostgreSQL: () => postgresStore(pool, { schema: `subscriptions_${process.pid}_${++opened}` }),
}

const quick = { pollMs: 5, firstRetryMs: 10, maxRetryMs: 20 } satisfies SubscribeOptions
const nameOf = ({ caseId, entry }: Delivery) => `${caseId} ${entry.version}`

/** Waits until something is so. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let waits = 0; waits < 2_000; waits++) {
    if (await isSo()) return
    await pause(5)
  }
  expect.fail('It did not come to be.')
}

/** A desk, and cases that are opened and owned: two entries each. */
async function deskOn(store: Store, ...cases: readonly string[]) {
  const desk = createDesk({ store })
  for (const caseId of cases) {
    await desk.open({ ...aComplaint, at: undefined, caseId })
    await desk.send(caseId, example('own'))
  }
  return desk
}

describe.each(Object.entries(stores))('a subscription on %s', (_, open) => {
  it('gets every older case from the start, what comes then, and each entry once and in order', async () => {
    const store = open()
    await using desk = await deskOn(store, 'case-1', 'case-2')
    const had: string[] = []
    await desk.subscribe('billing', { ...quick, from: 'start' }, (delivery) => void had.push(nameOf(delivery)))
    await until(() => had.length === 4)
    await desk.send('case-1', [example('praise'), example('praise')])
    await until(() => had.length === 6)
    expect(had.filter((one) => one.startsWith('case-1'))).toEqual([1, 2, 3, 4].map((version) => `case-1 ${version}`))
    expect(had.filter((one) => one.startsWith('case-2'))).toEqual([1, 2].map((version) => `case-2 ${version}`))
  })

  it('begins with now, or where it was when nobody was there to hear it', async () => {
    const store = open()
    await using writer = await deskOn(store, 'case-1')
    const had: string[] = []
    const hear = (delivery: Delivery) => void had.push(nameOf(delivery))
    {
      await using desk = createDesk({ store })
      await desk.subscribe('billing', quick, hear)
      await writer.send('case-1', example('praise'))
      await until(() => had.length === 1)
    }
    await writer.send('case-1', example('praise'))
    await using desk = createDesk({ store })
    await desk.subscribe('billing', quick, hear)
    await until(() => had.length === 2)
    expect(had).toEqual(['case-1 3', 'case-1 4'])
  })

  it('loses nothing to a replay, of a case before its news were noted, or while older cases are still to come', async () => {
    const store = open()
    await using desk = createDesk({ store })
    await (await desk.subscribe('billing', quick, () => {})).close()
    await deskOn(store, 'case-1')
    await desk.send('case-1', example('praise'))
    expect(await desk.replay('billing', { caseId: 'case-1', from: 4 })).toBe(false)
    expect(await desk.replay('billing', { caseId: 'case-1', from: 3 })).toBe(true)
    const had: string[] = []
    await desk.subscribe('billing', quick, (delivery) => void had.push(nameOf(delivery)))
    await until(() => had.length === 3)
    expect(had).toEqual(['case-1 1', 'case-1 2', 'case-1 3'])

    const older = Array.from({ length: 1_200 }, (_, index) => `old-${index}`)
    await Promise.all(older.map((caseId) => desk.open({ ...aComplaint, at: undefined, caseId })))
    const seen = new Set<string>()
    await desk.subscribe('crm', { ...quick, from: 'start' }, ({ caseId }) => void seen.add(caseId))
    await until(() => seen.size > 0)
    await desk.replay('crm', { from: new Date() })
    await until(() => seen.size === older.length + 1)
  })

  it('loses nothing to a replay from a moment while thousands of entries are new', async () => {
    const store = open()
    await using desk = createDesk({ store })
    await (await desk.subscribe('billing', quick, () => {})).close()
    await pause(5)
    const cases = Array.from({ length: 45 }, (_, index) => `case-${index}`)
    await deskOn(store, ...cases)
    const praises = Array.from({ length: 50 }, () => example('praise'))
    for (const caseId of cases) await desk.send(caseId, praises)
    await pause(5)
    const moment = new Date()
    await pause(5)
    for (const caseId of cases) await desk.send(caseId, example('praise'))
    await desk.replay('billing', { from: moment })
    const had = new Set<string>()
    await desk.subscribe('billing', { ...quick, concurrency: 64 }, (delivery) => void had.add(nameOf(delivery)))
    await until(() => had.size === cases.length * 53)
  })

  it('is given what its filter asks for, and of imports nothing unless it says so', async () => {
    const store = open()
    await using desk = await deskOn(store, 'case-1')
    const ana = person('ana')
    const complaint = { caseId: 'case-2', by: ana, at: '2025-06-02T08:10:00Z', customer: 'c-17', channel: 'phone' }
    const own = { type: 'own', by: ana, at: '2025-06-02T08:15:00Z', owner: ana, introduced: 'I am Ana.' }
    await desk.import({ by: ana, opening: { ...complaint, words: 'No heat.' }, commands: [own] })
    const had: Record<string, string[]> = { owned: [], entered: [], imported: [], none: [], all: [] }
    const hear = (name: string) => (delivery: Delivery) => void had[name]?.push(nameOf(delivery))
    const from = 'start'
    await desk.subscribe('owned', { ...quick, from, filter: { types: ['own'] } }, hear('owned'))
    await desk.subscribe('entered', { ...quick, from, filter: { entered: ['person'] } }, hear('entered'))
    await desk.subscribe('imported', { ...quick, from, filter: { types: ['own'], imported: true } }, hear('imported'))
    await desk.subscribe('none', { ...quick, from, filter: { protocols: ['heard'] } }, hear('none'))
    await desk.subscribe('all', { ...quick, from, filter: { imported: true } }, hear('all'))
    await until(() => had['all']?.length === 4 && had['owned']?.length === 1 && had['imported']?.length === 2)
    expect(had['owned']).toEqual(['case-1 2'])
    expect(had['entered']).toEqual(['case-1 2'])
    expect(had['imported']?.sort()).toEqual(['case-1 2', 'case-2 2'])
    expect(had['none']).toEqual([])
  })

  it('tries again what failed, the same under one id, and holds up that case alone', async () => {
    const store = open()
    await using desk = await deskOn(store, 'case-1', 'case-2')
    const had: string[] = []
    const tries: Delivery[] = []
    const failures: unknown[] = []
    desk.on('delivery-failed', (failure) => failures.push(failure))
    await desk.subscribe('billing', { ...quick, from: 'start' }, async (delivery) => {
      if (nameOf(delivery) === 'case-1 1') {
        tries.push(delivery)
        if (tries.length < 4) throw new Error('down')
      }
      had.push(nameOf(delivery))
    })
    await until(() => had.length === 4)
    expect(tries.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4])
    expect(new Set(tries.map(({ id }) => id)).size).toBe(1)
    expect(new Set(tries.map(({ firstAt }) => firstAt)).size).toBe(1)
    expect(had.filter((one) => one.startsWith('case-1'))).toEqual(['case-1 1', 'case-1 2'])
    expect(had.indexOf('case-2 2')).toBeLessThan(had.indexOf('case-1 1'))
    expect(failures).toHaveLength(3)
    expect(failures[0]).toMatchObject({ subscription: 'billing', caseId: 'case-1', version: 1, attempt: 1 })
  })

  it('parks what keeps failing in sight, and retries, skips and replays it when told', async () => {
    const store = open()
    await using desk = await deskOn(store, 'case-1', 'case-2')
    const had: string[] = []
    let isDown = true
    await desk.subscribe('billing', { ...quick, from: 'start', parkAfter: 3 }, async (delivery) => {
      if (isDown && nameOf(delivery) === 'case-1 2') throw Object.assign(new Error('Cleo Marsh'), { code: 'E_DOWN' })
      if (isDown && nameOf(delivery) === 'case-2 1') throw new DeliveryError('no use', { park: true })
      had.push(nameOf(delivery))
    })
    await until(async () => (await desk.parked()).length === 2)
    const parked = (await desk.parked({ subscription: 'billing' })).toSorted(
      (one, other) => other.attempts - one.attempts,
    )
    expect(parked).toMatchObject([
      { subscription: 'billing', caseId: 'case-1', version: 2, attempts: 3, error: 'E_DOWN' },
      { subscription: 'billing', caseId: 'case-2', version: 1, attempts: 1, error: 'delivery-failed' },
    ])
    expect(JSON.stringify(parked)).not.toContain('Cleo')
    expect(await desk.parked({ subscription: 'another' })).toEqual([])
    expect(had).toEqual(['case-1 1'])
    isDown = false
    const [first, second] = parked as [(typeof parked)[0], (typeof parked)[0]]
    expect(await desk.retry(first)).toBe(true)
    expect(await desk.retry(first)).toBe(false)
    expect(await desk.skip(second)).toBe(true)
    await until(() => had.length === 3)
    expect(had.toSorted()).toEqual(['case-1 1', 'case-1 2', 'case-2 2'])
    expect(await desk.replay('billing', { caseId: 'case-2' })).toBe(true)
    await until(() => had.length === 5)
    expect(had.slice(3)).toEqual(['case-2 1', 'case-2 2'])
    expect(await desk.replay('billing')).toBe(true)
    await until(() => had.length === 9)
    expect(await desk.parked()).toEqual([])
    expect(await desk.replay('nobody')).toBe(false)
  })

  it('does not let a slow handler delay other lanes, nor other subscriptions', async () => {
    const store = open()
    await using desk = await deskOn(store, 'case-1', 'case-2')
    const had: string[] = []
    let letGo = () => {}
    const slow = new Promise<void>((resolve) => {
      letGo = resolve
    })
    await desk.subscribe('slow', { ...quick, from: 'start', concurrency: 2 }, async (delivery) => {
      if (delivery.caseId === 'case-1') await slow
      had.push(`slow ${nameOf(delivery)}`)
    })
    await desk.subscribe('quick', { ...quick, from: 'start' }, (one) => void had.push(`quick ${nameOf(one)}`))
    await until(() => had.length === 6)
    await desk.send('case-2', example('praise'))
    await until(() => had.length === 8)
    expect(had.filter((one) => one.startsWith('slow'))).toEqual([1, 2, 3].map((version) => `slow case-2 ${version}`))
    letGo()
    await until(() => had.length === 10)
  })

  it('fails a handler that takes too long, tells it so, and tries again', async () => {
    const store = open()
    await using desk = await deskOn(store, 'case-1')
    const reasons: unknown[] = []
    const had: string[] = []
    await desk.subscribe('billing', { ...quick, from: 'start', timeoutMs: 30, leaseMs: 10_000 }, async (delivery) => {
      if (delivery.attempt === 1 && delivery.entry.version === 1) {
        delivery.signal.addEventListener('abort', () => reasons.push(delivery.signal.reason))
        await new Promise(() => {})
      }
      had.push(nameOf(delivery))
    })
    await until(() => had.length === 2)
    expect(had).toEqual(['case-1 1', 'case-1 2'])
    expect(reasons).toMatchObject([{ code: 'delivery-failed' }])
  })

  it('reads what was erased as it is now', async () => {
    const store = open()
    await using desk = await deskOn(store, 'case-1')
    const words: unknown[] = []
    let isDown = true
    let tries = 0
    await desk.subscribe('billing', { ...quick, from: 'start', filter: { types: ['open'] } }, ({ entry }) => {
      tries++
      if (isDown) throw new Error('down')
      words.push((entry.command as { words?: unknown }).words)
    })
    expect(await desk.erase('case-1', { by: person('gil'), reason: 'asked for' })).toBeAccepted()
    // One may have read the entry before it was erased; the next but one has not.
    const before = tries
    await until(() => tries > before + 1)
    isDown = false
    await until(() => words.length === 1)
    expect(words).toEqual(['[erased]'])
  })

  it('reads again what it had in hand for long, so that words erased meanwhile are not handed over', async () => {
    const store = open()
    await using desk = await deskOn(store, 'case-1')
    await desk.send('case-1', example('praise'))
    const words: unknown[] = []
    let letGo = () => {}
    const slow = new Promise<void>((resolve) => {
      letGo = resolve
    })
    await desk.subscribe('billing', { ...quick, from: 'start' }, async ({ entry }) => {
      if (entry.version === 1) await slow
      if (entry.version === 3) words.push((entry.command as { words?: unknown }).words)
    })
    await pause(1_100)
    expect(await desk.erase('case-1', { by: person('gil'), reason: 'asked for' })).toBeAccepted()
    letGo()
    await until(() => words.length === 1)
    expect(words).toEqual(['[erased]'])
  })

  it('is closed with its desk: what is in hand is finished, leases are given back, and nothing comes afterwards', async () => {
    const store = open()
    const desk = await deskOn(store, 'case-1', 'case-2')
    const had: string[] = []
    let began = 0
    await desk.subscribe('billing', { ...quick, from: 'start' }, async (delivery) => {
      began++
      await pause(50)
      had.push(nameOf(delivery))
    })
    const run = desk.run({ signal: new AbortController().signal, everyMs: 5 })
    await until(() => began === 2)
    await desk.close()
    await run
    expect(had.toSorted()).toEqual(['case-1 1', 'case-2 1'])
    expect(await thrownBy(desk.send('case-1', example('praise')))).toMatchObject({ code: 'desk-closed', stored: false })
    expect(await thrownBy(desk.tick())).toMatchObject({ code: 'desk-closed' })
    await desk.close()
    // Nobody has to wait for a lease.
    await using another = createDesk({ store })
    await another.subscribe('billing', quick, (delivery) => void had.push(nameOf(delivery)))
    await until(() => had.length === 4)
    expect(had.slice(2).toSorted()).toEqual(['case-1 2', 'case-2 2'])
  })

  it('is closed with a claim on its way: it hands out nothing any more, and other desks get it at once', async () => {
    const store = open()
    await using another = await deskOn(store, 'case-1')
    let isAsked = false
    let letGo = () => {}
    const held = new Promise<void>((resolve) => (letGo = resolve))
    const lanes = store.lanes as Lanes
    const claim: Lanes['claim'] = async (...of) => {
      const claimed = await lanes.claim(...of)
      isAsked = claimed.length > 0
      if (isAsked) await held
      return claimed
    }
    let givenBack = 0
    const settle: Lanes['settle'] = async (...of) => {
      await pause(50)
      const held = await lanes.settle(...of)
      givenBack += held.length
      return held
    }
    const desk = createDesk({ store: { ...store, lanes: { ...lanes, claim, settle } } })
    const had: string[] = []
    await desk.subscribe('billing', { ...quick, from: 'start' }, (delivery) => void had.push(nameOf(delivery)))
    await until(() => isAsked)
    const closing = desk.close()
    letGo()
    await closing
    expect([had, givenBack]).toEqual([[], 1])
    await another.subscribe('billing', quick, (delivery) => void had.push(nameOf(delivery)))
    await until(() => had.length === 2)
  })

  it('is closed in time though what became of its lanes can’t be noted', async () => {
    const store = open()
    await using opened = await deskOn(store, 'case-1')
    const settle = () => Promise.reject(new Error('The database is away.'))
    const desk = createDesk({ store: { ...store, lanes: { ...(store.lanes as Lanes), settle } } })
    let handled = 0
    await desk.subscribe('billing', { ...quick, from: 'start' }, () => void handled++)
    await until(() => handled === 2)
    const began = performance.now()
    await desk.close({ withinMs: 50 })
    // Its lease would last for half a minute.
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(await opened.parked()).toEqual([])
  })

  it('closes by itself, whoever else subscribes at this desk meanwhile', async () => {
    await using desk = await deskOn(open(), 'case-1')
    const one = await desk.subscribe('one', quick, () => {})
    const [closed] = await Promise.all([one.close().then(() => 'closed'), desk.subscribe('two', quick, () => {})])
    expect(closed).toBe('closed')
  })

  it('asks for nothing of protocols that its desk lacks, where its filter leaves them out', async () => {
    const store = open()
    const elsewhere = createDesk({ store, protocols: [heard] })
    await elsewhere.open({ ...aComplaint, at: undefined, caseId: 'case-0' })
    await using desk = await deskOn(store, 'case-1')
    const had: string[] = []
    const filter = { protocols: ['pocock'] }
    await desk.subscribe('billing', { ...quick, from: 'start', filter, parkAfter: 1 }, (delivery) => {
      had.push(nameOf(delivery))
    })
    await until(() => had.length === 2)
    await until(async () => (await desk.subscriptions())[0]?.behind === 0)
    expect(await desk.parked()).toEqual([])
  })

  it('goes on for as long as its handler says when to come back, and parks it with the reason that it gives', async () => {
    await using desk = await deskOn(open(), 'case-1')
    let tries = 0
    await desk.subscribe('billing', { ...quick, from: 'start', parkAfter: 2 }, () => {
      tries += 1
      if (tries < 6) throw new DeliveryError('Too many requests.', { retryAfterMs: 1 })
      throw new DeliveryError('It is gone.', { park: true, reason: 'gone' })
    })
    await until(async () => (await desk.parked()).length === 1)
    expect([tries, await desk.parked()]).toMatchObject([6, [{ caseId: 'case-1', version: 1, error: 'gone' }]])
  })

  it('waits as it would anyway where a handler says nonsense about when to come back', async () => {
    await using desk = await deskOn(open(), 'case-1')
    let tries = 0
    await desk.subscribe('billing', { ...quick, from: 'start' }, () => {
      tries += 1
      if (tries === 1) throw new DeliveryError('Later.', { retryAfterMs: Number.NaN })
    })
    await until(() => tries === 3)
  })

  it('tells handlers to stop where closing takes too long, and counts that as no try', async () => {
    const store = open()
    const desk = await deskOn(store, 'case-1')
    let began = 0
    await desk.subscribe('billing', { ...quick, from: 'start' }, ({ signal }) => {
      began++
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    })
    await until(() => began === 1)
    await desk.close({ withinMs: 20 })
    await using another = createDesk({ store })
    const attempts: number[] = []
    await another.subscribe('billing', quick, ({ attempt }) => void attempts.push(attempt))
    await until(() => attempts.length === 2)
    expect(attempts).toEqual([1, 1])
  })

  it('ends with its signal, and by itself, while others go on', async () => {
    const store = open()
    await using desk = await deskOn(store, 'case-1')
    const had: string[] = []
    const hear = (name: string) => () => void had.push(name)
    const controller = new AbortController()
    await desk.subscribe('one', { ...quick, signal: controller.signal }, hear('one'))
    const two = await desk.subscribe('two', quick, hear('two'))
    await desk.subscribe('three', quick, hear('three'))
    controller.abort()
    await two.close()
    await pause(50)
    await desk.send('case-1', example('praise'))
    await until(() => had.length === 1)
    await pause(50)
    expect(had).toEqual(['three'])
  })
})

describe('a desk', () => {
  it('asks an idle store once a second, however many subscribe', async () => {
    const schema = `idle_${process.pid}`
    const setUp = postgresStore(pool, { schema })
    await deskOn(setUp, 'case-1')
    let queries = 0
    const counting = {
      query(config: never) {
        queries++
        return pool.query(config)
      },
    }
    await using desk = createDesk({ store: postgresStore(counting as never, { schema }) })
    for (const name of ['one', 'two', 'three']) await desk.subscribe(name, {}, () => {})
    void desk.run({ signal: new AbortController().signal })
    await pause(3_100)
    queries = 0
    await pause(6_000)
    expect(queries).toBeGreaterThan(3)
    expect(queries).toBeLessThanOrEqual(6)
  })

  it('says how far each subscription is behind, and forgets one for good', async () => {
    const store = memoryStore()
    await using desk = await deskOn(store, 'case-1', 'case-2')
    const had: string[] = []
    const hear = (delivery: Delivery) => void had.push(nameOf(delivery))
    await desk.subscribe('billing', { ...quick, from: 'start' }, hear)
    await until(() => had.length === 4)
    await until(async () => (await desk.subscriptions())[0]?.behind === 0)
    expect(await desk.subscriptions()).toEqual([{ subscription: 'billing', behind: 0, parked: 0 }])
    expect(await desk.unsubscribe('billing')).toBe(true)
    expect(await desk.unsubscribe('billing')).toBe(false)
    await desk.send('case-1', example('praise'))
    await pause(50)
    expect([had.length, await desk.subscriptions()]).toEqual([4, []])
    await desk.subscribe('billing', { ...quick, from: 'start' }, hear)
    await until(() => had.length === 9)
  })

  it('is forgotten in other processes, too: they hear no more', async () => {
    const store = memoryStore()
    await using desk = await deskOn(store, 'case-1')
    await using elsewhere = createDesk({ store })
    const had: string[] = []
    await elsewhere.subscribe('billing', quick, (delivery) => void had.push(nameOf(delivery)))
    await desk.unsubscribe('billing')
    await desk.send('case-1', example('praise'))
    await pause(50)
    expect(had).toEqual([])
  })

  it('gives each delivery an id of its own, whatever stands in the names', async () => {
    const store = memoryStore()
    const ids: string[] = []
    for (const [tenant, name, caseId] of [
      ['t', 'a:b', 'c'],
      ['t', 'a', 'b:c'],
      ['t:a', 'b', 'c'],
      ['u', 'a', 'ü c.1'],
    ] as const) {
      await using desk = createDesk({ store, tenant })
      await desk.open({ ...aComplaint, at: undefined, caseId })
      const heard: string[] = []
      await desk.subscribe(name, { ...quick, from: 'start' }, ({ caseId: of, id }) => {
        if (of === caseId) heard.push(id)
      })
      await until(() => heard.length === 1)
      ids.push(...heard)
    }
    expect(ids).toEqual(['t:a%3Ab:c:1', 't:a:b%3Ac:1', 't%3Aa:b:c:1', 'u:a:%C3%BC%20c.1:1'])
  })

  it('refuses a subscription that can’t be, naming what is wrong', async () => {
    await using desk = createDesk({ store: memoryStore() })
    const { lanes: _, ...without } = memoryStore()
    await using bare = createDesk({ store: without })
    const ways: readonly (readonly [Promise<unknown>, RegExp])[] = [
      [desk.subscribe('', {}, () => {}), /its name is an id/],
      [desk.subscribe('half \ud800', {}, () => {}), /its name is an id/],
      [desk.unsubscribe(7 as never), /has a name/],
      [bare.subscriptions(), /keeps no lanes/],
      [desk.subscribe('a', { pollMs: 0 }, () => {}), /`pollMs`/],
      [desk.subscribe('a', { leaseMs: 1_004, timeoutMs: 5 }, () => {}), /`leaseMs`: at least 1000 longer than/],
      [desk.close({ withinMs: 'soon' } as never), /`withinMs`/],
      [desk.run(undefined as never), /`signal` is an AbortSignal/],
      [desk.subscribe('a', { filter: { phase: 'person' } } as never, () => {}), /`filter.phase`/],
      [desk.subscribe('a', { from: 'yesterday' }, () => {}), /`from`/],
      [desk.subscribe('a', {}, 7 as never), /its handler is a function/],
      [desk.subscribe('a', { transaction: async () => {} }, () => {}), /can’t join a transaction/],
      [desk.retry({} as never), /`subscription`: is missing/],
      [desk.replay('a', { from: 3 }), /from a moment on/],
      [bare.subscribe('a', {}, () => {}), /keeps no lanes/],
    ]
    for (const [tried, sentence] of ways) {
      expect(await thrownBy(tried)).toMatchObject({ code: 'input-invalid', message: expect.stringMatching(sentence) })
    }
  })
})

describe('on PostgreSQL', () => {
  const schemaOf = (name: string) => `${name}_${process.pid}_${++opened}`

  it('tables that were restored where transactions have lower numbers lose nothing, and are quiet when idle', async () => {
    const schema = schemaOf('restored')
    const store = postgresStore(pool, { schema })
    const cases = Array.from({ length: 45 }, (_, index) => `case-${index}`)
    await using desk = await deskOn(store, ...cases)
    for (const caseId of cases)
      await desk.send(
        caseId,
        Array.from({ length: 60 }, () => example('praise')),
      )
    const had = new Set<string>()
    const hear = (delivery: Delivery) => void had.add(nameOf(delivery))
    await (await desk.subscribe('billing', { ...quick, from: 'start' }, hear)).close()
    // What a dump leaves in the tables of a fresh cluster.
    await pool.query(`UPDATE ${schema}.redress_log SET xid = xid + 1000000000`)
    await pool.query(`UPDATE ${schema}.redress_subscription SET cluster = 'old', reached = reached + 1000000000`)
    await desk.subscribe('billing', { ...quick, concurrency: 64 }, hear)
    for (const caseId of cases) await desk.send(caseId, example('praise'))
    await until(() => had.size === cases.length * 63)
    await until(async () => (await desk.subscriptions())[0]?.behind === 0)
    const times = { now: new Date().toISOString(), latest: '9999-01-01T00:00:00.000Z' }
    expect(await store.lanes?.stirring('default', ['billing'], times)).toEqual([])
  })

  it('a pool that leads to another cluster while somebody subscribes loses nothing', async () => {
    const schema = schemaOf('switched')
    await using desk = await deskOn(postgresStore(pool, { schema }), 'case-1')
    const had: string[] = []
    await desk.subscribe('billing', { ...quick, from: 'start' }, (delivery) => void had.push(nameOf(delivery)))
    await until(() => had.length === 2)
    await pool.query(`UPDATE ${schema}.redress_log SET xid = xid + 1000000000`)
    await pool.query(`UPDATE ${schema}.redress_subscription SET cluster = 'old', reached = reached + 1000000000`)
    await desk.send('case-1', example('praise'))
    await until(() => had.length === 3)
    expect(had).toEqual(['case-1 1', 'case-1 2', 'case-1 3'])
  })

  it('who is cut short while it forgets a subscription leaves nothing behind for those who subscribe anew', async () => {
    const schema = schemaOf('forgotten')
    await using desk = await deskOn(postgresStore(pool, { schema }), 'case-1', 'case-2')
    const had: string[] = []
    const hear = (delivery: Delivery) => void had.push(nameOf(delivery))
    const first = await desk.subscribe('billing', { ...quick, from: 'start' }, hear)
    await until(() => had.length === 4)
    await first.close()
    const query = (config: { readonly text: string }) =>
      /DELETE FROM .*redress_lane/.test(config.text) ? Promise.reject(new Error('killed')) : pool.query(config)
    const dying = createDesk({ store: postgresStore({ query } as never, { schema }) })
    expect(await thrownBy(dying.unsubscribe('billing'))).toMatchObject({ code: 'store-failed' })
    await desk.subscribe('billing', { ...quick, from: 'start' }, hear)
    await until(() => had.length === 8)
  })

  it('a transaction that commits late hides nothing, whatever was delivered while it was open', async () => {
    const store = postgresStore(pool, { schema: `late_${process.pid}` })
    const cases = Array.from({ length: 20 }, (_, index) => `case-${index}`)
    await using desk = await deskOn(store, ...cases)
    const had: string[] = []
    await desk.subscribe('billing', quick, (delivery) => void had.push(nameOf(delivery)))
    const clients = await Promise.all([pool.connect(), pool.connect(), pool.connect()])
    // Each writes while others come and go around it, and commits when all of them have been heard.
    for (const [index, client] of clients.entries()) {
      await client.query('BEGIN')
      await desk.within(client).send(`case-${index}`, [example('praise'), example('praise')])
      await desk.send(`case-${5 + index}`, example('praise'))
      await until(() => had.length === index + 1)
    }
    for (const [index, client] of clients.toReversed().entries()) {
      await client.query('COMMIT')
      client.release()
      await desk.send(`case-${10 + index}`, example('praise'))
      await until(() => had.length === 3 + 3 * (index + 1))
    }
    await desk.send('case-0', example('praise'))
    await until(() => had.length === 13)
    expect(had.filter((one) => one.startsWith('case-0 '))).toEqual(['case-0 3', 'case-0 4', 'case-0 5'])
    expect(new Set(had).size).toBe(13)
  })

  it('more news than a page are delivered, with what one transaction wrote and what was open meanwhile', async () => {
    const store = postgresStore(pool, { schema: `pages_${process.pid}` })
    const cases = Array.from({ length: 40 }, (_, index) => `case-${index}`)
    await using desk = await deskOn(store, ...cases)
    const many = Array.from({ length: 100 }, () => example('praise'))
    await using another = createDesk({ store })
    await another.subscribe('billing', { pollMs: 60_000 }, () => {})
    await another.close()
    const open = await pool.connect()
    await open.query('BEGIN')
    await desk.within(open).send('case-0', example('praise'))
    for (const caseId of cases.slice(1, 30)) await desk.send(caseId, many)
    const whole = await pool.connect()
    await whole.query('BEGIN')
    for (const caseId of cases.slice(1)) await desk.within(whole).send(caseId, many)
    await whole.query('COMMIT')
    whole.release()
    const had: string[] = []
    await using reader = createDesk({ store })
    await reader.subscribe('billing', quick, (delivery) => void had.push(nameOf(delivery)))
    await until(() => had.length === 6_800)
    await open.query('COMMIT')
    open.release()
    await until(() => had.length === 6_801)
    expect(new Set(had).size).toBe(6_801)
  })

  it('tables that were moved to another cluster, with other transaction ids, lose nothing', async () => {
    const schema = `moved_${process.pid}`
    const store = postgresStore(pool, { schema })
    await using desk = await deskOn(store, 'case-1', 'case-2')
    // What was recorded in the millisecond in which a subscription begins is new to it, once its tables have moved.
    await pause(5)
    await using before = createDesk({ store })
    const had: string[] = []
    const hear = (delivery: Delivery) => void had.push(nameOf(delivery))
    await before.subscribe('billing', quick, hear)
    await desk.send('case-1', example('praise'))
    await until(() => had.length === 1)
    await before.close()
    await desk.send('case-1', example('praise'))
    await desk.send('case-2', example('praise'))
    await pool.query(`UPDATE ${schema}.redress_subscription SET cluster = 'another', reached = 9000000000`)
    await using after = createDesk({ store })
    await after.subscribe('billing', quick, hear)
    await until(() => had.length >= 3)
    await desk.send('case-2', example('praise'))
    await until(() => had.length >= 4)
    expect(had.toSorted()).toEqual(['case-1 3', 'case-1 4', 'case-2 3', 'case-2 4'])
  })
})

describe('a handler in the host’s transaction', () => {
  const begun = async (work: (tx: pg.PoolClient) => Promise<void>) => {
    const client = await pool.connect()
    try {
      await client.query('BEGIN')
      await work(client)
      await client.query('COMMIT')
    } catch (error) {
      await client.query('ROLLBACK')
      throw error
    } finally {
      client.release()
    }
  }

  it('does each entry’s work once, though every other try fails after it, or takes too long', async () => {
    const schema = `effect_${process.pid}`
    await using desk = await deskOn(postgresStore(pool, { schema }), 'case-1', 'case-2', 'case-3')
    for (let n = 0; n < 5; n++) await desk.send('case-1', [example('praise'), example('praise')])
    await pool.query(`CREATE TABLE ${schema}.invoice (case_id text, version int, PRIMARY KEY (case_id, version))`)
    let tries = 0
    const options = { ...quick, from: 'start', transaction: begun, timeoutMs: 60, leaseMs: 5_000 } as const
    await desk.subscribe('billing', options, async ({ tx, caseId, entry }) => {
      await tx.query(`INSERT INTO ${schema}.invoice VALUES ($1, $2)`, [caseId, entry.version])
      tries++
      if (tries % 2 === 0) throw new Error('after the work')
      if (tries % 7 === 0) await pause(100)
    })
    await until(async () => (await pool.query(`SELECT FROM ${schema}.invoice`)).rowCount === 16)
    await until(async () => (await desk.parked()).length === 0 && tries > 16)
    await desk.close()
    const { rows } = await pool.query(`SELECT next, newest, due_at FROM ${schema}.redress_lane`)
    for (const { next, newest, due_at } of rows) expect([next, due_at]).toEqual([newest + 1, null])
  })

  it('works on SQLite, too', async () => {
    const path = join(folder, 'effect.db')
    const db = new DatabaseSync(path)
    await using desk = await deskOn(sqliteStore(path), 'case-1', 'case-2')
    db.exec('CREATE TABLE invoice (case_id TEXT, version INTEGER, PRIMARY KEY (case_id, version))')
    let tries = 0
    const transaction = async (work: (tx: DatabaseSync) => Promise<void>) => {
      db.exec('BEGIN IMMEDIATE')
      try {
        await work(db)
        db.exec('COMMIT')
      } catch (error) {
        db.exec('ROLLBACK')
        throw error
      }
    }
    const options = { ...quick, from: 'start', transaction, concurrency: 1 } as const
    await desk.subscribe('billing', options, ({ tx, caseId, entry }) => {
      tx.prepare('INSERT INTO invoice VALUES (?, ?)').run(caseId, entry.version)
      if (++tries % 2 === 0) throw new Error('after the work')
    })
    await until(() => db.prepare('SELECT count(*) AS n FROM invoice').get()?.['n'] === 4)
    await desk.close()
    expect(tries).toBeGreaterThan(4)
    db.close()
  })
})
