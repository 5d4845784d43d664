import { heard, pocock, protocols } from 'redress'
import { ana, example, given, upTo } from 'redress/testing'
import 'redress/vitest'
import { describe, expect } from 'vitest'
import { office } from './office.ts'
import { proves } from './scenario.ts'

const inTheSystem = upTo(pocock, 'investigate').slice(1)

describe('§6 third parties and nobody', () => {
  proves('§6 third parties', 'are listened to, and told nothing before they have shown their authority', async () => {
    const { desk, open, send } = office()
    await open('one', { representative: 'dora' })
    await send('one', example('own'), example('contain'), example('listen'))
    for (const said of ['reflect', 'explain', 'makePromise']) {
      expect(await desk.send('one', example(said))).toBeRefused('authority-before-disclosure')
    }
    expect(await desk.send('one', example('contact'))).toBeRefused('authority-before-disclosure')
    await send('one', example('contact', { stated: 'nothing' }))
    const daughter = { kind: 'representative', id: 'dora' }
    expect(await desk.send('one', example('withdraw', { saidBy: daughter }))).toBeRefused('withdrawn-by-the-customer')
    await send('one', example('grantAuthority'), upTo(pocock, 'confirm').slice(2))
    const stranger = { kind: 'representative', id: 'emil' }
    expect(await desk.send('one', example('confirm', { saidBy: stranger }))).toBeRefused('customer-confirms')
    expect(await send('one', example('confirm', { saidBy: daughter }))).toBeIn('problem.thank')
  })

  proves(['§6 anonymous', '§6 lapsed'], 'who complain without a name leave the system phase alone', async () => {
    const { open, send, desk } = office()
    expect(await desk.open({ by: ana, channel: 'mail', words: 'Empty.' })).toMatchObject({
      refusal: { code: 'malformed' },
    })
    for (const protocol of ['pocock', 'latte']) {
      await open(protocol, { customer: undefined, anonymous: true, protocol })
      const owned = await send(protocol, example('own'))
      expect(owned).toBeIn('system.investigate')
      expect(owned.facts.steps).toMatchObject({ own: 'done', listen: 'lapsed', deliver: 'lapsed' })
      const system = protocols.find(({ id }) => id === protocol)?.system.length ?? 0
      const ended = await send(protocol, upTo(protocol === 'latte' ? heard : pocock).slice(-system))
      expect(ended).toMatchObject({ state: 'closed', facts: { outcome: 'partly-recovered' } })
    }
  })

  proves('§6 anonymous', 'stay in the system phase in every new round, with nobody to talk to', async () => {
    const { open, send } = office()
    await open('one', { customer: undefined, anonymous: true })
    await send('one', example('own'), upTo(pocock, 'verify').slice(-2), example('makePromise'))
    const broken = await send('one', example('breakPromise'))
    expect(broken).toMatchObject({ state: 'system.verify', facts: { round: 2, steps: { listen: 'lapsed' } } })
    await send('one', example('verify'), example('share'))
    const reopened = await send('one', example('reopen'))
    expect(reopened).toMatchObject({ state: 'system.investigate', facts: { round: 3, steps: { thank: 'lapsed' } } })
    expect(reopened.facts.steps).not.toHaveProperty('investigate')
  })
})

describe('§6 an incident', () => {
  proves(
    ['§6 incident: own person phase', '§6 incident: one system phase'],
    'has one system phase, which all of its complaints share once their own person and problem are fixed',
    async () => {
      const { open, send, look, at } = office()
      await open('incident')
      for (const caseId of ['waiting', 'also', 'later']) {
        await open(caseId)
        await send(caseId, example('own'), example('joinIncident', { incident: 'incident' }))
      }
      for (const caseId of ['waiting', 'also']) await send(caseId, upTo(pocock, 'investigate').slice(1))
      expect(await look('waiting')).toBeIn('system.investigate')
      at('2026-03-02T10:00:00.000Z')
      await send('incident', upTo(pocock))
      for (const caseId of ['waiting', 'also']) {
        expect(await look(caseId)).toMatchObject({
          state: 'closed',
          facts: { outcome: 'recovered', steps: { investigate: 'done', share: 'done' } },
        })
        expect((await look(caseId)).facts.causes).toEqual((await look('incident')).facts.causes)
      }
      expect(await look('later')).toBeIn('person.listen')
      await send('later', upTo(pocock, 'thank').slice(1))
      expect(await look('later')).toBeIn('problem.thank')
      await send('later', example('thank'))
      expect(await look('later')).toBeIn('closed')
    },
  )

  proves('§6 incident: one system phase', 'that was merged into another has none to share', async () => {
    const { open, send, look } = office()
    for (const caseId of ['case-0', 'incident', 'one']) await open(caseId)
    await send(
      'one',
      example('own'),
      example('joinIncident', { incident: 'incident' }),
      upTo(pocock, 'investigate').slice(1),
    )
    await send('incident', upTo(pocock, 'agree'), example('merge'))
    expect((await look('incident')).facts.outcome).toBe('merged')
    expect(await look('one')).toBeIn('system.investigate')
  })

  proves('§6 incident: one system phase', 'is another case that there is, and not the case itself', async () => {
    const { desk, open, look } = office()
    await open('one')
    await desk.send('one', example('own'))
    for (const command of [
      example('joinIncident', { incident: 'one' }),
      example('joinIncident', { incident: 'nowhere' }),
      example('merge', { into: 'one' }),
      example('merge', { into: 'nowhere' }),
    ]) {
      const said = await desk.explain('one', command)
      expect(said).toMatchObject({
        accepted: false,
        refusal: { code: 'malformed', issues: [{ message: expect.stringContaining('another case of this desk') }] },
      })
      expect(await desk.send('one', command)).toEqual(said)
    }
    expect((await look('one')).version).toBe(2)
  })

  proves(
    '§6 incident: one system phase',
    'is none that was over before the case came: that one comes again',
    async () => {
      const { desk, open, send, at, look } = office()
      await open('incident')
      await send('incident', upTo(pocock))
      at('2026-03-02T09:00:00.001Z')
      await open('later')
      expect(await desk.send('later', example('joinIncident', { incident: 'incident' }))).toMatchObject({
        refusal: { code: 'malformed', issues: [{ path: 'incident' }] },
      })
      expect((await look('later')).version).toBe(1)
    },
  )

  proves(
    '§6 incident: one system phase',
    'is shared as it was settled, step by step, and what it lacks stays due',
    async () => {
      const { open, send, look } = office({ protocols: [pocock, heard] })
      await open('incident', { protocol: 'heard' })
      await open('member')
      await send('member', example('own'), example('joinIncident', { incident: 'incident' }), inTheSystem)
      await send('incident', upTo(heard, 'improve'), example('waive', { step: 'improve' }))
      const { state, facts } = await look('member')
      expect([state, facts.steps['investigate'], facts.steps['improve']]).toEqual(['system.verify', 'done', 'waived'])
      expect(await send('member', example('verify'), example('share'))).toBeIn('closed')
    },
  )

  proves('§6 broadcast', 'is told of to many at once, which is never an apology', () => {
    given(upTo(pocock, 'apologize'))
      .when(example('apologize', { broadcast: true }))
      .refuses('apology-by-a-person')
    given(heard, upTo(heard, 'apologize'))
      .when(example('apologize', { broadcast: true }))
      .refuses('apology-by-a-person')
  })
})

describe('§6 bystanders and the satisfied', () => {
  proves('§6 bystanders', 'are listed, and thanked before the case is closed', () => {
    const listed = given(upTo(pocock, 'share'), example('addBystander'))
    expect(listed.case.facts.bystanders).toEqual([{ id: 'dora', acknowledged: false }])
    listed.when(example('share')).refuses('bystanders-acknowledged')
    const thanked = listed.when(example('acknowledgeBystander')).accepts()
    expect(thanked.case.facts.bystanders).toEqual([{ id: 'dora', acknowledged: true }])
    listed.when(example('acknowledgeBystander'), example('share')).accepts().leavesIn('closed')
  })

  proves('§6 praise', 'have their praise taken down at any time, in their words and for whom', () => {
    for (const step of ['own', 'listen', 'agree', 'investigate', undefined]) {
      const now = given(step === undefined ? upTo(pocock) : upTo(pocock, step))
      const praised = now.when(example('praise', { whom: 'dan' }), example('praise')).accepts()
      expect(praised.case.facts.praise).toBe(2)
      expect(praised.case.state).toBe(now.case.state)
      expect(now.when(example('praise', { words: ' ' })).verdict).toBeRefused('malformed')
    }
  })

  proves('§6 keep doing', 'show what to keep doing, which the improvement says', () => {
    const praised = given(upTo(pocock, 'improve'), example('praise'))
    praised.when(example('improve')).refuses('keep-doing-recorded')
    praised.when(example('improve', { keepDoing: ['Kind drivers.'] })).accepts()
    given(upTo(pocock, 'improve')).when(example('improve')).accepts()
  })
})
