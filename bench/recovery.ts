import type { Answer, AnyCommand, Case, CommandInput, Passed } from 'redress'
import { customer, judgeAll, parseCommand, person, pocock } from 'redress'

const ana = person('01930d5e-8a41-7c3b-9f52-ana')
const guest = customer('01930d5e-8a41-7c3b-9f52-guest')

const IN_TWO_DAYS = new Date(Date.now() + 2 * 86_400_000).toISOString()
const IN_A_MONTH = new Date(Date.now() + 30 * 86_400_000).toISOString()

/** The words of the complaint, of the length that people write. */
export const complaint = {
  by: ana,
  customer: guest.id,
  channel: 'phone',
  words:
    'I ordered the walking boots three weeks ago for our holiday. The parcel came yesterday, the box was open and there ' +
    'was one single boot in it, a size too small. Nobody answered on Saturday. We leave on Thursday morning.',
} as const

/** Every command of a recovery, as a caller writes it. */
export type Recovery = readonly CommandInput<typeof pocock>[]

/**
 * A whole recovery by Pocock's method, `own` and all twelve steps, each with the words of a real one (200 to 500
 * characters). Cases of one site share a cause, and the desk looks them all up: a bench of single steps gives each its own.
 */
export const recoveryAt = (site: string): Recovery => [
  {
    type: 'own',
    by: ana,
    owner: ana,
    introduced:
      'Good morning, my name is Ana, I work in the customer service in Bern. I have read your message and I will personally ' +
      'see this through until it is resolved. You can reach me directly at the number at the foot of this mail.',
  },
  {
    type: 'listen',
    by: ana,
    account:
      'She had ordered the boots for a walking holiday with her daughter, three weeks ahead, because the shop said five days. ' +
      'The box came open, with one boot in it. She rang on Saturday four times and heard only music. It was her birthday ' +
      'present to her daughter, and she had to give her an empty box.',
    outcome: 'Two boots in size 39 before Thursday morning, or the money, so that she can still buy a pair in town.',
    talk: { customerSeconds: 412, ourSeconds: 65 },
  },
  {
    type: 'reflect',
    by: ana,
    heard:
      'You ordered in good time, we sent you one boot in the wrong size in an open box, and when you called nobody was there ' +
      'for you. What matters most is that your daughter walks on Thursday in boots that fit. Did I understand it right?',
    customer: { answer: 'confirmed' },
  },
  {
    type: 'apologize',
    by: ana,
    words:
      'I am sorry. We sent you a box that nobody had looked into, and then we let the phone ring. That was our fault and ' +
      'nobody else’s. You had planned it well, and we spoiled a birthday present for you and for your daughter.',
    responsibility: 'accepted',
  },
  {
    type: 'empathize',
    by: ana,
    feeling: 'let down, and ashamed in front of her daughter',
    words:
      'It must have been a bitter moment, to watch her open the box in front of everybody. I would have felt let down too, ' +
      'and the music on the telephone must have been like a mockery after that.',
  },
  {
    type: 'agree',
    by: ana,
    promises: [
      {
        text:
          'A pair of the same boots in size 39, looked at and packed by me this afternoon, goes out by courier today and is ' +
          'at your door before noon on Wednesday.',
        maker: ana,
        inControl: true,
        latest: IN_TWO_DAYS,
      },
      {
        text: 'The money for the first parcel is back on your account; you need not send the single boot back.',
        maker: ana,
        inControl: true,
        latest: IN_A_MONTH,
      },
    ],
    accepted: { customer: true, organisation: true },
  },
  {
    type: 'deliver',
    by: ana,
    what:
      'The courier delivered the boots, size 39, on Wednesday at 10:40; the daughter signed for them herself and tried them ' +
      'on at the door. The money was booked back on the same day, and the label for the single boot cancelled.',
    kept: ['p1', 'p2'],
  },
  {
    type: 'confirm',
    by: ana,
    saidBy: guest,
    resolved: 'yes',
    wanted: 'Two boots in size 39 before Thursday morning, or the money, so that she can still buy a pair in town.',
    got: 'Two boots in size 39 on Wednesday, which fit; and the money for the first parcel on top of it, on Wednesday as well.',
  },
  {
    type: 'thank',
    by: ana,
    words:
      'Thank you for calling again after all that music. Most people say nothing and simply do not come back, and then we ' +
      'never hear what went wrong. I wish you and your daughter dry days in the mountains.',
    letsUsFix: 'That returned boxes go back on the shelf without anybody opening them.',
  },
  {
    type: 'investigate',
    by: ana,
    causes: [
      {
        part: 'returns desk',
        stage: 'packing',
        site,
        text: 'Returned boxes with an unbroken outer label go back on the shelf unopened when more than forty wait.',
      },
      {
        part: 'telephone',
        stage: 'after delivery',
        site,
        text: 'The Saturday shift was cut in spring, and the queue has no end: it plays music until one hangs up.',
      },
    ],
    customerSide:
      'She could not know that the box was a return; nothing on it said so, and nobody told her the opening hours.',
    staffSide: 'The packers had asked for a second table in May; the shift leader had no budget line to ask for it.',
  },
  {
    type: 'improve',
    by: ana,
    changes: [
      {
        text: 'Every returned box is opened and weighed at a second table before it goes back on the shelf.',
        owner: person('01930d5e-8a41-7c3b-9f52-tom'),
        due: IN_A_MONTH,
      },
      {
        text: 'Who calls outside the opening hours hears them, and is called back on the next morning.',
        owner: person('01930d5e-8a41-7c3b-9f52-eva'),
        due: IN_A_MONTH,
      },
    ],
  },
  {
    type: 'verify',
    by: ana,
    evidence:
      'Of 1,904 returned boxes in the four weeks after the second table was put up, 37 were found with something missing ' +
      'and none of them was sent out. In the four weeks before, eleven customers wrote to us about an open or a wrong box.',
    before: 11,
    after: 0,
  },
  {
    type: 'share',
    by: ana,
    toldCustomer:
      'Because of your call every returned box is now opened before it is sold again, and the telephone says when we are ' +
      'there. Nobody has got a single boot since.',
    toldTeam:
      'The case of the single boot, told at the Monday round by the packers themselves: what happened, what the second table ' +
      'found in four weeks, and who rings back on Monday mornings.',
  },
]

/** The same with about 1 KB of evidence a step, words that say everything twice. */
export const longRecoveryAt = (site: string): Recovery =>
  JSON.parse(JSON.stringify(recoveryAt(site)), (key, one: unknown) =>
    typeof one === 'string' && WORDY.includes(key) ? one + MORE_WORDS : one,
  )

const WORDY = ['words', 'account', 'heard', 'text', 'what']
const MORE_WORDS =
  ' And we say it once more, word by word, so that nobody has to ask again what was meant by it.'.repeat(7)

/** Parses a recovery's commands and stamps them with one moment. */
export const parsedRecovery = (recovery: Recovery, at: string): readonly AnyCommand[] =>
  recovery.map((input) => {
    const parsed = parseCommand(pocock, input)
    if (!parsed.ok) throw new Error(`“${input.type}” of the bench’s recovery can’t be read: ${JSON.stringify(parsed)}`)
    return { ...parsed.value, at }
  })

/** Judges the whole recovery on a case: the thirteen steps that it passes. */
export function judgedRecovery(opened: Case, commands: readonly AnyCommand[]): readonly Passed[] {
  const verdict = judgeAll(pocock, opened, commands)
  if (!verdict.accepted) throw new Error(`The bench’s recovery was refused: ${verdict.refusal.sentence}`)
  return verdict.steps
}

/** The case that an answer leaves; a refusal ends the bench. */
export function caseOf(answer: Answer): Case {
  if (!answer.accepted) throw new Error(`The bench was refused: ${answer.refusal.sentence}`)
  return answer.case
}
