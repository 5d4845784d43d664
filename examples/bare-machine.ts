// Below the desk, a protocol is an ordinary XState 5 machine. Run it, draw it, test it with the tools that you have.
import { createRecoveryMachine, person, pocock, toMermaid } from 'redress'
import { createActor } from 'xstate'

const actor = createActor(createRecoveryMachine(pocock)).start()
console.log(actor.getSnapshot().value)

// It takes commands as parsed: who and when are said, since a machine has no clock.
const stamp = { by: person('ana'), at: '2026-03-02T09:00:00.000Z' }

actor.send({ type: 'own', ...stamp, owner: person('ana'), introduced: 'I am Ana. This is mine.' })
console.log(actor.getSnapshot().value)

actor.send({
  type: 'listen',
  ...stamp,
  account: 'The box was empty.',
  outcome: 'what I paid for',
  talk: { customerSeconds: 120, ourSeconds: 40 },
})

// States and events are typed from the protocol; guards are its rules; the context is the case's facts.
const now = actor.getSnapshot()
console.log(now.value, now.context.steps)
console.log('due: say it back?', now.matches({ person: 'reflect' }))
console.log(
  'may we say it back?',
  now.can({ type: 'reflect', ...stamp, heard: '…', customer: { answer: 'confirmed' } }),
)
console.log('may we deliver?', now.can({ type: 'deliver', ...stamp, what: 'a full box' }))

// XState ignores in silence what a guard denies. Saying why not is the desk's work.
actor.send({ type: 'deliver', ...stamp, what: 'a full box' })
console.log('did that change anything?', actor.getSnapshot() !== now)

// The diagram is read off the machine itself: all of it, pasted where Mermaid is drawn, is a picture of the method.
console.log(toMermaid(pocock).split('\n').slice(0, 3).join('\n'))

/* prints:
received
{ person: 'listen' }
{ person: 'reflect' } { own: 'done', listen: 'done' }
due: say it back? true
may we say it back? true
may we deliver? false
did that change anything? false
stateDiagram-v2
  [*] --> received
  received --> person: own
*/
