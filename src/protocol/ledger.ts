import * as z from 'zod'
import { Actor } from './actor.ts'
import type { Facts } from './facts.ts'
import { Cost, spend } from './remedy.ts'
import type { Id } from './words.ts'
import { Instant, Words } from './words.ts'

/** A promise as it is made: a next step that somebody with control over it will do for the customer, by a time (Taylor). */
export const PromiseMade = z.strictObject({
  text: Words.describe('what will be done for the customer'),
  maker: Actor.describe('who will do it'),
  inControl: z.boolean().describe('whether the maker has control over it'),
  earliest: Instant.optional().describe('not before'),
  latest: Instant.optional().describe('done by'),
  nextUpdateBy: Instant.optional().describe('news by, a promise of its own; needed where the date is unknown'),
  cost: Cost.optional().describe('what it costs as a remedy'),
})
export type PromiseMade = z.infer<typeof PromiseMade>

/**
 * A promise in the ledger. Its words stay in the log entry that made it; ids are given in order: `p1`, `p2`, … The news
 * that go with a promise are a promise of their own, right behind it.
 */
export interface CustomerPromise {
  readonly id: Id
  readonly maker: Id
  /** Not to be kept before. */
  readonly earliest?: Instant
  /** When it must be kept: unkept by then it is broken. None where nobody knows: then its news are due. */
  readonly due?: Instant
  /** The promise that it is news of. */
  readonly updateOf?: Id
  readonly state: 'open' | 'kept' | 'broken'
  /** The round in which it was made. */
  readonly round: number
  /** What it costs as a remedy. */
  readonly cost?: number
  /** How often it was moved. */
  readonly moves?: number
  /** How often the same fault was reported again while it was open. */
  readonly reports?: number
}

/** By when a promise is to be kept, and not before when; by when there will be news of it. */
export interface PromiseWindow {
  readonly earliest?: Instant | undefined
  readonly latest?: Instant | undefined
  readonly nextUpdateBy?: Instant | undefined
}

/** Whether there is a date, and every date lies ahead. “I can’t say” is none; a next update is. */
export const liesAhead = ({ earliest, latest, nextUpdateBy }: PromiseWindow, at: Instant): boolean =>
  (latest !== undefined || nextUpdateBy !== undefined) &&
  (latest === undefined || (latest > at && (earliest === undefined || earliest <= latest))) &&
  (nextUpdateBy === undefined || nextUpdateBy > at)

/** A promise of the ledger by its id. */
export const promiseOf = ({ promises }: Facts, id: Id): CustomerPromise | undefined =>
  promises.find((one) => one.id === id)

/** The news of a promise that are still to come. */
export const openUpdateOf = ({ promises }: Facts, id: Id): CustomerPromise | undefined =>
  promises.find((one) => one.updateOf === id && one.state === 'open')

/** The ledger with new promises at its end. */
export function makePromises(facts: Facts, made: readonly PromiseMade[]): Facts {
  let known = facts
  for (const { maker, earliest, latest, nextUpdateBy, cost } of made) {
    const id = nextId(known)
    const costs = cost === undefined || cost === 0 ? {} : { cost }
    const row: CustomerPromise = { id, maker: maker.id, ...within({ earliest, latest }), ...costs, ...fresh(known) }
    known = withUpdate(spend({ ...known, promises: [...known.promises, row] }, cost), id, nextUpdateBy)
  }
  return known
}

/** The ledger with those promises kept; what is kept needs no more news. */
export const markKept = (facts: Facts, ids: readonly Id[]): Facts =>
  settle(facts, (one) => ids.includes(one.id) || isNewsOf(one, ids), 'kept')

/** The ledger with a promise broken, and what went with it: its news, or what had no date but them. */
export const markBroken = (facts: Facts, id: Id): Facts => {
  const { updateOf } = promiseOf(facts, id) ?? {}
  const goes = (one: CustomerPromise) =>
    one.id === id || isNewsOf(one, [id]) || (one.id === updateOf && one.due === undefined)
  // What was promised and not done has cost nothing.
  const unspent = facts.promises.reduce(
    (sum, one) => sum + (one.state === 'open' && goes(one) ? (one.cost ?? 0) : 0),
    0,
  )
  return spend(settle(facts, goes, 'broken'), -unspent)
}

/** The ledger with a promise moved: to other dates, or to where only the next news have one. */
export function movedTo(facts: Facts, id: Id, { earliest, latest, nextUpdateBy }: PromiseWindow): Facts {
  const promise = promiseOf(facts, id)
  if (promise === undefined) return facts
  const { due: _, earliest: __, ...rest } = promise
  const moved = { ...rest, moves: (promise.moves ?? 0) + 1 }
  if (promise.updateOf !== undefined) return put(facts, { ...moved, ...within({ latest: nextUpdateBy ?? latest }) })
  return withUpdate(put(facts, { ...moved, ...within({ earliest, latest }) }), id, nextUpdateBy)
}

/** The ledger with what news of a promise say: a date, by which it will be done, or when the next ones come. */
export function dated(facts: Facts, id: Id, { latest, nextUpdateBy }: PromiseWindow): Facts {
  const promise = promiseOf(facts, id)
  const known = promise && latest !== undefined ? put(facts, { ...promise, due: latest }) : facts
  return withUpdate(known, id, nextUpdateBy)
}

const nextId = ({ promises }: Facts): Id => `p${promises.length + 1}`

const fresh = ({ round }: Facts) => ({ state: 'open' as const, round })

const within = ({ earliest, latest }: PromiseWindow) => ({
  ...(earliest === undefined ? {} : { earliest }),
  ...(latest === undefined ? {} : { due: latest }),
})

const isNewsOf = ({ updateOf }: CustomerPromise, ids: readonly Id[]): boolean =>
  updateOf !== undefined && ids.includes(updateOf)

function withUpdate(facts: Facts, of: Id, due: Instant | undefined): Facts {
  if (due === undefined) return facts
  const known = openUpdateOf(facts, of)
  if (known !== undefined) return put(facts, { ...known, due })
  const maker = promiseOf(facts, of)?.maker as Id
  return { ...facts, promises: [...facts.promises, { id: nextId(facts), maker, due, updateOf: of, ...fresh(facts) }] }
}

const put = (facts: Facts, promise: CustomerPromise): Facts => ({
  ...facts,
  promises: facts.promises.map((one) => (one.id === promise.id ? promise : one)),
})

const settle = (facts: Facts, which: (one: CustomerPromise) => boolean, state: 'kept' | 'broken'): Facts => ({
  ...facts,
  promises: facts.promises.map((one) => (one.state === 'open' && which(one) ? { ...one, state } : one)),
})
