import type { WebhookOptions } from 'redress/webhooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Delivery } from '../src/desk/delivery.ts'
import { aLog, aSecret, deliveryOf, type Endpoint, failureOf, hookTo, openEndpoint } from './fixtures/endpoint.ts'

const [_, owning, listening] = (await aLog()) as [never, never, never]
const secret = aSecret()

let endpoint: Endpoint
beforeEach(async () => {
  endpoint = await openEndpoint()
})
afterEach(() => endpoint.close())

const hook = (other?: Partial<WebhookOptions>) => hookTo(endpoint, secret, other)
const answering = (status: number, headers: Record<string, string> = {}) => {
  endpoint.answer = (response) => response.writeHead(status, headers).end('no')
}

describe('a try that fails', () => {
  // biome-ignore format: a table
  const schedule = [
    [1, '5 s', 5_000], [2, '5 min', 300_000], [3, '30 min', 1_800_000], [4, '2 h', 7_200_000], [5, '5 h', 18_000_000],
    [6, '10 h', 36_000_000], [7, '14 h', 50_400_000], [8, '20 h', 72_000_000], [9, '24 h', 86_400_000],
  ] as const

  it.each(schedule)('is followed, as try %i, by another after %s or a little more', async (attempt, _, ms) => {
    answering(500)
    const waits = new Set<number>()
    for (let time = 0; time < 5; time += 1) {
      const { failure, status, retryAfterMs = 0, park } = await failureOf(hook()(deliveryOf(owning, { attempt })))
      expect({ failure, status, park }).toEqual({ failure: 'rejected', status: 500, park: false })
      expect(retryAfterMs).toBeGreaterThanOrEqual(ms)
      expect(retryAfterMs).toBeLessThanOrEqual(ms * 1.2)
      waits.add(retryAfterMs)
    }
    expect(waits.size).toBeGreaterThan(1)
  })

  it('parks the lane as the tenth, and says so', async () => {
    answering(500)
    const error = await failureOf(hook()(deliveryOf(owning, { attempt: 10 })))
    expect(error).toMatchObject({ code: 'delivery-failed', park: true, retryAfterMs: undefined })
  })

  it.each([400, 404, 429, 500, 503])('fails with status %i', async (status) => {
    answering(status)
    expect(await failureOf(hook()(deliveryOf(owning)))).toMatchObject({ failure: 'rejected', status, park: false })
  })

  it.each([
    ['seconds', '120', 120_000],
    ['a date', 'Mon, 02 Mar 2026 10:10:00 GMT', 600_000],
    ['a date that has passed: soon', 'Mon, 02 Mar 2026 09:10:00 GMT', 5_000],
    ['at once: soon', '0', 5_000],
    ['next year: a day at most', '31536000', 86_400_000],
  ])('comes back when the receiver asks for it, in %s', async (_, retryAfter, ms) => {
    answering(503, { 'retry-after': retryAfter })
    const now = () => new Date('2026-03-02T10:00:00Z')
    expect(await failureOf(hook({ now })(deliveryOf(owning, { attempt: 4 })))).toMatchObject({ retryAfterMs: ms })
  })

  it('keeps to the schedule where Retry-After can’t be read', async () => {
    for (const retryAfter of ['soon', '-5', '1.5', '2026-03-02']) {
      answering(503, { 'retry-after': retryAfter })
      const { retryAfterMs } = await failureOf(hook()(deliveryOf(owning, { attempt: 3 })))
      expect(retryAfterMs).toBeGreaterThanOrEqual(1_800_000)
    }
  })

  it('is not given up on a receiver that says when to come back, before the schedule’s time is over', async () => {
    answering(429, { 'retry-after': '60' })
    const hoursAgo = (hours: number) => ({
      firstAt: new Date(Date.now() - hours * 3_600_000).toISOString(),
      attempt: 30,
    })
    expect(await failureOf(hook()(deliveryOf(owning, hoursAgo(1))))).toMatchObject({ retryAfterMs: 60_000 })
    expect(await failureOf(hook()(deliveryOf(owning, hoursAgo(76))))).toMatchObject({ park: true })
  })

  it('ends it all with 410: parked, told once, and nothing is sent any more', async () => {
    answering(410)
    const told: string[] = []
    const send = hook({ onGone: () => told.push('gone') })
    const atOnce = [owning, listening].map((entry) => failureOf(send(deliveryOf(entry))))
    const later = Promise.all(atOnce).then(() => failureOf(send(deliveryOf(owning))))
    for (const error of [...atOnce, later]) expect(await error).toMatchObject({ failure: 'gone', park: true })
    expect({ told, requests: endpoint.got.length }).toEqual({ told: ['gone'], requests: 2 })
  })

  it('tells neither the secret, nor the path of the URL, nor a word of the case', async () => {
    answering(500)
    const error = await failureOf(hook({ include: 'personal' })(deliveryOf(listening)))
    const { account } = (listening as Delivery['entry']).command as unknown as { readonly account: string }
    const told = `${error.message} ${error.stack} ${JSON.stringify(error)} ${error.cause}`
    for (const hidden of [secret, secret.slice(6), 'path-token', account]) expect(told).not.toContain(hidden)
    expect(error.message).toBe('The webhook to 127.0.0.1 was not delivered: it answered 500.')
  })
})

describe('the time that a try may take', () => {
  it('is limited where the receiver does not answer', async () => {
    endpoint.answer = () => {}
    const error = await failureOf(hook({ timeoutMs: 50 })(deliveryOf(owning)))
    expect(error).toMatchObject({ failure: 'timed-out', park: false })
    expect(error.retryAfterMs).toBeGreaterThanOrEqual(5_000)
  })

  it('is limited where the name is never resolved', async () => {
    const never = { url: 'https://hook.test', resolve: () => new Promise<never>(() => {}), timeoutMs: 50 }
    expect(await failureOf(hook(never)(deliveryOf(owning)))).toMatchObject({ failure: 'timed-out' })
  })

  it('ends when the desk calls it off, which is no try of the schedule’s', async () => {
    const lease = new AbortController()
    endpoint.answer = () => lease.abort()
    const error = await failureOf(hook()(deliveryOf(owning, { signal: lease.signal, attempt: 10 })))
    expect(error).toMatchObject({ failure: 'called-off', park: false, retryAfterMs: undefined })
    await failureOf(hook()(deliveryOf(owning, { signal: lease.signal })))
    expect(endpoint.got.length).toBe(1)
  })

  it('is not spent on an answer without end: the status counts, and little is read', async () => {
    let ended = false
    endpoint.answer = (response) => {
      response.on('close', () => {
        ended = true
      })
      const pour = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      }
      response.writeHead(200).on('drain', pour)
      pour()
    }
    const begun = performance.now()
    await hook({ timeoutMs: 10_000 })(deliveryOf(owning))
    expect(performance.now() - begun).toBeLessThan(5_000)
    await expect.poll(() => ended).toBe(true)
  })
})
