import { customer, full, heard, heart, taylor } from 'redress'
import { ana, ben, example, given, upTo } from 'redress/testing'
import { agreed, bot, lamp, made, type Seen } from './seen.ts'

/** The rules by which the problem is fixed, seen at work. */
export const problemRules: Readonly<Record<string, Seen>> = {
  'both-agree': {
    refuses: [
      [
        'refuses an agreement that the customer has not accepted',
        (p) => given(p, upTo(p, 'agree')).when(example('agree', { accepted: { customer: false, organisation: true } })),
      ],
      [
        'refuses one that the organisation has not accepted',
        (p) => given(p, upTo(p, 'agree')).when(example('agree', { accepted: { customer: true, organisation: false } })),
      ],
      [
        'refuses one with nothing tangible in it',
        (p) => given(p, upTo(p, 'agree')).when(example('agree', { promises: [] })),
      ],
    ],
    passes: [['lets pass what both accepted', (p) => given(p, upTo(p, 'agree')).when(example('agree'))]],
  },
  'no-open-promises': {
    refuses: [
      [
        'refuses to confirm while a promise is open, wherever it was made',
        (p) => given(p, upTo(p, 'confirm'), example('makePromise')).when(example('confirm')),
      ],
      ['refuses a delivery that leaves one open', (p) => given(p, made(p)).when(example('deliver', { kept: [] }))],
    ],
    passes: [['lets pass once all are kept', (p) => given(p, upTo(p, 'confirm')).when(example('confirm'))]],
  },
  'customer-confirms': {
    refuses: [
      ['refuses our own word', (p) => given(p, upTo(p, 'confirm')).when(example('confirm', { saidBy: ana }))],
      [
        'refuses another customer’s word',
        (p) => given(p, upTo(p, 'confirm')).when(example('confirm', { saidBy: { kind: 'customer', id: 'carol' } })),
      ],
      [
        'refuses the word of one who has not shown that they speak for the customer',
        (p) =>
          given(p, upTo(p, 'confirm')).when(example('confirm', { saidBy: { kind: 'representative', id: 'dora' } })),
      ],
    ],
    passes: [
      ['lets pass the customer’s', (p) => given(p, upTo(p, 'confirm')).when(example('confirm'))],
      [
        'lets pass that of one who has shown it',
        (p) =>
          given(p, upTo(p, 'confirm'), example('grantAuthority', { representative: 'dora' })).when(
            example('confirm', { saidBy: { kind: 'representative', id: 'dora' } }),
          ),
      ],
      [
        'lets us record that it did not work',
        (p) => given(p, upTo(p, 'confirm')).when(example('confirm', { saidBy: ana, resolved: 'no' })),
      ],
    ],
  },
  'surprise-adds': {
    under: taylor,
    refuses: [
      [
        'refuses a surprise in place of the remedy',
        (p) => given(p, upTo(p, 'surprise')).when(example('surprise', { inAddition: false })),
      ],
      ['refuses one before the remedy', (p) => given(p, made(p)).when(example('surprise'))],
    ],
    passes: [['lets pass one on top of it', (p) => given(p, upTo(p, 'surprise')).when(example('surprise'))]],
  },
  proportionate: {
    under: full,
    refuses: [
      ['refuses a remedy over the cap', (p) => given(p, upTo(p, 'agree')).when(agreed({ cost: 501 }))],
      [
        'refuses one that goes over it with those before',
        (p) =>
          given(p, upTo(p, 'surprise', { agree: { promises: [{ ...lamp, cost: 499 }] } })).when(
            example('surprise', { cost: 2 }),
          ),
      ],
      [
        'refuses one beside the agreement, too',
        (p) => given(p, example('own')).when(example('makePromise', { promise: { ...lamp, cost: 501 } })),
      ],
      [
        'refuses one over what was approved',
        (p) => given(p, upTo(p, 'agree'), example('approveRemedy')).when(agreed({ cost: 1_001 })),
      ],
      [
        'refuses one by whom it was approved, who owns the case by now',
        (p) => {
          const byBen = agreed({ cost: 900 })
          return given(
            p,
            upTo(p, 'agree'),
            example('approveRemedy'),
            example('handOff'),
            example('acceptHandOff'),
          ).when({
            ...byBen,
            by: ben,
          })
        },
      ],
    ],
    passes: [
      ['lets pass one up to the cap', (p) => given(p, upTo(p, 'agree')).when(agreed({ cost: 500 }))],
      [
        'lets pass one over it that was approved',
        (p) => given(p, upTo(p, 'agree'), example('approveRemedy')).when(agreed({ cost: 1_000 })),
      ],
    ],
  },
  'approved-by-a-second-person': {
    refuses: [
      ['refuses the owner’s own approval', (p) => given(p, example('own')).when(example('approveRemedy', { by: ana }))],
      ['refuses a bot’s', (p) => given(p, example('own')).when(example('approveRemedy', { by: bot }))],
    ],
    passes: [['lets pass a second person’s', (p) => given(p, example('own')).when(example('approveRemedy'))]],
  },
  'remedy-delivered': {
    refuses: [
      ['refuses it before anything was delivered', (p) => given(p, upTo(p, 'deliver')).when(example('remedyFailed'))],
    ],
    passes: [
      ['lets pass what was delivered', (p) => given(p, upTo(p, 'confirm')).when(example('remedyFailed'))],
      ['lets pass what was even confirmed', (p) => given(p, upTo(p, 'improve')).when(example('remedyFailed'))],
    ],
  },
  'remedy-failed-for-the-customer': {
    refuses: [
      ['refuses our own word', (p) => given(p, upTo(p, 'confirm')).when(example('remedyFailed', { saidBy: ana }))],
      [
        'refuses another customer’s',
        (p) => given(p, upTo(p, 'confirm')).when(example('remedyFailed', { saidBy: customer('eve') })),
      ],
    ],
    passes: [['lets pass the customer’s', (p) => given(p, upTo(p, 'confirm')).when(example('remedyFailed'))]],
  },
  thanked: {
    refuses: [
      [
        'refuses to leave the problem phase without thanks',
        (p) => given(p, upTo(p, 'thank')).when(example('investigate')),
      ],
      ['refuses it in HEART, too', () => given(heart, upTo(heart, 'thank')).when(example('investigate'))],
    ],
    passes: [
      ['lets pass once they were given', (p) => given(p, upTo(p, 'investigate')).when(example('investigate'))],
      [
        'asks for none where the protocol has none',
        () => given(heard, upTo(heard, 'investigate')).when(example('investigate')),
      ],
    ],
  },
  'trust-is-the-customers-word': {
    refuses: [['refuses our own', (p) => given(p, example('own')).when(example('askTrust', { saidBy: ana }))]],
    passes: [['lets pass the customer’s', (p) => given(p, example('own')).when(example('askTrust'))]],
  },
}
