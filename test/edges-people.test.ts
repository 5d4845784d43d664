import {
  type Clocks,
  courteous,
  defineProtocol,
  explain,
  faulkner,
  full,
  group,
  heard,
  machine,
  officeHours,
  person,
  pocock,
  representative,
} from 'redress'
import { temporalWorkingTime } from 'redress/clocks'
import { aComplaint, ben, cleo, example, exampleOf, given, owned, upTo } from 'redress/testing'
import { describe, expect, it } from 'vitest'

const fromCleo = (other: object = {}) => example('contact', { direction: 'from-customer', ...other })
const unmeasured = { talk: { unmeasured: 'She wrote a letter.' } }

describe('the edges of ownership', () => {
  it('neither the customer nor who speaks for them takes ownership on our side', () => {
    given()
      .when(example('own', { by: representative('dora') }))
      .refuses('owned-by-a-person')
    given()
      .when(example('own', { by: cleo }))
      .refuses('owned-by-a-person')
  })

  it('an ownership out of its turn is against the order, and against nothing else', () => {
    const { verdict } = given(owned).when(example('own', { by: ben, owner: ben }))
    expect(verdict).toMatchObject({ accepted: false, refusal: { rules: [{ id: 'in-order' }] } })
  })

  it('a machine hands no case over, nor a group that has the owner’s id', () => {
    const unowned = given(owned, example('excludeOwner', { person: 'ana' }))
    unowned.when(example('handOff', { by: machine('router') })).refuses('owned-by-a-person')
    unowned.when(example('handOff', { by: ben })).accepts()
    expect(unowned.when(example('handOff', { by: ben })).case.facts.handOff).toEqual({ from: 'ben', to: 'ben' })
    given(owned)
      .when(example('handOff', { by: group('ana') }))
      .refuses('owned-by-a-person')
  })

  it('a hand-off is accepted by the person that it goes to, not by a machine of their name', () => {
    given(owned, example('handOff'))
      .when(example('acceptHandOff', { by: machine('ben') }))
      .refuses('hand-off-accepted')
  })

  it('who is about to own it is no second person', () => {
    const pending = given(owned, example('handOff'))
    pending.when(example('waive', { by: ben })).refuses('waived-by-a-second-person')
    pending.when(example('waive', { by: person('dan') })).accepts()
  })

  it('an exclusion takes the case, and the hand-off, from that person alone', () => {
    const pending = given(owned, example('handOff'))
    const other = pending.when(example('excludeOwner', { person: 'carl' }))
    other.when(example('apologize')).refuses('in-order')
    expect(other.case.facts).toMatchObject({ owner: 'ana', handOff: { to: 'ben' } })
    other.when(example('acceptHandOff')).accepts()
    const both = pending.when(example('excludeOwner', { person: 'ben' }))
    expect(both.case.facts.owner).toBe('ana')
    both.when(example('acceptHandOff')).refuses('hand-off-accepted')
  })

  it('the owner speaks, or the one to whom they hand over: nobody else, and nothing of their name', () => {
    const pending = given(upTo('apologize'), example('handOff'))
    for (const type of ['contact', 'apologize']) {
      pending.when(example(type)).accepts()
      pending.when(example(type, { by: ben })).accepts()
      pending.when(example(type, { by: person('dan') })).refuses('owner-speaks')
      for (const kind of ['ana', 'ben']) pending.when(example(type, { by: group(kind) })).refuses('owner-speaks')
    }
  })

  it('anybody of ours records that the customer got in touch', () => {
    given(owned)
      .when(fromCleo({ by: ben }))
      .accepts()
  })

  it('where a protocol lets nobody own the case, anybody speaks', () => {
    const lax = defineProtocol({ ...heard, id: 'lax', without: ['owned-by-a-person'] })
    const unowned = given(lax, owned, example('excludeOwner', { person: 'ana' }))
    unowned.when(example('contact', { by: ben })).accepts()
    unowned.when(example('explain', { by: ben })).accepts()
  })
})

describe('the edges of contacts', () => {
  it('a machine that records what the customer stated needs no basis for it', () => {
    given(owned)
      .when(fromCleo({ by: machine('mailbox'), stated: 'date' }))
      .accepts()
  })

  it('an automated message rests on any promise that is open, and on no other', () => {
    const told = (promise: string) =>
      example('contact', { by: machine('mailer'), twoWay: false, stated: 'date', basis: { promise } })
    const two = given(owned, example('makePromise'), example('makePromise'), example('keepPromise'))
    two.when(told('p1')).refuses('promise-has-window-and-basis')
    two.when(told('p2')).accepts()
  })

  it('nobody leaves the person phase unspoken with because they once wrote to us', () => {
    const heardOnly = [owned, exampleOf(full, 'listen', unmeasured), ...upTo(full, 'agree').slice(2, -1)]
    const wrote = given(full, heardOnly, fromCleo())
    wrote.when(example('empathize')).refuses('personal-contact')
    wrote.when(example('waive', { step: 'empathize' })).refuses('personal-contact')
    const asked = given(full, heardOnly, fromCleo({ asksForWriting: true }))
    asked.when(example('empathize')).accepts()
    asked.when(example('waive', { step: 'empathize' })).accepts()
  })

  it('a talk is personal where a person had it, whoever recorded the owner', () => {
    const byBot = given(faulkner, example('own', { by: machine('router') }))
    byBot.when(exampleOf(faulkner, 'listen', unmeasured)).refuses('personal-contact')
    byBot.when(exampleOf(faulkner, 'listen', { by: machine('bot') })).refuses('personal-contact')
    byBot.when(exampleOf(faulkner, 'listen')).accepts()
  })

  it('attempts count on days, those of UTC where no calendar is known, even before a person owns the case', () => {
    const tried = (channel: string, at: string) => example('attempt', { channel, at })
    const oneDay = [
      tried('phone', '2026-03-02T09:01:00Z'),
      tried('mail', '2026-03-02T12:00:00Z'),
      tried('phone', '2026-03-02T23:59:59.999Z'),
    ]
    const next = given(oneDay, example('own', { by: machine('router') }))
    next.when(example('declareUnreachable')).refuses('attempts-made')
    const onTwo = next.when(tried('phone', '2026-03-03T00:00:00Z')).accepts()
    onTwo.when(example('declareUnreachable')).accepts()
    const isOpen = (now: typeof next) => explain(pocock, now.case).find((one) => one.command === 'declareUnreachable')
    expect([isOpen(next)?.open, isOpen(onTwo)?.open]).toEqual([false, true])
  })

  it('attempts count on the days of the case’s own calendar', () => {
    const clocks: Clocks = {
      policies: [courteous],
      calendars: { default: officeHours('Europe/London'), india: officeHours('Asia/Kolkata') },
      workingTime: temporalWorkingTime,
    }
    const attempts = ['T12:00:00Z', 'T13:00:00Z', 'T19:00:00Z'].map((time, index) =>
      example('attempt', { channel: index === 0 ? 'mail' : 'phone', at: `2026-03-02${time}` }),
    )
    // At seven in the evening it is tomorrow in Kolkata.
    given(clocks, owned, attempts).when(example('declareUnreachable')).refuses('attempts-made')
    given({ ...aComplaint, calendar: 'india' }, clocks, owned, attempts)
      .when(example('declareUnreachable'))
      .accepts()
  })

  it('before an authority is shown the representative may write to us', () => {
    given({ ...aComplaint, representative: 'dora' }, owned)
      .when(fromCleo())
      .accepts()
  })
})

describe('the edges of those beside the customer', () => {
  const dora = example('addBystander')
  const eve = example('addBystander', { bystander: 'eve' })
  const thanked = (bystander: string) => example('acknowledgeBystander', { bystander })
  const lastStep = (...others: readonly object[]) => given(upTo('share'), others).when(example('share'))

  it('each is acknowledged by name, before the case closes', () => {
    lastStep(dora, eve).refuses('bystanders-acknowledged')
    lastStep(dora, eve, thanked('dora')).refuses('bystanders-acknowledged')
    lastStep(dora, eve, thanked('eve')).refuses('bystanders-acknowledged')
    lastStep(dora, eve, thanked('dora'), thanked('eve')).accepts()
    given(owned, dora, eve).when(thanked('finn')).refuses('bystander-is-listed')
  })

  it('who is listed again stays acknowledged; who is listed beside them does not begin so', () => {
    lastStep(dora, thanked('dora'), dora).accepts()
    lastStep(dora, eve, thanked('dora'), thanked('eve'), dora, eve).accepts()
    lastStep(dora, thanked('dora'), eve).refuses('bystanders-acknowledged')
  })

  it('they wait until the case closes, and a merge in the problem phase closes it', () => {
    given(owned, dora).when(example('merge')).accepts()
    given(upTo('empathize'), dora).when(example('empathize')).accepts()
    given(upTo('empathize'), dora, example('merge')).when(example('empathize')).refuses('bystanders-acknowledged')
    given(upTo('reflect'), dora, example('merge')).when(example('reflect')).accepts()
    given(upTo('agree'), dora).when(example('agree')).accepts()
    given(upTo('agree'), dora).when(example('merge')).refuses('bystanders-acknowledged')
  })

  it('loudness may leave a priority where it is', () => {
    const loud = (priority: number) => example('setPriority', { priority, reasons: ['reach', 'volume'] })
    given(owned).when(loud(3)).accepts()
    given(owned).when(loud(2)).refuses('loudness-blind')
    given(owned, example('setPriority', { priority: 1 }))
      .when(loud(1))
      .accepts()
  })
})
