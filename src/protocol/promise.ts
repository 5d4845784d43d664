import * as z from 'zod'
import type { CommandOf, Stamp } from './command.ts'
import { command } from './command.ts'
import {
  dated,
  liesAhead,
  makePromises,
  markBroken,
  markKept,
  movedTo,
  openUpdateOf,
  PromiseMade,
  promiseOf,
} from './ledger.ts'
import type { Phase } from './place.ts'
import { rule } from './rule.ts'
import { Id, Instant, Words } from './words.ts'

const promise = Id.describe('the id of an open promise')

/** A promise outlives its case: it falls due once the case is closed, too. */
const always: readonly Phase[] = ['received', 'person', 'problem', 'system', 'closed']

/** A promise beside the agreement: a call back, the next news. */
export const makePromise = command({
  name: 'makePromise',
  summary: 'promise the customer something beside the agreement',
  evidence: z.object({ promise: PromiseMade }),
  said: true,
  effect: (facts, { command }) => makePromises(facts, [command.promise]),
})

/** A promise is kept; of news, that they were given, and what they say of the date. */
export const keepPromise = command({
  name: 'keepPromise',
  summary: 'record that a promise was kept',
  evidence: z.object({
    promise,
    what: Words.describe('what was done'),
    latest: Instant.optional().describe('where it was news: done by, if that is known now'),
    nextUpdateBy: Instant.optional().describe('where it was news: the next ones by'),
  }),
  during: always,
  effect: (facts, { command }) => {
    const kept = markKept(facts, [command.promise])
    const { updateOf } = promiseOf(facts, command.promise) ?? {}
    return updateOf === undefined ? kept : dated(kept, updateOf, command)
  },
})

export const movePromise = command({
  name: 'movePromise',
  summary: 'move a promise before it falls due, with the customer’s consent',
  postpones: true,
  evidence: z.object({
    promise,
    consent: z.boolean().describe('whether the customer consents'),
    earliest: Instant.optional().describe('not before'),
    latest: Instant.optional().describe('done by'),
    nextUpdateBy: Instant.optional().describe('where the date is unknown: news by'),
    reason: Words.describe('why it moves'),
  }),
  during: always,
  said: true,
  effect: (facts, { command }) => movedTo(facts, command.promise, command),
})

/** A broken promise is a second failure: the case goes back to the person phase (Taylor). */
export const breakPromise = command({
  name: 'breakPromise',
  summary: 'record that a promise was broken',
  evidence: z.object({ promise }),
  during: always,
  leads: ['anew'],
  failure: 'promise-broken',
  effect: (facts, { command }) => markBroken(facts, command.promise),
})

type NamesPromises = Stamp & { readonly promise?: Id; readonly kept?: readonly Id[] | undefined }

/** The promises that a command speaks of: the one it names, or those that a delivery keeps. */
export const namedBy = (command: NamesPromises): readonly Id[] =>
  command.promise === undefined ? (command.kept ?? []) : [command.promise]

export const promiseHasWindowAndBasis = rule<
  Stamp & { readonly promise?: PromiseMade; readonly promises?: readonly PromiseMade[] }
>({
  id: 'promise-has-window-and-basis',
  because:
    'A promise needs somebody with control over it and a date that lies ahead: “I can’t say” is not a promise, a next update is.',
  source: 'Taylor',
  on: ['agree', 'makePromise'],
  holds: ({ command }) =>
    (command.promises ?? (command.promise === undefined ? [] : [command.promise])).every(
      (made) =>
        made.inControl &&
        made.maker.kind !== 'customer' &&
        made.maker.kind !== 'representative' &&
        liesAhead(made, command.at),
    ),
})

/** The same for news of a promise: what has no date yet has at least its next news. */
export const newsSayWhen = rule<CommandOf<typeof keepPromise>>({
  ...promiseHasWindowAndBasis,
  on: ['keepPromise'],
  holds: ({ facts, command }) => {
    const { updateOf } = promiseOf(facts, command.promise) ?? {}
    const { latest, nextUpdateBy } = command
    const { due, earliest } = (updateOf && promiseOf(facts, updateOf)) || {}
    if (latest === undefined && nextUpdateBy === undefined) return updateOf === undefined || due !== undefined
    // A date that was given is moved, with consent, and not by its news.
    const fits = latest === undefined || due === undefined
    return updateOf !== undefined && fits && liesAhead({ earliest, latest, nextUpdateBy }, command.at)
  },
})

export const anyPromiseIsOpen = rule({
  id: 'promise-is-open',
  because: 'Only an open promise can be kept, moved, broken or asked about.',
  source: 'Taylor',
  on: ['keepPromise', 'movePromise', 'breakPromise', 'reportAgain'],
  reads: 'case',
  holds: ({ facts }) => facts.promises.some((promise) => promise.state === 'open'),
})

/** Completes `promise-is-open`, where the evidence says which promise. */
export const promiseIsOpen = rule<NamesPromises>({
  ...anyPromiseIsOpen,
  on: ['keepPromise', 'movePromise', 'breakPromise', 'reportAgain', 'deliver'],
  reads: 'evidence',
  holds: ({ facts, command }) => namedBy(command).every((id) => promiseOf(facts, id)?.state === 'open'),
})

export const promiseKeptInTime = rule<NamesPromises>({
  id: 'promise-kept-in-time',
  because:
    'A promise is kept within its window; one that falls due unkept is broken: record the breach first, then make it good.',
  source: 'Taylor',
  on: ['keepPromise', 'deliver'],
  holds: ({ facts, command: { at, ...command } }) =>
    namedBy({ at, ...command }).every((id) => {
      const { state, earliest = at, due = at } = promiseOf(facts, id) ?? {}
      return state !== 'open' || (earliest <= at && at <= due)
    }),
})

export const promiseMovedWithConsent = rule<CommandOf<typeof movePromise>>({
  id: 'promise-moved-with-consent',
  because: 'A promise moves before it falls due, to a date that lies ahead, and only if the customer consents.',
  source: 'Taylor',
  on: ['movePromise'],
  holds: ({ facts, command }) => {
    const due = promiseOf(facts, command.promise)?.due ?? openUpdateOf(facts, command.promise)?.due
    return command.consent && liesAhead(command, command.at) && command.at <= (due ?? command.at)
  },
})

/** A costly promise is a remedy: it waits for its phase like the agreement does. */
export const remedyInOrder = rule<CommandOf<typeof makePromise>>({
  id: 'in-order',
  because: 'A remedy before the person is fixed falls on deaf ears.',
  source: 'Solomon, Pocock',
  on: ['makePromise'],
  holds: ({ command, at }) => (command.promise.cost ?? 0) === 0 || at.phase === 'problem' || at.phase === 'system',
})

/** The rules of promises, common to all protocols. */
export const promiseRules = [
  promiseHasWindowAndBasis,
  newsSayWhen,
  anyPromiseIsOpen,
  promiseIsOpen,
  promiseKeptInTime,
  promiseMovedWithConsent,
  remedyInOrder,
]
