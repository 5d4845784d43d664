// Deadlines count working time: none runs at night, on a Sunday or on a holiday. What falls due becomes a command that the
// desk sends itself; waiting for the customer stops the clocks that may stop.
import { courteous, createDesk, customer, memoryStore, officeHours, person } from 'redress'
import { temporalWorkingTime } from 'redress/clocks'

// The Thursday before Easter, three in the afternoon in London. Friday and Monday are holidays.
let now = new Date('2026-04-02T14:00:00Z')
const desk = createDesk({
  store: memoryStore(),
  clocks: {
    policies: [courteous],
    calendars: { default: officeHours('Europe/London', ['2026-04-03', '2026-04-06']) },
    workingTime: temporalWorkingTime,
  },
  now: () => now,
})
const ana = person('ana')
const theCustomer = customer('c-8')

// Your desk ticks by itself, every second, once `desk.run({ signal })` is called. This page turns its clock by hand.
async function at(moment: string) {
  now = new Date(moment)
  console.log(moment)
  await desk.tick()
}

async function running() {
  const { deadlines } = await desk.look('lamp-8')
  if (deadlines.length === 0) console.log('  no clock runs')
  for (const { name, due } of deadlines) console.log(`  ${name} by ${due}`)
}

desk.on('accepted', ({ entry: { command, to } }) => {
  if ('deadline' in command) console.log(`  ${command.type} ${command.deadline} → ${to}`)
})
desk.on('second-failure', ({ failure, case: { state, facts } }) =>
  console.log(`  ! ${failure.kind}: round ${facts.round} begins at ${state}`),
)

const words = 'The lamp that you sold me gives shocks.'
await desk.open({ caseId: 'lamp-8', by: theCustomer, customer: theCustomer.id, channel: 'mail', words })
await running()

// Four working hours: two on Thursday, two on Tuesday. Nobody takes it; that is noted, and the case stays where it is.
await at('2026-04-07T10:00:00Z')
await desk.send('lamp-8', { type: 'own', by: ana, owner: ana, introduced: 'I am Ana. This is mine.' })
await running()

// She needs a picture of the plug. What is left of the two working days is kept until the customer is back.
await desk.send('lamp-8', { type: 'pause', by: ana, reason: 'waiting-for-evidence', words: 'a picture of the plug' })
console.log('paused')
await running()
await at('2026-04-15T08:00:00Z')

const picture = { direction: 'from-customer', channel: 'mail', twoWay: false, words: 'Here it is.' } as const
await desk.send('lamp-8', { type: 'contact', by: theCustomer, ...picture })
console.log('the picture is here')
await running()

// A customer whom nobody answers in time is a second failure, whoever noticed.
await at('2026-04-17T08:00:00Z')

/* prints:
  own by 2026-04-07T10:00:00.000Z
  first-contact by 2026-04-07T14:00:00.000Z
  next-contact by 2026-04-08T14:00:00.000Z
2026-04-07T10:00:00Z
  missDeadline own → received
  next-contact by 2026-04-09T10:00:00.000Z
paused
  no clock runs
2026-04-15T08:00:00Z
the picture is here
  next-contact by 2026-04-16T16:00:00.000Z
  answer by 2026-04-17T08:00:00.000Z
2026-04-17T08:00:00Z
  missDeadline next-contact → person.listen
  missDeadline answer → person.listen
  ! contact-unanswered: round 2 begins at person.listen
*/
