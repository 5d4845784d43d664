// A chat hears of every step. The helpdesk signs what it tells; the chat's own server verifies it, and posts each event once.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createDesk, memoryStore, person, solomon } from 'redress'
import { receiveWebhook, WebhookError, webhook } from 'redress/webhooks'

const secrets = [`whsec_${randomBytes(32).toString('base64')}`]

// ── the chat: what comes in is a Fetch `Request`, as in Next, Hono or Deno ──
const receive = receiveWebhook({ secrets })
let isUp = true
let posts = 0
let known = 0
async function hooks(request: Request): Promise<Response> {
  const reception = await receive(request, ({ subject, data }) => {
    if (!isUp) throw new Error('the chat is down')
    console.log(`#complaints  ${subject}: ${data.type} by ${data.by.id}, now ${data.to}`)
    posts += 1
  })
  if (!reception.accepted) console.log(`the chat refuses: ${reception.code}`)
  else if (reception.duplicate) {
    console.log(`the chat knows ${reception.event.id} already`)
    known += 1
  }
  return new Response(null, { status: reception.status })
}

// Node's own server has no Fetch `Request`, so one is made. The body goes in as it came: its bytes are signed.
const server = createServer(async (incoming, outgoing) => {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const headers = incoming.headers as Record<string, string>
  const request = new Request('http://chat.test/hooks', { method: 'POST', headers, body: Buffer.concat(chunks) })
  const { status } = await hooks(request).catch(() => new Response(null, { status: 500 }))
  outgoing.writeHead(status).end()
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo

// ── the helpdesk. Without `allow` and `allowHttp` nothing goes to this machine, nor to anywhere unencrypted ──
const url = `http://127.0.0.1:${port}/hooks`
const tellChat = webhook({ url, secrets, allow: ['127.0.0.1'], allowHttp: true })

const desk = createDesk({ store: memoryStore(), protocols: [solomon], now: () => new Date('2026-03-02T09:00:00Z') })
const ana = person('ana')
await desk.open({ caseId: 'bag-3', by: ana, customer: 'c-3', channel: 'counter', words: 'Where is my suitcase?' })
await desk.send('bag-3', { type: 'own', by: ana, owner: ana, introduced: 'I am Ana. This is mine.' })
await desk.send('bag-3', { type: 'apologize', by: ana, words: 'I am sorry. We lost it.', responsibility: 'accepted' })

async function until(isSo: () => boolean) {
  while (!isSo()) await new Promise((resume) => setTimeout(resume, 5))
}

let failures = 0
desk.on('delivery-failed', ({ error }) => {
  if (error instanceof WebhookError && failures === 0) console.log(`${error.message} Again in 5 s or a little more.`)
  failures += 1
})

isUp = false
await desk.subscribe('chat', { from: 'start', pollMs: 5 }, tellChat)
await until(() => failures === 1)

// Nobody has to wait for that: what was not delivered can be had at once.
isUp = true
await desk.replay('chat')
await until(() => posts === 3)

// Told once more, each has been posted.
await desk.replay('chat')
await until(() => known === 3)
await desk.close()

// Somebody without the secret makes something up.
const forged = {
  'webhook-id': 'default:chat:bag-3:4',
  'webhook-timestamp': '1772442000',
  'webhook-signature': 'v1,bm8=',
}
const { status } = await fetch(url, { method: 'POST', headers: forged, body: '{"type":"redress.withdraw"}' })
console.log(`the forger is answered ${status}`)
server.close()

/* prints:
The webhook to 127.0.0.1 was not delivered: it answered 500. Again in 5 s or a little more.
#complaints  bag-3: open by ana, now received
#complaints  bag-3: own by ana, now person.apologize
#complaints  bag-3: apologize by ana, now person.listen
the chat knows default:chat:bag-3:1 already
the chat knows default:chat:bag-3:2 already
the chat knows default:chat:bag-3:3 already
the chat refuses: unverified
the forger is answered 401
*/
