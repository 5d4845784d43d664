// What must not be missed: a durable subscription gets every entry at least once, in the order of its case, whoever was
// down when. What keeps failing is parked in sight, and holds up its own case alone.
import { createDesk, DeliveryError, memoryStore, person } from 'redress'

const desk = createDesk({ store: memoryStore() })
const ana = person('ana')

async function complain(caseId: string, customer: string, words: string) {
  await desk.open({ caseId, by: ana, customer, channel: 'mail', words })
  await desk.send(caseId, { type: 'own', by: ana, owner: ana, introduced: 'I am Ana. This is mine.' })
}

async function until(isSo: () => boolean | Promise<boolean>) {
  while (!(await isSo())) await new Promise((resume) => setTimeout(resume, 5))
}

// Nobody listens yet.
await complain('lamp-8', 'c-8', 'The lamp gives shocks.')
await complain('boiler-2', 'c-2', 'No heat for three nights.')

// The CRM is down for a moment, and does not know one of the customers.
let tries = 0
let knows = false
const heard: string[] = []
const options = { from: 'start', pollMs: 5, firstRetryMs: 10 } as const
await desk.subscribe('crm', options, async ({ caseId, entry, attempt, id }) => {
  tries += 1
  if (tries === 1) throw new Error('the CRM is down')
  if (caseId === 'boiler-2' && !knows) throw new DeliveryError('no such customer', { park: true })
  // The same for every try: a receiver that has seen it does nothing.
  heard.push(`${id}: ${entry.command.type}${attempt > 1 ? `, at try ${attempt}` : ''}`)
})

await until(async () => heard.length === 2 && (await desk.parked()).length === 1)
console.log(heard.splice(0).join('\n'))

const [lane] = await desk.parked()
if (lane !== undefined) {
  console.log(`parked: ${lane.caseId} at ${lane.version}, ${lane.error}`)
  knows = true
  await desk.retry(lane)
}
await until(() => heard.length === 2)
console.log(heard.splice(0).join('\n'))

// The CRM has lost a case: once more from the beginning.
await desk.replay('crm', { caseId: 'boiler-2' })
await until(() => heard.length === 2)
console.log(`replayed:\n${heard.join('\n')}`)

// Finishes what is in hand, gives leases back, and leaves nothing running; `await using desk` does the same.
await desk.close()

/* prints:
default:crm:lamp-8:1: open, at try 2
default:crm:lamp-8:2: own
parked: boiler-2 at 1, delivery-failed
default:crm:boiler-2:1: open
default:crm:boiler-2:2: own
replayed:
default:crm:boiler-2:1: open
default:crm:boiler-2:2: own
*/
