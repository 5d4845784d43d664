// A customer wants to be forgotten. Their words go, from the state, the log and the receipts, in one write; who did what,
// and when, stays. A legal hold comes first.
import { createDesk, customer, memoryStore, person } from 'redress'

const ana = person('ana')
const gil = person('gil')
const desk = createDesk({ store: memoryStore(), now: () => new Date('2026-03-02T09:00:00Z') })

await desk.open({ caseId: 'scan-4', by: customer('c-4'), customer: 'c-4', channel: 'phone', words: 'My scan is lost!' })
await desk.send('scan-4', [
  { type: 'own', by: ana, owner: ana, introduced: 'I am Ana. This is mine.' },
  {
    type: 'listen',
    by: ana,
    account: 'You told my sister before you told me.',
    outcome: 'an answer, for my eyes alone',
    talk: { customerSeconds: 300, ourSeconds: 60 },
  },
  { type: 'placeHold', by: gil, reason: 'A court has asked for the file.' },
])

async function erase() {
  const answer = await desk.erase('scan-4', { by: gil, reason: 'asked for by the customer' })
  console.log(answer.accepted ? 'Erased.' : `✗ ${answer.refusal.sentence}`)
}

async function printLog() {
  for await (const { version, command, to } of desk.log('scan-4')) {
    const { type, by, at, ...said } = command
    console.log(`${version}. ${by.id}: ${type} → ${to} ${JSON.stringify(said)}`)
  }
}

await erase()
await printLog()

await desk.send('scan-4', { type: 'liftHold', by: gil, reason: 'The court has decided.' })
await erase()
await printLog()

// The case goes on where it was: facts were never made of words.
const { due, facts } = await desk.look('scan-4')
console.log(`due: ${due}; erased at ${facts.erasedAt}`)

/* prints:
✗ “erase” can’t be done like this. As long as there is a legal hold, nothing is erased. (GDPR, Article 17(3))
1. c-4: open → received {"customer":"c-4","channel":"phone","words":"My scan is lost!"}
2. ana: own → person.listen {"owner":{"kind":"person","id":"ana"},"introduced":"I am Ana. This is mine."}
3. ana: listen → person.reflect {"account":"You told my sister before you told me.","outcome":"an answer, for my eyes
      alone","talk":{"customerSeconds":300,"ourSeconds":60}}
4. gil: placeHold → person.reflect {"reason":"A court has asked for the file."}
Erased.
1. c-4: open → received {"customer":"c-4","channel":"phone","words":"[erased]"}
2. ana: own → person.listen {"owner":{"kind":"person","id":"ana"},"introduced":"[erased]"}
3. ana: listen → person.reflect
      {"account":"[erased]","outcome":"[erased]","talk":{"customerSeconds":300,"ourSeconds":60}}
4. gil: placeHold → person.reflect {"reason":"[erased]"}
5. gil: liftHold → person.reflect {"reason":"[erased]"}
6. gil: erase → person.reflect {"reason":"asked for by the customer"}
due: reflect; erased at 2026-03-02T09:00:00.000Z
*/
