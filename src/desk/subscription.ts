import * as z from 'zod'
import { RedressError } from '../errors.ts'
import type { Entry } from '../machine/case.ts'
import { placeOf } from '../machine/case.ts'
import { parsePlain } from '../protocol/parse.ts'
import { Phase } from '../protocol/place.ts'
import type { Id } from '../protocol/words.ts'
import { Instant } from '../protocol/words.ts'
import type { Backlog, LaneName, LaneStart, ParkedLane } from '../stores/lanes.ts'
import type { DeliveryHandler, DeliveryWithin } from './delivery.ts'
import { isId } from './identity.ts'
import { Signal } from './signal.ts'

declare global {
  // As ES 2026 and TypeScript's `esnext.disposable` have it: a consumer may compile for something older.
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol
  }
}

const MAX_MS = 86_400_000

const list = <T extends z.ZodType>(one: T) => z.array(one).min(1).max(1000).optional()

/** Which entries a subscription gets. Each field narrows. It is data, so that every process passes over the same ones. */
export const EntryFilter = z.strictObject({
  types: list(z.string().min(1).max(200)).describe('commands of these types; an opening is of the type `open`'),
  entered: list(Phase).describe('what brought the case into one of these phases from another'),
  protocols: list(z.string().min(1).max(200)).describe('cases of these protocols, in any version'),
  imported: z.boolean().default(false).describe('what was imported, too: it is no news, and left out otherwise'),
})
export type EntryFilter = z.output<typeof EntryFilter>

const milliseconds = (least: number, default_: number) => z.int().min(least).max(MAX_MS).default(default_)

/** How a subscription is set up. */
export const SubscribeOptions = z
  .strictObject({
    from: z
      .union([z.enum(['now', 'start']), Instant, z.date().transform((date) => date.toISOString())])
      .default('now')
      .describe('where a subscription begins that the store does not know yet: a moment, by `recordedAt`'),
    filter: EntryFilter.default({ imported: false }),
    concurrency: z.int().min(1).max(1000).default(16).describe('how many lanes this process has in hand at most'),
    pollMs: milliseconds(1, 1_500).describe('how often it looks for news where there are none'),
    timeoutMs: milliseconds(1, 20_000).describe('how long a handler may take for one entry; then it has failed'),
    leaseMs: milliseconds(2, 30_000).describe('how soon the lanes of a process that died come back'),
    firstRetryMs: milliseconds(0, 1_000).describe('the longest wait before the second try; it doubles with each'),
    maxRetryMs: milliseconds(0, 3_600_000).describe('the longest wait before any'),
    parkAfter: z.int().min(1).max(1000).default(16).describe('after how many tries a lane is parked'),
    signal: Signal.optional().describe('closes it when it aborts'),
    transaction: z
      .custom<RunTransaction>((value) => typeof value === 'function', 'a function')
      .optional()
      .describe('runs work in a transaction of the host’s, for a handler whose effects are in the same database'),
  })
  .refine(({ timeoutMs, leaseMs }) => timeoutMs < leaseMs, { path: ['leaseMs'], error: 'longer than `timeoutMs`' })
export type SubscribeOptions = z.input<typeof SubscribeOptions>
export type ReadSubscribeOptions = z.output<typeof SubscribeOptions>

/** Begins a transaction, does the work with it, and commits; where the work throws it rolls back, and throws the same. */
export type RunTransaction<T = unknown> = (work: (tx: T) => Promise<void>) => Promise<unknown>

/** What such a way hands to the work: the host’s own transaction. */
export type TransactionOf<R extends RunTransaction> = R extends RunTransaction<infer T> ? T : never

/** A subscription at work in this process. */
export interface Subscription {
  readonly name: Id
  /** Claims no more, finishes what is in hand, and gives its lanes back; other processes go on. `withinMs`: see `Desk.close`. */
  close(options?: { readonly withinMs?: number }): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** The durable subscriptions of a desk, and what to do about lanes that are parked. */
export interface DurableListening {
  /**
   * Delivers log entries to a handler: at least once, in the order of their case, from the first that `from` names, over
   * any number of processes that subscribe under the same name. It is known once this resolves, and works from then on,
   * until it is closed. An entry whose handler fails is tried again, with back-off and jitter; after `parkAfter` tries its
   * case's lane is parked. Nobody waits for it but entries of the same case. See `SubscribeOptions`.
   *
   * With `transaction` the handler is given a transaction of the host's (`tx`), and the lane moves on in it: what the
   * handler writes there is written once. Throws `input-invalid`, naming the field, and where the store keeps no lanes.
   */
  subscribe(
    name: string,
    options: SubscribeOptions & { transaction?: undefined },
    handler: DeliveryHandler,
  ): Promise<Subscription>
  subscribe<R extends RunTransaction>(
    name: string,
    options: Omit<SubscribeOptions, 'transaction'> & { transaction: R },
    handler: (delivery: DeliveryWithin<TransactionOf<R>>) => unknown,
  ): Promise<Subscription>
  /** The lanes that are parked, the longest first; of all subscriptions, unless one is named. `limit`: 100, at most 500. */
  parked(asked?: { readonly subscription?: string; readonly limit?: number }): Promise<readonly ParkedLane[]>
  /** Has a parked lane try again. False where it is not parked at that version any more. */
  retry(lane: LaneName & { readonly version: number }): Promise<boolean>
  /** Has a parked lane go on behind the entry that it could not deliver. False where it is not parked at that version. */
  skip(lane: LaneName & { readonly version: number }): Promise<boolean>
  /**
   * Delivers again what was delivered: of one case from a version on (`{ caseId, from: 3 }`), or of every case from a
   * moment on (`{ from: '2026-01-31T00:00:00Z' }`); all of it without `from`. Parked lanes are tried again. False where
   * there is no such subscription, or no such version of the case.
   */
  replay(
    subscription: string,
    asked?: { readonly caseId?: string; readonly from?: number | string | Date },
  ): Promise<boolean>
  /** The subscriptions that the store knows, by name, and how many cases each is behind and has parked. */
  subscriptions(): Promise<readonly Backlog[]>
  /**
   * Ends a subscription for good, here and in every process: it and its lanes are forgotten, and who subscribes under its
   * name begins anew. False where there is none.
   */
  unsubscribe(name: string): Promise<boolean>
}

/** Reads a subscription from anything. Throws `input-invalid`, naming the field. */
export function readSubscription(name: unknown, options: unknown, handler: unknown) {
  const asked = parsePlain(SubscribeOptions, options ?? {})
  const faults = [
    ...(isId(name) ? [] : ['its name is an id']),
    ...(asked.ok ? [] : asked.issues.map(({ path, message }) => `\`${path}\`: ${message}`)),
    ...(typeof handler === 'function' ? [] : ['its handler is a function']),
  ]
  if (isId(name) && asked.ok && faults.length === 0) return { name, options: asked.value }
  throw new RedressError('input-invalid', `This subscription can’t be used: ${faults.join('; ')}.`)
}

/** Where a subscription begins. */
export function startOf(from: ReadSubscribeOptions['from'], now: Instant): LaneStart {
  if (from === 'now') return { since: now, onlyNew: true }
  return from === 'start' ? {} : { since: from }
}

/** Whether a subscription gets an entry. */
export function wants({ types, entered, protocols, imported }: EntryFilter, entry: Entry): boolean {
  const { command, protocol, from, to, importedBy } = entry
  const phase = placeOf(to).phase
  return (
    (imported || importedBy === undefined) &&
    (types?.includes(command.type) ?? true) &&
    (protocols?.includes(protocol.slice(0, protocol.lastIndexOf('@'))) ?? true) &&
    (entered === undefined || (entered.includes(phase) && (from === null || placeOf(from).phase !== phase)))
  )
}
