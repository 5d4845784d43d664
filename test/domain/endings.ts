import { pocock, protocols } from 'redress'
import { ana, ben, example, given, upTo } from 'redress/testing'
import 'redress/vitest'
import { describe, expect } from 'vitest'
import { clocks, office } from './office.ts'
import { proves } from './scenario.ts'

const tried = (channel: string, day: number) => example('attempt', { channel, at: `2026-03-0${day}T12:00:00Z` })

const unreached = [
  example('own'),
  tried('phone', 3),
  tried('mail', 3),
  tried('phone', 4),
  example('declareUnreachable'),
]

describe('§6 an ending', () => {
  const left = { agree: 'lapsed', deliver: 'lapsed', confirm: 'lapsed', thank: 'lapsed' }

  proves(['§6 unreachable', '§6 on to system'], '“unreachable” takes attempts over channels and days', () => {
    given(unreached.slice(0, 3)).when(example('declareUnreachable')).refuses('attempts-made')
    given(unreached.slice(0, 4)).when(example('declareUnreachable')).accepts().leavesIn('system.investigate')
    const { state, facts } = given(unreached, upTo(pocock).slice(-4)).case
    expect([state, facts.outcome]).toEqual(['closed', 'unreachable'])
  })

  proves('§6 unreachable', '“unreachable” counts the attempts of this round alone', () => {
    given(unreached.slice(0, 4), example('makePromise'), example('breakPromise'))
      .when(example('declareUnreachable'))
      .refuses('attempts-made')
  })

  proves(
    '§6 unreachable',
    '“unreachable” counts from the last time that somebody was reached, and channels by name',
    () => {
      given(unreached.slice(0, 4), example('contact')).when(example('declareUnreachable')).refuses('attempts-made')
      given(example('own'), tried('phone', 3), tried(' Phone', 3), tried('PHONE', 4))
        .when(example('declareUnreachable'))
        .refuses('attempts-made')
    },
  )

  proves('§6 unreachable', '“unreachable” counts days by the clock on the wall of the case', async () => {
    const calendars = { ...clocks.calendars, default: { ...clocks.calendars.default, timeZone: 'Pacific/Auckland' } }
    const { desk, open, send, at } = office({ clocks: { ...clocks, calendars } })
    await open('one')
    at('2026-03-05T09:00:00.000Z')
    // In Auckland both are the third of March; in Greenwich one is the second.
    const attempts = ['2026-03-02T12:00:00Z', '2026-03-03T10:00:00Z', '2026-03-03T10:30:00Z'].map((at, index) =>
      example('attempt', { channel: index === 0 ? 'mail' : 'phone', at }),
    )
    await send('one', example('own', { at: '2026-03-02T11:59:00Z' }), ...attempts)
    const refused = await desk.send('one', example('declareUnreachable'))
    expect(refused).toMatchObject({ refusal: { rules: [{ id: 'attempts-made' }] } })
  })

  proves(['§6 withdrawn', '§6 on to system'], '“withdrawn” takes the customer’s words', () => {
    given(example('own'))
      .when(example('withdraw', { saidBy: ana }))
      .refuses('withdrawn-by-the-customer')
    expect(given(example('own')).when(example('withdraw', { words: ' ' })).verdict).toMatchObject({
      refusal: { code: 'malformed' },
    })
    given(example('own'), example('withdraw')).when(example('reflect')).refuses('in-order')
    const { state, facts } = given(example('own'), example('withdraw'), upTo(pocock).slice(-4)).case
    expect([state, facts.outcome]).toEqual(['closed', 'withdrawn'])
  })

  proves(['§6 referred', '§6 on to system'], '“referred” waits, and comes back decided or to go on with', () => {
    const referred = given(example('own'), example('refer'))
    referred.when(example('listen')).refuses('waits-for-referral').leavesIn('person.listen')
    expect(referred.case.facts.referredTo).toBe('ombudsman')
    referred.when(example('returnReferral'), example('listen')).accepts().leavesIn('person.reflect')
    const decided = referred
      .when(example('returnReferral', { decided: true }))
      .accepts()
      .leavesIn('system.investigate')
    expect(decided.case.facts).toMatchObject({ outcome: 'referred', steps: { listen: 'lapsed', confirm: 'lapsed' } })
    const { facts } = given(example('own'), example('refer'), example('returnReferral', { decided: true })).case
    expect(facts.referredTo).toBeUndefined()
  })

  proves('§6 merged', '“merged” comes once the person phase is fixed; the other case has problem and system', () => {
    const merged = given(upTo(pocock, 'reflect'), example('merge'))
    expect(merged).toBeIn('person.reflect')
    merged.when(example('agree')).refuses('in-order')
    const ended = merged
      .when(example('reflect'), example('apologize'), example('empathize'))
      .accepts()
      .leavesIn('closed')
    expect(ended.case.facts).toMatchObject({
      outcome: 'merged',
      mergedInto: 'case-0',
      steps: { empathize: 'done', agree: 'lapsed', investigate: 'lapsed', share: 'lapsed' },
    })
    given(upTo(pocock, 'deliver')).when(example('merge')).accepts().leavesIn('closed')
    given(upTo(pocock, 'investigate')).when(example('merge')).refuses('in-order')
  })

  proves(
    '§6 merged',
    '“merged” goes into a case that is open and goes into no other, so that somebody fixes the system',
    async () => {
      const { desk, open, send } = office()
      for (const caseId of ['one', 'two', 'three', 'over']) await open(caseId)
      for (const caseId of ['one', 'two', 'three']) await send(caseId, example('own'))
      await send('over', upTo(pocock))
      await send('one', example('merge', { into: 'two' }))
      for (const into of ['one', 'over']) {
        const answer = await desk.send('two', example('merge', { into }))
        expect(answer).toMatchObject({ refusal: { code: 'malformed', issues: [{ path: 'into' }] } })
      }
      expect(await desk.send('two', example('merge', { into: 'three' }))).toBeAccepted()
    },
  )

  proves('§6 merged', '“merged” into each other at the same moment is one of the two', async () => {
    const { desk, open, send } = office()
    for (const caseId of ['one', 'two']) await open(caseId)
    for (const caseId of ['one', 'two']) await send(caseId, upTo(pocock, 'agree'))
    const answers = await Promise.all([
      desk.send('one', example('merge', { into: 'two' })),
      desk.send('two', example('merge', { into: 'one' })),
    ])
    expect(answers.filter(({ accepted }) => accepted)).toHaveLength(1)
  })

  proves('§6 lapsed', 'marks the steps left open as lapsed; those done stay done, and none counts as done', () => {
    const withdrawn = given(upTo(pocock, 'apologize'), example('withdraw'))
    expect(withdrawn.case.facts).toMatchObject({
      outcome: 'withdrawn',
      steps: { own: 'done', listen: 'done', reflect: 'done', apologize: 'lapsed', empathize: 'lapsed', ...left },
    })
    expect(withdrawn).toHaveSkipped(['apologize', 'empathize', ...Object.keys(left)])
    withdrawn.when(example('apologize')).refuses('in-order')
    for (const step of pocock.system) expect(withdrawn.case.facts.steps).not.toHaveProperty(step.name)
  })

  proves(['§6 on to system', '§6 lapsed'], 'goes through the system phase in every protocol, whatever it asks', () => {
    for (const protocol of protocols) {
      const system = upTo(protocol).slice(-protocol.system.length)
      const ended = given(protocol, example('own'), example('withdraw')).when(system).accepts().leavesIn('closed')
      expect(ended.case.facts.outcome).toBe('withdrawn')
    }
  })

  proves(['§6 unreachable', '§6 withdrawn', '§6 referred'], 'has no place once the system phase is due', () => {
    for (const name of ['withdraw', 'declareUnreachable', 'refer', 'returnReferral']) {
      given(upTo(pocock, 'investigate')).when(example(name)).refuses('in-order')
    }
  })
})

describe('§6 reopening', () => {
  proves('§6 reopen: round', 'begins a new round with everything due again, the earlier breaches kept', () => {
    const reopened = given(upTo(pocock, 'deliver'), example('breakPromise'))
      .when(upTo(pocock, undefined, { deliver: { kept: ['p2'] } }).slice(1), example('reopen'))
      .accepts()
      .leavesIn('person.listen')
    expect(reopened.case.facts).toMatchObject({
      round: 3,
      steps: { own: 'done' },
      failures: [
        { kind: 'promise-broken', round: 1 },
        { kind: 'reopened', round: 2 },
      ],
    })
    expect(reopened.case.facts.outcome).toBeUndefined()
    given(upTo(pocock), example('reopen'))
      .when(upTo(pocock, undefined, { deliver: { kept: ['p2'] } }).slice(1))
      .accepts()
  })

  proves('§6 reopen: round', 'has a place in a closed case alone, beside praise, containment and holds', () => {
    given(example('own')).when(example('reopen')).refuses('in-order')
    const closed = given(upTo(pocock))
    const allowed = ['reopen', 'praise', 'contact', 'contain', 'placeHold']
    const besides: Readonly<Record<string, string>> = {
      liftHold: 'is-held',
      keepPromise: 'promise-is-open',
      movePromise: 'promise-is-open',
      breakPromise: 'promise-is-open',
    }
    for (const { name, internal } of pocock.commands.values()) {
      if (internal === true) continue
      const tried = closed.when(example(name))
      if (allowed.includes(name)) tried.accepts().leavesIn(name === 'reopen' ? 'person.listen' : 'closed')
      else tried.refuses(besides[name] ?? 'in-order').leavesIn('closed')
    }
  })

  proves('§6 on to system', 'is told once it is over: whose fault it was may be found on the way', () => {
    const theirs = example('findFault', { with: 'customer' })
    const ours = example('findFault')
    const outcome = (...found: readonly object[]) =>
      given(upTo(pocock, 'confirm'), found, upTo(pocock).slice(-6)).case.facts.outcome
    expect([outcome(), outcome(theirs), outcome(theirs, ours)]).toEqual(['recovered', 'not-upheld', 'recovered'])
    const later = given(upTo(pocock, 'share'), theirs, example('share')).case.facts.outcome
    expect(later).toBe('not-upheld')
  })

  proves('§6 reopen: owner', 'keeps the owner, or hands over to another', () => {
    const reopened = given(upTo(pocock), example('reopen'))
    expect(reopened.case.facts.owner).toBe(ana.id)
    reopened.when(example('listen'), example('reflect')).accepts()
    const other = reopened.when(example('handOff'), example('acceptHandOff')).accepts()
    expect(other.case.facts.owner).toBe(ben.id)
  })
})
