import {
  type Clocks,
  courteous,
  createDesk,
  inCpgrams,
  memoryStore,
  nhsEngland,
  officeHours,
  pocock,
  ukDisp,
  usCfpb,
} from 'redress'
import { temporalWorkingTime } from 'redress/clocks'
import { sqliteStore } from 'redress/sqlite'
import { aComplaint, example, upTo } from 'redress/testing'
import { describe, expect, it } from 'vitest'

const clocks: Clocks = {
  policies: [courteous, ukDisp, usCfpb, nhsEngland, inCpgrams],
  calendars: { default: officeHours('Europe/London', ['2026-04-03', '2026-04-06']) },
  workingTime: temporalWorkingTime,
}

/** A desk whose clock the test turns. */
function office(policy?: string, store = memoryStore()) {
  let at = new Date('2026-03-02T09:00:00.000Z')
  const desk = createDesk({ store, clocks, now: () => at })
  return {
    desk,
    async opened() {
      await desk.open({ ...aComplaint, at: undefined, caseId: 'case-1', ...(policy ? { policy } : {}) })
      return this
    },
    async at(time: string) {
      at = new Date(time)
      return desk.tick()
    },
    due: async () => Object.fromEntries((await desk.look('case-1')).deadlines.map(({ name, due }) => [name, due])),
    facts: async () => (await desk.look('case-1')).facts,
  }
}

describe('the courteous policy', () => {
  it('wants an owner in four working hours, a person’s word in a day, and no silence over two', async () => {
    const { desk, due } = await office().opened()
    expect(await due()).toEqual({
      own: '2026-03-02T13:00:00.000Z',
      'first-contact': '2026-03-03T09:00:00.000Z',
      'next-contact': '2026-03-04T09:00:00.000Z',
    })
    await desk.send('case-1', example('own', { at: '2026-03-02T11:00:00.000Z' }))
    expect(await due()).toEqual({ 'next-contact': '2026-03-04T11:00:00.000Z' })
  })

  it('notes what is missed, once, and leaves the case where it is', async () => {
    const room = await office().opened()
    expect(await room.at('2026-03-02T12:59:59.999Z')).toBe(0)
    expect(await room.at('2026-03-02T13:00:00.000Z')).toBe(1)
    expect(await room.at('2026-03-02T14:00:00.000Z')).toBe(0)
    expect((await room.desk.look('case-1')).state).toBe('received')
    expect((await room.facts()).deadlines).toContainEqual(expect.objectContaining({ name: 'own', missed: true }))
  })

  it('takes a customer whom nobody answers for a second failure', async () => {
    const room = await office().opened()
    await room.desk.send('case-1', upTo(pocock, 'apologize'))
    await room.at('2026-03-03T10:00:00Z')
    await room.desk.send('case-1', example('contact', { direction: 'from-customer', channel: 'mail' }))
    expect((await room.due())['answer']).toBe('2026-03-05T10:00:00.000Z')
    await room.at('2026-03-05T10:00:00Z')
    expect(await room.desk.look('case-1')).toMatchObject({
      state: 'person.listen',
      facts: { round: 2, failures: [{ kind: 'contact-unanswered' }] },
    })
  })

  it('is content when a person answers, and not when a machine does', async () => {
    const room = await office().opened()
    await room.desk.send('case-1', example('own'))
    await room.desk.send('case-1', example('contact', { direction: 'from-customer' }))
    await room.desk.send('case-1', example('contact', { by: { kind: 'machine', id: 'bot' } }))
    expect(await room.due()).toHaveProperty('answer')
    await room.desk.send('case-1', example('contact'))
    expect(await room.due()).not.toHaveProperty('answer')
  })
})

describe('a pause', () => {
  it('stops the clocks that may stop, and gives the working time back that was left', async () => {
    const room = await office().opened()
    await room.at('2026-03-02T12:00:00Z')
    await room.desk.send('case-1', example('pause'))
    expect(await room.due()).toEqual({})
    expect(await room.at('2026-03-09T12:00:00Z')).toBe(0)
    await room.desk.send('case-1', example('resume'))
    expect((await room.due())['own']).toBe('2026-03-09T13:00:00.000Z')
  })

  it('ends when the customer gets in touch', async () => {
    const room = await office().opened()
    await room.desk.send('case-1', example('pause'))
    await room.desk.send('case-1', example('contact', { direction: 'from-customer' }))
    expect((await room.facts()).pause).toBeUndefined()
    expect(await room.due()).toHaveProperty('own')
  })

  it('never stops a regulator’s clock', async () => {
    for (const policy of ['uk-disp', 'us-cfpb', 'nhs-england', 'in-cpgrams']) {
      const room = await office(policy).opened()
      const before = await room.due()
      await room.desk.send('case-1', example('pause'))
      expect(await room.due()).toEqual(before)
      expect(Object.keys(before).length).toBeGreaterThan(1)
    }
  })
})

describe('a promise', () => {
  it('that falls due unkept breaks, and takes the case back to the person phase', async () => {
    for (const store of [memoryStore(), sqliteStore(':memory:')]) {
      const room = await office('us-cfpb', store).opened()
      await room.desk.send('case-1', upTo(pocock, 'deliver'))
      expect((await room.due())['promise:p1']).toBe('2026-04-01T17:00:00.000Z')
      expect(await room.at('2026-04-01T17:00:00Z')).toBeGreaterThanOrEqual(1)
      expect(await room.desk.look('case-1')).toMatchObject({ state: 'person.listen', facts: { round: 2 } })
      expect(await room.at('2026-04-02T17:00:00Z')).toBe(0)
    }
  })

  it('is told like any other transition', async () => {
    const room = await office().opened()
    const heard: string[] = []
    room.desk.on('second-failure', ({ failure }) => heard.push(failure.kind))
    await room.desk.send('case-1', upTo(pocock, 'deliver'))
    await room.at('2026-04-02T00:00:00Z')
    expect(heard).toContain('promise-broken')
  })
})

describe('a deadline', () => {
  it('is sent by the desk alone', async () => {
    const { desk } = await office().opened()
    const command = {
      type: 'missDeadline',
      by: { kind: 'machine', id: 'clock' },
      deadline: 'own',
      due: '2026-03-02T13:00:00Z',
    }
    expect(await desk.send('case-1', command)).toMatchObject({ accepted: false, refusal: { code: 'malformed' } })
    expect((await desk.explain('case-1')).map((one) => one.command)).not.toContain('missDeadline')
  })

  it('is handled by one of two desks on one store, not by both', async () => {
    const store = sqliteStore(':memory:')
    const [one, other] = [office('us-cfpb', store), office('us-cfpb', store)]
    await one.opened()
    await one.desk.send('case-1', upTo(pocock, 'deliver'))
    const handled = await Promise.all([one.at('2026-04-02T00:00:00Z'), other.at('2026-04-02T00:00:00Z')])
    expect(handled.reduce((sum, count) => sum + count, 0)).toBe(1)
    expect((await one.facts()).round).toBe(2)
  })

  it('is kept up with by `run`, until its signal aborts', async () => {
    const room = await office().opened()
    await room.desk.send('case-1', upTo(pocock, 'deliver'))
    const stop = new AbortController()
    const broken = new Promise((resolve) => room.desk.on('second-failure', resolve))
    const running = room.desk.run({ signal: stop.signal, everyMs: 1 })
    await room.at('2026-04-02T00:00:00Z')
    await broken
    stop.abort()
    await running
  })
})
