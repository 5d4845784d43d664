import { RedressError } from '../errors.ts'
import type { Case, Entry, EntryOf, StateName } from '../machine/case.ts'
import type { Refusal } from '../machine/refusal.ts'
import type { Outcome, SecondFailure } from '../protocol/facts.ts'
import type { StepPhase } from '../protocol/place.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Id, Instant } from '../protocol/words.ts'
import type { ImportReport } from './answer.ts'

/** A log entry that was committed, and the case after it. */
export interface Transition<P extends Protocol = Protocol> {
  readonly caseId: Id
  readonly case: Case<P>
  readonly entry: EntryOf<P>
}

/** What a desk tells, by name, always after the commit. */
export interface DeskEvents<P extends Protocol = Protocol> {
  /** Every entry of every log, openings included; what is imported is told as `imported`, and not at all as anything else. */
  readonly accepted: Transition<P>
  readonly opened: Transition<P>
  /** A case with its history, once: what happened last year is no news, and nobody is to be written to about it. */
  readonly imported: {
    readonly caseId: Id
    readonly case: Case<P>
    readonly entries: readonly Entry[]
    readonly report: ImportReport
  }
  /** A refusal; with the protocol and the state of the case, where there is one. */
  readonly refused: {
    readonly caseId: Id
    readonly refusal: Refusal
    readonly protocol: string | undefined
    readonly state: StateName<P> | undefined
  }
  /** A phase has each of its steps done, waived or lapsed. */
  readonly 'phase-fixed': Transition<P> & { readonly phase: StepPhase }
  /** The case is back in the person phase: a broken promise, a remedy that did not work, a reopening. */
  readonly 'second-failure': Transition<P> & { readonly failure: SecondFailure }
  readonly closed: Transition<P> & { readonly outcome: Outcome | undefined }
  /**
   * What the desk does by itself went wrong, and will be tried again: what a send meant for another case (`consequence`,
   * when the send is repeated), what fell due (`tick`, with the next one), the note of a refusal (never), the claim of
   * lanes and the note of what became of them (`delivery`, with the next poll). What was
   * answered stands.
   */
  readonly 'desk-error': {
    readonly during: 'consequence' | 'tick' | 'note' | 'delivery'
    readonly caseId: Id | undefined
    readonly error: unknown
  }
  /** A handler of a subscription failed; the entry is tried again at `retryAt`, or its lane is parked. */
  readonly 'delivery-failed': {
    readonly subscription: Id
    readonly caseId: Id
    readonly version: number
    readonly attempt: number
    readonly error: unknown
    readonly retryAt: Instant | undefined
  }
  /** A listener threw, or its promise was rejected. Nobody else was disturbed. */
  readonly 'listener-error': { readonly event: keyof DeskEvents; readonly error: unknown }
}

/** All that a desk tells. */
const eventNames: readonly (keyof DeskEvents)[] = [
  'accepted',
  'opened',
  'imported',
  'refused',
  'phase-fixed',
  'second-failure',
  'closed',
  'delivery-failed',
  'desk-error',
  'listener-error',
]

/** Hears one kind of event. What it returns is not waited for; what it is told is shared with others, and frozen. */
export type Listener<E extends keyof DeskEvents, P extends Protocol = Protocol> = (event: DeskEvents<P>[E]) => unknown

/** A set of listeners, told one after the other. */
export interface Listeners {
  on<E extends keyof DeskEvents>(event: E, listener: Listener<E>): () => void
  tell<E extends keyof DeskEvents>(event: E, told: DeskEvents[E]): void
}

/** Listeners that can't disturb each other: one that throws, rejects or never settles reaches `listener-error`, or nobody. */
export function createListeners(): Listeners {
  const listeners = new Map<keyof DeskEvents, Set<Listener<never>>>()

  const failed = (event: keyof DeskEvents, error: unknown) => {
    if (event !== 'listener-error') tell('listener-error', { event, error })
  }

  const tell: Listeners['tell'] = (event, told) => {
    const hearing = listeners.get(event)
    if (hearing === undefined) return
    Object.freeze(told)
    for (const listener of [...hearing] as unknown as Listener<typeof event>[]) {
      try {
        const result = listener(told)
        if (isThenable(result)) Promise.resolve(result).catch((error: unknown) => failed(event, error))
      } catch (error) {
        failed(event, error)
      }
    }
  }

  return {
    tell,
    on(event, listener) {
      if (typeof listener !== 'function' || !eventNames.includes(event)) {
        throw new RedressError('input-invalid', `A desk tells ${eventNames.join(', ')}, and tells them to functions.`)
      }
      const hearing = listeners.get(event) ?? new Set()
      listeners.set(event, hearing)
      // A wrapper of its own, so that the same function registered twice is removed once at a time.
      const own: Listener<typeof event> = (told) => listener(told)
      hearing.add(own as Listener<never>)
      return () => {
        hearing.delete(own as Listener<never>)
      }
    },
  }
}

/** Listeners who are told nothing before `release`. */
export function holdBack({ on, tell }: Listeners): Listeners & { release(): void } {
  const waiting: (() => void)[] = []
  return {
    on,
    tell: (event, told) => void waiting.push(() => tell(event, told)),
    release() {
      for (const one of waiting.splice(0)) one()
    },
  }
}

const isThenable = (result: unknown): result is PromiseLike<unknown> =>
  typeof result === 'object' && result !== null && 'then' in result
