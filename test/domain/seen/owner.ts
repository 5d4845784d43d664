import { heard, solomon } from 'redress'
import { ana, ben, cleo, example, given, upTo } from 'redress/testing'
import { atADesk, billing, bot, handedOver, type Seen } from './seen.ts'

/** The rules by which somebody owns the case, and everything has its turn, seen at work. */
export const ownerRules: Readonly<Record<string, Seen>> = {
  'in-order': {
    refuses: [
      ['refuses a solution before the customer was heard', (p) => given(p, example('own')).when(example('agree'))],
      ['refuses a step that has had its turn', (p) => given(p, upTo(p, 'apologize')).when(example('listen'))],
      ['refuses to reopen what is open', (p) => given(p, example('own')).when(example('reopen'))],
    ],
    passes: [
      ['lets pass every step in its turn, to the end', (p) => given(p).when(upTo(p))],
      ['lets Solomon apologise first', () => given(solomon, example('own')).when(example('apologize'))],
      ['lets HEARD apologise last', () => given(heard, upTo(heard, 'apologize')).when(example('apologize'))],
    ],
  },
  'owned-by-a-person': {
    refuses: [
      ['refuses a queue as owner', (p) => given(p).when(example('own', { owner: billing }))],
      ['refuses a bot as owner', (p) => given(p).when(example('own', { owner: bot }))],
      ['refuses that the customer takes ownership for us', (p) => given(p).when(example('own', { by: cleo }))],
      ['refuses the customer as owner', (p) => given(p).when(example('own', { owner: cleo }))],
      ['refuses a hand-off to a queue', (p) => given(p, example('own')).when(example('handOff', { to: billing }))],
      ['refuses to promise anything while nobody owns it', (p) => given(p).when(example('makePromise'))],
      ['refuses to say anything to the customer while nobody owns it', (p) => given(p).when(example('contact'))],
      [
        'refuses to go on talking once the owner is found to be the one it is about',
        (p) => given(p, example('own'), example('excludeOwner', { person: ana.id })).when(example('makePromise')),
      ],
    ],
    passes: [
      ['lets pass a named person', (p) => given(p).when(example('own'))],
      [
        'lets pass what the customer says, whoever owns it',
        (p) => given(p).when(example('contact', { direction: 'from-customer', by: bot })),
      ],
    ],
  },
  'handler-excluded': {
    refuses: [
      [
        'refuses the one whom the complaint is about as owner',
        (p) => atADesk(p, { about: 'carl' }, example('own', { owner: { kind: 'person', id: 'carl' } })),
      ],
      [
        'refuses a hand-off to them',
        (p) => given(p, example('own'), example('excludeOwner', { person: 'ben' })).when(example('handOff')),
      ],
    ],
    passes: [['lets pass anybody else', (p) => atADesk(p, { about: 'carl' }, example('own'))]],
  },
  'handed-off-by-the-owner': {
    refuses: [
      [
        'refuses a colleague who takes the case from its owner',
        (p) => given(p, example('own')).when(example('handOff', { by: ben, to: ben })),
      ],
    ],
    passes: [
      ['lets the owner hand it over', (p) => given(p, example('own')).when(example('handOff'))],
      [
        'lets a colleague hand over what nobody owns any more',
        (p) =>
          given(p, example('own'), example('excludeOwner', { person: 'ana' })).when(
            example('handOff', { by: ben, to: ben }),
          ),
      ],
    ],
  },
  'hand-off-accepted': {
    refuses: [
      ['refuses to accept what nobody hands over', (p) => given(p, example('own')).when(example('acceptHandOff'))],
      ['refuses a third who accepts it', (p) => given(p, handedOver).when(example('acceptHandOff', { by: ana }))],
    ],
    passes: [
      ['lets the receiver accept', (p) => given(p, handedOver).when(example('acceptHandOff'))],
      ['lets the receiver decline', (p) => given(p, handedOver).when(example('declineHandOff'))],
    ],
  },
  'owner-speaks': {
    refuses: [
      [
        'refuses another person’s contact with the customer',
        (p) => given(p, example('own')).when(example('contact', { by: ben })),
      ],
      [
        'refuses another voice than the owner’s',
        (p) => given(p, upTo(p, 'apologize')).when(example('apologize', { by: ben })),
      ],
    ],
    passes: [
      ['lets the owner speak', (p) => given(p, upTo(p, 'apologize')).when(example('apologize'))],
      [
        'lets the one speak to whom they hand over',
        (p) => given(p, upTo(p, 'apologize'), example('handOff')).when(example('apologize', { by: ben })),
      ],
    ],
  },
  'waiver-covers-the-due-step': {
    refuses: [
      ['refuses a waiver of a later step', (p) => given(p, example('own')).when(example('waive', { step: 'reflect' }))],
      ['refuses a waiver of a whole phase', (p) => given(p, example('own')).when(example('waive', { step: 'person' }))],
    ],
    passes: [['lets pass one of the due step', (p) => given(p, example('own')).when(example('waive'))]],
  },
  'waived-by-a-second-person': {
    refuses: [ana, bot, billing].map((by) => [
      `refuses a waiver by ${by === ana ? 'the owner' : `a ${by.kind}`}`,
      (p) => given(p, example('own')).when(example('waive', { by })),
    ]),
    passes: [['lets pass one by a second person', (p) => given(p, example('own')).when(example('waive'))]],
  },
  'loudness-blind': {
    refuses: [
      [
        'refuses a priority raised for reach alone',
        (p) => given(p).when(example('setPriority', { reasons: ['reach'] })),
      ],
      [
        'refuses one raised for reach and volume',
        (p) => given(p).when(example('setPriority', { reasons: ['volume', 'reach'] })),
      ],
    ],
    passes: [
      [
        'lets pass one raised for harm, loud or not',
        (p) => given(p).when(example('setPriority', { reasons: ['reach', 'harm'] })),
      ],
      ['lets pass one lowered', (p) => given(p).when(example('setPriority', { priority: 4, reasons: ['volume'] }))],
    ],
  },
}
