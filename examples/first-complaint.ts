// A parcel arrives empty. The refund is one click away, and it is not let through: first fix the person, then fix the
// problem, finally fix the system.
import { type CommandInput, createDesk, customer, memoryStore, person, type pocock } from 'redress'

const ana = person('ana')
// Your desk needs no clock; this page has one, so that it prints the same on any day.
const desk = createDesk({ store: memoryStore(), now: () => new Date('2026-03-02T09:00:00Z') })

await desk.open({ caseId: 'parcel-17', by: ana, customer: 'c-17', channel: 'phone', words: 'The box was empty!' })

// A refused command is an answer, not an exception, and its sentence is fit to show to the agent as it is.
async function send(command: CommandInput<typeof pocock>) {
  const answer = await desk.send('parcel-17', command)
  console.log(answer.accepted ? `${command.type} → ${answer.case.state}` : `✗ ${answer.refusal.sentence}`)
}

const refund: CommandInput<typeof pocock> = {
  type: 'agree',
  by: ana,
  promises: [{ text: 'the money back', maker: ana, inControl: true, latest: '2026-03-04T17:00:00Z' }],
  accepted: { customer: true, organisation: true },
}

// The solution, blurted out.
await send(refund)

// The person.
await send({ type: 'own', by: ana, owner: ana, introduced: 'I am Ana. This is mine until it is resolved.' })
await send({
  type: 'listen',
  by: ana,
  account: 'It was for my son’s birthday. He opened it in front of everybody.',
  outcome: 'A present he can open, and an answer.',
  talk: { customerSeconds: 240, ourSeconds: 60 },
})
await send({
  type: 'reflect',
  by: ana,
  heard: 'Your son opened an empty box in front of his guests.',
  customer: { answer: 'confirmed' },
})
await send({ type: 'apologize', by: ana, words: 'I am sorry. That was our box.', responsibility: 'accepted' })
await send({ type: 'empathize', by: ana, feeling: 'embarrassed', words: 'In front of everybody. I would be, too.' })

// The problem. The very same command is welcome now.
await send(refund)
await send({ type: 'deliver', by: ana, what: 'paid back, and a robot by courier', kept: ['p1'] })
await send({
  type: 'confirm',
  by: ana,
  saidBy: customer('c-17'),
  resolved: 'yes',
  wanted: 'A present he can open, and an answer.',
  got: 'A robot, the money, and a call from Ana.',
})
await send({ type: 'thank', by: ana, words: 'Thank you for calling.', letsUsFix: 'the packing line' })

// The system.
await send({
  type: 'investigate',
  by: ana,
  causes: [{ part: 'packing', stage: 'dispatch', text: 'The scale was off, so nobody saw that the box was light.' }],
  customerSide: 'The box felt light at the door.',
  staffSide: 'The scale has been broken since January.',
})
await send({
  type: 'improve',
  by: ana,
  changes: [{ text: 'No label without a weight.', owner: person('luis'), due: '2026-03-16T12:00:00Z' }],
})
await send({ type: 'verify', by: ana, evidence: 'four weeks of dispatch', before: 5, after: 0 })
await send({ type: 'share', by: ana, toldCustomer: 'No label without a weight.', toldTeam: 'The same, and why.' })

const { facts } = await desk.look('parcel-17')
console.log(`outcome: ${facts.outcome}`)

/* prints:
✗ Not yet: before “agree” come own, listen, reflect, apologize, and empathize. First fix the person, then fix the
      problem, finally fix the system: a step out of its turn falls on deaf ears. (Solomon, Pocock) A named person
      sees it through until it is resolved; a queue, a team or a bot can’t. (Taylor) Due now: own – take ownership
      until it is resolved.
own → person.listen
listen → person.reflect
reflect → person.apologize
apologize → person.empathize
empathize → problem.agree
agree → problem.deliver
deliver → problem.confirm
confirm → problem.thank
thank → system.investigate
investigate → system.improve
improve → system.verify
verify → system.share
share → closed
outcome: recovered
*/
