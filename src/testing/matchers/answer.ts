import type { Refusal } from '../../machine/refusal.ts'
import { misuse, nothingSent } from '../misuse.ts'
import type { Found } from './found.ts'

/** What became of a command: why it was refused, or where it led, if that is told. */
interface Became {
  readonly refusal?: Refusal
  readonly state?: string
}

/** Whether a command passed: the answer of a desk says so, a verdict, or a scenario. */
export function toBeAccepted(received: unknown): Found {
  const { refusal, state } = becameOf(received)
  return refusal === undefined
    ? { pass: true, message: `Expected it to be refused, but it passed${into(state)}.` }
    : { pass: false, message: `Expected it to pass, but it was refused: ${refusal.sentence}` }
}

/** Whether a command was refused, by that rule among others perhaps or with that code; without one, however it was. */
export function toBeRefused(received: unknown, by?: string): Found {
  const { refusal, state } = becameOf(received)
  const expected = by === undefined ? 'it to be refused' : `“${by}” to refuse it`
  if (refusal === undefined) return { pass: false, message: `Expected ${expected}, but it passed${into(state)}.` }
  const causes = [refusal.code, ...refusal.rules.map(({ id }) => id)]
  return by === undefined || causes.includes(by)
    ? { pass: true, message: `Expected it to pass, but it was refused: ${refusal.sentence}` }
    : { pass: false, message: `Expected ${expected}, but ${causes.join(', ')} did: ${refusal.sentence}` }
}

const into = (state: string | undefined): string => (state === undefined ? '' : `, into ${state}`)

function becameOf(received: unknown): Became {
  const { verdict = received, case: after } = (received ?? {}) as {
    readonly verdict?: unknown
    readonly case?: unknown
  }
  const { accepted, refusal, steps } = (verdict ?? {}) as {
    readonly accepted?: unknown
    readonly refusal?: unknown
    readonly steps?: unknown
  }
  // What an import reports as refused, and what listeners hear, has its refusal alone.
  if (accepted !== true && isRefusal(refusal)) return { refusal }
  if (Array.isArray(steps) && steps.length === 0) throw nothingSent()
  const { state } = (after ?? {}) as { readonly state?: unknown }
  if (accepted === true) return typeof state === 'string' ? { state } : {}
  throw misuse('This matcher takes the answer of a desk (await desk.send(…)), a verdict, or what became of a scenario.')
}

const isRefusal = (one: unknown): one is Refusal =>
  typeof one === 'object' && one !== null && Array.isArray((one as Partial<Refusal>).rules)
