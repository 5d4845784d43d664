import { faulkner, full } from 'redress'
import { ana, example, exampleOf, given, upTo } from 'redress/testing'
import { bot, byLetter, corrected, type Seen, talk, words, writing } from './seen.ts'

/** The rules by which the person is fixed, seen at work. */
export const personRules: Readonly<Record<string, Seen>> = {
  'listen-twice-as-long': {
    refuses: [['refuses to have spoken more than half as long', (p) => given(p, example('own')).when(talk(119, 60))]],
    passes: [
      ['lets pass two to one', (p) => given(p, example('own')).when(talk(120, 60))],
      [
        'lets pass what was not measured, for a reason',
        (p) => given(p, example('own')).when(example('listen', byLetter)),
      ],
    ],
  },
  'understanding-confirmed': {
    refuses: [
      ['refuses to go on from a correction', (p) => given(p, upTo(p, 'reflect'), corrected).when(example('apologize'))],
    ],
    passes: [
      ['lets the correction pass, back to listen', (p) => given(p, upTo(p, 'reflect')).when(corrected)],
      [
        'lets it go on where a second person lets the repeat-back pass',
        (p) =>
          given(p, upTo(p, 'reflect'), corrected, example('listen'), example('waive', { step: 'reflect' })).when(
            example('apologize'),
          ),
      ],
      [
        'lets the system phase go on where the customer has withdrawn meanwhile',
        (p) => given(p, upTo(p, 'reflect'), corrected, example('withdraw')).when(example('investigate')),
      ],
      [
        'lets it go on once the customer confirms',
        (p) =>
          given(p, upTo(p, 'reflect'), corrected).when(example('listen'), example('reflect'), example('apologize')),
      ],
    ],
  },
  'no-unasked-explanation': {
    refuses: [
      ['refuses an explanation that nobody asked for', (p) => given(p, example('own')).when(example('explain'))],
      [
        'refuses one that rides on the apology',
        (p) => given(p, upTo(p, 'apologize')).when(example('apologize', { explanation: 'The scale was broken.' })),
      ],
    ],
    passes: [
      [
        'lets pass one that the customer asked for',
        (p) => given(p, example('own'), example('askWhy')).when(example('explain')),
      ],
      ['lets pass one in the problem phase', (p) => given(p, upTo(p, 'agree')).when(example('explain'))],
      [
        'lets one be recorded that was given all the same',
        (p) => given(p, upTo(p, 'empathize')).when(example('explain', { alreadyGiven: true })),
      ],
    ],
  },
  'asked-by-the-customer': {
    refuses: [
      ['refuses our own word for it', (p) => given(p, example('own')).when(example('askWhy', { saidBy: ana }))],
      ['refuses that of a bot', (p) => given(p, example('own')).when(example('askWhy', { saidBy: bot }))],
    ],
    passes: [['lets pass the customer’s', (p) => given(p, example('own')).when(example('askWhy'))]],
  },
  'responsibility-accepted': {
    refuses: [
      [
        'refuses an apology that points at a vendor',
        (p) => given(p, upTo(p, 'apologize')).when(example('apologize', { responsibility: 'passed-on' })),
      ],
    ],
    passes: [
      [
        'lets pass one that takes it on, even where the vendor did it',
        (p) => given(p, upTo(p, 'apologize'), example('findFault', { with: 'third-party' })).when(example('apologize')),
      ],
    ],
  },
  'feeling-named': {
    refuses: [
      [
        'refuses empathy without a feeling',
        (p) => given(p, upTo(p, 'empathize')).when(example('empathize', { feeling: ' ' })),
      ],
    ],
    passes: [['lets pass a feeling, named', (p) => given(p, upTo(p, 'empathize')).when(example('empathize'))]],
  },
  'personal-contact': {
    under: full,
    refuses: [
      [
        'refuses to leave the person phase by letter alone',
        (p) => given(p, upTo(p, 'empathize', { listen: byLetter })).when(example('empathize')),
      ],
      [
        'refuses it after an automated talk, too',
        (p) =>
          given(p, upTo(p, 'empathize', { listen: byLetter }), example('contact', { by: bot })).when(
            example('empathize'),
          ),
      ],
      [
        'refuses it where listen is the whole phase',
        () => given(faulkner, example('own')).when(exampleOf(faulkner, 'listen', byLetter)),
      ],
    ],
    passes: [
      ['lets pass after a talk', (p) => given(p, upTo(p, 'empathize')).when(example('empathize'))],
      [
        'lets pass after a call beside the steps',
        (p) => given(p, upTo(p, 'empathize', { listen: byLetter }), example('contact')).when(example('empathize')),
      ],
      [
        'lets pass letters for a customer who asked for them',
        (p) => given(p, upTo(p, 'empathize', { listen: byLetter }), writing).when(example('empathize')),
      ],
      [
        'lets pass a customer who declines to talk, where listen is the whole phase',
        () => given(faulkner, example('own')).when(example('waive')),
      ],
      [
        'lets pass a customer who declined to talk, once the other steps are done',
        (p) => {
          const waived = [example('own'), example('waive'), example('reflect'), example('apologize')]
          return given(p, waived).when(example('empathize'))
        },
      ],
    ],
  },
  'what-complete': {
    under: faulkner,
    refuses: [['refuses a listen that leaves a WHAT open', (p) => given(p, example('own')).when(example('listen'))]],
    passes: [['lets pass one that leaves none', (p) => given(p, example('own')).when(exampleOf(faulkner, 'listen'))]],
  },
  'fair-hearing': {
    refuses: [
      [
        'refuses fault with the customer before they were heard',
        (p) => given(p, example('own')).when(example('findFault', { with: 'customer' })),
      ],
      [
        'refuses it while a WHAT is a machine’s draft',
        () =>
          given(full, example('own'), example('answer', { by: bot, answers: { 'what-part': words } })).when(
            example('findFault', { with: 'customer' }),
          ),
      ],
      [
        'refuses it where the hearing was waived',
        (p) => given(p, example('own'), example('waive')).when(example('findFault', { with: 'customer' })),
      ],
    ],
    passes: [
      [
        'lets pass fault with the customer once they were heard',
        (p) => given(p, upTo(p, 'reflect')).when(example('findFault', { with: 'customer' })),
      ],
      ['lets pass fault with us at any time', (p) => given(p, example('own')).when(example('findFault'))],
    ],
  },
  'apology-by-a-person': {
    refuses: [
      ['refuses a bot’s', (p) => given(p, upTo(p, 'apologize')).when(example('apologize', { by: bot }))],
      ['refuses a broadcast', (p) => given(p, upTo(p, 'apologize')).when(example('apologize', { broadcast: true }))],
    ],
    passes: [['lets pass a person’s, to a person', (p) => given(p, upTo(p, 'apologize')).when(example('apologize'))]],
  },
  'answers-in-turn': {
    under: full,
    refuses: [
      [
        'refuses a WHY while a WHAT is open',
        (p) => given(p, example('own')).when(example('answer', { answers: { 'why-checked-in': { yes: true } } })),
      ],
      [
        'refuses to change an answer once its step is done',
        (p) => given(p, upTo(p, 'reflect')).when(example('answer', { answers: { 'what-part': words } })),
      ],
    ],
    passes: [
      [
        'lets an answer be corrected until then',
        (p) => given(p, example('own'), example('answer')).when(example('answer')),
      ],
    ],
  },
}
