import { receiveWebhook, type SeenIds, type WebhookEvent, webhook } from 'redress/webhooks'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aLog, aSecret, deliveryOf, type Endpoint, type Got, openEndpoint } from './fixtures/endpoint.ts'

const [, owning, listening] = (await aLog()) as [never, never, never]
const secret = aSecret()
const old = aSecret()

let endpoint: Endpoint
beforeAll(async () => {
  endpoint = await openEndpoint()
})
afterAll(() => endpoint.close())

/** What comes in when an entry is sent. */
async function sent(entry: never, secrets = [secret], now?: () => Date): Promise<Got> {
  const url = `http://127.0.0.1:${endpoint.port}`
  const clock = now === undefined ? {} : { now }
  await webhook({ url, secrets, allow: ['127.0.0.1'], allowHttp: true, ...clock })(deliveryOf(entry))
  return endpoint.got.at(-1) as Got
}
const requestOf = (
  { headers, body }: Pick<Got, 'headers' | 'body'>,
  changed: string | Uint8Array<ArrayBuffer> = body,
) => new Request('https://chat.test/hooks', { method: 'POST', headers, body: changed })
const signed = (body: string, id = 'id-1') => {
  const at = new Date()
  const signature = new Webhook(secret).sign(id, at, body)
  return {
    body,
    headers: {
      'webhook-id': id,
      'webhook-timestamp': `${Math.floor(at.getTime() / 1000)}`,
      'webhook-signature': signature,
    },
  }
}
const nobody = () => expect.fail('it was handled')

describe('a receiver', () => {
  it('hands on what was sent, once, however often it comes', async () => {
    const receive = receiveWebhook({ secrets: [secret] })
    const handled: WebhookEvent[] = []
    const got = await sent(owning)
    const first = await receive(requestOf(got), (event) => handled.push(event))
    const second = await receive(requestOf(await sent(owning)), (event) => handled.push(event))
    await receive(requestOf(await sent(listening)), (event) => handled.push(event))
    expect(first).toEqual({ accepted: true, status: 204, duplicate: false, event: JSON.parse(got.body) })
    expect(second).toEqual({ ...first, duplicate: true })
    expect(handled.map(({ type, data }) => `${type} → ${data.to}`)).toEqual([
      'redress.own → person.listen',
      'redress.listen → person.reflect',
    ])
  })

  it('accepts the old key and the new one while they are changed, and no retired one', async () => {
    const status = async (sender: string[], receiver: string[]) =>
      (await receiveWebhook({ secrets: receiver })(requestOf(await sent(owning, sender)), () => {})).status
    expect(await status([secret, old], [old])).toBe(204)
    expect(await status([old], [secret, old])).toBe(204)
    expect(await status([secret, old], [secret])).toBe(204)
    expect(await status([old], [secret])).toBe(401)
  })

  it('refuses one byte that was changed', async () => {
    const receive = receiveWebhook({ secrets: [secret] })
    const got = await sent(owning)
    const bytes = new TextEncoder().encode(got.body)
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = bytes.with(at, (bytes[at] ?? 0) ^ 1)
      expect(await receive(requestOf(got, changed), nobody)).toEqual({
        accepted: false,
        status: 401,
        code: 'unverified',
      })
    }
    const marked = new Uint8Array([0xef, 0xbb, 0xbf, ...bytes])
    expect(await receive(requestOf(got, marked), nobody)).toMatchObject({ status: 401 })
  })

  it('refuses an old time, one to come, another id and a missing header', async () => {
    const receive = receiveWebhook({ secrets: [secret] })
    const minutes = (some: number) => () => new Date(Date.now() + some * 60_000)
    const got = await sent(owning)
    const { 'webhook-signature': _, ...unsigned } = got.headers
    for (const request of [
      requestOf(await sent(owning, [secret], minutes(-6))),
      requestOf(await sent(owning, [secret], minutes(6))),
      requestOf({ ...got, headers: { ...got.headers, 'webhook-id': 'another' } }),
      requestOf({ ...got, headers: unsigned }),
    ]) {
      expect(await receive(request, nobody)).toMatchObject({ status: 401, code: 'unverified' })
    }
  })

  it('refuses what was signed and is no event of ours', async () => {
    const receive = receiveWebhook({ secrets: [secret] })
    for (const body of ['{', '7', '{}', JSON.stringify({ specversion: '1.0', id: '1', source: 'x', type: 'else' })]) {
      expect(await receive(requestOf(signed(body)), nobody), body).toMatchObject({ status: 400, code: 'malformed' })
    }
    const latin = new Uint8Array([0x22, 0xe9, 0x22])
    expect(await receive(requestOf(signed('""'), latin), nobody)).toMatchObject({ status: 400 })
    const { headers } = signed('')
    expect(await receive(new Request('https://chat.test', { headers }), nobody)).toMatchObject({ status: 400 })
  })

  it('reads no more than it should of what nobody has verified', async () => {
    let poured = 0
    const body = new ReadableStream<Uint8Array>({
      pull(stream) {
        poured += 1
        stream.enqueue(new Uint8Array(10_000))
      },
    })
    const request = new Request('https://chat.test', { method: 'POST', body, duplex: 'half' })
    const refused = await receiveWebhook({ secrets: [secret], maxBytes: 100_000 })(request, nobody)
    expect(refused).toEqual({ accepted: false, status: 413, code: 'too-large' })
    expect(poured).toBeLessThan(15)
  })

  it('takes an event again that its handler could not handle', async () => {
    const receive = receiveWebhook({ secrets: [secret] })
    const got = await sent(owning)
    const failing = receive(requestOf(got), () => Promise.reject(new Error('the chat is down')))
    await expect(failing).rejects.toThrow('the chat is down')
    expect(await receive(requestOf(got), () => {})).toMatchObject({ status: 204, duplicate: false })
  })

  it('asks for another try while an earlier one is being handled', async () => {
    const receive = receiveWebhook({ secrets: [secret] })
    const got = await sent(owning)
    let done = () => {}
    const handling = new Promise<void>((resolve) => {
      done = resolve
    })
    const first = receive(requestOf(got), () => handling)
    expect(await receive(requestOf(got), nobody)).toEqual({ accepted: false, status: 409, code: 'in-progress' })
    done()
    expect(await first).toMatchObject({ duplicate: false })
    expect(await receive(requestOf(got), nobody)).toMatchObject({ duplicate: true })
  })

  it('knows what another process has handled, where they share the ids', async () => {
    const shared = new Set<string>()
    const seen: SeenIds = { has: async (id) => shared.has(id), add: async (id) => void shared.add(id) }
    const got = await sent(owning)
    await receiveWebhook({ secrets: [secret], seen })(requestOf(got), () => {})
    for (const ids of [seen, shared]) {
      const other = receiveWebhook({ secrets: [secret], seen: ids })
      expect(await other(requestOf(got), nobody)).toMatchObject({ duplicate: true })
    }
  })

  it('remembers the newest 10,000 ids by itself, and no more', async () => {
    const receive = receiveWebhook({ secrets: [secret] })
    const { body } = await sent(owning)
    const duplicate = async (number: number) => {
      const { accepted, ...rest } = await receive(requestOf(signed(body, `id-${number}`)), () => {})
      return accepted && 'duplicate' in rest && rest.duplicate
    }
    for (let number = 0; number <= 10_000; number += 1) await duplicate(number)
    expect([await duplicate(1), await duplicate(10_000), await duplicate(0)]).toEqual([true, true, false])
  })

  it('can’t be set up without a secret, nor handed a body that was read', async () => {
    const invalid = expect.objectContaining({ code: 'input-invalid' })
    expect(() => receiveWebhook({ secrets: ['whsec_short'] })).toThrow(invalid)
    const request = requestOf(await sent(owning))
    await request.text()
    await expect(receiveWebhook({ secrets: [secret] })(request, nobody)).rejects.toThrow(invalid)
  })
})
