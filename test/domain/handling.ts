import { machine, pocock } from 'redress'
import { ana, ben, example, given, upTo } from 'redress/testing'
import 'redress/vitest'
import { describe, expect } from 'vitest'
import { office } from './office.ts'
import { proves } from './scenario.ts'

const bot = machine('bot')

describe('§6 containment', () => {
  proves('§6 containment', 'is allowed in every phase, before anybody owns the case and after it is closed', () => {
    for (const step of [undefined, 'own', ...pocock.steps.map(({ name }) => name)]) {
      const now = given(step === undefined ? upTo(pocock) : upTo(pocock, step))
      const contained = now.when(example('contain', { by: bot })).accepts()
      expect(contained.case.facts.contained).toBe(true)
      expect(contained.case.state).toBe(now.case.state)
    }
  })

  proves('§6 containment unlocks nothing', 'is no remedy: the same steps are due, and nothing is settled by it', () => {
    const contained = given(example('own'), example('contain'))
    contained.when(example('agree')).refuses('in-order', { skipped: ['listen', 'reflect', 'apologize', 'empathize'] })
    expect(contained.case.facts.steps).toEqual({ own: 'done' })
    expect(contained.case.facts.outcome).toBeUndefined()
  })
})

describe('§6 a waiver', () => {
  proves('§6 waiver: second person', 'is given with a reason by a second person, never by the one who skips', () => {
    const owned = given(example('own'))
    for (const by of [ana, bot, { kind: 'group', id: 'billing' }]) {
      owned.when(example('waive', { by })).refuses('waived-by-a-second-person')
    }
    expect(owned.when(example('waive', { reason: ' ' })).verdict).toBeRefused('malformed')
    owned.when(example('waive')).accepts().leavesIn('person.reflect')
    given(example('own'), example('handOff'), example('acceptHandOff'))
      .when(example('waive', { by: ben }))
      .refuses('waived-by-a-second-person')
  })

  proves('§6 waiver: authority', 'takes authority, where the desk knows who has it', async () => {
    const { desk, open, send } = office({ roles: ({ id }) => (id === 'dora' ? ['authority'] : []) })
    await open('one')
    await send('one', example('own'))
    expect(await desk.send('one', example('waive'))).toBeRefused('forbidden')
    const dora = { kind: 'person', id: 'dora' }
    expect(await desk.send('one', example('waive', { by: dora }))).toBeAccepted()
    expect(await desk.send('one', example('approveRemedy'))).toBeRefused('forbidden')
  })

  proves('§6 waiver: one step', 'covers the due step and no other; there is none for a phase', () => {
    given(example('own'))
      .when(example('waive', { step: 'reflect' }))
      .refuses('waiver-covers-the-due-step')
    given(example('own'))
      .when(example('waive', { step: 'person' }))
      .refuses('waiver-covers-the-due-step')
    given(example('own'), example('waive'))
      .when(example('apologize'))
      .refuses('in-order', { skipped: ['reflect'] })
    given(example('own'), example('waive')).when(example('waive')).refuses('waiver-covers-the-due-step')
    given()
      .when(example('waive', { step: 'own' }))
      .refuses('in-order')
  })

  proves('§6 waiver: marked', 'is marked for ever, and lasts one round', () => {
    const again = given(example('own'), example('waive'), example('makePromise'))
      .when(example('breakPromise'))
      .accepts()
      .leavesIn('person.listen')
    expect(again.case.facts.waivers).toEqual([{ step: 'listen', round: 1, by: ben.id }])
    expect(given(example('own'), example('waive')).case.facts.steps).toEqual({ own: 'done', listen: 'waived' })
    const ended = given(upTo(pocock, 'share'), example('waive', { step: 'share' })).case
    expect(ended).toMatchObject({
      state: 'closed',
      facts: { steps: { share: 'waived' }, waivers: [{ step: 'share' }] },
    })
  })

  proves('§6 waiver: marked', 'stays marked beside every other', () => {
    const waived = given(example('own'), example('waive'), example('waive', { step: 'reflect' }))
    expect(waived.case.facts.waivers.map(({ step }) => step)).toEqual(['listen', 'reflect'])
    expect(waived).toHaveSkipped(['listen', 'reflect'])
  })

  proves(
    '§6 waiver: declines to talk',
    'is how a customer declines to talk: the step is not done, the case goes on',
    () => {
      const declined = given(example('own'))
        .when(example('waive', { reason: 'She does not wish to talk.' }))
        .accepts()
        .leavesIn('person.reflect')
      expect(declined).toHaveSkipped(['listen'])
      expect(declined.case.facts.steps).toEqual({ own: 'done', listen: 'waived' })
    },
  )
})

describe('§6 a hand-off', () => {
  proves('§6 hand-off', 'goes from owner to owner, with a briefing, once the receiver accepts', () => {
    const offered = given(upTo(pocock, 'agree'), example('handOff'))
    expect(offered.case.facts).toMatchObject({ owner: ana.id, handOff: { from: ana.id, to: ben.id } })
    expect(offered.when(example('handOff', { briefing: ' ' })).verdict).toMatchObject({
      refusal: { code: 'malformed' },
    })
    offered.when(example('acceptHandOff', { by: ana })).refuses('hand-off-accepted')
    const accepted = offered.when(example('acceptHandOff')).accepts().leavesIn('problem.agree')
    expect(accepted.case.facts).toMatchObject({ owner: ben.id, hops: 1, steps: { listen: 'done' } })
    expect(accepted.case.facts.handOff).toBeUndefined()
    const declined = offered.when(example('declineHandOff')).accepts()
    expect(declined.case.facts).toMatchObject({ owner: ana.id })
    expect(declined.case.facts.hops).toBeUndefined()
  })

  proves('§6 hop limit', 'is counted, and escalates the case when there are more than the protocol lets pass', () => {
    const turns = [
      [ana, ben],
      [ben, ana],
      [ana, ben],
    ].map(([by, to]) => [example('handOff', { by, to }), example('acceptHandOff', { by: to })])
    expect(given(example('own'), turns.slice(0, 2).flat()).case.facts).toMatchObject({ hops: 2 })
    expect(given(example('own'), turns.slice(0, 2).flat()).case.facts.escalated).toBeUndefined()
    expect(given(example('own'), turns.flat()).case.facts).toMatchObject({ hops: 3, escalated: true })
  })

  proves('§6 handler excluded', 'never goes to the one whom the complaint is about', async () => {
    const { desk, open, send } = office()
    await open('one', { about: 'carl' })
    const carl = { kind: 'person', id: 'carl' }
    expect(await desk.send('one', example('own', { owner: carl }))).toBeRefused('handler-excluded')
    await send('one', example('own'))
    expect(await desk.send('one', example('handOff', { to: carl }))).toBeRefused('handler-excluded')
    const excluded = given(example('own'), example('handOff', { to: ben }))
      .when(example('excludeOwner', { person: ana.id }))
      .accepts()
    expect(excluded.case.facts.owner).toBeUndefined()
    given(example('own'), example('excludeOwner', { person: ana.id }))
      .when(example('listen'), example('reflect'))
      .refuses('owned-by-a-person')
    given(example('own'), example('excludeOwner', { person: ana.id }), example('handOff'), example('acceptHandOff'))
      .when(example('listen'), example('reflect', { by: ben }))
      .accepts()
  })
})

describe('§6 a machine', () => {
  proves('§6 machine’s words', 'is marked as the one whose words they are', async () => {
    const { open, send, log } = office()
    await open('one', { by: bot })
    await send('one', example('own'), example('contact', { by: bot, words: 'Your case is in good hands.' }))
    const entries = await log('one')
    expect(entries.map(({ command }) => command.by.kind)).toEqual(['machine', 'person', 'machine'])
  })

  proves('§6 machine’s apology', 'can’t apologise, nor say anything in the owner’s place', () => {
    given(upTo(pocock, 'apologize'))
      .when(example('apologize', { by: bot }))
      .refuses('apology-by-a-person')
    given(upTo(pocock, 'empathize'))
      .when(example('empathize', { by: bot }))
      .refuses('owner-speaks')
  })
})
