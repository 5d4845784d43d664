import { type Actor, type CommandInput, customer, machine, type pocock } from 'redress'
import { minutes, type When, workdays } from './clock.ts'
import type { Complaint } from './complaint.ts'

/** Any command of the stories; `pocock` has every step that `solomon` and `heard` have. */
export type Act = CommandInput<typeof pocock>

/** One line of a story: when it happens, what is sent, and whether the desk is going to refuse it. */
export interface Line {
  readonly when: When
  act(now: Date): Act
  readonly refused?: true
}

/** Who plays in a story: the owner, a colleague who is quick with solutions, and somebody with authority. */
export interface Cast {
  readonly complaint: Complaint
  readonly owner: Actor
  readonly hasty: Actor
  readonly second: Actor
}

type Scene = (when: When, act: Act | ((now: Date) => Act)) => Line

const accepted: Scene = (when, act) => ({ when, act: typeof act === 'function' ? act : () => act })
const refused: Scene = (when, act) => ({ ...accepted(when, act), refused: true })
const both = { customer: true, organisation: true }

/** Every scene of the stories, for one complaint. A new one is an entry here and a word in a story. */
export function scenesOf({ complaint, owner, hasty, second }: Cast) {
  const by = owner
  const { part, stage, wants: outcome } = complaint
  const theCustomer = customer(complaint.id)

  const agree = (maker: Actor, text: string, due: When) => (now: Date) =>
    ({
      type: 'agree',
      by: maker,
      promises: [{ text, maker, inControl: true, latest: due(now).toISOString() }],
      accepted: both,
    }) satisfies Act
  const own = (by: Actor): Act => ({ type: 'own', by, owner: by, introduced: `I am ${nameOf(by)}. This is mine.` })
  const listen = (customerMinutes: number, ourMinutes: number): Act => ({
    type: 'listen',
    by,
    account: complaint.words,
    outcome,
    talk: { customerSeconds: customerMinutes * 60, ourSeconds: ourMinutes * 60 },
  })
  const apologize = (words: string, responsibility: 'accepted' | 'passed-on' = 'accepted') =>
    ({ type: 'apologize', by, words, responsibility }) satisfies Act
  const confirm = (resolved: 'yes' | 'partly' | 'no', got: string, saidBy = theCustomer) =>
    ({ type: 'confirm', by, saidBy, resolved, wanted: outcome, got }) satisfies Act
  const improve = (due?: string): Act => ({
    type: 'improve',
    by,
    changes: [{ text: complaint.change, ...(due === undefined ? {} : { owner: second, due }) }],
  })
  const explain = { type: 'explain', by, words: complaint.explanation } satisfies Act
  const waive = (by: Actor): Act => ({
    type: 'waive',
    by,
    step: 'listen',
    reason: 'told often enough, says the customer',
  })

  return {
    blurt: refused(minutes(3), agree(hasty, complaint.blurt, workdays(1, '12:00'))),
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
    askWhy: accepted(minutes(2), { type: 'askWhy', by, words: 'And why did it happen?' }),
    explain: accepted(minutes(1), { type: 'explain', by, words: `Because ${complaint.cause}.` }),
    empathize: accepted(minutes(1), {
      type: 'empathize',
      by,
      feeling: complaint.feeling,
      words: `You must have felt ${complaint.feeling}.`,
    }),
    waiveForOneself: refused(minutes(4), waive(owner)),
    waive: accepted(minutes(25), waive(second)),

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
    breakPromise: accepted(minutes(2), { type: 'breakPromise', by, promise: 'p1' }),
    deliverLate: refused(workdays(2, '09:40'), { type: 'deliver', by, what: complaint.remedy, kept: ['p1'] }),
    deliver: accepted(workdays(1, '11:20'), { type: 'deliver', by, what: complaint.remedy, kept: ['p1'] }),
    deliverAgain: accepted(workdays(1, '10:45'), { type: 'deliver', by, what: complaint.secondRemedy, kept: ['p2'] }),
    confirmOnOurWord: refused(minutes(30), confirm('yes', 'what we sent', owner)),
    confirmNot: accepted(workdays(1, '15:05'), confirm('no', 'the same as before')),
    confirmPartly: accepted(workdays(1, '15:05'), confirm('partly', 'a good half of it')),
    confirm: accepted(workdays(1, '15:05'), confirm('yes', 'just that')),
    thank: accepted(minutes(2), {
      type: 'thank',
      by,
      words: 'Thank you for telling us.',
      letsUsFix: part,
    }),
    reopen: accepted(workdays(12, '09:15'), { type: 'reopen', by, reason: 'the other half has not come' }),

    investigate: accepted(workdays(2, '10:00'), {
      type: 'investigate',
      by,
      causes: [{ part, stage, text: complaint.cause }],
      customerSide: complaint.heard,
      staffSide: `${nameOf(hasty)}: we all knew, and nobody had the time.`,
    }),
    improveAsAWish: refused(minutes(45), improve()),
    improve: accepted(minutes(20), (now) => improve(workdays(10, '12:00')(now).toISOString())),
    verify: accepted(workdays(20, '09:30'), {
      type: 'verify',
      by,
      evidence: 'counted for four weeks',
      before: 4,
      after: 0,
    }),
    share: accepted(minutes(25), {
      type: 'share',
      by,
      toldCustomer: `What you told us changed something: ${complaint.change}.`,
      toldTeam: 'The same, with its story, on Monday.',
    }),
  }
}

/** An actor's name: `person('ana')` is Ana. */
export const nameOf = ({ id }: Actor): string => `${id.charAt(0).toUpperCase()}${id.slice(1)}`
