import { cleo, example, given, upTo } from 'redress/testing'
import { agreed, bot, inMarch, lamp, made, type Seen } from './seen.ts'

const undated = agreed({ latest: undefined, nextUpdateBy: inMarch })

/** The rules by which promises are made and kept, seen at work. */
export const promiseRules: Readonly<Record<string, Seen>> = {
  'promise-has-window-and-basis': {
    refuses: [
      ['refuses “I can’t say”', (p) => given(p, upTo(p, 'agree')).when(agreed({ latest: undefined }))],
      ['refuses a maker without control', (p) => given(p, upTo(p, 'agree')).when(agreed({ inControl: false }))],
      ['refuses the customer as maker', (p) => given(p, upTo(p, 'agree')).when(agreed({ maker: cleo }))],
      [
        'refuses it beside the agreement, too',
        (p) => given(p, example('own')).when(example('makePromise', { promise: { ...lamp, latest: undefined } })),
      ],
      [
        'refuses a next update that lies behind',
        (p) => given(p, upTo(p, 'agree')).when(agreed({ nextUpdateBy: '2026-01-01T00:00:00Z' })),
      ],
      [
        'refuses news that say nothing of when',
        (p) => given(p, upTo(p, 'agree'), undated).when(example('keepPromise', { promise: 'p2' })),
      ],
      [
        'refuses a date where there was no news to give',
        (p) => given(p, made(p)).when(example('keepPromise', { latest: inMarch })),
      ],
      [
        'refuses an automated date that rests on nothing',
        (p) => given(p, example('own')).when(example('contact', { by: bot, stated: 'date' })),
      ],
    ],
    passes: [
      ['lets pass a latest date', (p) => given(p, upTo(p, 'agree')).when(agreed({}))],
      [
        'lets pass a next update',
        (p) => given(p, upTo(p, 'agree')).when(agreed({ latest: undefined, nextUpdateBy: inMarch })),
      ],
      [
        'lets pass news that say by when it will be done',
        (p) => given(p, upTo(p, 'agree'), undated).when(example('keepPromise', { promise: 'p2', latest: inMarch })),
      ],
      [
        'lets pass an automated date that rests on a promise',
        (p) => given(p, made(p)).when(example('contact', { by: bot, stated: 'date', basis: { promise: 'p1' } })),
      ],
    ],
  },
  'promise-is-open': {
    refuses: [
      [
        'refuses to keep a promise that nobody made',
        (p) => given(p, made(p)).when(example('keepPromise', { promise: 'p9' })),
      ],
      ['refuses to break one that was kept', (p) => given(p, upTo(p, 'confirm')).when(example('breakPromise'))],
      [
        'refuses a delivery that keeps one that is not there',
        (p) => given(p, made(p)).when(example('deliver', { kept: ['p1', 'p2'] })),
      ],
    ],
    passes: [['lets an open one be kept', (p) => given(p, made(p)).when(example('keepPromise'))]],
  },
  'promise-kept-in-time': {
    refuses: [
      [
        'refuses to keep one that is overdue',
        (p) => given(p, made(p)).when(example('keepPromise', { at: '2026-03-20T12:00:01Z' })),
      ],
      [
        'refuses a delivery that keeps one that is overdue',
        (p) => given(p, made(p)).when(example('deliver', { at: '2026-03-20T12:00:01Z' })),
      ],
      [
        'refuses to keep one before its window begins',
        (p) => given(p, upTo(p, 'agree'), agreed({ earliest: '2026-03-20T09:00:00Z' })).when(example('keepPromise')),
      ],
    ],
    passes: [
      ['lets one be kept to the last moment', (p) => given(p, made(p)).when(example('deliver', { at: inMarch }))],
    ],
  },
  'promise-moved-with-consent': {
    refuses: [
      ['refuses a move without consent', (p) => given(p, made(p)).when(example('movePromise', { consent: false }))],
      [
        'refuses one after it fell due',
        (p) => given(p, made(p)).when(example('movePromise', { at: '2026-03-20T12:00:01Z' })),
      ],
    ],
    passes: [['lets pass one with consent, in time', (p) => given(p, made(p)).when(example('movePromise'))]],
  },
}
