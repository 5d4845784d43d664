import { type Actor, customer } from 'redress'
import { minutes, type When, workdays } from '../clock.ts'
import { type Act, accepted, type Cast, refused } from './line.ts'

/** What happens until the problem is fixed, and when it comes back. */
export function problemScenes({ complaint, owner, hasty, second }: Cast) {
  const by = owner
  const theCustomer = customer(complaint.id)
  const agree = (maker: Actor, text: string, due: When) => (now: Date) =>
    ({
      type: 'agree',
      by: maker,
      promises: [{ text, maker, inControl: true, latest: due(now).toISOString() }],
      accepted: { customer: true, organisation: true },
    }) satisfies Act
  const deliver = (what: string, promise: string): Act => ({ type: 'deliver', by, what, kept: [promise] })
  const confirm = (resolved: 'yes' | 'partly' | 'no', got: string, saidBy = theCustomer): Act => ({
    type: 'confirm',
    by,
    saidBy,
    resolved,
    wanted: complaint.wants,
    got,
  })

  return {
    blurt: refused(minutes(3), agree(hasty, complaint.blurt, workdays(1, '12:00'))),
    agreeVaguely: refused(minutes(5), (now) => {
      const { promises, ...rest } = agree(owner, 'as soon as possible', workdays(1, '12:00'))(now)
      return { ...rest, promises: promises.map(({ latest, ...promise }) => promise) }
    }),
    agree: accepted(minutes(8), agree(owner, complaint.remedy, workdays(2, '17:00'))),
    agreeAgain: accepted(minutes(8), agree(owner, complaint.secondRemedy, workdays(1, '16:00'))),
    movePromise: accepted(workdays(1, '10:10'), (now) => ({
      type: 'movePromise',
      by,
      promise: 'p1',
      consent: true,
      latest: workdays(3, '17:00')(now).toISOString(),
      reason: 'worth a day more, the customer agrees',
    })),
    // On the morning after it fell due: the desk's clock has recorded the breach by then.
    deliverLate: refused(workdays(3, '09:40'), deliver(complaint.remedy, 'p1')),
    deliver: accepted(workdays(1, '11:20'), deliver(complaint.remedy, 'p1')),
    deliverAgain: accepted(workdays(1, '10:45'), deliver(complaint.secondRemedy, 'p2')),
    confirmOnOurWord: refused(minutes(30), confirm('yes', 'what we sent', owner)),
    confirmNot: accepted(workdays(1, '15:05'), confirm('no', 'the same as before')),
    confirmPartly: accepted(workdays(1, '15:05'), confirm('partly', 'a good half of it')),
    confirm: accepted(workdays(1, '15:05'), confirm('yes', 'just that')),
    surpriseInstead: refused(minutes(3), { type: 'surprise', by, what: complaint.surprise, inAddition: false }),
    surprise: accepted(workdays(1, '09:30'), { type: 'surprise', by, what: complaint.surprise, inAddition: true }),
    thank: accepted(minutes(2), {
      type: 'thank',
      by,
      words: 'Thank you for telling us.',
      letsUsFix: complaint.part,
    }),
    praise: accepted(minutes(1), { type: 'praise', by, words: complaint.praise }),

    reopen: accepted(workdays(12, '09:15'), { type: 'reopen', by, reason: 'the other half has not come' }),
    placeHold: accepted(minutes(3), {
      type: 'placeHold',
      by: second,
      reason: 'a lawyer’s letter came with it: nothing is erased until that is settled',
    }),
  }
}
