import { faulkner, full } from 'redress'
import { ana, example, exampleOf, given, upTo } from 'redress/testing'
import { billing, inMarch, judged, type Seen } from './seen.ts'

const shared = { step: 'investigate', settled: 'done', causes: [] }

/** The rules by which the system is fixed, seen at work. */
export const systemRules: Readonly<Record<string, Seen>> = {
  'why-complete': {
    under: faulkner,
    refuses: [
      ['refuses a cause while a WHY is open', (p) => given(p, upTo(p, 'investigate')).when(example('investigate'))],
    ],
    passes: [
      [
        'lets pass one with all of them answered',
        (p) => given(p, upTo(p, 'investigate')).when(exampleOf(faulkner, 'investigate')),
      ],
    ],
  },
  'different-complete': {
    under: faulkner,
    refuses: [
      ['refuses a change while a DIFFERENT is open', (p) => given(p, upTo(p, 'improve')).when(example('improve'))],
    ],
    passes: [
      [
        'lets pass one with all of them answered',
        (p) => given(p, upTo(p, 'improve')).when(exampleOf(faulkner, 'improve')),
      ],
    ],
  },
  'both-sides-heard': {
    under: full,
    refuses: [
      [
        'refuses a cause without the customer’s account',
        (p) => given(p, upTo(p, 'investigate')).when(exampleOf(p, 'investigate', { customerSide: undefined })),
      ],
      [
        'refuses one without the staff’s',
        (p) => given(p, upTo(p, 'investigate')).when(exampleOf(p, 'investigate', { staffSide: undefined })),
      ],
    ],
    passes: [['lets pass one from both', (p) => given(p, upTo(p, 'investigate')).when(exampleOf(p, 'investigate'))]],
  },
  'change-owned-and-dated': {
    refuses: (
      [
        ['refuses a change without a date', { owner: ana }],
        ['refuses one without an owner', { due: inMarch }],
        ['refuses one that a queue owns', { owner: billing, due: inMarch }],
      ] as const
    ).map(([sentence, change]) => [
      sentence,
      (p) => given(p, upTo(p, 'improve')).when(example('improve', { changes: [{ text: 'Weigh it', ...change }] })),
    ]),
    passes: [['lets pass one with both', (p) => given(p, upTo(p, 'improve')).when(example('improve'))]],
  },
  'change-verified': {
    under: full,
    refuses: [
      ['refuses to close on a change nobody checked', (p) => given(p, upTo(p, 'verify')).when(example('share'))],
      [
        'refuses to close on one after which it happens as often as before',
        (p) => given(p, upTo(p, 'verify'), example('verify', { before: 7, after: 7 })).when(example('share')),
      ],
    ],
    passes: [['lets pass one that was checked', (p) => given(p, upTo(p, 'share')).when(example('share'))]],
  },
  'keep-doing-recorded': {
    refuses: [
      [
        'refuses an improvement that forgets what was praised',
        (p) => given(p, upTo(p, 'improve'), example('praise')).when(example('improve')),
      ],
    ],
    passes: [
      [
        'lets pass one that says what stays',
        (p) =>
          given(p, upTo(p, 'improve'), example('praise')).when(example('improve', { keepDoing: ['Kind drivers.'] })),
      ],
      ['asks for nothing where nobody praised', (p) => given(p, upTo(p, 'improve')).when(example('improve'))],
    ],
  },
  'bystanders-acknowledged': {
    refuses: [
      [
        'refuses to close while a bystander was not thanked',
        (p) => given(p, upTo(p, 'share'), example('addBystander')).when(example('share')),
      ],
      [
        'refuses to let the last step pass instead',
        (p) => given(p, upTo(p, 'share'), example('addBystander')).when(example('waive', { step: 'share' })),
      ],
      [
        'refuses to close into another case while one was not',
        (p) => given(p, upTo(p, 'agree'), example('addBystander')).when(example('merge')),
      ],
      [
        'refuses to share an incident’s system phase while one was not',
        (p) => {
          const joined = [...upTo(p, 'share'), example('joinIncident'), example('addBystander')]
          return judged(p, given(p, joined).case, 'shareStep', { ...shared, step: 'share', incident: 'case-0' })
        },
      ],
    ],
    passes: [
      [
        'lets pass once all were',
        (p) =>
          given(p, upTo(p, 'share'), example('addBystander'), example('acknowledgeBystander')).when(example('share')),
      ],
      ['asks for nothing where nobody stood by', (p) => given(p, upTo(p, 'share')).when(example('share'))],
    ],
  },
  'bystander-is-listed': {
    refuses: [
      [
        'refuses thanks to somebody who is not listed',
        (p) => given(p, example('own')).when(example('acknowledgeBystander')),
      ],
    ],
    passes: [
      [
        'lets pass thanks to one who is',
        (p) => given(p, example('own'), example('addBystander')).when(example('acknowledgeBystander')),
      ],
    ],
  },
  'incident-is-fixed': {
    refuses: [
      [
        'refuses the system phase of an incident that is not the case’s own',
        (p) => judged(p, given(p, upTo(p, 'investigate')).case, 'shareStep', { ...shared, incident: 'case-9' }),
      ],
    ],
    passes: [
      [
        'lets pass that of its own',
        (p) => {
          const joined = given(p, upTo(p, 'investigate'), example('joinIncident')).case
          return judged(p, joined, 'shareStep', { ...shared, incident: 'case-0' })
        },
      ],
    ],
  },
}
