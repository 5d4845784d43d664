import { type Actor, customer, machine } from 'redress'
import { minutes } from '../clock.ts'
import { type Act, accepted, type Cast, nameOf, refused } from './line.ts'

/** What happens until the person is fixed. */
export function personScenes({ complaint, owner, second }: Cast) {
  const by = owner
  const own = (by: Actor): Act => ({ type: 'own', by, owner: by, introduced: `I am ${nameOf(by)}. This is mine.` })
  const listen = (customerMinutes: number, ourMinutes: number): Act => ({
    type: 'listen',
    by,
    account: complaint.words,
    outcome: complaint.wants,
    talk: { customerSeconds: customerMinutes * 60, ourSeconds: ourMinutes * 60 },
  })
  const apologize = (words: string, responsibility: 'accepted' | 'passed-on' = 'accepted'): Act => ({
    type: 'apologize',
    by,
    words,
    responsibility,
  })
  const explain = { type: 'explain', by, words: complaint.explanation } satisfies Act
  const reason = 'told often enough, says the customer'
  const waive = (by: Actor): Act => ({ type: 'waive', by, step: 'listen', reason })

  return {
    ownByABot: refused(minutes(1), own(machine('bot'))),
    own: accepted(minutes(9), own(owner)),

    listenTooLittle: refused(minutes(12), listen(4, 6)),
    listen: accepted(minutes(21), listen(14, 5)),
    listenAgain: accepted(minutes(16), listen(11, 2)),
    reflect: accepted(minutes(2), { type: 'reflect', by, heard: complaint.heard, customer: { answer: 'confirmed' } }),
    reflectWrongly: accepted(minutes(2), {
      type: 'reflect',
      by,
      heard: complaint.heard,
      customer: { answer: 'corrected', correction: complaint.correction },
    }),
    reflectAgain: accepted(minutes(2), {
      type: 'reflect',
      by,
      heard: complaint.correction,
      customer: { answer: 'confirmed' },
    }),
    pointAtOthers: refused(minutes(1), apologize('Sorry, but that was our supplier.', 'passed-on')),
    apologize: accepted(minutes(1), apologize('I am sorry. We did this to you.')),
    apologizeAgain: accepted(minutes(4), apologize('I am sorry, again, and without a ‘but’.')),
    explainUnasked: refused(minutes(1), explain),
    explainAnyway: accepted(minutes(1), { ...explain, alreadyGiven: true }),
    askWhy: accepted(minutes(2), {
      type: 'askWhy',
      by,
      saidBy: customer(complaint.id),
      words: 'And why did it happen?',
    }),
    explain: accepted(minutes(1), { type: 'explain', by, words: `Because ${complaint.cause}.` }),
    empathize: accepted(minutes(1), {
      type: 'empathize',
      by,
      feeling: complaint.feeling,
      words: `You must have felt ${complaint.feeling}.`,
    }),
    waiveForOneself: refused(minutes(4), waive(owner)),
    waive: accepted(minutes(25), waive(second)),
    addBystander: accepted(minutes(3), {
      type: 'addBystander',
      by,
      bystander: complaint.bystander,
      how: 'the same happened to them, and they never said a word',
    }),
  }
}
