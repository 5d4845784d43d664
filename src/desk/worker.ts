import type { Entry } from '../machine/case.ts'
import type { Id, Instant } from '../protocol/words.ts'
import type { Lanes } from '../stores/lanes.ts'
import type { Store } from '../stores/store.ts'
import { attempt, codeOf, LONGEST_RETRY_MS, waitAfter } from './attempt.ts'
import type { DeliveryHandler } from './delivery.ts'
import { DeliveryError, deliveryId } from './delivery.ts'
import type { Hand } from './hand.ts'
import { notesOn } from './hand.ts'
import type { Listeners } from './listeners.ts'
import { MAX_AHEAD_MS } from './moment.ts'
import type { Settle } from './settling.ts'
import type { ReadSubscribeOptions } from './subscription.ts'
import { isOfProtocols, wants } from './subscription.ts'
import { pause } from './timekeeper.ts'

/** An entry that was read longer ago is read again: words may have been erased since. */
const FRESH_MS = 1_000
/** The longest that a timer can hold. */
const MOST_MS = 2 ** 31 - 1

/** What a worker works with. */
export interface WorkerOptions {
  readonly store: Store
  readonly lanes: Lanes
  readonly tenant: string
  readonly name: Id
  readonly options: ReadSubscribeOptions
  readonly handler: DeliveryHandler
  readonly settle: Settle
  /** Says an entry in the words of this desk's protocols. */
  readonly lift: (entry: Entry) => Entry
  readonly listeners: Listeners
  readonly now: () => Date
  /** A hand is free. */
  freed(): void
}

/** One subscription at work in one process. */
export interface Worker {
  readonly name: Id
  readonly pollMs: number
  freeHands(): number
  /** Whether the last claim left lanes behind. */
  leftSome(): boolean
  /** Claims as many lanes as it has hands, and serves them. Says how many. */
  take(): Promise<number>
  /** Finishes the entries in hand and no more; those that take longer than that are told to stop. */
  close(withinMs: number): Promise<void>
}

const noWord = { park: false, retryAfterMs: undefined }

/** Sets up a worker. */
export function createWorker(given: WorkerOptions): Worker {
  const { store, lanes, tenant, name, options, handler, settle, lift, listeners, now, freed } = given
  const { concurrency, leaseMs, timeoutMs, parkAfter, filter, transaction } = options
  const stop = new AbortController()
  const inHand = new Set<Promise<void>>()
  let isClosing = false
  let left = false
  let taking: Promise<void> | undefined

  const after = (ms: number): Instant => new Date(now().getTime() + ms).toISOString()
  const failed = (caseId: Id | undefined, error: unknown) =>
    listeners.tell('desk-error', { during: 'delivery', caseId, error })

  const { settlementOf, settled, kept } = notesOn({ name, leaseMs, settle, now, stop: stop.signal, failed })

  /** A handler that joins the host's transaction moves its lane on there. */
  const inTransaction =
    (hand: Hand): DeliveryHandler =>
    async (delivery) => {
      await transaction?.(async (tx) => {
        await handler({ ...delivery, tx } as never)
        const leaseEnd = performance.now() + leaseMs
        const told = settlementOf(hand, { next: hand.next + 1, keptUntil: after(leaseMs) })
        const [held] = (await store.within?.(tx).lanes?.settle(tenant, [told])) ?? []
        if (held !== true) throw new DeliveryError('The lane is in other hands; what was done with it is rolled back.')
        hand.leaseEnd = leaseEnd
      })
      hand.token += 1
    }

  /** The entry as the desk reads it, and as it is now. */
  async function read(hand: Hand, entry: Entry): Promise<Entry> {
    if (performance.now() - hand.readAt < FRESH_MS) return lift(entry)
    for await (const now of store.log(tenant, entry.caseId, entry.version - 1)) return lift(now)
    return lift(entry)
  }

  /** Hands an entry over, if it is wanted. Whether the lane stays in hand. */
  async function handOver(hand: Hand, listed: Entry): Promise<boolean> {
    const { attempts, firstAt = after(0) } = hand
    const { caseId, version } = listed
    // Known before it is read: a desk may lack the protocols that it does not ask for.
    if (!isOfProtocols(filter, listed)) return true
    let entry: Entry
    try {
      entry = await read(hand, listed)
    } catch (error) {
      await putOff(hand, version, firstAt, error)
      return false
    }
    if (!wants(filter, entry)) return true
    if (hand.leaseEnd - performance.now() < (timeoutMs + leaseMs) / 2 && !(await kept(hand))) return false
    const id = deliveryId(tenant, name, caseId, version)
    const delivery = { subscription: name, caseId, entry, id, attempt: attempts, firstAt }
    const one = await attempt(transaction ? inTransaction(hand) : handler, delivery, timeoutMs, stop.signal)
    if (one.ended === 'delivered') return true
    if (one.ended === 'stopped')
      await settled(hand, { attempts: attempts - 1, firstAt: attempts > 1 ? firstAt : undefined })
    if (one.ended === 'failed') await putOff(hand, version, firstAt, one.error)
    return false
  }

  async function putOff(hand: Hand, version: number, firstAt: Instant, error: unknown): Promise<void> {
    const { attempts, lane } = hand
    const { park, retryAfterMs } = error instanceof DeliveryError ? error : noWord
    // Who says when to come back is not given up for coming back often.
    const parks = park || (attempts >= parkAfter && retryAfterMs === undefined)
    const retryAt = parks ? undefined : after(waitAfter(attempts, error, options))
    const parked = parks ? codeOf(error) : undefined
    const counted = parks ? attempts : Math.min(attempts, parkAfter - 1)
    if (!(await settled(hand, { attempts: counted, firstAt, retryAt, parked }))) return
    const { caseId } = lane
    listeners.tell('delivery-failed', { subscription: name, caseId, version, attempt: attempts, error, retryAt })
  }

  async function serve(hand: Hand): Promise<void> {
    const { entries, attempts, caseId } = hand.lane
    if (attempts > parkAfter) {
      // Whoever had it died each time: that is what it is parked for, too.
      await settled(hand, { attempts: attempts - 1, firstAt: hand.firstAt, parked: 'lease-lost' })
      return
    }
    for (const entry of entries) {
      if (isClosing || performance.now() >= hand.leaseEnd) break
      if (!(await handOver(hand, entry))) return
      hand.next = entry.version + 1
      hand.attempts = 1
      hand.firstAt = undefined
      // After a failure each step is noted, so that what kills a process is found, and its neighbours are not tried for it.
      if (attempts > 1 && transaction === undefined && !(await kept(hand))) return
    }
    // One without entries was noted as far as it had come by somebody who died behind it.
    const isUntried = hand.next === hand.lane.next && entries.length > 0
    if (await settled(hand, { attempts: isUntried ? attempts - 1 : 0 })) return
    failed(caseId, new DeliveryError(`${name} has lost the lane: what was delivered may be delivered again.`))
  }

  async function claim(): Promise<number> {
    const limit = concurrency - inHand.size
    const [leaseEnd, readAt] = [performance.now() + leaseMs, performance.now()]
    const latest = after(LONGEST_RETRY_MS + MAX_AHEAD_MS)
    const claimed = await lanes.claim(tenant, name, { now: after(0), until: after(leaseMs), latest, limit })
    left = claimed.length === limit
    for (const lane of claimed) {
      const { token, next, attempts, firstAt } = lane
      const serving = serve({ lane, token, next, attempts, firstAt, leaseEnd, readAt })
        .catch((error: unknown) => failed(lane.caseId, error))
        .finally(() => {
          inHand.delete(serving)
          freed()
        })
      inHand.add(serving)
    }
    return claimed.length
  }

  async function handsEmpty(): Promise<void> {
    await taking
    while (inHand.size > 0) await Promise.all(inHand)
  }

  return {
    name,
    pollMs: options.pollMs,
    freeHands: () => (isClosing ? 0 : concurrency - inHand.size),
    leftSome: () => left,

    take() {
      if (isClosing) return Promise.resolve(0)
      const one = claim()
      taking = one.then(
        () => {},
        () => {},
      )
      return one
    },

    async close(withinMs) {
      isClosing = true
      const over = new AbortController()
      const inTime = handsEmpty().then(() => over.abort())
      await pause(Math.min(withinMs, MOST_MS), over.signal)
      stop.abort(new DeliveryError('The subscription is being closed.'))
      await inTime
    },
  }
}
