import type { Protocol } from '../../protocol/protocol.ts'
import { misuse } from '../misuse.ts'
import { toBeAccepted, toBeRefused } from './answer.ts'
import { toBeIn, toFollow } from './follow.ts'
import type { Found } from './found.ts'
import { toHaveKeptItsPromises } from './promises.ts'
import { toRefuse } from './refuse.ts'
import { toHaveSkipped } from './skipped.ts'
import type { MatcherTerms } from './terms.ts'

/**
 * What can be expected of an answer, of a case (an accepted answer, a scenario), of its log (`desk.log(caseId)`, then awaited), and of
 * any list of names and times.
 */
export interface RecoveryMatchers<R = void> {
  /** It went through the protocol in its order, as far as it has come. */
  toFollow(protocol: Protocol, terms?: MatcherTerms): R
  /** It stands there: `person.apologize`. */
  toBeIn(state: string, terms?: MatcherTerms): R
  /** What was sent passed, as an answer of a desk, a verdict or a scenario says. */
  toBeAccepted(): R
  /** What was sent was refused, by this rule among others, or with this code; with `.not`: it was not refused at all. */
  toBeRefused(by?: string): R
  /** It would refuse this command, which has its evidence, by this rule among others; a name alone: whatever it brings. */
  toRefuse(command: string | object, rule?: string, terms?: MatcherTerms): R
  /** Just these steps were passed by without having been done; without a list: any was. */
  toHaveSkipped(steps?: readonly string[], terms?: MatcherTerms): R
  /** No promise was broken, and none is open past its time; a list must have one with a time. */
  toHaveKeptItsPromises(terms?: MatcherTerms): R
}

/** A matcher's result, as vitest and Jest take it. */
export interface MatcherResult {
  readonly pass: boolean
  message(): string
}

/**
 * What an expectation of something returns: of a log that comes entry by entry a promise, which must be awaited, of anything
 * else nothing.
 */
export type ResultOf<Received, Result = void> = 0 extends 1 & Received
  ? Result
  : Received extends AsyncIterable<unknown>
    ? Promise<void>
    : Result

type Matcher = (received: unknown, ...expected: never[]) => MatcherResult | Promise<MatcherResult>

/** A log comes entry by entry: it is gathered first, and the matcher must be awaited. */
const matcher = <Expected extends readonly unknown[]>(find: (received: unknown, ...expected: Expected) => Found) =>
  function (this: unknown, received: unknown, ...expected: Expected): MatcherResult | Promise<MatcherResult> {
    const result = (value: unknown): MatcherResult => {
      const { pass, message } = find(value, ...expected)
      return { pass, message: () => message }
    }
    if (isAsync(received) && isWithinAnother(this)) {
      throw misuse('Within another expectation a log can’t be awaited: gather it first, with `for await`.')
    }
    return isAsync(received) ? gathered(received).then(result) : result(awaited(received))
  }

/** The matchers, for any `expect` that can be extended: `expect.extend(matchers)`. */
export const matchers = {
  toFollow: matcher(toFollow),
  toBeIn: matcher(toBeIn),
  toBeAccepted: matcher(toBeAccepted),
  toBeRefused(this: unknown, received: unknown, by?: string): MatcherResult {
    if (by !== undefined && (this as { readonly isNot?: boolean } | undefined)?.isNot === true) {
      throw misuse('Whatever is misspelt did not refuse it: expect `toBeAccepted()`, or the rule that did.')
    }
    const { pass, message } = toBeRefused(awaited(received), by)
    return { pass, message: () => message }
  },
  toRefuse: matcher(toRefuse),
  toHaveSkipped: matcher(toHaveSkipped),
  toHaveKeptItsPromises: matcher(toHaveKeptItsPromises),
} satisfies Record<keyof RecoveryMatchers, Matcher>

/** What was handed over, unless it is still to come: throws `input-invalid`, since nothing can be expected of that. */
function awaited(received: unknown): unknown {
  if (typeof (received as { then?: unknown } | null | undefined)?.then !== 'function') return received
  throw misuse('This is a promise: await it first, as in expect(await desk.look(caseId)).')
}

/** Runners don't await there: with `.not` whatever comes would pass. Theirs is to say how a promise is met elsewhere. */
const isWithinAnother = (context: unknown): boolean => {
  const { isNot, promise } = (context ?? {}) as { readonly isNot?: boolean; readonly promise?: string }
  return isNot !== undefined && promise === undefined
}

const isAsync = (one: unknown): one is AsyncIterable<unknown> =>
  typeof one === 'object' && one !== null && Symbol.asyncIterator in one

async function gathered(entries: AsyncIterable<unknown>): Promise<readonly unknown[]> {
  const all: unknown[] = []
  for await (const one of entries) all.push(one)
  return all
}
