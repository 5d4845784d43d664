import { RedressError } from '../errors.ts'
import type { CommandInput, Entry } from '../machine/case.ts'
import type { Option } from '../machine/explain.ts'
import type { BatchVerdict } from '../machine/judge.ts'
import { pocock } from '../protocol/catalogue.ts'
import type { Clocks } from '../protocol/clock.ts'
import { readClocks } from '../protocol/clock.ts'
import type { Opening } from '../protocol/parse.ts'
import type { Period } from '../protocol/period.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Insights } from '../stores/insights.ts'
import type { Store } from '../stores/store.ts'
import type { Answer, ImportAnswer } from './answer.ts'
import type { AuthorityOptions } from './authority.ts'
import { callsOn } from './calls.ts'
import type { CasesFound, Search } from './find.ts'
import { findIn } from './find.ts'
import { CLOSE_WITHIN_MS, callsThrough, createGate } from './gate.ts'
import type { History, ImportOptions } from './history.ts'
import { isId } from './identity.ts'
import { insightsInto } from './insights.ts'
import type { Erasure, SendOptions } from './letter.ts'
import type { Upcaster } from './lift.ts'
import { createLift } from './lift.ts'
import type { DeskEvents, Listener, Transition } from './listeners.ts'
import { createListeners, holdBack } from './listeners.ts'
import { createPassage } from './passage.ts'
import { ripple, ripples } from './ripple.ts'
import { createShelf } from './shelf.ts'
import type { Signalled } from './signal.ts'
import type { DurableListening } from './subscription.ts'
import { createSubscriptions } from './subscriptions.ts'
import { createTimekeeper } from './timekeeper.ts'
import type { TransitionsOptions } from './transitions.ts'
import { transitionsFrom } from './transitions.ts'
import type { CaseView } from './view.ts'

/** How a desk is set up. */
export interface DeskOptions<P extends readonly Protocol[]> extends AuthorityOptions {
  readonly store: Store
  /** The protocols that it knows, versions side by side; the first is the default. Default: `pocock`. */
  readonly protocols?: P
  /** What lifts cases of protocols that it no longer has to those that it has. */
  readonly upcasters?: readonly Upcaster[]
  /** What deadlines are counted with; without it there are none but those of promises. */
  readonly clocks?: Clocks
  /** The clock; `at` and `recordedAt` come from nowhere else. Default: the system's. */
  readonly now?: () => Date
  /** Whose cases these are; a desk never sees another tenant's. Default: `default`. */
  readonly tenant?: string
  /**
   * How many of the cases used last it remembers, so that their next step needs no load; 0 for none. Each write checks
   * the version, and nothing is refused before it was loaded. Default: 1,000.
   */
  readonly warmCases?: number
  /** How many concurrent sends may share a write, where the store gains by it; 1 for none. Default: 64. */
  readonly coalesce?: number
}

const WARM_CASES = 1_000
const COALESCE = 64

/** The front door: every command of every case goes through it, and through `judge`. */
export interface Desk<P extends Protocol = Protocol> extends DurableListening {
  /** Opens a case for a complaint (`Opening`). Refused with `already-open` where the case is there. */
  open(complaint: Opening, options?: SendOptions): Promise<Answer>
  open(complaint: unknown, options?: SendOptions): Promise<Answer>
  /**
   * Takes a case with its history from another system: an opening, and commands with their own times. Each is judged at
   * its time, in the order of times; what the rules refuse is left out and reported, never made to fit. What fell due in
   * between is recorded for the moment when it did, until the history ends. One write, or none. Listeners hear of it once
   * (`imported`), of its entries never; the host is asked once whether `by` may (`import`), and for the roles that
   * commands take.
   *
   * The same import again is told what the first one was, and stores nothing; with `dryRun` none does. Refused as a whole
   * where the opening can't stand, and with `already-open` where the case is there. Throws `protocol-unknown`.
   */
  import(history: History<P>, options?: ImportOptions): Promise<ImportAnswer>
  import(history: unknown, options?: ImportOptions): Promise<ImportAnswer>
  /**
   * Sends one command, or a batch that is judged in its own order and passes whole or not at all. The types complete what
   * an editor offers and forbid nothing: to have the compiler check it, write `satisfies CommandInput<typeof pocock>`.
   */
  send(caseId: string, command: CommandInput<P> | readonly CommandInput<P>[], options?: SendOptions): Promise<Answer>
  send(caseId: string, command: unknown, options?: SendOptions): Promise<Answer>
  /** The case as it stands. Throws `case-unknown`. */
  look(caseId: string): Promise<CaseView>
  /** Every command: open now, with what it must bring, or why not. */
  explain(caseId: string): Promise<readonly Option[]>
  /** What `send` would say to a command or batch, without doing it. */
  explain(caseId: string, command: unknown): Promise<BatchVerdict>
  /**
   * The case's log, oldest first, after a version. Throws `case-unknown`, `input-invalid` for another `after`, and
   * `aborted` once its signal has.
   */
  log(caseId: string, after?: number, options?: Signalled): AsyncIterable<Entry>
  /**
   * Erases the personal words of a case from state, log and receipts in one write, and leaves who did what and when:
   * `{ by, reason }`. Refused while there is a legal hold.
   */
  erase(caseId: string, request: Erasure, options?: SendOptions): Promise<Answer>
  erase(caseId: string, request: unknown, options?: SendOptions): Promise<Answer>
  /**
   * Finds cases by what boards list them by, a page at a time (`{ cases, next }`), those that were opened first coming
   * first: `{ phase, step, owner, customer, overdue, cause, incident, openedBetween, needsAttention, newestFirst, limit,
   * after }`. As they are stored: see `look` for one of them. Throws `input-invalid`, naming the field.
   */
  find(search?: Search): Promise<CasesFound>
  find(search: unknown): Promise<CasesFound>
  /**
   * What the cases that were opened in a period teach: causes and changes, times, promises, refusals. The store's own
   * queries compute it. Throws `input-invalid`, naming the field, for anything but `{ from, to }`, `from` before `to`,
   * and where the store has no report.
   */
  insights(period: Period): Promise<Insights>
  insights(period: unknown): Promise<Insights>
  /**
   * The desk in a transaction of the host's own (a `PoolClient` after `BEGIN`, say), so that its ticket and our case are
   * committed together or neither. Throws `input-invalid` where the store has no such thing.
   */
  within(tx: unknown): DeskWithin<P>
  /**
   * Handles all that is due by then, or now: broken promises, missed deadlines. Returns how many; with a signal, how many
   * until it aborted.
   */
  tick(at?: Date, options?: Signalled): Promise<number>
  /** Keeps ticking until the signal aborts; every 3 seconds, unless told otherwise. */
  run(options: { readonly signal: AbortSignal; readonly everyMs?: number }): Promise<void>
  /** Listens; returns its own removal. */
  on<E extends keyof DeskEvents>(event: E, listener: Listener<E, P>): () => void
  /**
   * Follows what `accepted` tells, from the call on: `for await (const { entry } of desk.transitions({ signal }))`. Ends
   * when the signal aborts, the consumer breaks off, or the desk has closed. A consumer that falls behind by more than its buffer is handed
   * what waits, and then thrown `overflowed`, with how many it `missed` and the `caseId` and `version` of the first.
   */
  transitions(options?: TransitionsOptions): AsyncIterableIterator<Transition<P>>
  /**
   * Ends what the desk does by itself (`run`, subscriptions), finishes what is in hand, gives leases back, and leaves
   * nothing running; the store stays open. Handlers that take longer than `withinMs` (10,000) are told to stop by their
   * signal; the lane of one that does not is left to its lease. Calls that come meanwhile are answered; those that come
   * afterwards throw `desk-closed`.
   */
  close(options?: { readonly withinMs?: number }): Promise<void>
  /** Closes it: `await using desk = createDesk(…)`. */
  [Symbol.asyncDispose](): Promise<void>
}

/** A desk within a transaction of the host's. What it answers is true once the host has committed. */
export interface DeskWithin<P extends Protocol = Protocol>
  extends Pick<Desk<P>, 'open' | 'import' | 'send' | 'look' | 'explain' | 'log' | 'erase'> {
  /**
   * To be called after the host's commit: tells the listeners, and sees to what it means for other cases. A desk that was
   * closed meanwhile does so, too.
   */
  committed(): Promise<void>
}

/**
 * Sets up a desk on a store.
 *
 * Its calls throw `case-unknown`, `protocol-unknown` and `case-unreadable` (the desk lacks the case's protocol),
 * `contended` (too many writers at once) and what the store throws; whatever is said to be refused is an answer. Itself
 * it throws `protocol-faulty` and `input-invalid` where its protocols or clocks can't be used.
 */
export function createDesk<const P extends readonly Protocol[] = readonly [typeof pocock]>(
  options: DeskOptions<P>,
): Desk<P[number]> {
  checkOptions(options)
  const {
    store: kept,
    now = () => new Date(),
    tenant = 'default',
    warmCases = WARM_CASES,
    coalesce = COALESCE,
    ...authority
  } = options
  const clocks = options.clocks && readClocks(options.clocks)
  const protocols = options.protocols ?? [pocock]
  const shelf = createShelf(protocols)
  const lift = createLift(shelf, options.upcasters ?? [], tenant, clocks)
  const store = lift.over(kept)
  const listeners = createListeners()
  const shared = { ...authority, tenant, shelf, clocks, now, isLifted: lift.isLifted }
  const passage = createPassage({ ...shared, store, listeners, warmCases, coalesce })
  const gate = createGate()
  const halt = new AbortController()
  const closed = new AbortController()
  const timekeeper = createTimekeeper(store, tenant, passage, listeners, now, halt.signal)
  const { close: closeSubscriptions, ...subscriptions } = createSubscriptions({
    store: kept,
    tenant,
    listeners,
    now,
    lift: lift.entry,
  })

  const waters = { store, tenant, passage, listeners }

  const told = (answer: Answer) => (ripples(answer) ? ripple(waters, answer) : undefined)

  let closing: Promise<void> | undefined
  const close = async ({ withinMs = CLOSE_WITHIN_MS }: { readonly withinMs?: number } = {}) => {
    if (typeof withinMs !== 'number' || !(withinMs >= 0)) {
      throw new RedressError('input-invalid', 'A desk closes within a time: `withinMs` is 0 or more.')
    }
    halt.abort()
    closing ??= closeSubscriptions(withinMs)
      .then(gate.shut)
      .then(() => closed.abort())
    return closing
  }

  return {
    ...callsThrough(gate, callsOn(passage, store, tenant, told)),

    within(tx: unknown) {
      gate.check()
      const inside = lift.over(storeWithin(kept, tx))
      const waiting = holdBack(listeners)
      const answers: Answer[] = []
      const passage = createPassage({ ...shared, store: inside, listeners: waiting, warmCases: 0, coalesce: 1 })
      const remember = (answer: Answer): undefined => {
        answers.push(answer)
      }
      return {
        ...callsThrough(gate, callsOn(passage, inside, tenant, remember)),
        async committed() {
          waiting.release()
          for (const answer of answers.splice(0)) await told(answer)
        },
      }
    },

    find: (input?: unknown) => gate.pass(() => findIn({ store: kept, tenant, lift, now }, input)),
    insights: (input: unknown) => gate.pass(() => insightsInto(store, tenant, protocols, input)),
    tick: (...of) => gate.pass(() => timekeeper.tick(...of)),
    run: (options) => gate.pass(() => timekeeper.run(options)),
    on: listeners.on,
    transitions(asked?: TransitionsOptions) {
      gate.check()
      return transitionsFrom(listeners, asked, closed.signal)
    },

    subscribe: (...of: readonly [unknown, unknown, unknown]) => gate.pass(() => subscriptions.subscribe(...of)),
    parked: (asked?: unknown) => gate.pass(() => subscriptions.parked(asked)),
    retry: (lane: unknown) => gate.pass(() => subscriptions.retry(lane)),
    skip: (lane: unknown) => gate.pass(() => subscriptions.skip(lane)),
    replay: (name: unknown, asked?: unknown) => gate.pass(() => subscriptions.replay(name, asked)),
    subscriptions: () => gate.pass(() => subscriptions.subscriptions()),
    unsubscribe: (name: unknown) => gate.pass(() => subscriptions.unsubscribe(name)),

    close,
    [Symbol.asyncDispose]: () => close(),
  } as Desk<P[number]>
}

/** What JavaScript lets through and no call could go on with. */
function checkOptions(options: DeskOptions<readonly Protocol[]> | undefined): void {
  const faults = [
    ...(typeof options?.store?.commit === 'function' ? [] : ['`store` is needed, a Store']),
    ...(options?.now === undefined || typeof options.now === 'function' ? [] : ['`now` is a function']),
    ...(options?.tenant === undefined || isId(options.tenant) ? [] : ['`tenant` is an id']),
    ...(isWhole(options?.warmCases, 0) ? [] : ['`warmCases` is a whole number, 0 or more']),
    ...(isWhole(options?.coalesce, 1) ? [] : ['`coalesce` is a whole number, 1 or more']),
  ]
  if (faults.length > 0) throw new RedressError('input-invalid', `The desk can’t be set up: ${faults.join('; ')}.`)
}

function storeWithin(store: Store, tx: unknown): Store {
  if (store.within !== undefined) return store.within(tx)
  throw new RedressError('input-invalid', 'This store can’t join a transaction of the host’s. Nothing was stored.')
}

const isWhole = (value: number | undefined, least: number): boolean =>
  value === undefined || (Number.isSafeInteger(value) && value >= least)
