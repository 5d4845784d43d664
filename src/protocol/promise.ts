import * as z from 'zod'
import { Actor } from './actor.ts'
import type { CommandOf, Stamp } from './command.ts'
import { command } from './command.ts'
import type { Facts } from './facts.ts'
import type { Phase } from './place.ts'
import { Cost, spend } from './remedy.ts'
import { rule } from './rule.ts'
import { Id, Instant, Words } from './words.ts'

/** A promise as it is made: a next step that somebody with control over it will do for the customer, by a time (Taylor). */
export const PromiseMade = z.strictObject({
  text: Words.describe('what will be done for the customer'),
  maker: Actor.describe('who will do it'),
  inControl: z.boolean().describe('whether the maker has control over it'),
  earliest: Instant.optional().describe('not before'),
  latest: Instant.optional().describe('done by'),
  nextUpdateBy: Instant.optional().describe('where the date is unknown: news by'),
  cost: Cost.optional().describe('what it costs as a remedy'),
})
export type PromiseMade = z.infer<typeof PromiseMade>

/** A promise in the ledger. Its words stay in the log entry that made it; ids are given in order: `p1`, `p2`, … */
export interface CustomerPromise {
  readonly id: Id
  readonly maker: Id
  /** When it must be kept, or the next news be given. Unkept by then it is broken. */
  readonly due: Instant
  readonly state: 'open' | 'kept' | 'broken'
  /** The round in which it was made. */
  readonly round: number
  /** How often it was moved. */
  readonly moves?: number
  /** How often the same fault was reported again while it was open. */
  readonly reports?: number
}

/** When a promise falls due: its latest date or, where that is unknown, its next update. */
const dueOf = (made: Pick<PromiseMade, 'latest' | 'nextUpdateBy'>): Instant | undefined =>
  made.latest ?? made.nextUpdateBy

/** The ledger with new promises at its end. */
export function makePromises(facts: Facts, made: readonly PromiseMade[]): Facts {
  const added = made.map(
    (one, index): CustomerPromise => ({
      id: `p${facts.promises.length + index + 1}`,
      maker: one.maker.id,
      due: dueOf(one) ?? '',
      state: 'open',
      round: facts.round,
    }),
  )
  return { ...facts, promises: [...facts.promises, ...added] }
}

const change = (facts: Facts, ids: readonly Id[], to: Partial<CustomerPromise>): Facts => ({
  ...facts,
  promises: facts.promises.map((promise) => (ids.includes(promise.id) ? { ...promise, ...to } : promise)),
})

/** The ledger with those promises kept. */
export const markKept = (facts: Facts, ids: readonly Id[]): Facts =>
  ids.length === 0 ? facts : change(facts, ids, { state: 'kept' })

const promise = Id.describe('the id of an open promise')

/** A promise outlives its case: it falls due once the case is closed, too. */
const always: readonly Phase[] = ['received', 'person', 'problem', 'system', 'closed']

/** A promise beside the agreement: a call back, the next news. */
export const makePromise = command({
  name: 'makePromise',
  summary: 'promise the customer something beside the agreement',
  evidence: z.object({ promise: PromiseMade }),
  said: true,
  effect: (facts, { command }) => spend(makePromises(facts, [command.promise]), command.promise.cost),
})

export const keepPromise = command({
  name: 'keepPromise',
  summary: 'record that a promise was kept',
  evidence: z.object({ promise, what: Words.describe('what was done') }),
  during: always,
  effect: (facts, { command }) => markKept(facts, [command.promise]),
})

export const movePromise = command({
  name: 'movePromise',
  summary: 'move a promise before it falls due, with the customer’s consent',
  evidence: z.object({
    promise,
    consent: z.boolean().describe('whether the customer consents'),
    latest: Instant.optional().describe('done by'),
    nextUpdateBy: Instant.optional().describe('where the date is unknown: news by'),
    reason: Words.describe('why it moves'),
  }),
  during: always,
  said: true,
  effect: (facts, { command }) =>
    change(facts, [command.promise], {
      due: dueOf(command) ?? '',
      moves: (find(facts, command.promise)?.moves ?? 0) + 1,
    }),
})

/** A broken promise is a second failure: the case goes back to the person phase (Taylor). */
export const breakPromise = command({
  name: 'breakPromise',
  summary: 'record that a promise was broken',
  evidence: z.object({ promise }),
  during: always,
  leads: ['anew'],
  lead: () => 'anew',
  failure: 'promise-broken',
  effect: (facts, { command }) => change(facts, [command.promise], { state: 'broken' }),
})

/** The promises that a command speaks of: the one it names, or those that a delivery keeps. */
type NamesPromises = Stamp & { readonly promise?: Id; readonly kept?: readonly Id[] | undefined }

const namedBy = (command: NamesPromises): readonly Id[] =>
  command.promise === undefined ? (command.kept ?? []) : [command.promise]

const find = (facts: Facts, id: Id) => facts.promises.find((one) => one.id === id)

export const promiseHasWindowAndBasis = rule<
  Stamp & { readonly promise?: PromiseMade; readonly promises?: readonly PromiseMade[] }
>({
  id: 'promise-has-window-and-basis',
  because:
    'A promise needs somebody with control over it and a date that lies ahead: “I can’t say” is not a promise, a next update is.',
  source: 'Taylor',
  on: ['agree', 'makePromise'],
  holds: ({ command }) =>
    (command.promises ?? (command.promise === undefined ? [] : [command.promise])).every((made) => {
      const due = dueOf(made)
      return (
        made.inControl &&
        made.maker.kind !== 'customer' &&
        made.maker.kind !== 'representative' &&
        due !== undefined &&
        due > command.at &&
        (made.earliest === undefined || made.earliest <= due)
      )
    }),
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
  holds: ({ facts, command }) => namedBy(command).every((id) => find(facts, id)?.state === 'open'),
})

export const promiseKeptInTime = rule<NamesPromises>({
  id: 'promise-kept-in-time',
  because: 'A promise that falls due unkept is broken: record the breach first, then make it good.',
  source: 'Taylor',
  on: ['keepPromise', 'deliver'],
  holds: ({ facts, command }) =>
    namedBy(command).every((id) => {
      const promise = find(facts, id)
      return promise?.state !== 'open' || command.at <= promise.due
    }),
})

export const promiseMovedWithConsent = rule<CommandOf<typeof movePromise>>({
  id: 'promise-moved-with-consent',
  because: 'A promise moves before it falls due, to a date that lies ahead, and only if the customer consents.',
  source: 'Taylor',
  on: ['movePromise'],
  holds: ({ facts, command }) => {
    const due = dueOf(command)
    return (
      command.consent &&
      due !== undefined &&
      due > command.at &&
      command.at <= (find(facts, command.promise)?.due ?? command.at)
    )
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
  anyPromiseIsOpen,
  promiseIsOpen,
  promiseKeptInTime,
  promiseMovedWithConsent,
  remedyInOrder,
]
