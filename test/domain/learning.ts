import { causeKey, type Period, pocock, trustQuestions } from 'redress'
import { ana, ben, example, upTo } from 'redress/testing'
import 'redress/vitest'
import { describe, expect } from 'vitest'
import { office } from './office.ts'
import { proves } from './scenario.ts'

const packing = { part: 'packing', stage: 'dispatch', text: 'The scale did not weigh parcels under 1 kg.' }
const key = causeKey(packing)
const thisYear: Period = { from: '2026-01-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z' }
const lamp = { text: 'A new lamp', maker: ana, inControl: true, latest: '2026-12-01T12:00:00.000Z' }

/** A desk on which one case has been closed, its change to the packing verified on the 3rd of March. */
async function changed() {
  const desk = office()
  await desk.open('first')
  await desk.send('first', upTo(pocock, 'verify'))
  desk.at('2026-03-03T09:00:00.000Z')
  await desk.send('first', example('verify'), example('share'))
  return desk
}

describe('§8 a cause', () => {
  proves('§8 cause key', 'has the key part × stage × site, however it is written', () => {
    expect(causeKey({ part: 'Packing', stage: ' dispatch', site: 'Leeds' })).toBe('packing × dispatch × leeds')
    const keys = [
      packing,
      { ...packing, site: 'Leeds' },
      { ...packing, stage: 'return' },
      { ...packing, part: 'van' },
    ].map(causeKey)
    expect(new Set(keys).size).toBe(4)
    expect(causeKey({ ...packing, part: 'PACKING ' })).toBe(key)
  })

  proves('§8 ties', 'ties the cases in which it was found, and is answered by their change', async () => {
    const { store, open, send } = office()
    for (const caseId of ['one', 'two', 'other']) await open(caseId)
    for (const caseId of ['one', 'two']) await send(caseId, upTo(pocock, 'improve'))
    const van = { causes: [{ part: 'van', stage: 'dispatch', text: 'It was late.' }] }
    await send('other', upTo(pocock, 'improve', { investigate: van }))
    expect((await store.tied('default', { kind: 'cause', key })).toSorted()).toEqual(['one', 'two'])
    expect((await send('one', example('improve'))).facts).toMatchObject({
      causes: [key],
      changedAt: expect.any(String),
    })
  })
})

describe('§8 a change', () => {
  proves(
    ['§8 did not hold', '§8 work reopened'],
    'did not hold where its cause comes again after it was verified: it is said so, and the system work goes on',
    async () => {
      const { open, send, look, at } = await changed()
      expect(await look('first')).toBeIn('closed')
      at('2026-03-16T09:00:00.000Z')
      await open('again')
      await send('again', upTo(pocock, 'investigate'))
      expect((await look('first')).facts.notHeld).toBeUndefined()
      await send('again', example('investigate'))
      expect(await look('first')).toMatchObject({
        state: 'system.improve',
        facts: { notHeld: [key], round: 1, steps: { thank: 'done', investigate: 'done' } },
      })
      expect((await look('first')).facts.steps).not.toHaveProperty('improve')
      await send('first', upTo(pocock).slice(-3))
      expect(await look('first')).toMatchObject({ state: 'closed', facts: { outcome: 'recovered' } })
    },
  )

  proves(
    ['§8 did not hold', '§8 work reopened'],
    'holds against another cause, and against a case that came before',
    async () => {
      const desk = office()
      await desk.open('before')
      await desk.open('first')
      await desk.send('first', upTo(pocock))
      await desk.send('before', upTo(pocock, 'improve'))
      expect(await desk.look('first')).toBeIn('closed')
      desk.at('2026-03-16T09:00:00.000Z')
      await desk.open('other')
      const van = { causes: [{ part: 'van', stage: 'dispatch', text: 'It was late.' }] }
      await desk.send('other', upTo(pocock, 'improve', { investigate: van }))
      expect(await desk.look('first')).toBeIn('closed')
    },
  )
})

describe('§8 the report', () => {
  const told = (desk: ReturnType<typeof office>) => desk.desk.insights(thisYear)

  proves('§8 report: causes', 'counts the complaints of a cause before its change and after it', async () => {
    const desk = await changed()
    for (const caseId of ['second', 'third']) {
      desk.at(caseId === 'second' ? '2026-03-16T09:00:00.000Z' : '2026-03-17T09:00:00.000Z')
      await desk.open(caseId)
      await desk.send(caseId, upTo(pocock, 'improve'))
    }
    const { causes, complaints } = await told(desk)
    expect(complaints).toBe(3)
    expect(causes).toMatchObject([{ key, complaints: 3, change: { before: 1, after: 2, held: false } }])
  })

  proves('§8 report: times', 'says how long it took to own, to be heard, to apologise, to resolve', async () => {
    const desk = office()
    await desk.open('one')
    const steps = ['own', 'listen', 'reflect', 'apologize', 'empathize', 'agree', 'deliver', 'confirm'] as const
    for (const [index, step] of steps.entries()) {
      desk.at(new Date(Date.parse('2026-03-02T09:00:00.000Z') + (index + 1) * 60_000).toISOString())
      await desk.send('one', example(step))
    }
    const minutes = (count: number) => ({ cases: 1, medianMs: count * 60_000 })
    expect((await told(desk)).timeTo).toMatchObject({
      own: minutes(1),
      listen: minutes(2),
      apologize: minutes(4),
      resolve: minutes(8),
    })
  })

  proves('§8 report: promises', 'counts promises kept and broken', async () => {
    const desk = office()
    for (const caseId of ['kept', 'broken', 'open']) await desk.open(caseId)
    await desk.send('kept', upTo(pocock, 'confirm'))
    await desk.send('broken', upTo(pocock, 'deliver'), example('breakPromise'))
    await desk.send('open', upTo(pocock, 'deliver'))
    expect((await told(desk)).promises).toMatchObject({ made: 3, kept: 1, broken: 1, open: 1 })
  })

  proves('§8 report: failures', 'counts second failures, each by its kind', async () => {
    const desk = office()
    for (const caseId of ['broken', 'failed', 'reopened', 'silent']) await desk.open(caseId)
    await desk.send('broken', upTo(pocock, 'deliver'), example('breakPromise'))
    await desk.send('failed', upTo(pocock, 'confirm'), example('confirm', { resolved: 'no' }))
    await desk.send('reopened', upTo(pocock), example('reopen'))
    await desk.send('silent', example('own'), example('contact', { direction: 'from-customer' }))
    await desk.tick('2026-03-05T09:00:00.000Z')
    expect((await told(desk)).secondFailures).toEqual({
      'promise-broken': 1,
      'remedy-failed': 1,
      reopened: 1,
      'contact-unanswered': 1,
    })
  })

  proves('§8 report: hand-offs', 'counts hand-offs', async () => {
    const desk = office()
    await desk.open('one')
    await desk.send('one', example('own'), example('handOff'), example('acceptHandOff'))
    await desk.send('one', example('handOff', { to: ana, by: ben }), example('declineHandOff', { by: ana }))
    await desk.send('one', example('handOff', { to: ana, by: ben }), example('acceptHandOff', { by: ana }))
    expect((await told(desk)).handOffs).toMatchObject({ hops: 2, escalated: 0 })
  })

  proves('§8 report: refusals', 'counts refusals by rule, for coaching, and none of the desk’s own', async () => {
    const desk = office()
    await desk.open('one')
    for (const step of ['agree', 'deliver', 'own']) await desk.desk.send('one', example(step))
    await desk.desk.send('one', example('waive', { by: ana }))
    await desk.tick('2026-03-05T09:00:00.000Z')
    expect((await told(desk)).refusals).toMatchObject({
      byRule: { 'in-order': 2, 'waived-by-a-second-person': 1 },
      byCode: { 'out-of-order': 2, 'against-the-rules': 1 },
    })
  })

  proves('§8 report: spend', 'shows what was spent on the loud beside the appreciation for the loyal', async () => {
    const desk = office()
    for (const caseId of ['loud', 'silent']) await desk.open(caseId)
    await desk.send('loud', example('setPriority', { reasons: ['reach', 'harm'] }))
    await desk.send('loud', upTo(pocock, 'deliver', { agree: { promises: [{ ...lamp, cost: 300 }] } }))
    await desk.send('silent', upTo(pocock, 'investigate', { agree: { promises: [{ ...lamp, cost: 40 }] } }))
    await desk.send('silent', example('addBystander'), example('acknowledgeBystander'))
    const { remedies, appreciation } = await told(desk)
    expect(remedies).toMatchObject({ onTheLoud: { spent: 300 }, onOthers: { spent: 40 } })
    expect(appreciation).toMatchObject({ thanks: 1, bystanders: 1 })
  })

  proves('§8 report: praise', 'shows praise beside blame', async () => {
    const desk = office()
    for (const caseId of ['one', 'two']) await desk.open(caseId)
    await desk.send('one', example('praise'), example('praise'))
    expect(await told(desk)).toMatchObject({ complaints: 2, praise: 2 })
  })

  proves(
    '§8 no claims',
    'promises no loyalty: what it counts is what happened, by names and numbers alone',
    async () => {
      const desk = await changed()
      const report = JSON.stringify(await told(desk))
      expect(report).not.toMatch(/loyal|retention|lifetime|nps|satisf/i)
      expect(report).not.toMatch(/cleo|ana|lamp|parcel/i)
      expect(JSON.stringify(trustQuestions)).not.toMatch(/loyal|recommend/i)
    },
  )
})
