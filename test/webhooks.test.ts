import { pocock } from 'redress'
import { WebhookEvent, type WebhookOptions } from 'redress/webhooks'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Delivery } from '../src/desk/delivery.ts'
import { ana } from '../src/testing/index.ts'
import { aLog, aSecret, deliveryOf, type Endpoint, failureOf, hookTo, openEndpoint } from './fixtures/endpoint.ts'

const [opening, owning, listening] = (await aLog()) as [never, never, never]
const secret = aSecret()

let endpoint: Endpoint
beforeEach(async () => {
  endpoint = await openEndpoint()
})
afterEach(() => endpoint.close())

const hook = (other?: Partial<WebhookOptions>) => hookTo(endpoint, secret, other)

describe('a receiver on Standard Webhooks’ own verifier', () => {
  const sent = async (other?: Partial<WebhookOptions>, delivery: Delivery = deliveryOf(owning)) => {
    await hook(other)(delivery)
    const { body, headers } = endpoint.got.at(-1) ?? expect.fail('nothing came')
    return { body, headers, verify: (key: string, text = body) => new Webhook(key).verify(text, headers) }
  }

  it('accepts what is sent, as CloudEvents', async () => {
    const { verify, headers, body } = await sent()
    expect(verify(secret)).toEqual(JSON.parse(body))
    expect(headers).toMatchObject({
      'content-type': 'application/cloudevents+json',
      'webhook-id': 'chat:case-1:2',
      'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
      'content-length': String(Buffer.byteLength(body)),
    })
  })

  it('rejects it with one byte changed, wherever it is', async () => {
    const { verify, body } = await sent()
    for (let at = 0; at < body.length; at += 1) {
      const changed = body.slice(0, at) + String.fromCharCode(body.charCodeAt(at) ^ 1) + body.slice(at + 1)
      expect(() => verify(secret, changed)).toThrow('No matching signature found')
    }
  })

  it('rejects it six minutes later', async () => {
    const { verify } = await sent({ now: () => new Date(Date.now() - 6 * 60_000) })
    expect(() => verify(secret)).toThrow('Message timestamp too old')
  })

  it('accepts it by the old key and by the new one while they are changed, and rejects a retired one', async () => {
    const old = aSecret()
    const during = await sent({ secrets: [secret, old] })
    expect(during.verify(old)).toEqual(during.verify(secret))
    const after = await sent({ secrets: [secret] })
    expect(() => after.verify(old)).toThrow('No matching signature found')
  })

  it('sees the same id at every try, and none that could break out of what is signed', async () => {
    const odd = { id: 'chat:café 1.5\u{1F600}:2' }
    for (const attempt of [1, 2]) await sent({}, deliveryOf(owning, { ...odd, attempt }))
    const [first, second] = endpoint.got.map(({ headers }) => headers['webhook-id'])
    expect([first, second]).toEqual(Array(2).fill('chat:caf%C3%A9%201%2E5%F0%9F%98%80:2'))
    const { verify } = await sent({}, deliveryOf(owning, odd))
    expect(verify(secret)).toMatchObject({ id: first })
  })
})

describe('the body of a webhook', () => {
  const bodyOf = async (delivery: Delivery, other?: Partial<WebhookOptions>) => {
    await hook(other)(delivery)
    return JSON.parse(endpoint.got.at(-1)?.body ?? '')
  }

  it('is thin by default: ids, type, states and times, and nobody’s words', async () => {
    expect(await bodyOf(deliveryOf(owning))).toEqual({
      specversion: '1.0',
      id: 'chat:case-1:2',
      source: 'redress',
      type: 'redress.own',
      subject: 'case-1',
      time: '2026-03-02T09:00:00.000Z',
      datacontenttype: 'application/json',
      data: {
        caseId: 'case-1',
        version: 2,
        protocol: 'pocock@1',
        type: 'own',
        from: 'received',
        to: 'person.listen',
        at: '2026-03-02T09:00:00.000Z',
        by: ana,
      },
    })
  })

  it('has the evidence on request, without what the protocol marks as personal', async () => {
    const include = { include: 'evidence', protocols: [pocock] } as const
    const { data } = await bodyOf(deliveryOf(listening), include)
    expect(data.command).toMatchObject({ type: 'listen', account: '[erased]', talk: { customerSeconds: 240 } })
    expect((await bodyOf(deliveryOf(opening), include)).data.command).toMatchObject({ words: '[erased]' })
    const command = { type: 'walk', by: ana, at: '2026-03-02T09:00:00.000Z', how: 'in tears' }
    const unknown = { ...(listening as Delivery['entry']), command }
    const { how: _, ...left } = command
    expect((await bodyOf(deliveryOf(unknown), include)).data.command).toEqual(left)
  })

  it('has the personal fields too where they are asked for by name', async () => {
    const { command } = listening as Delivery['entry']
    const { data } = await bodyOf(deliveryOf(listening), { include: 'personal' })
    expect(data.command).toEqual(command)
  })

  it('is not sent where nobody can tell what of the evidence is personal', async () => {
    const include = { include: 'evidence', protocols: [pocock] } as const
    const ours = { ...(listening as Delivery['entry']), protocol: 'ours@1' }
    expect(await failureOf(hook(include)(deliveryOf(ours)))).toMatchObject({ failure: 'protocol-unknown', park: false })
    expect(endpoint.got).toEqual([])
  })

  it('fits the schema that is exported for it, for every entry of a case', async () => {
    for (const entry of await aLog()) {
      const body = await bodyOf(deliveryOf(entry), { include: 'personal', source: '/tenants/7' })
      expect(WebhookEvent.parse(body)).toEqual(body)
    }
  })
})

describe('options that can’t be used', () => {
  it.each<[string, Partial<WebhookOptions>]>([
    ['http that was not allowed', { allowHttp: false }],
    ['another scheme', { url: 'ftp://example.com' }],
    ['no URL', { url: 'example' }],
    ['credentials', { url: 'https://me:path-token@example.com' }],
    ['half of them', { url: 'https://path-token@example.com' }],
    ['no secret', { secrets: [] }],
    ['a secret that is short', { secrets: [`whsec_${btoa('path-token')}`] }],
    ['a secret that is no base64', { secrets: [`${secret}!`] }],
    ['a secret without its prefix', { secrets: [secret.slice(6)] }],
    ['no network', { allow: ['10.0.0.0/33'] }],
    ['half a network', { allow: ['10.0.0/8'] }],
    ['a network and more', { allow: ['10.0.0.0/8/9'] }],
    ['a network without its size', { allow: ['10.0.0.0/'] }],
    ['a URL to be allowed', { allow: ['http://localhost'] }],
    ['no time', { timeoutMs: 0 }],
    ['a source that is no URI', { source: 'our shop' }],
    ['evidence without protocols', { include: 'evidence' }],
  ])('are refused at once: %s', (_, other) => {
    let refused: unknown
    try {
      hook(other)
    } catch (error) {
      refused = error
    }
    expect(refused).toMatchObject({ name: 'RedressError', code: 'input-invalid' })
    for (const hidden of [secret.slice(6), 'path-token']) expect(String(refused)).not.toContain(hidden)
  })
})
