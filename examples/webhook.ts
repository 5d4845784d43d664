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
async function hooks(request: Request): Promise<Response> {
  const reception = await receive(request, ({ subject, data }) => {
    if (!isUp) throw new Error('the chat is down')
    console.log(`#complaints  ${subject}: ${data.type} by ${data.by.id}, now ${data.to}`)
  })
  if (!reception.accepted) console.log(`the chat refuses: ${reception.code}`)
  else if (reception.duplicate) console.log(`the chat knows ${reception.event.id} already`)
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

/** Hands the case's log to the chat, line by line, as a durable subscription does it. */
async function tell(attempt: number): Promise<void> {
  for await (const entry of desk.log('bag-3')) {
    const { caseId, version, recordedAt } = entry
    const signal = new AbortController().signal
    const id = `chat:${caseId}:${version}`
    await tellChat({ subscription: 'chat', caseId, entry, id, attempt, firstAt: recordedAt, signal })
  }
}

isUp = false
await tell(1).catch((error) => {
  if (error instanceof WebhookError) console.log(`${error.message} Again in 5 s or a little more.`)
})
isUp = true
await tell(2)
// Told twice, each is posted once.
await tell(3)

// Somebody without the secret makes something up.
const forged = { 'webhook-id': 'chat:bag-3:4', 'webhook-timestamp': '1772442000', 'webhook-signature': 'v1,bm8=' }
const { status } = await fetch(url, { method: 'POST', headers: forged, body: '{"type":"redress.withdraw"}' })
console.log(`the forger is answered ${status}`)
server.close()

/* prints:
The webhook to 127.0.0.1 was not delivered: it answered 500. Again in 5 s or a little more.
#complaints  bag-3: open by ana, now received
#complaints  bag-3: own by ana, now person.apologize
#complaints  bag-3: apologize by ana, now person.listen
the chat knows chat:bag-3:1 already
the chat knows chat:bag-3:2 already
the chat knows chat:bag-3:3 already
the chat refuses: unverified
the forger is answered 401
*/
