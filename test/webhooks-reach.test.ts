import { WebhookError, type WebhookOptions, webhook } from 'redress/webhooks'
import { afterEach, describe, expect, it } from 'vitest'
import { isPublic } from '../src/webhooks/address.ts'
import { certificate } from './fixtures/certificate.ts'
import { aLog, aSecret, deliveryOf, type Endpoint, openEndpoint } from './fixtures/endpoint.ts'

const [entry] = (await aLog()) as [never]
const secrets = [aSecret()]

const opened: Endpoint[] = []
afterEach(() => Promise.all(opened.splice(0).map((one) => one.close())))
const open = async (options?: Parameters<typeof openEndpoint>[0]) => {
  const endpoint = await openEndpoint(options)
  opened.push(endpoint)
  return endpoint
}

const failureOf = (options: Omit<WebhookOptions, 'secrets'>, attempt = 1) =>
  Promise.resolve(webhook({ secrets, allowHttp: true, ...options })(deliveryOf(entry, { attempt }))).then(
    () => 'delivered',
    (error: unknown) => (error instanceof WebhookError ? error.failure : error),
  )
/** A name server that answers each question with the next of its answers, the last again and again. */
const naming = (...answers: readonly (readonly string[])[]) => {
  const asked: string[] = []
  const resolve = async (host: string) => {
    asked.push(host)
    return answers[Math.min(asked.length, answers.length) - 1] ?? []
  }
  return { asked, resolve }
}

const addresses: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  'this network': ['0.0.0.0', '0.1.2.3', '::'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  'carrier-grade NAT': ['100.64.0.1', '100.127.255.255'],
  'link-local': ['169.254.1.1', 'fe80::1', 'febf::1', 'fe80::1%eth0', '2606:4700::1%1'],
  'the metadata of clouds': [
    '169.254.169.254',
    'fd00:ec2::254',
    'fd20:ce::254',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
  ],
  mapped: ['::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '0:0:0:0:0:ffff:10.0.0.1', '::ffff:8.8.8.8'],
  compatible: ['::127.0.0.1', '::7f00:1'],
  '6to4': ['2002:7f00:1::', '2002:a9fe:a9fe::1', '2002:0808:0808::1'],
  NAT64: ['64:ff9b::7f00:1', '64:ff9b::169.254.169.254', '64:ff9b:1::1'],
  Teredo: ['2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  'unique local': ['fc00::1', 'fd12:3456:789a::1'],
  'site-local': ['fec0::1'],
  documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1'],
  'benchmarks and protocols': ['198.18.0.1', '198.19.255.255', '192.88.99.1', '2001:2::1', '100::1', '5f00::1'],
  'multicast and reserved': ['224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', 'ff02::1'],
}
const listed = Object.entries(addresses).flatMap(([kind, some]) => some.map((address) => [kind, address] as const))

describe('an address that is not of the public internet', () => {
  it.each(listed)('(%s: %s) is not sent to, whatever name it has', async (_, address) => {
    const { resolve } = naming([address])
    expect(await failureOf({ url: 'https://hook.test', resolve })).toBe('address-refused')
    expect(isPublic(address)).toBe(false)
  })

  it.each(listed.filter(([, address]) => !address.includes('%')))('(%s: %s) is refused as a host', (_, address) => {
    const host = address.includes(':') ? `[${address}]` : address
    expect(() => webhook({ url: `https://${host}/`, secrets })).toThrow(
      expect.objectContaining({ code: 'input-invalid' }),
    )
  })

  it.each([
    'http://2130706433/',
    'http://0x7f000001/',
    'http://017700000001/',
    'http://0177.0.0.1/',
    'http://0x7f.1/',
    'http://127.1/',
    'http://0/',
    'http://127.0.0.1./',
    'http://①②⑦.⓪.⓪.①/',
    'http://%31%32%37.0.0.1/',
    'http://[::ffff:127.0.0.1]/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://2852039166/latest/meta-data/',
    'http://0251.0376.0251.0376/',
    'http:\\\\127.0.0.1\\',
  ])('is known in every spelling: %s', (url) => {
    const refusal = expect.objectContaining({ code: 'input-invalid' })
    expect(() => webhook({ url, secrets, allowHttp: true })).toThrow(refusal)
  })

  it('is what “localhost” has, by the system’s own look-up', async () => {
    for (const host of ['localhost', 'LOCALHOST', 'localhost.']) {
      expect(await failureOf({ url: `http://${host}:9/` })).toBe('address-refused')
    }
  })

  it.each([[['8.8.8.8', '10.0.0.1']], [['10.0.0.1', '8.8.8.8']], [['8.8.8.8', '::1']], [['8.8.8.8', 'localhost']]])(
    'refuses a name that has a public one too: %s',
    async (both) => {
      const { resolve } = naming(both)
      expect(await failureOf({ url: 'https://hook.test', resolve })).toBe('address-refused')
    },
  )

  it.each([
    '8.8.8.8',
    '93.184.215.14',
    '172.32.0.1',
    '100.128.0.1',
    '169.253.0.1',
    '2606:4700:4700::1111',
    '2a00:1450::1',
  ])('is not taken for one that is: %s', (address) => expect(isPublic(address)).toBe(true))
})

describe('what is allowed beyond the public internet', () => {
  it('is a network, an address, or a host by its name', async () => {
    const { port } = await open()
    const url = `http://hook.test:${port}`
    for (const allow of [['127.0.0.0/8'], ['127.0.0.1'], ['hook.test'], ['HOOK.test'], ['fd00::/8', '127.0.0.1/32']]) {
      expect(await failureOf({ url, allow, ...naming(['127.0.0.1']) }), String(allow)).toBe('delivered')
    }
    for (const allow of [['10.0.0.0/8'], ['127.0.0.2'], ['other.test'], ['test'], ['::/0']]) {
      expect(await failureOf({ url, allow, ...naming(['127.0.0.1']) }), String(allow)).toBe('address-refused')
    }
  })
})

describe('a name whose address changes', () => {
  it('between check and connect is reached where it was checked, and nowhere else', async () => {
    const checked = await open({ host: '127.0.0.1' })
    const rebound = await open({ host: '127.0.0.2', port: checked.port })
    const { resolve, asked } = naming(['127.0.0.1'], ['127.0.0.2'])
    const options = { url: `http://hook.test:${checked.port}`, allow: ['127.0.0.1'], resolve }
    expect(await failureOf(options)).toBe('delivered')
    expect({ asked, checked: checked.got.length, rebound: rebound.got.length }).toEqual({
      asked: ['hook.test'],
      checked: 1,
      rebound: 0,
    })
    expect(checked.got[0]?.headers).toMatchObject({ host: `hook.test:${checked.port}` })
  })

  it('between two tries is checked anew', async () => {
    const { port } = await open({ host: '127.0.0.1' })
    const rebound = await open({ host: '127.0.0.2', port })
    const { resolve } = naming(['127.0.0.1'], ['127.0.0.2'])
    const send = webhook({ url: `http://hook.test:${port}`, secrets, allowHttp: true, allow: ['127.0.0.1'], resolve })
    await send(deliveryOf(entry))
    await expect(send(deliveryOf(entry, { attempt: 2 }))).rejects.toMatchObject({ failure: 'address-refused' })
    expect(rebound.got).toEqual([])
  })

  it('or has none, is tried again later', async () => {
    const none = naming([])
    expect(await failureOf({ url: 'https://hook.test', ...none })).toBe('name-unresolved')
    const failing = { resolve: () => Promise.reject(new Error('SERVFAIL')) }
    expect(await failureOf({ url: 'https://hook.test', ...failing })).toBe('name-unresolved')
  })
})

describe('a redirect', () => {
  it.each([300, 301, 302, 303, 304, 307, 308])('with %i is a failure, and followed nowhere', async (status) => {
    const inside = await open()
    const outside = await open()
    for (const location of [`http://127.0.0.1:${inside.port}/`, 'http://8.8.8.8/', '/elsewhere']) {
      outside.answer = (response) => response.writeHead(status, { location }).end()
      const options = { url: `http://127.0.0.1:${outside.port}`, allow: ['127.0.0.1'] }
      expect(await failureOf(options)).toBe('redirected')
    }
    expect({ inside: inside.got.length, outside: outside.got.length }).toEqual({ inside: 0, outside: 3 })
  })
})

describe('a webhook over TLS', () => {
  const overTls = async (other: Partial<WebhookOptions> = {}, host = 'hook.test') => {
    const endpoint = await open({ tls: true })
    const options = { url: `https://${host}:${endpoint.port}`, allow: ['127.0.0.1'], ...naming(['127.0.0.1']) }
    return { failure: await failureOf({ ...options, ...other }), got: endpoint.got }
  }

  it('goes to the checked address, under its own name', async () => {
    const { failure, got } = await overTls({ ca: certificate })
    expect(failure).toBe('delivered')
    expect(got).toMatchObject([{ servername: 'hook.test', headers: { host: expect.stringMatching(/^hook\.test:/) } }])
  })

  it('goes to nobody whose certificate is not trusted, or is another’s', async () => {
    expect(await overTls()).toEqual({ failure: 'unreachable', got: [] })
    expect(await overTls({ ca: certificate }, 'other.test')).toEqual({ failure: 'unreachable', got: [] })
  })

  it('is not sent where nobody listens', async () => {
    const { port, close } = await openEndpoint()
    await close()
    expect(await failureOf({ url: `http://127.0.0.1:${port}`, allow: ['127.0.0.1'] })).toBe('unreachable')
  })
})
