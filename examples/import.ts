// Cases move in from another helpdesk. Each command is judged at its own time; what was out of order there is told here,
// and never made to fit.
import { createDesk, customer, machine, memoryStore, person } from 'redress'

const ana = person('ana')
const cleo = customer('cleo')
const desk = createDesk({ store: memoryStore(), now: () => new Date('2026-03-02T09:00:00Z') })

// A host that writes a mail on each second failure writes none about last year’s: an import is told once, as what it is.
desk.on('second-failure', ({ caseId }) => console.log(`A mail goes out about ${caseId}.`))
desk.on('imported', ({ caseId, entries }) => console.log(`${caseId} is here, with ${entries.length} entries.`))

const callBack = { text: 'I call you back', maker: ana, inControl: true, latest: '2025-06-04T17:00:00Z' }
const heater = { text: 'A new heater', maker: ana, inControl: true, latest: '2025-06-20T17:00:00Z' }
const history = {
  by: machine('migration'),
  opening: {
    caseId: 'heater-88',
    by: ana,
    at: '2025-06-02T08:10:00Z',
    customer: 'cleo',
    channel: 'phone',
    words: 'No heat.',
  },
  commands: [
    { commandId: 'ev-1', type: 'own', by: ana, at: '2025-06-02T08:15:00Z', owner: ana, introduced: 'I am Ana.' },
    { commandId: 'ev-2', type: 'makePromise', by: ana, at: '2025-06-02T08:20:00Z', promise: callBack },
    // There, a ticket could be solved before anybody had listened.
    {
      commandId: 'ev-3',
      type: 'agree',
      by: ana,
      at: '2025-06-03T10:00:00Z',
      promises: [heater],
      accepted: { customer: true, organisation: true },
    },
    // The call came a day late, and was exported after what was said in it.
    {
      commandId: 'ev-5',
      type: 'listen',
      by: ana,
      at: '2025-06-05T09:04:00Z',
      account: 'It went out on Sunday, and I have a baby here.',
      outcome: 'Heat, today.',
      talk: { customerSeconds: 300, ourSeconds: 90 },
    },
    {
      commandId: 'ev-4',
      type: 'contact',
      by: cleo,
      at: '2025-06-05T09:00:00Z',
      direction: 'from-customer',
      channel: 'phone',
      twoWay: true,
    },
    { commandId: 'ev-6', type: 'keepPromise', by: ana, at: '2025-06-05T09:10:00Z', promise: 'ev-2', what: 'I called.' },
  ],
} as const

const dry = await desk.import(history, { dryRun: true })
if (dry.accepted) {
  for (const { commandId, refusal } of dry.report.refused) console.log(`✗ ${commandId}: ${refusal.sentence}`)
  for (const { commandId, type } of dry.report.reordered)
    console.log(`↕ ${commandId}: “${type}” came after what is later`)
}

// Run twice, a migration moves nothing twice.
for (const _ of ['first', 'again']) {
  const answer = await desk.import(history)
  if (!answer.accepted) throw new Error(answer.refusal.sentence)
  const { given, applied, fellDue } = answer.report
  console.log(`given: ${given}, applied: ${applied}, fell due: ${fellDue}, here already: ${answer.repeated}`)
}

for await (const { version, command, to, commandId, recordedAt } of desk.log('heater-88')) {
  console.log(`${version}. ${command.at} ${command.by.id}: ${command.type} → ${to} (${commandId}, ${recordedAt})`)
}

const { due, facts } = await desk.look('heater-88')
console.log(`due: ${due}, in round ${facts.round}`)

/* prints:
✗ ev-3: Not yet: before “agree” come listen, reflect, apologize, and empathize. First fix the person, then fix the
      problem, finally fix the system: a step out of its turn falls on deaf ears. (Solomon, Pocock) Due now: listen – hear
      the customer’s account out.
✗ ev-6: “keepPromise” can’t be done like this. Only an open promise can be kept, moved, broken or asked about.
      (Taylor) Due now: reflect – say back what we heard, and let the customer confirm or correct it.
↕ ev-4: “contact” came after what is later
heater-88 is here, with 6 entries.
given: 6, applied: 4, fell due: 1, here already: false
given: 6, applied: 4, fell due: 1, here already: true
1. 2025-06-02T08:10:00.000Z ana: open → received (import:heater-88, 2026-03-02T09:00:00.000Z)
2. 2025-06-02T08:15:00.000Z ana: own → person.listen (ev-1, 2026-03-02T09:00:00.000Z)
3. 2025-06-02T08:20:00.000Z ana: makePromise → person.listen (ev-2, 2026-03-02T09:00:00.000Z)
4. 2025-06-04T17:00:00.000Z clock: breakPromise → person.listen (import:heater-88, 2026-03-02T09:00:00.000Z)
5. 2025-06-05T09:00:00.000Z cleo: contact → person.listen (ev-4, 2026-03-02T09:00:00.000Z)
6. 2025-06-05T09:04:00.000Z ana: listen → person.reflect (ev-5, 2026-03-02T09:00:00.000Z)
due: reflect, in round 2
*/
