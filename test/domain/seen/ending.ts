import { ana, example, given, upTo } from 'redress/testing'
import { atADesk, bot, inMarch, judged, type Seen, tried, withDeadline } from './seen.ts'

/** The rules by which a case waits, ends, or is spoken for, seen at work. */
export const endingRules: Readonly<Record<string, Seen>> = {
  'attempts-made': {
    refuses: [
      [
        'refuses two attempts',
        (p) => given(p, example('own'), tried('phone', 3), tried('mail', 4)).when(example('declareUnreachable')),
      ],
      [
        'refuses three over one channel',
        (p) =>
          given(p, example('own'), tried('phone', 3), tried('phone', 4), tried('phone', 5)).when(
            example('declareUnreachable'),
          ),
      ],
      [
        'refuses three on one day',
        (p) =>
          given(p, example('own'), tried('phone', 3), tried('mail', 3), tried('chat', 3)).when(
            example('declareUnreachable'),
          ),
      ],
    ],
    passes: [
      [
        'lets pass three, over two channels, on two days',
        (p) =>
          given(p, example('own'), tried('phone', 3), tried('mail', 3), tried('phone', 4)).when(
            example('declareUnreachable'),
          ),
      ],
    ],
  },
  'withdrawn-by-the-customer': {
    refuses: [['refuses our own word', (p) => given(p, example('own')).when(example('withdraw', { saidBy: ana }))]],
    passes: [['lets pass the customer’s', (p) => given(p, example('own')).when(example('withdraw'))]],
  },
  'is-referred': {
    refuses: [
      [
        'refuses the return of what was never referred',
        (p) => given(p, example('own')).when(example('returnReferral')),
      ],
    ],
    passes: [['lets it come back', (p) => given(p, example('own'), example('refer')).when(example('returnReferral'))]],
  },
  'waits-for-referral': {
    refuses: [
      [
        'refuses a step while somebody else decides',
        (p) => given(p, example('own'), example('refer')).when(example('listen')),
      ],
      ['refuses a waiver meanwhile', (p) => given(p, example('own'), example('refer')).when(example('waive'))],
    ],
    passes: [
      [
        'lets it go on once it is back',
        (p) => given(p, example('own'), example('refer'), example('returnReferral')).when(example('listen')),
      ],
      ['lets us contain meanwhile', (p) => given(p, example('own'), example('refer')).when(example('contain'))],
    ],
  },
  'authority-before-disclosure': {
    refuses: [
      [
        'refuses to say more to a third party than that we listen',
        (p) => atADesk(p, { representative: 'dora' }, ...upTo(p, 'reflect'), example('reflect')),
      ],
      [
        'refuses to tell them anything of the case',
        (p) => atADesk(p, { representative: 'dora' }, example('own'), example('contact', { stated: 'status' })),
      ],
    ],
    passes: [
      ['lets us listen to them', (p) => atADesk(p, { representative: 'dora' }, example('own'), example('listen'))],
      ['lets us contain', (p) => atADesk(p, { representative: 'dora' }, example('own'), example('contain'))],
      [
        'lets us go on once they have shown it',
        (p) =>
          atADesk(p, { representative: 'dora' }, ...upTo(p, 'reflect'), example('grantAuthority'), example('reflect')),
      ],
    ],
  },
  'authority-is-shown': {
    refuses: [
      ['refuses an authority of nobody', (p) => given(p, example('own')).when(example('grantAuthority'))],
      [
        'refuses one that no person of ours has seen',
        (p) => given(p, example('own')).when(example('grantAuthority', { by: bot, representative: 'dora' })),
      ],
      [
        'refuses one that they grant themselves',
        (p) => {
          const by = { kind: 'representative', id: 'dora' }
          return atADesk(p, { representative: 'dora' }, example('own'), example('grantAuthority', { by }))
        },
      ],
    ],
    passes: [
      [
        'lets pass that of the one named in the opening',
        (p) => atADesk(p, { representative: 'dora' }, example('grantAuthority')),
      ],
      [
        'lets pass that of one who comes later',
        (p) => given(p, example('own')).when(example('grantAuthority', { representative: 'dora' })),
      ],
    ],
  },
  'is-held': {
    refuses: [['refuses to lift a hold that nobody placed', (p) => given(p).when(example('liftHold'))]],
    passes: [['lets one be lifted', (p) => given(p, example('placeHold')).when(example('liftHold'))]],
  },
  'no-erasure-under-hold': {
    refuses: [
      [
        'refuses to erase under a hold',
        (p) => judged(p, given(p, example('placeHold')).case, 'erase', { reason: 'on request' }),
      ],
    ],
    passes: [
      [
        'lets pass once it was lifted',
        (p) => judged(p, given(p, example('placeHold'), example('liftHold')).case, 'erase', { reason: 'on request' }),
      ],
    ],
  },
  'time-runs-forward': {
    refuses: [
      [
        'refuses news from more than three days before the newest',
        (p) => given(p, example('own')).when(example('askWhy', { at: '2026-02-27T09:00:59Z' })),
      ],
    ],
    passes: [
      [
        'lets pass news of the day before',
        (p) => given(p, example('own')).when(example('askWhy', { at: '2026-03-01T09:00:00Z' })),
      ],
    ],
  },
  'is-paused': {
    refuses: [['refuses to resume what does not wait', (p) => given(p, example('own')).when(example('resume'))]],
    passes: [['lets what waits go on', (p) => given(p, example('own'), example('pause')).when(example('resume'))]],
  },
  'deadline-passed': {
    refuses: [
      [
        'refuses a deadline whose time has not come',
        (p) => judged(p, withDeadline(given(p)), 'missDeadline', { deadline: 'own', due: inMarch }),
      ],
      [
        'refuses one that is not armed',
        (p) => judged(p, given(p).case, 'missDeadline', { deadline: 'own', due: inMarch, at: inMarch }),
      ],
      [
        'refuses a person who says so',
        (p) =>
          judged(p, withDeadline(given(p)), 'missDeadline', { deadline: 'own', due: inMarch, at: inMarch, by: ana }),
      ],
    ],
    passes: [
      [
        'lets the clock say so when its time has come',
        (p) => judged(p, withDeadline(given(p)), 'missDeadline', { deadline: 'own', due: inMarch, at: inMarch }),
      ],
    ],
  },
}
