import {
  type Case,
  type Clocks,
  courteous,
  createDesk,
  defineProtocol,
  heard,
  judge,
  machine,
  memoryStore,
  officeHours,
  type Policy,
  pocock,
  rule,
  ukDisp,
  usCfpb,
} from 'redress'
import { temporalWorkingTime } from 'redress/clocks'
import { aComplaint, ana, example, given, owned, type Scenario, upTo } from 'redress/testing'
import { describe, expect, it } from 'vitest'
import { dueIn, lateSince, passedBy } from '../src/protocol/clock.ts'
import { noFacts } from '../src/protocol/facts.ts'

/** What waits for an answer from the opening on, what counts from the customer's word until ours, what can wait. */
const odd: Policy = {
  id: 'odd',
  source: 'us',
  clocks: [
    { name: 'reply', from: 'opening', span: { days: 3 }, until: 'answer', pausable: false },
    { name: 'word', from: 'customer-contact', span: { days: 1 }, until: 'contact', pausable: false },
    { name: 'fixed', from: 'opening', span: { days: 30 }, until: 'problem-fixed', pausable: true },
  ],
}

const clocks: Clocks = {
  policies: [courteous, ukDisp, usCfpb, odd],
  calendars: { default: officeHours('Europe/London') },
  workingTime: temporalWorkingTime,
}

const under = (policy: string) => ({ ...aComplaint, policy })
const fromCleo = (at: string) => example('contact', { direction: 'from-customer', at })
const deadline = ({ case: { facts } }: Scenario, name: string) => facts.deadlines?.find((one) => one.name === name)
const due = ({ case: { facts } }: Scenario) => Object.fromEntries(dueIn(facts).map(({ name, due }) => [name, due]))
const closed = (at: string) => [...upTo(pocock).slice(0, -1), example('share', { at })]

describe('the edges of the clocks', () => {
  it('what counts from the opening counts from there, whoever was reached meanwhile', () => {
    const opened = given(clocks, under('uk-disp'))
    const heardOf = opened.when(example('own', { at: '2026-03-02T15:00:00.000Z' })).accepts()
    expect(due(heardOf)['summary-resolution']).toBe('2026-03-05T17:00:00.000Z')
    expect(due(heardOf)['final-response']).toBe(due(opened)['final-response'])
  })

  it('a case that opens again counts from then, and not from what was said before it closed', () => {
    const again = given(clocks, closed('2026-03-03T12:00:00Z')).when(
      example('reopen', { at: '2026-03-12T12:00:00.000Z' }),
    )
    again.accepts().arms('next-contact', '2026-03-16T12:00:00.000Z')
    const taken = given(clocks, owned, example('excludeOwner', { person: 'ana', at: '2026-03-02T10:00:00.000Z' }))
    expect(due(taken)['own']).toBe('2026-03-02T14:00:00.000Z')
  })

  it('what the customer never waited for runs not, and what they wait for does', () => {
    const fixed = { fixed: '2026-04-01T08:00:00.000Z' }
    expect(due(given(clocks, under('odd'), owned))).toEqual(fixed)
    expect(due(given(clocks, under('odd')))).toEqual(fixed)
    const waits = given(clocks, under('odd'), fromCleo('2026-03-03T09:00:00.000Z'))
    expect(due(waits)).toEqual({ ...fixed, reply: '2026-03-05T09:00:00.000Z', word: '2026-03-04T09:00:00.000Z' })
    const answered = waits.when(owned, example('contact'))
    expect(due(answered)).toEqual(fixed)
  })

  it('what was met in time is met, though its step opens again, and waits for nothing', () => {
    const met = given(clocks, under('uk-disp'), upTo('investigate'))
    expect(deadline(met, 'summary-resolution')).toMatchObject({ met: true })
    const again = met.when(example('remedyFailed')).accepts()
    expect(deadline(again, 'summary-resolution')).toMatchObject({ met: true })
    expect(due(again)).toEqual({})
    const fixed = given(clocks, under('odd'), upTo('investigate'))
    const waiting = fixed.when(example('remedyFailed'), example('pause')).accepts()
    expect(deadline(waiting, 'fixed')).toEqual(deadline(fixed, 'fixed'))
  })

  it('an answer leaves no deadline behind, and a closed case none of its contacts', () => {
    const waits = given(clocks, owned, fromCleo('2026-03-02T10:00:00.000Z'))
    waits.when(fromCleo('2026-03-02T11:00:00.000Z')).accepts()
    expect(due(waits)['answer']).toBe('2026-03-04T10:00:00.000Z')
    const names = ({ case: { facts } }: Scenario) => facts.deadlines?.map(({ name }) => name)
    expect(names(waits.when(example('contact')))).toEqual(['own', 'first-contact', 'next-contact'])
    expect(names(given(clocks, closed('2026-03-02T12:00:00Z')))).toEqual(['own', 'first-contact'])
  })

  it('what was missed stays missed: done later, and open again with what did it', () => {
    const late = given(clocks, under('us-cfpb'), owned).later({ days: 61 })
    expect(deadline(late, 'final-response')).toMatchObject({ missed: true })
    expect(lateSince(late.case.facts)).toBe(deadline(late, 'response')?.due)
    const paused = late.when(example('pause'), example('resume'))
    expect(deadline(paused, 'final-response')).toEqual(deadline(late, 'final-response'))
    const promised = upTo(pocock, 'investigate').slice(1)
    const agreed = { promises: [{ text: 'A lamp', maker: ana, inControl: true, latest: '2026-08-01T00:00:00Z' }] }
    const done = late.when(promised.map((one) => (one.type === 'agree' ? { ...one, ...agreed } : one))).accepts()
    for (const now of [done, done.when(example('praise'))]) {
      expect(deadline(now, 'final-response')).toMatchObject({ missed: true, done: true })
      expect(lateSince(now.case.facts)).toBeUndefined()
    }
    const again = done.when(example('remedyFailed')).accepts()
    expect(deadline(again, 'final-response')).not.toHaveProperty('done')
    expect(lateSince(again.case.facts)).toBe(deadline(late, 'response')?.due)
  })

  it('a missed deadline that might have waited keeps its time through a pause', () => {
    const late = given(clocks).later({ hours: 5 })
    const missed = deadline(late, 'own')
    expect(missed).toEqual(expect.objectContaining({ missed: true, due: '2026-03-02T13:00:00.000Z' }))
    const paused = late.when(example('pause'))
    expect(deadline(paused, 'own')).toEqual(missed)
    expect(deadline(paused.when(example('resume')), 'own')).toEqual(missed)
  })

  it('a pause keeps what was left when it began, a referral as well', () => {
    const waits: Readonly<Record<string, string>> = { pause: 'resume', refer: 'returnReferral' }
    for (const [stops, goesOn] of Object.entries(waits)) {
      const waiting = given(clocks, owned, example(stops, { at: '2026-03-02T12:00:00.000Z' }))
      expect(due(waiting)).toEqual({})
      const meanwhile = waiting.when(example('praise', { at: '2026-03-03T12:00:00.000Z' })).accepts()
      const on = meanwhile.when(example(goesOn, { at: '2026-03-09T12:00:00.000Z' })).accepts()
      // Of 16 working hours from 09:01 on Monday about 3 were over.
      expect(due(on)).toEqual({ 'next-contact': '2026-03-11T09:01:00.000Z' })
    }
    const paused = given(owned, example('pause', { at: '2026-03-02T12:00:00.000Z' }))
    expect(paused.case.facts.pause).toEqual({ reason: 'waiting-for-customer', since: '2026-03-02T12:00:00.000Z' })
  })

  it('a contact that failed takes nothing with it but the waiting', () => {
    const unanswered = given(clocks, owned, fromCleo('2026-03-02T10:00:00.000Z')).later({ days: 3 })
    expect(unanswered.case.facts.failures).toMatchObject([{ kind: 'contact-unanswered' }])
    expect(unanswered.case.facts.contact).toMatchObject({ human: '2026-03-02T09:01:00.000Z', unanswered: undefined })
  })

  it('what is due is told with the next first, and what has no date not at all', () => {
    expect(dueIn(given(owned).case.facts)).toEqual([])
    const made = (latest?: string, nextUpdateBy?: string) =>
      example('makePromise', {
        promise: { text: 'A lamp', maker: ana, inControl: true, latest, nextUpdateBy },
      })
    const promised = given(
      owned,
      made('2026-03-20T12:00:00.000Z'),
      made(undefined, '2026-03-11T12:00:00.000Z'),
      made('2026-03-10T12:00:00.000Z'),
      made('2026-03-11T12:00:00.000Z'),
      made('2026-03-20T12:00:00.000Z'),
    )
    const names = dueIn(promised.case.facts).map(({ name }) => name)
    expect(names).toEqual(['promise:p4', 'promise:p3', 'promise:p5', 'promise:p1', 'promise:p6'])
  })

  it('a case is late since the first of what was missed and is not done', () => {
    const row = (due: string, other: object = {}) => ({ name: due, since: '2026-03-01', due, missed: true, ...other })
    const late = (...deadlines: object[]) => lateSince({ ...noFacts, deadlines: deadlines as never })
    expect(lateSince(noFacts)).toBeUndefined()
    expect(late(row('2026-03-03'), row('2026-03-02'), row('2026-03-04'))).toBe('2026-03-02')
    expect(late(row('2026-03-02', { done: true }), row('2026-03-03'))).toBe('2026-03-03')
    expect(late(row('2026-03-02', { missed: undefined }), row('2026-03-02', { done: true }))).toBeUndefined()
  })

  it('a deadline passed when its time is over, once, while it runs', () => {
    const row = { name: 'own', since: '2026-03-01', due: '2026-03-02' }
    const passed = (other: object, at: string) => passedBy({ ...noFacts, deadlines: [{ ...row, ...other }] }, at)
    expect(passedBy(noFacts, '2026-03-03')).toEqual([])
    expect([passed({}, '2026-03-02'), passed({}, '2026-03-03')]).toEqual([[], [row]])
    for (const other of [{ missed: true }, { met: true }, { leftMs: 1 }]) {
      expect(passed(other, '2026-03-03')).toEqual([])
    }
  })

  it('only the clock misses a deadline: one that is armed and runs, by its name and its time', () => {
    const opened = given(clocks).case
    const own = deadline(given(clocks), 'own')?.due as string
    const miss = (now: Case, other: object = {}) =>
      judge(
        pocock,
        now,
        { type: 'missDeadline', by: machine('clock'), at: own, deadline: 'own', due: own, ...other } as never,
        clocks,
      )
    const missed = miss(opened)
    expect(missed.accepted).toBe(true)
    const wrong: readonly object[] = [
      { by: ana },
      { deadline: 'first-contact' },
      { deadline: 'nothing' },
      { due: '2026-03-02T12:00:00.000Z' },
      { at: '2026-03-02T12:59:59.999Z' },
    ]
    for (const other of wrong) {
      expect(miss(opened, other)).toMatchObject({ accepted: false, refusal: { rules: [{ id: 'deadline-passed' }] } })
    }
    if (missed.accepted) expect(miss(missed.after).accepted).toBe(false)
    expect(miss(given().case).accepted).toBe(false)
    expect(miss(given(clocks, example('pause')).case).accepted).toBe(false)
  })

  it('a clock goes no further than the rules let it', () => {
    const stays = rule({ id: 'stays', because: 'x', source: 'us', on: ['breakPromise'], holds: () => false })
    const kind = defineProtocol({ ...heard, id: 'kind', rules: [stays] })
    const later = given(kind, upTo('deliver')).later({ days: 60 })
    later.leavesIn('problem.deliver')
    expect(later.log).toHaveLength(upTo(kind, 'deliver').length + 1)
  })

  it('clocks that have a name twice are refused, each named', () => {
    const twice = { ...clocks, policies: [courteous, courteous, { ...odd, clocks: [...odd.clocks, ...odd.clocks] }] }
    expect(() => createDesk({ store: memoryStore(), clocks: twice as never })).toThrow(
      expect.objectContaining({
        code: 'input-invalid',
        message: expect.stringContaining(
          'two policies are called “courteous”; two clocks of “odd” are called “reply”; two',
        ),
      }),
    )
  })
})
