import { pocock } from 'redress'
import { ana, example, upTo } from 'redress/testing'
import 'redress/vitest'
import { describe, expect } from 'vitest'
import { office } from './office.ts'
import { proves } from './scenario.ts'

describe('§6 legal hold and erasure', () => {
  const request = { by: ana, reason: 'on request' }

  proves('§6 legal hold', 'a hold blocks erasure, and nothing else', async () => {
    const { desk, open, send, log } = office()
    await open('one')
    await send('one', upTo(pocock, 'apologize'), example('placeHold'))
    const answer = await desk.erase('one', request)
    expect(answer).toMatchObject({ accepted: false, refusal: { rules: [{ id: 'no-erasure-under-hold' }] } })
    expect(JSON.stringify(await log('one'))).toContain('The parcel came')
    await send('one', example('apologize'), example('liftHold'))
    expect(await desk.erase('one', request)).toBeAccepted()
  })

  proves('§6 erasure', 'erases every word that was said, and leaves who did what and when', async () => {
    const { desk, open, send, look, log } = office()
    await open('one')
    await send(
      'one',
      upTo(pocock, 'share'),
      example('praise', { whom: 'dan' }),
      example('contact', { words: 'Secret.' }),
    )
    const before = await log('one')
    const { state, facts } = await look('one')
    expect(await desk.erase('one', request)).toBeAccepted()
    const after = await log('one')
    const trail = (entries: typeof before) =>
      entries.map(({ command: { type, by, at }, from, to, version, recordedAt }) => [
        type,
        by,
        at,
        from,
        to,
        version,
        recordedAt,
      ])
    expect(trail(after.slice(0, -1))).toEqual(trail(before))
    expect(after.at(-1)).toMatchObject({ command: { type: 'erase', by: ana, reason: 'on request' } })
    const kept = JSON.stringify([after, await look('one')])
    for (const words of [
      'parcel came',
      'The lamp before',
      'I am sorry',
      'let down',
      'A new lamp',
      'scale',
      'Secret',
      'driver was',
    ]) {
      expect(JSON.stringify(before)).toContain(words)
      expect(kept).not.toContain(words)
    }
    expect(await look('one')).toMatchObject({ state, facts: { steps: facts.steps, promises: facts.promises } })
    await send('one', example('share'))
  })
})
