import { courteous, inCpgrams, nhsEngland, type Policy, pocock, ukDisp, usCfpb } from 'redress'
import { example, upTo } from 'redress/testing'
import { describe, expect } from 'vitest'
import { office } from './office.ts'
import { proves } from './scenario.ts'

const problemFixed = upTo(pocock, 'investigate')
const holding = example('contact', { channel: 'letter', twoWay: false, holding: true })
const acknowledged = example('contact', { channel: 'letter', twoWay: false })

/** A clock of a policy at work: when it falls due, what stops it in time, and what does not. */
interface Told {
  readonly row: string
  readonly policy: Policy
  readonly clock: string
  readonly due: string
  readonly stoppedBy: readonly (readonly object[])[]
  readonly goesOnAfter: readonly (readonly object[])[]
  readonly sentence: string
}

const own = [example('own')]
const byABot = example('contact', { by: { kind: 'machine', id: 'bot' } })

// Every case is opened on Monday, the 2nd of March 2026, at 09:00 in London, which has winter time until the 29th.
const told: readonly Told[] = [
  {
    row: '§7 courteous: own',
    policy: courteous,
    clock: 'own',
    due: '2026-03-02T13:00:00.000Z',
    stoppedBy: [own],
    goesOnAfter: [[], [example('contain')]],
    sentence: 'courteous wants an owner within 4 working hours',
  },
  {
    row: '§7 courteous: first contact',
    policy: courteous,
    clock: 'first-contact',
    due: '2026-03-03T09:00:00.000Z',
    stoppedBy: [own],
    goesOnAfter: [[], [example('contact', { direction: 'from-customer' })]],
    sentence: 'courteous wants a first human contact within 1 working day',
  },
  {
    row: '§7 courteous: next contact',
    policy: courteous,
    clock: 'next-contact',
    due: '2026-03-04T09:00:00.000Z',
    stoppedBy: [upTo(pocock)],
    goesOnAfter: [own, [...own, byABot], problemFixed],
    sentence: 'courteous is never silent for more than 2 working days, until the case is closed',
  },
  {
    row: '§7 uk-disp: acknowledge',
    policy: ukDisp,
    clock: 'acknowledge',
    due: '2026-03-03T09:00:00.000Z',
    stoppedBy: [own, [...own, acknowledged]],
    goesOnAfter: [[]],
    sentence: 'uk-disp wants a prompt acknowledgement, within a working day',
  },
  {
    row: '§7 uk-disp: summary',
    policy: ukDisp,
    clock: 'summary-resolution',
    due: '2026-03-05T17:00:00.000Z',
    stoppedBy: [problemFixed],
    goesOnAfter: [own, [...own, holding], upTo(pocock, 'thank')],
    sentence: 'uk-disp wants a summary resolution by the close of the 3rd business day',
  },
  {
    row: '§7 uk-disp: final',
    policy: ukDisp,
    clock: 'final-response',
    due: '2026-04-27T08:00:00.000Z',
    stoppedBy: [problemFixed, [...own, holding]],
    goesOnAfter: [own, [...own, acknowledged], upTo(pocock, 'thank')],
    sentence: 'uk-disp wants a final or a holding response within 8 weeks',
  },
  {
    row: '§7 us-cfpb: response',
    policy: usCfpb,
    clock: 'response',
    due: '2026-03-17T09:00:00.000Z',
    stoppedBy: [problemFixed, [...own, holding]],
    goesOnAfter: [own],
    sentence: 'us-cfpb wants a response in 15 calendar days',
  },
  {
    row: '§7 us-cfpb: final',
    policy: usCfpb,
    clock: 'final-response',
    due: '2026-05-01T08:00:00.000Z',
    stoppedBy: [problemFixed],
    goesOnAfter: [own, [...own, holding]],
    sentence: 'us-cfpb wants the final response in 60 calendar days',
  },
  {
    row: '§7 nhs-england: acknowledge',
    policy: nhsEngland,
    clock: 'acknowledge',
    due: '2026-03-05T09:00:00.000Z',
    stoppedBy: [own],
    goesOnAfter: [[]],
    sentence: 'nhs-england wants an acknowledgement within 3 working days',
  },
  {
    row: '§7 nhs-england: explain',
    policy: nhsEngland,
    clock: 'explain',
    due: '2026-09-02T08:00:00.000Z',
    stoppedBy: [problemFixed, [...own, holding]],
    goesOnAfter: [own, [...own, acknowledged]],
    sentence: 'nhs-england wants an explanation at 6 months, unless it is resolved',
  },
  {
    row: '§7 in-cpgrams: 21 days',
    policy: inCpgrams,
    clock: 'resolve',
    due: '2026-03-23T09:00:00.000Z',
    stoppedBy: [problemFixed],
    goesOnAfter: [own, [...own, acknowledged]],
    sentence: 'in-cpgrams wants it resolved in 21 days',
  },
  {
    row: '§7 in-cpgrams: interim',
    policy: inCpgrams,
    clock: 'resolve',
    due: '2026-03-23T09:00:00.000Z',
    stoppedBy: [[...own, holding]],
    goesOnAfter: [own],
    sentence: 'in-cpgrams takes an interim reply when it is longer',
  },
]

const dueAfter = async (policy: string, commands: readonly object[], clock: string) => {
  const { open, send, look } = office()
  await open('one', { policy })
  await send('one', commands)
  return (await look('one')).deadlines.find(({ name }) => name === clock)?.due
}

describe('§7 the policies', () => {
  for (const { row, policy, clock, due, stoppedBy, goesOnAfter, sentence } of told) {
    proves(row, sentence, async () => {
      for (const commands of goesOnAfter) expect(await dueAfter(policy.id, commands, clock)).toBe(due)
      for (const commands of stoppedBy) expect(await dueAfter(policy.id, commands, clock)).toBeUndefined()
      const late = office()
      await late.open('one', { policy: policy.id })
      await late.send('one', goesOnAfter[0] ?? [])
      await late.tick(new Date(Date.parse(due) - 1).toISOString())
      const missed = async () => (await late.look('one')).facts.deadlines?.find((one) => one.name === clock)?.missed
      expect(await missed()).toBeUndefined()
      await late.tick(due)
      expect(await missed()).toBe(true)
    })
  }

  proves('§7 courteous: next contact', 'courteous counts anew from every human contact', async () => {
    const { open, send, look, at } = office()
    await open('one')
    await send('one', example('own'))
    at('2026-03-03T11:00:00.000Z')
    await send('one', example('contact'))
    expect((await look('one')).deadlines).toEqual([{ name: 'next-contact', due: '2026-03-05T11:00:00.000Z' }])
  })

  proves('§7 uk-disp: never pauses', 'uk-disp goes on while we wait for the customer', async () => {
    const { open, send, look } = office()
    await open('one', { policy: 'uk-disp' })
    const running = (await send('one', example('own'))) && (await look('one')).deadlines
    await send('one', example('pause'))
    expect((await look('one')).deadlines).toEqual(running)
    expect(running.map(({ name }) => name)).toEqual(['summary-resolution', 'final-response'])
  })

  proves('§7 sources', 'are data, each with its source; courteous is the default', async () => {
    for (const policy of [courteous, ukDisp, usCfpb, nhsEngland, inCpgrams]) {
      expect(JSON.parse(JSON.stringify(policy))).toEqual(policy)
      expect(policy.source).not.toBe('')
    }
    expect([courteous, ukDisp, usCfpb, nhsEngland, inCpgrams].map(({ id }) => id)).toEqual([
      'courteous',
      'uk-disp',
      'us-cfpb',
      'nhs-england',
      'in-cpgrams',
    ])
    const { open, look } = office()
    await open('one')
    expect((await look('one')).deadlines.map(({ name }) => name)).toEqual(['own', 'first-contact', 'next-contact'])
  })
})

describe('§7 a deadline', () => {
  proves(
    '§7 deadline',
    'is a name, a time and what happens then: some are noted, one takes the case back',
    async () => {
      const { open, send, look, tick } = office()
      await open('one')
      const { facts } = await send('one', example('own'), example('contact', { direction: 'from-customer' }))
      expect(facts.deadlines).toEqual([
        { name: 'own', since: '2026-03-02T09:00:00.000Z', due: '2026-03-02T13:00:00.000Z', met: true },
        { name: 'first-contact', since: '2026-03-02T09:00:00.000Z', due: '2026-03-03T09:00:00.000Z', met: true },
        { name: 'next-contact', since: '2026-03-02T09:00:00.000Z', due: '2026-03-04T09:00:00.000Z' },
        { name: 'answer', since: '2026-03-02T09:00:00.000Z', due: '2026-03-04T09:00:00.000Z', fails: true },
      ])
      expect(await tick('2026-03-04T09:00:00.000Z')).toBe(2)
      expect(await look('one')).toMatchObject({ state: 'person.listen', facts: { round: 2 } })
      expect(await tick('2026-03-05T09:00:00.000Z')).toBe(0)
    },
  )

  proves(
    '§7 deadline',
    'that was met stays met, and begins anew with a reopening or an owner who is taken away',
    async () => {
      const { open, send, look, tick, at } = office()
      const names = async (caseId: string) =>
        Object.fromEntries((await look(caseId)).deadlines.map((one) => [one.name, one.due]))
      await open('reopened', { policy: 'uk-disp' })
      await send('reopened', upTo(pocock, 'improve'), example('makePromise'))
      await send('reopened', example('breakPromise', { promise: 'p2' }))
      // The problem was fixed in time, once: that it comes back is a failure of its own.
      expect(await names('reopened')).toEqual({})
      await send(
        'reopened',
        upTo(pocock, 'investigate', { deliver: { kept: ['p3'] } }).slice(1),
        upTo(pocock).slice(-3),
      )
      at('2026-09-01T09:00:00.000Z')
      await send('reopened', example('reopen'))
      expect((await names('reopened'))['final-response']).toBe('2026-10-27T10:00:00.000Z')
      expect(await tick('2026-09-01T09:00:01.000Z')).toBe(0)

      await open('taken')
      await send('taken', upTo(pocock, 'agree'))
      at('2026-09-02T09:00:00.000Z')
      await send('taken', example('excludeOwner', { person: 'ana' }))
      expect((await names('taken'))['own']).toBe('2026-09-02T13:00:00.000Z')
    },
  )

  proves('§7 deadline', 'that is missed is noted, once, and the case stays where it is', async () => {
    const { open, look, tick } = office()
    await open('one')
    expect(await tick('2026-03-02T13:00:00.000Z')).toBe(1)
    expect(await look('one')).toMatchObject({ state: 'received', version: 2, facts: { round: 1, failures: [] } })
    expect(await tick('2026-03-02T13:00:00.000Z')).toBe(0)
  })

  proves(
    '§7 stored',
    'is computed when it is armed, and stored: another calendar moves nothing that is armed',
    async () => {
      const { store, open, send, look } = office()
      await open('one')
      const armed = (await store.load('default', 'one'))?.facts.deadlines
      expect(armed).toContainEqual({ name: 'own', since: '2026-03-02T09:00:00.000Z', due: '2026-03-02T13:00:00.000Z' })
      const { clocks } = await import('./office.ts')
      const never = { ...clocks.workingTime, add: () => '2099-01-01T00:00:00.000Z' }
      const other = office({ store, clocks: { ...clocks, workingTime: never } })
      await other.send('one', example('praise'))
      expect((await look('one')).facts.deadlines).toEqual(armed)
      await send('one', example('own'))
    },
  )
})

describe('§7 a calendar', () => {
  const dueIn = async (calendar: string, opened: string, name: string) => {
    const { open, look, at } = office()
    at(opened)
    await open('one', { calendar })
    return (await look('one')).deadlines.find((one) => one.name === name)?.due
  }

  proves('§7 case’s calendar', 'is the case’s own, or else the default', async () => {
    expect(await dueIn('default', '2026-03-02T09:00:00.000Z', 'first-contact')).toBe('2026-03-03T09:00:00.000Z')
    expect(await dueIn('holiday', '2026-03-02T09:00:00.000Z', 'first-contact')).toBe('2026-03-04T09:00:00.000Z')
    expect(await dueIn('always', '2026-03-07T09:00:00.000Z', 'own')).toBe('2026-03-07T13:00:00.000Z')
  })

  proves('§7 working hours', 'counts working hours alone: a Friday afternoon goes on on Monday', async () => {
    expect(await dueIn('default', '2026-03-06T15:00:00.000Z', 'own')).toBe('2026-03-09T11:00:00.000Z')
    expect(await dueIn('default', '2026-03-07T12:00:00.000Z', 'own')).toBe('2026-03-09T13:00:00.000Z')
  })

  proves('§7 holidays', 'leaves out holidays', async () => {
    expect(await dueIn('holiday', '2026-03-02T15:00:00.000Z', 'own')).toBe('2026-03-04T11:00:00.000Z')
  })

  proves('§7 time zone', 'goes by the clock on its own wall', async () => {
    // 09:00 in London is 14:30 in Kolkata, where the office closes at 17:00.
    expect(await dueIn('india', '2026-03-02T09:00:00.000Z', 'own')).toBe('2026-03-03T05:00:00.000Z')
  })

  proves('§7 daylight saving', 'keeps the local time when the clocks change', async () => {
    // On Sunday, the 29th of March 2026, London goes from 01:00 to 02:00.
    expect(await dueIn('default', '2026-03-27T11:00:00.000Z', 'first-contact')).toBe('2026-03-30T10:00:00.000Z')
    expect(await dueIn('default', '2026-03-27T16:00:00.000Z', 'own')).toBe('2026-03-30T11:00:00.000Z')
    expect(await dueIn('default', '2026-10-23T10:00:00.000Z', 'first-contact')).toBe('2026-10-26T11:00:00.000Z')
  })
})
