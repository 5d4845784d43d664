import {
  type Clocks,
  courteous,
  createDesk,
  defineProtocol,
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
import 'redress/vitest'
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
    const room = await office().opened()
    expect(await room.due()).toEqual({
      own: '2026-03-02T13:00:00.000Z',
      'first-contact': '2026-03-03T09:00:00.000Z',
      'next-contact': '2026-03-04T09:00:00.000Z',
    })
    await room.at('2026-03-02T11:00:00.000Z')
    await room.desk.send('case-1', example('own'))
    expect(await room.due()).toEqual({ 'next-contact': '2026-03-04T11:00:00.000Z' })
  })

  it('notes what is missed, once, and leaves the case where it is', async () => {
    const room = await office().opened()
    expect(await room.at('2026-03-02T12:59:59.999Z')).toBe(0)
    expect(await room.at('2026-03-02T13:00:00.000Z')).toBe(1)
    expect(await room.at('2026-03-02T14:00:00.000Z')).toBe(0)
    expect(await room.desk.look('case-1')).toBeIn('received')
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
      expect(Object.keys(before).length).toBeGreaterThan(0)
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

describe('what is said to have happened', () => {
  it('is refused when it lies ahead of the desk’s clock, since all that really happens would be late news', async () => {
    const { desk } = await office().opened()
    for (const at of ['2026-03-02T09:10:00.001Z', '2062-01-01T00:00:00Z']) {
      expect(await desk.send('case-1', [example('own'), example('askWhy', { at })])).toMatchObject({
        accepted: false,
        refusal: { code: 'malformed', index: 1, issues: [{ path: 'at' }] },
      })
      expect(await desk.open({ ...aComplaint, caseId: 'case-2', at })).toMatchObject({
        refusal: { issues: [{ path: 'at' }] },
      })
    }
    expect(await desk.send('case-1', example('own', { at: '2026-03-02T09:10:00.000Z' }))).toMatchObject({
      accepted: true,
    })
  })
})

describe('clocks', () => {
  it('that can’t be told apart, or whose calendar is none, set up no desk', () => {
    const desk = (other: object) => () =>
      createDesk({ store: memoryStore(), clocks: { ...clocks, ...other } as Clocks })
    const twice = { ...courteous, clocks: [...courteous.clocks, ...courteous.clocks.slice(0, 1)] }
    expect(desk({ policies: [courteous, courteous] })).toThrow(/two policies are called “courteous”/)
    expect(desk({ policies: [twice] })).toThrow(/two clocks of “courteous” are called “own”/)
    expect(desk({ calendars: { default: { timeZone: 'Mars/Olympus', hours: {}, holidays: [] } } })).toThrow(/timeZone/)
    expect(desk({})).not.toThrow()
  })
})

describe('an opening', () => {
  it('that names a policy or a calendar which the desk does not have is refused', async () => {
    const { desk } = office()
    for (const field of ['policy', 'calendar']) {
      for (const name of ['uk-dsip', 'constructor']) {
        expect(await desk.open({ ...aComplaint, at: undefined, [field]: name })).toMatchObject({
          accepted: false,
          refusal: { code: 'malformed', issues: [{ path: field }] },
        })
      }
    }
  })
})

describe('a deadline', () => {
  it('is not handled ahead of the desk’s clock, which would make all that really happens late news', async () => {
    const desk = createDesk({ store: memoryStore(), now: () => new Date('2026-03-02T09:00:00Z') })
    expect(await desk.tick(new Date('2026-03-02T09:10:00Z'))).toBe(0)
    await expect(desk.tick(new Date('2026-03-02T09:10:01Z'))).rejects.toThrow(/a moment that has come/)
  })

  it('of a case that can’t be handled holds up no other, and is told', async () => {
    const store = memoryStore()
    const ours = defineProtocol({ ...pocock, id: 'ours' })
    const both = createDesk({ store, protocols: [ours, pocock], now: () => new Date('2026-03-02T09:00:00Z') })
    for (const [caseId, protocol] of [
      ['case-1', 'ours'],
      ['case-2', 'pocock'],
    ] as const) {
      await both.open({ ...aComplaint, caseId, protocol })
      await both.send(caseId, upTo(pocock, 'deliver'))
    }
    const desk = createDesk({ store, now: () => new Date('2026-04-02T00:00:00Z') })
    const errors: unknown[] = []
    desk.on('desk-error', (error) => errors.push(error))
    expect(await desk.tick()).toBe(1)
    expect(errors).toMatchObject([{ during: 'tick', caseId: 'case-1', error: { code: 'protocol-unknown' } }])
    expect(await desk.look('case-2')).toBeIn('person.listen')
  })

  it('is sent by the desk alone', async () => {
    const { desk } = await office().opened()
    const command = {
      type: 'missDeadline',
      by: { kind: 'machine', id: 'clock' },
      deadline: 'own',
      due: '2026-03-02T13:00:00Z',
    }
    expect(await desk.send('case-1', command)).toBeRefused('malformed')
    expect((await desk.explain('case-1')).map((one) => one.command)).not.toContain('missDeadline')
  })

  it('is handled by one of two desks on one store, not by both', async () => {
    const store = sqliteStore(':memory:')
    const [one, other] = [office('nhs-england', store), office('nhs-england', store)]
    await one.opened()
    await one.desk.send('case-1', upTo(pocock, 'deliver'))
    const due = Object.values(await one.due()).filter((time) => time <= '2026-04-02T00:00:00.000Z')
    const handled = await Promise.all([one.at('2026-04-02T00:00:00Z'), other.at('2026-04-02T00:00:00Z')])
    expect(due.length).toBeGreaterThan(0)
    expect(handled.reduce((sum, count) => sum + count, 0)).toBe(due.length)
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
