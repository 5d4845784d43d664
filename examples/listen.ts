// What a helpdesk hears from its desk: every entry, every refusal, every phase that is fixed, every second failure.
// Listeners are told after the commit, so that what they hear has happened.
import { type CommandInput, createDesk, customer, memoryStore, person, solomon } from 'redress'

let now = new Date('2026-03-02T09:00:00Z')
const desk = createDesk({ store: memoryStore(), protocols: [solomon], now: () => now })
const ana = person('ana')

// `on` returns its own removal.
const stop = desk.on('accepted', ({ entry }) => console.log(`${entry.command.type}: ${entry.from} → ${entry.to}`))
desk.on('refused', ({ refusal }) => console.log(`✗ ${refusal.command}: ${refusal.rules.map((rule) => rule.id)}`))
desk.on('phase-fixed', ({ phase }) => console.log(`  ✓ the ${phase} is fixed`))
desk.on('second-failure', ({ failure, case: { facts } }) =>
  console.log(`  ! ${failure.kind}: round ${facts.round} begins with the person`),
)
desk.on('closed', ({ outcome }) => console.log(`  ✓ closed: ${outcome}`))

// A listener that throws disturbs nobody: neither the command nor the other listeners.
desk.on('opened', () => {
  throw new Error('the CRM is down')
})
desk.on('listener-error', ({ event, error }) => console.log(`  a listener to “${event}” failed: ${error}`))

await desk.open({ caseId: 'bag-3', by: ana, customer: 'c-3', channel: 'counter', words: 'Where is my suitcase?' })
await desk.send('bag-3', { type: 'deliver', by: ana, what: 'a voucher' })

const personAndPromise = (latest: string): CommandInput<typeof solomon>[] => [
  { type: 'apologize', by: ana, words: 'I am sorry. We lost it.', responsibility: 'accepted' },
  {
    type: 'listen',
    by: ana,
    account: 'My medicine is in it.',
    outcome: 'the suitcase, today',
    talk: { customerSeconds: 60, ourSeconds: 20 },
  },
  {
    type: 'agree',
    by: ana,
    promises: [{ text: 'the suitcase at your door', maker: ana, inControl: true, latest }],
    accepted: { customer: true, organisation: true },
  },
]

// Several commands in one send are judged in their own order, and pass whole or not at all.
await desk.send('bag-3', [
  { type: 'own', by: ana, owner: ana, introduced: 'I am Ana. This is mine.' },
  ...personAndPromise('2026-03-02T20:00:00Z'),
])

// The next morning it has not come. A broken promise is a second failure.
now = new Date('2026-03-03T09:00:00Z')
await desk.send('bag-3', { type: 'breakPromise', by: ana, promise: 'p1' })

// From here on, only what matters.
stop()
await desk.send('bag-3', [
  ...personAndPromise('2026-03-03T12:00:00Z'),
  { type: 'deliver', by: ana, what: 'by courier, with the key', kept: ['p2'] },
  { type: 'confirm', by: ana, saidBy: customer('c-3'), resolved: 'yes', wanted: 'the suitcase', got: 'the suitcase' },
  {
    type: 'investigate',
    by: ana,
    causes: [{ part: 'baggage', stage: 'transfer', text: 'The tags of short transfers are read only once.' }],
    customerSide: 'The app said “found” all day.',
    staffSide: 'The second reader has been off since autumn.',
  },
  {
    type: 'improve',
    by: ana,
    changes: [{ text: 'the second reader is back', owner: person('ole'), due: '2026-03-20T12:00:00Z' }],
  },
])

/* prints:
open: null → received
  a listener to “opened” failed: Error: the CRM is down
✗ deliver: in-order
own: received → person.apologize
apologize: person.apologize → person.listen
listen: person.listen → problem.agree
  ✓ the person is fixed
agree: problem.agree → problem.deliver
breakPromise: problem.deliver → person.apologize
  ! promise-broken: round 2 begins with the person
  ✓ the person is fixed
  ✓ the problem is fixed
  ✓ the system is fixed
  ✓ closed: recovered
*/
