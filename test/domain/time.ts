import { pocock } from 'redress'
import { ana, example, given, upTo } from 'redress/testing'
import 'redress/vitest'
import { describe, expect } from 'vitest'
import { office } from './office.ts'
import { proves } from './scenario.ts'

const promised = { text: 'I call you back', maker: ana, inControl: true }

describe('§6 one call', () => {
  proves('§6 one call', 'is one batch, judged in its own order', async () => {
    const { desk, open } = office()
    await open('one')
    const answer = await desk.send('one', upTo(pocock, 'deliver'))
    expect(answer).toMatchObject({ accepted: true, case: { state: 'problem.deliver', version: 7 } })
  })

  proves('§6 one call', 'passes whole or not at all', async () => {
    const { desk, open, look } = office()
    await open('one')
    const answer = await desk.send('one', [example('own'), example('listen'), example('agree')])
    expect(answer).toMatchObject({
      accepted: false,
      refusal: { index: 2, skipped: ['reflect', 'apologize', 'empathize'] },
    })
    expect(await look('one')).toMatchObject({ state: 'received', version: 1 })
  })
})

describe('§6 late news', () => {
  proves('§6 late news', 'keeps when it happened beside when it was recorded', async () => {
    const { open, send, at, log } = office()
    await open('one')
    at('2026-03-03T09:00:00.000Z')
    await send('one', example('own', { at: '2026-03-02T10:00:00+01:00' }))
    const entry = (await log('one')).at(-1)
    expect(entry).toMatchObject({ command: { at: '2026-03-02T09:00:00.000Z' }, recordedAt: '2026-03-03T09:00:00.000Z' })
  })

  proves(
    '§6 late news',
    'puts off nothing that has fallen due: whatever date it says, it was decided now',
    async () => {
      const { desk, open, send, at, log, look } = office()
      await open('one')
      await send(
        'one',
        example('own'),
        example('makePromise', { promise: { ...promised, latest: '2026-03-02T12:00:00Z' } }),
      )
      at('2026-03-03T09:00:00.000Z')
      const move = example('movePromise', { at: '2026-03-02T11:59:00Z' })
      expect(await desk.send('one', move)).toMatchObject({ refusal: { rules: [{ id: 'promise-is-open' }] } })
      expect((await look('one')).version).toBe(3)
      await send('one', example('praise'))
      expect((await log('one')).map(({ command }) => command.type).slice(3)).toEqual(['breakPromise', 'praise'])
    },
  )

  proves('§6 late news', 'of several things that were done in time all count, whichever comes first', async () => {
    const { open, send, at, look } = office()
    await open('one')
    const due = { ...promised, latest: '2026-03-02T12:00:00Z' }
    await send(
      'one',
      example('own'),
      example('makePromise', { promise: due }),
      example('makePromise', { promise: due }),
    )
    at('2026-03-05T12:05:00.000Z')
    const kept = (promise: string) => example('keepPromise', { promise, at: '2026-03-02T11:59:00Z' })
    await send('one', [example('contact', { at: '2026-03-02T11:58:00Z' }), kept('p1'), kept('p2')])
    expect((await look('one')).facts).toMatchObject({ failures: [], promises: [{ state: 'kept' }, { state: 'kept' }] })
  })

  proves('§6 late news', 'of a delivery hides no news that were never given', async () => {
    const { desk, open, send, at, look } = office()
    await open('one')
    const unknown = { ...promised, nextUpdateBy: '2026-03-02T12:00:00Z' }
    await send('one', upTo(pocock, 'agree'), example('agree', { promises: [unknown] }))
    at('2026-03-05T12:05:00.000Z')
    expect(await desk.send('one', example('deliver', { kept: ['p1'] }))).toBeRefused()
    await send('one', example('praise'))
    expect(await look('one')).toMatchObject({
      state: 'person.listen',
      facts: { failures: [{ kind: 'promise-broken' }] },
    })
  })

  proves('§6 late news', 'that a promise was kept in time comes before the clock', async () => {
    const { open, send, at, look } = office()
    await open('one')
    await send(
      'one',
      example('own'),
      example('makePromise', { promise: { ...promised, latest: '2026-03-02T12:00:00Z' } }),
    )
    at('2026-03-02T12:05:00.000Z')
    await send('one', example('keepPromise', { at: '2026-03-02T11:59:00Z' }))
    expect(await look('one')).toMatchObject({ facts: { failures: [], promises: [{ state: 'kept' }] } })
    expect(await look('one')).toHaveKeptItsPromises()
  })

  proves('§6 late news', 'of a call answers nothing that the customer wrote after it', async () => {
    const { open, send, at } = office()
    await open('one')
    await send('one', example('own'))
    at('2026-03-02T12:00:00.000Z')
    await send('one', example('contact', { direction: 'from-customer' }))
    const late = await send('one', example('contact', { at: '2026-03-02T11:00:00.000Z' }))
    expect(late.facts.contact).toMatchObject({
      human: '2026-03-02T11:00:00.000Z',
      unanswered: '2026-03-02T12:00:00.000Z',
    })
    const later = await send('one', example('contact', { at: '2026-03-02T10:00:00.000Z' }))
    expect(later.facts.contact?.human).toBe('2026-03-02T11:00:00.000Z')
    expect((await send('one', example('contact'))).facts.contact?.unanswered).toBeUndefined()
  })

  proves('§6 repeated news', 'can be sent again under its id, and is told what the first was told', async () => {
    const { desk, open } = office()
    await open('one')
    const first = await desk.send('one', example('own'), { id: 'send-1' })
    const second = await desk.send('one', example('own'), { id: 'send-1' })
    expect(first).toMatchObject({ accepted: true, repeated: false, case: { version: 2 } })
    expect(second).toMatchObject({ accepted: true, repeated: true, case: { version: 2 } })
    expect(await desk.send('one', example('listen'), { id: 'send-1' })).toMatchObject({
      refusal: { code: 'command-id-reused' },
    })
  })

  proves('§6 time backwards', 'is three days late at most', () => {
    const owned = given(example('own', { at: '2026-03-05T09:00:00Z' }))
    owned.when(example('askWhy', { at: '2026-03-02T09:00:00Z' })).accepts()
    owned.when(example('askWhy', { at: '2026-03-02T08:59:59Z' })).refuses('time-runs-forward')
    const late = owned.when(example('askWhy', { at: '2026-03-02T09:00:00Z' })).case
    expect(late.facts.lastAt).toBe('2026-03-05T09:00:00.000Z')
  })
})

describe('§6 a pause', () => {
  const deadline = async (desk: ReturnType<typeof office>, name: string) =>
    (await desk.look('one')).deadlines.find((one) => one.name === name)?.due

  proves('§6 pause', 'stops the clocks that may stop, for a listed reason', async () => {
    const desk = office()
    await desk.open('one')
    await desk.send('one', example('own'))
    expect(await deadline(desk, 'next-contact')).toBe('2026-03-04T09:00:00.000Z')
    for (const reason of ['waiting-for-customer', 'customer-asked', 'waiting-for-evidence']) {
      await desk.send('one', example('pause', { reason }))
    }
    expect(await desk.desk.send('one', example('pause', { reason: 'busy' }))).toMatchObject({
      refusal: { code: 'malformed' },
    })
    expect(await deadline(desk, 'next-contact')).toBeUndefined()
    expect(await desk.tick('2026-03-20T09:00:00.000Z')).toBe(0)
  })

  proves(
    ['§6 pause: resumes', '§6 pause'],
    'ends with a contact of the customer’s, and leaves the time that was left',
    async () => {
      const desk = office()
      await desk.open('one')
      await desk.send('one', example('own'))
      desk.at('2026-03-02T15:00:00.000Z')
      await desk.send('one', example('pause'))
      desk.at('2026-03-09T09:00:00.000Z')
      const resumed = await desk.send('one', example('contact', { direction: 'from-customer' }))
      expect(resumed.facts.pause).toBeUndefined()
      // Two working days of eight hours, less the six that had gone.
      expect(await deadline(desk, 'next-contact')).toBe('2026-03-10T11:00:00.000Z')
      await desk.send('one', example('pause'), example('resume'))
      expect(await deadline(desk, 'next-contact')).toBe('2026-03-10T11:00:00.000Z')
    },
  )

  proves('§6 regulator’s clock', 'never stops a regulator’s clock', async () => {
    for (const policy of ['uk-disp', 'us-cfpb', 'nhs-england', 'in-cpgrams']) {
      const desk = office()
      await desk.open('one', { policy })
      await desk.send('one', example('own'))
      const before = (await desk.look('one')).deadlines
      expect(before.length).toBeGreaterThan(0)
      await desk.send('one', example('pause'))
      expect((await desk.look('one')).deadlines).toEqual(before)
    }
  })
})
