import {
  aroundTheClock,
  type Clocks,
  courteous,
  defineProtocol,
  heard,
  latte,
  type Protocol,
  pocock,
  protocols,
  step,
} from 'redress'
import { temporalWorkingTime } from 'redress/clocks'
import {
  aComplaint,
  ana,
  ben,
  cleo,
  complaints,
  detours,
  example,
  exampleOf,
  given,
  owned,
  pathsOf,
  upTo,
} from 'redress/testing'
import 'redress/vitest'
import { describe, expect, it, vi } from 'vitest'
import * as z from 'zod'

const clocks: Clocks = {
  policies: [courteous],
  calendars: { default: aroundTheClock() },
  workingTime: temporalWorkingTime,
}
const soon = '2026-03-03T12:00:00.000Z'
const lamp = { text: 'A new lamp', maker: ana, inControl: true, latest: soon }
const promised = example('agree', { promises: [lamp] })

/** What is thrown where a test asks for what there is not. */
const misuse = expect.objectContaining({ name: 'RedressError', code: 'input-invalid', stored: false })

/** A step that a host has of its own. */
const walk = step({ name: 'walk', phase: 'person', summary: 'walk over', evidence: z.object({ how: z.string() }) })
const ours = defineProtocol({ ...heard, id: 'ours', person: [walk, ...heard.person] })

describe('a scenario', () => {
  it('begins with a complaint, an owner, or a whole recovery up to any step of any protocol', () => {
    given().when(owned).accepts().leavesIn('person.listen')
    for (const opening of complaints) expect(given(opening).case.facts.customer).toBe(opening.customer)
    expect(given(aComplaint, owned)).toBeIn('person.listen')
    for (const protocol of protocols as readonly Protocol[]) {
      for (const { name, phase } of protocol.steps.slice(1)) {
        expect(given(protocol, upTo(name))).toBeIn(`${phase}.${name}`)
      }
      expect(given(upTo('closed'), protocol)).toBeIn('closed')
    }
    expect(given(ours, upTo('listen', { walk: { how: 'at once' } }))).toBeIn('person.listen')
    expect(() => given(heard, upTo('reflect'))).toThrow('heard has no step “reflect”')
  })

  it('is of another customer, another channel and another case where its opening says so', () => {
    const { case: now, log } = given({ ...aComplaint, caseId: 'T-7', at: '2026-05-04T08:00:00Z' }, owned)
    expect(now).toMatchObject({ caseId: 'T-7', version: 2, facts: { openedAt: '2026-05-04T08:00:00Z' } })
    expect(log.map(({ command, from, to }) => [command.type, from, to])).toEqual([
      ['open', null, 'received'],
      ['own', 'received', 'person.listen'],
    ])
  })

  it('throws where what is given was refused', () => {
    expect(() => given(example('agree'))).toThrow('What is given was refused: Not yet: before “agree” come')
    expect(() => given({ type: 'own' })).toThrow('What is given was refused: “own” can’t be read')
    expect(() => given(example('agree'))).toThrow(misuse)
  })

  it('throws where what is given, or sent, is nothing that there is', () => {
    for (const wrong of [undefined, null, 'heard', 7]) {
      expect(() => given(wrong as never)).toThrow(misuse)
      expect(() => given([wrong as never])).toThrow(misuse)
      expect(() => given().when(wrong as never)).toThrow(misuse)
      expect(() => exampleOf(wrong as never, 'listen')).toThrow(misuse)
      if (wrong !== undefined) expect(() => pathsOf(wrong as never)).toThrow(misuse)
    }
    expect(() => given('heard' as never)).toThrow('“heard” is none of it')
    expect(() => given().when(heard)).toThrow('“heard” is none of it')
    expect(() => upTo(undefined as never)).toThrow('upTo takes a protocol, as in upTo(pocock), and was given undefined')
    expect(() => given(heard, upTo('reflect'))).toThrow(misuse)
  })

  it('throws where it is given two of what a scenario has one of', () => {
    expect(() => given(heard, pocock)).toThrow('given 2 protocols: which of them is meant?')
    expect(() => given(aComplaint, aComplaint, aComplaint)).toThrow('given 3 openings')
    expect(() => given(clocks, clocks)).toThrow('given 2 clocks')
    expect(() => given(heard, pocock)).toThrow(misuse)
  })

  it('throws where nothing is sent', () => {
    expect(() => given(owned).when().accepts()).toThrow('Nothing was sent')
    given(owned).when().leavesIn('person.listen')
    expect(() => given(heard).when(upTo('own'), []).accepts()).toThrow(misuse)
    expect(() => given(owned).later({ days: 1 }).accepts()).toThrow('Nothing was sent')
    expect(given(heard, upTo('own'))).toBeIn('received')
  })

  it('goes on from what it expected', () => {
    given(owned)
      .when(example('agree'))
      .refuses('in-order', { skipped: ['listen', 'reflect', 'apologize', 'empathize'] })
      .leavesIn('person.listen')
      .when(example('listen'))
      .accepts()
      .when(example('reflect'), example('apologize'))
      .accepts()
      .leavesIn('person.empathize')
  })

  it('says what listeners hear', () => {
    given(upTo('empathize')).when(example('empathize')).tells('phase-fixed', { phase: 'person' }).tells('accepted')
    given(upTo('confirm'))
      .when(example('confirm', { resolved: 'no' }))
      .tells('second-failure', { failure: { kind: 'remedy-failed', round: 1 } })
    given(upTo('share')).when(example('share')).tells('closed', { outcome: 'recovered' })
    given()
      .when(example('agree'))
      .tells('refused', { refusal: { code: 'out-of-order' } })
    expect(
      given(owned)
        .when(example('listen'))
        .told.map(([event]) => event),
    ).toEqual(['accepted'])
  })

  it('has a clock that only the test turns', () => {
    const made = given(upTo('agree')).when(promised).arms('promise:p1', soon)
    made.at(soon).leavesIn('problem.deliver')
    const late = made.at('2026-03-03T12:00:00.001Z').leavesIn('person.listen')
    late.tells('second-failure', { failure: { kind: 'promise-broken', at: soon } })
    made.later({ days: 1, hours: 2 }).leavesIn('problem.deliver')
    made.later({ days: 2 }).leavesIn('person.listen')
    expect(made.at(new Date('2026-03-02T12:00:00Z')).when(example('askWhy')).case.facts.lastAt).toBe(
      '2026-03-02T12:00:00.000Z',
    )
    expect(() => made.at('2026-03-01T09:00:00Z')).toThrow('it only goes on')
    expect(() => made.at('soon')).toThrow('The clock is turned to an instant')
    for (const moment of ['2026-03-01T09:00:00Z', 'soon']) expect(() => made.at(moment)).toThrow(misuse)
    for (const span of [{ days: Number.NaN }, { hours: 1e300 }, { minutes: Number.POSITIVE_INFINITY }, { days: 'x' }]) {
      expect(() => made.later(span as never)).toThrow('The clock is turned on by a span')
      expect(() => made.later(span as never)).toThrow(misuse)
    }
    expect(() => made.later({ days: -1 })).toThrow('it only goes on')
  })

  it('has one that stands alike wherever it runs: a time without an offset is UTC', () => {
    for (const zone of ['UTC', 'America/New_York']) {
      vi.stubEnv('TZ', zone)
      const made = given(upTo('agree')).when(promised).arms('promise:p1', '2026-03-03 12:00')
      made.at('2026-03-03T12:00:00').leavesIn('problem.deliver')
      made.at('2026-03-03 12:01').leavesIn('person.listen')
      expect(() => given(upTo('agree')).when(promised).arms('promise:p1', 'soon')).toThrow(misuse)
    }
    vi.unstubAllEnvs()
  })

  it('skips steps in any order, as a matcher does', () => {
    const refused = given(heard, owned).when(example('agree'))
    refused.refuses('in-order', { skipped: ['apologize', 'listen', 'empathize'] })
    expect(refused).toHaveSkipped(['apologize', 'listen', 'empathize'])
    expect(() => refused.refuses('in-order', { skipped: ['apologize', 'listen'] })).toThrow('Expected it to skip')
  })

  it('arms the deadlines of its clocks, and records the one that passes', () => {
    const opened = given(clocks)
    opened.when(owned).arms('next-contact')
    const late = opened.later({ days: 2 })
    late.tells('accepted', { entry: { command: { type: 'missDeadline', deadline: 'own' } } })
    expect(late.case.facts.deadlines?.find(({ name }) => name === 'own')).toMatchObject({ missed: true })
  })

  it.each([
    [() => given().when(example('agree')).accepts(), /^Expected it to pass, but it was refused: Not yet/],
    [
      () => given().when(owned).refuses('in-order'),
      /^Expected “in-order” to refuse it, but it passed, into person.listen/,
    ],
    [() => given().when(example('agree')).refuses('both-agree'), /^Expected “both-agree” .* but in-order/],
    [
      () => given(owned).when(example('reflect')).refuses('in-order', { skipped: [] }),
      /skip nothing, but it skips listen\./,
    ],
    [() => given().when(owned).leavesIn('closed'), /^Expected the case in closed, but it is in person\.listen\.$/],
    [() => given().when(owned).tells('closed'), /^Expected listeners to hear “closed”, but they heard accepted\.$/],
    [
      () => given(upTo('share')).when(example('share')).tells('closed', { outcome: 'merged' }),
      /to tell \{"outcome":"merged"\}, but it told \{"outcome":"recovered"\}/,
    ],
    [
      () => given().when(owned).tells('accepted', { step: 'own' }),
      /to tell \{"step":"own"\}, but it told \{\}\. It has no step, but caseId, case, entry\.$/,
    ],
    [
      () => given().when(owned).arms('next-contact'),
      /but it armed nothing\. Without clocks only promises have deadlines/,
    ],
    [
      () => given(clocks).when(owned).arms('next-contact', soon),
      /for 2026-03-03.*, but it armed next-contact \(2026-03-04/,
    ],
    [
      () =>
        given(clocks, owned)
          .when(example('listen', { by: { kind: 'machine', id: 'bot' } }))
          .arms('own'),
      /armed nothing\.$/,
    ],
  ])('says what it found instead: %#', (expectation, message) => {
    expect(expectation).toThrow(message)
  })
})

describe('an example', () => {
  it('is nobody else’s: what is done to one shows in no other', () => {
    const spoilt = example('agree') as unknown as { promises: { text: string; maker: { id: string } }[] }
    Object.assign(spoilt.promises[0] as object, { text: 'HACK' })
    Object.assign(spoilt.promises[0]?.maker as object, { id: 'eve' })
    expect(JSON.stringify([example('agree'), ana])).not.toMatch(/HACK|eve/)
  })

  it.each(Object.entries({ ana, ben, cleo, aComplaint, complaints, owned, detours }))(
    'can’t be spoilt: %s',
    (_, shared) => {
      const frozen = (one: unknown): boolean =>
        typeof one !== 'object' || one === null || (Object.isFrozen(one) && Object.values(one).every(frozen))
      expect(frozen(shared)).toBe(true)
    },
  )
})

describe.each(protocols.map((protocol) => ({ id: protocol.id, protocol: protocol as Protocol })))(
  'every path of $id',
  ({ protocol }) => {
    it('is accepted step by step, and leads where it says', () => {
      const paths = pathsOf(protocol)
      for (const path of paths) {
        let now: ReturnType<typeof given> = given(protocol)
        for (const { command, from, to } of path.steps) {
          expect(now).toBeIn(from)
          now = now.when(command).accepts().leavesIn(to)
        }
        expect(now).toBeIn(path.to)
        expect(now).toFollow(protocol)
        expect(now.case.facts.outcome).toBe(path.facts.outcome)
      }
      expect(new Set(paths.map(({ name }) => name)).size).toBe(paths.length)
      const straight = protocol.steps.map(({ name }) => name).join(' → ')
      expect(paths.map(({ name }) => name)).toContain(straight)
      expect(paths.filter(({ to, facts }) => to !== 'closed' && facts.round === 1)).toEqual([])
    })

    it('has the shortest to each state', () => {
      const states = ['received', ...protocol.steps.slice(1).map((one) => `${one.phase}.${one.name}`), 'closed']
      const shortest = pathsOf(protocol, { ways: 'shortest' })
      expect(shortest.map(({ to }) => to).sort()).toEqual(states.sort())
    })
  },
)

describe('the paths of a host’s own protocol', () => {
  const evidence = { walk: { how: 'at once' } }

  it('need the evidence of its own steps', () => {
    expect(() => pathsOf(ours)).toThrow('“walk” can’t be read: how: is missing. Give its evidence.')
    expect(() => pathsOf(ours)).toThrow(misuse)
    expect(pathsOf(ours, { evidence, beside: [] }).map(({ name }) => name)).toEqual([
      ours.steps.map(({ name }) => name).join(' → '),
    ])
  })

  it('take commands beside, and say where they lead back', () => {
    const names = pathsOf(latte, { beside: [example('waive', { step: 'acknowledge' })] }).map(({ name }) => name)
    expect(names).toContain('own → listen → waive → agree → deliver → thank → explain → investigate → improve')
    const corrected = pathsOf(pocock, {
      beside: [example('reflect', { customer: { answer: 'corrected', correction: 'Empty.' } })],
    })
    expect(corrected).toHaveLength(2)
    expect(corrected[0]?.name ?? '').toContain('own → listen → reflect')
    expect(corrected.map(({ name }) => name).join()).toContain('reflect ↩ → listen → reflect')
  })
})
