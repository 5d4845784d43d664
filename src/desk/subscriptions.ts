import * as z from 'zod'
import { RedressError } from '../errors.ts'
import type { Entry } from '../machine/case.ts'
import { parsePlain, valueOrThrow } from '../protocol/parse.ts'
import { Id, Instant } from '../protocol/words.ts'
import type { Backlog, Lanes, ParkedLane } from '../stores/lanes.ts'
import type { Store } from '../stores/store.ts'
import { LONGEST_RETRY_MS } from './attempt.ts'
import type { DeliveryHandler } from './delivery.ts'
import { CLOSE_WITHIN_MS, closedDesk } from './gate.ts'
import type { Listeners } from './listeners.ts'
import { MAX_AHEAD_MS } from './moment.ts'
import { sharedSettling } from './settling.ts'
import type { Subscription } from './subscription.ts'
import { readSubscription, startOf } from './subscription.ts'
import { pause } from './timekeeper.ts'
import type { Worker } from './worker.ts'
import { createWorker } from './worker.ts'

/** While there is news, it is looked for as often as this; then less and less often, down to `pollMs`. */
const BUSY_POLL_MS = 20
const MAX_PARKED = 500

const LaneAsked = z.object({ subscription: Id, caseId: Id, version: z.int().min(1) })
const ParkedAsked = z.strictObject({ subscription: Id.optional(), limit: z.int().min(1).max(MAX_PARKED).default(100) })
const ReplayAsked = z.strictObject({
  caseId: Id.optional(),
  from: z.union([z.int().min(1), Instant, z.date().transform((date) => date.toISOString())]).optional(),
})

/** The durable subscriptions of a desk. */
export interface Subscriptions {
  subscribe(name: unknown, options: unknown, handler: unknown): Promise<Subscription>
  parked(asked?: unknown): Promise<readonly ParkedLane[]>
  retry(lane: unknown): Promise<boolean>
  skip(lane: unknown): Promise<boolean>
  replay(name: unknown, asked?: unknown): Promise<boolean>
  subscriptions(): Promise<readonly Backlog[]>
  unsubscribe(name: unknown): Promise<boolean>
  close(withinMs: number): Promise<void>
}

/** What the subscriptions of a desk go through. */
export interface SubscriptionsOptions {
  readonly store: Store
  readonly tenant: string
  readonly listeners: Listeners
  readonly now: () => Date
  readonly lift: (entry: Entry) => Entry
}

/**
 * Sets up the subscriptions of a desk. One loop looks for all of them whether there is anything to do, one query each
 * time; it runs while there is a subscription.
 */
export function createSubscriptions(given: SubscriptionsOptions): Subscriptions {
  const { store, tenant, listeners, now } = given
  const workers = new Set<Worker>()
  const settle = store.lanes && sharedSettling(store.lanes, tenant)
  let isLooking = false
  let round: Promise<boolean> | undefined
  let wake = new AbortController()
  let isClosed = false

  const lanesOf = (): Lanes => {
    if (store.lanes !== undefined) return store.lanes
    throw new RedressError('input-invalid', 'This store keeps no lanes, so that nobody can subscribe to it durably.')
  }

  const failed = (error: unknown) => listeners.tell('desk-error', { during: 'delivery', caseId: undefined, error })

  /** The workers with a free hand for which there may be something to do. */
  async function stirring(): Promise<readonly Worker[]> {
    const free = [...workers].filter((one) => one.freeHands() > 0)
    const waiting = free.filter((one) => !one.leftSome())
    if (waiting.length === 0) return free
    const latest = new Date(now().getTime() + LONGEST_RETRY_MS + MAX_AHEAD_MS).toISOString()
    const names = [...new Set(waiting.map(({ name }) => name))]
    const stirs = new Set(await lanesOf().stirring(tenant, names, { now: now().toISOString(), latest }))
    return free.filter((one) => one.leftSome() || stirs.has(one.name))
  }

  async function takeAll(): Promise<boolean> {
    const taken = await Promise.all(
      (await stirring()).map((worker) =>
        worker.take().catch((error: unknown) => {
          failed(error)
          return 0
        }),
      ),
    )
    return taken.some((lanes) => lanes > 0)
  }

  async function run(): Promise<void> {
    isLooking = true
    let waitMs = BUSY_POLL_MS
    while (workers.size > 0) {
      wake = new AbortController()
      const pollMs = Math.min(...[...workers].map((one) => one.pollMs))
      try {
        round = takeAll()
        waitMs = (await round) ? BUSY_POLL_MS : waitMs * 2
      } catch (error) {
        failed(error)
        waitMs = pollMs
      }
      waitMs = Math.min(waitMs, pollMs)
      await pause(waitMs, wake.signal)
    }
    isLooking = false
  }

  async function close(worker: Worker, withinMs: number): Promise<void> {
    const closing = worker.close(withinMs)
    workers.delete(worker)
    wake.abort()
    await Promise.all([closing, round?.catch(() => {})])
  }

  async function release(input: unknown, skip: boolean): Promise<boolean> {
    const { version, ...lane } = read(LaneAsked, input, 'A lane is named as `parked` lists it')
    const done = await lanesOf().release(tenant, { ...lane, version }, skip, now().toISOString())
    wake.abort()
    return done
  }

  return {
    async subscribe(name, options, handler) {
      if (isClosed) throw closedDesk()
      const lanes = lanesOf()
      const asked = readSubscription(name, options, handler)
      const { signal, transaction, from } = asked.options
      if (transaction !== undefined && store.within === undefined) {
        throw new RedressError(
          'input-invalid',
          'This store can’t join a transaction of the host’s: `transaction` is of no use.',
        )
      }
      await lanes.subscribe(tenant, asked.name, startOf(from, now().toISOString()))
      const worker: Worker = createWorker({
        ...given,
        ...asked,
        lanes,
        handler: handler as DeliveryHandler,
        settle: settle as NonNullable<typeof settle>,
        freed: () => {
          if (worker.leftSome()) wake.abort()
        },
      })
      let closing: Promise<void> | undefined
      const end = (withinMs = CLOSE_WITHIN_MS) => {
        signal?.removeEventListener('abort', onAbort)
        closing ??= close(worker, withinMs)
        return closing
      }
      const onAbort = () => void end()
      // It closed meanwhile: the subscription is known, and nobody is at work on it here.
      if (isClosed) throw closedDesk()
      if (signal?.aborted) await end()
      else {
        signal?.addEventListener('abort', onAbort)
        workers.add(worker)
        wake.abort()
        if (!isLooking) void run()
      }
      return { name: asked.name, close: (how) => end(how?.withinMs), [Symbol.asyncDispose]: () => end() }
    },

    async parked(input) {
      const { subscription, limit } = read(
        ParkedAsked,
        input ?? {},
        'Parked lanes are asked for as { subscription, limit }',
      )
      return lanesOf().parked(tenant, subscription, limit)
    },

    retry: (lane) => release(lane, false),
    skip: (lane) => release(lane, true),

    async replay(name, input) {
      const subscription = read(Id, name, 'A subscription has a name')
      const { caseId, from } = read(ReplayAsked, input ?? {}, 'What is replayed is said as { caseId, from }')
      if ((caseId === undefined ? 'number' : 'string') === typeof from) {
        throw new RedressError('input-invalid', 'One case is replayed from a version on, all of them from a moment on.')
      }
      const where = typeof from === 'number' ? { version: from } : { since: from }
      const done = await lanesOf().replay(tenant, subscription, { caseId, ...where, now: now().toISOString() })
      wake.abort()
      return done
    },

    subscriptions: async () => lanesOf().backlogs(tenant, now().toISOString()),

    async unsubscribe(name) {
      const subscription = read(Id, name, 'A subscription has a name')
      const own = [...workers].filter((worker) => worker.name === subscription)
      await Promise.all(own.map((worker) => close(worker, CLOSE_WITHIN_MS)))
      return lanesOf().forget(tenant, subscription)
    },

    async close(withinMs) {
      isClosed = true
      await Promise.all([...workers].map((worker) => close(worker, withinMs)))
    },
  }
}

const read = <T extends z.ZodType>(schema: T, input: unknown, what: string): z.output<T> =>
  valueOrThrow(parsePlain(schema, input), what)
