// A browser that watches its helpdesk live: each transition as a server-sent event, over HTTP, to an `EventSource`.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createDesk, memoryStore, person, RedressError, solomon } from 'redress'

const ana = person('ana')
const desk = createDesk({ store: memoryStore(), protocols: [solomon], now: () => new Date('2026-03-02T09:00:00Z') })

const server = createServer(async (_, response) => {
  // Whoever closes the page ends the stream with it, and nothing goes on listening.
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  // From the call on nothing is missed, so it comes before the head of the answer says that somebody listens.
  const transitions = desk.transitions({ signal: gone.signal, buffer: 100 })
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).flushHeaders()
  try {
    for await (const { caseId, case: after, entry } of transitions) {
      // What a board shows. Words and evidence stay where they are: the stream is no place for them.
      const data = JSON.stringify({ caseId, command: entry.command.type, state: after.state, round: after.facts.round })
      const hasRoom = response.write(`event: transition\nid: ${caseId}/${entry.version}\ndata: ${data}\n\n`)
      // While the line is slow they wait in the buffer.
      if (!hasRoom) await once(response, 'drain', { signal: gone.signal })
    }
  } catch (error) {
    // The page fell behind, and is told so: it loads its board anew, and its EventSource connects again.
    if (error instanceof RedressError && error.code === 'overflowed') {
      response.write(`event: overflowed\ndata: ${error.facts['missed']}\n\n`)
    }
  }
  response.end()
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')

// The page. In a browser: `new EventSource(url).addEventListener('transition', ({ data }) => …)`.
const { port } = server.address() as AddressInfo
const closed = new AbortController()
const page = await fetch(`http://127.0.0.1:${port}/`, { signal: closed.signal })
console.log(page.status, page.headers.get('content-type'))

await desk.open({ caseId: 'bag-3', by: ana, customer: 'c-3', channel: 'counter', words: 'Where is my suitcase?' })
await desk.send('bag-3', { type: 'own', by: ana, owner: ana, introduced: 'I am Ana. This is mine.' })
await desk.send('bag-3', { type: 'apologize', by: ana, words: 'I am sorry. We lost it.', responsibility: 'accepted' })

let text = ''
for await (const chunk of page.body?.pipeThrough(new TextDecoderStream()) ?? []) {
  text += chunk
  if (text.includes('bag-3/3') && text.endsWith('\n\n')) break
}
console.log(text.trimEnd())
closed.abort()
server.close()

/* prints:
200 text/event-stream
event: transition
id: bag-3/1
data: {"caseId":"bag-3","command":"open","state":"received","round":1}

event: transition
id: bag-3/2
data: {"caseId":"bag-3","command":"own","state":"person.apologize","round":1}

event: transition
id: bag-3/3
data: {"caseId":"bag-3","command":"apologize","state":"person.listen","round":1}
*/
