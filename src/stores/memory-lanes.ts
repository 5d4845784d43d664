import type { Case, Entry } from '../machine/case.ts'
import { copyOf } from '../protocol/plain.ts'
import type { Id, Instant } from '../protocol/words.ts'
import type { Backlog, LaneInHand, LaneName, LaneReplay, Lanes, LaneTimes } from './lanes.ts'
import { ENTRIES_AT_ONCE } from './lanes.ts'

interface KeptLane {
  readonly caseId: Id
  next: number
  newest: number
  token: number
  attempts: number
  firstAt?: Instant | undefined
  /** When it may be claimed; none where there is nothing to deliver, or it is parked. */
  due?: Instant | undefined
  parked?: { readonly since: Instant; readonly error: string } | undefined
}

/** A subscription, and how many of all entries its lanes know. */
export interface KeptSubscription {
  readonly lanes: Map<Id, KeptLane>
  readonly since: Instant | undefined
  reached: number
}

interface Shelf {
  readonly cases: ReadonlyMap<Id, { readonly state: Case; readonly log: readonly Entry[] }>
  readonly written: readonly Entry[]
  readonly subscriptions: Map<Id, KeptSubscription>
}

/** The lanes of a store in memory, where entries are committed one after the other. */
export function memoryLanes(shelfOf: (tenant: string) => Shelf): Lanes {
  const laneOf = (tenant: string, { subscription, caseId }: LaneName): KeptLane | undefined =>
    shelfOf(tenant).subscriptions.get(subscription)?.lanes.get(caseId)

  /** Notes in the lanes what was written since it was done last. */
  const gather = ({ written }: Shelf, subscription: KeptSubscription, now: Instant): void => {
    const { lanes, since } = subscription
    for (const { caseId, version, recordedAt } of written.slice(subscription.reached)) {
      const known = lanes.get(caseId)
      if (known === undefined && since !== undefined && recordedAt < since) continue
      const lane = known ?? { caseId, next: version, newest: version, token: firstToken(), attempts: 0 }
      lanes.set(caseId, lane)
      lane.newest = Math.max(lane.newest, version)
      if (lane.parked === undefined && lane.next <= lane.newest) lane.due ??= recordedAt < now ? recordedAt : now
    }
    subscription.reached = written.length
  }

  return {
    async subscribe(tenant, name, { since, onlyNew }) {
      const { subscriptions, written } = shelfOf(tenant)
      if (subscriptions.has(name)) return
      const begins = onlyNew ? { since: undefined, reached: written.length } : { since, reached: 0 }
      subscriptions.set(name, { lanes: new Map(), ...begins })
    },

    async stirring(tenant, names, times) {
      const { subscriptions, written } = shelfOf(tenant)
      return names.filter((name) => {
        const { lanes, reached } = subscriptions.get(name) ?? {
          lanes: new Map<Id, KeptLane>(),
          reached: written.length,
        }
        return reached < written.length || [...lanes.values()].some((lane) => isDue(lane, times))
      })
    },

    async claim(tenant, name, { limit, until, ...times }) {
      const shelf = shelfOf(tenant)
      const subscription = shelf.subscriptions.get(name)
      if (subscription === undefined) return []
      gather(shelf, subscription, times.now)
      const due = [...subscription.lanes.values()].filter((lane) => isDue(lane, times))
      due.sort((one, other) => ((one.due as Instant) < (other.due as Instant) ? -1 : 1))
      return due.slice(0, limit).map((lane): LaneInHand => {
        lane.due = until
        lane.token += 1
        lane.attempts += 1
        lane.firstAt ??= times.now
        const { caseId, next, token, attempts, firstAt } = lane
        const log = shelf.cases.get(caseId)?.log ?? []
        const entries = copyOf(log.slice(next - 1, next - 1 + ENTRIES_AT_ONCE))
        return { subscription: name, caseId, token, next, attempts, firstAt, entries }
      })
    },

    async settle(tenant, settlements) {
      return settlements.map((one) => {
        const lane = laneOf(tenant, one)
        if (lane === undefined || lane.token !== one.token) return false
        const { next, attempts, firstAt, keptUntil, retryAt, parked, now } = one
        Object.assign(lane, { next, attempts, firstAt })
        lane.parked = parked === undefined ? undefined : { since: now, error: parked }
        lane.due = parked !== undefined ? undefined : (keptUntil ?? retryAt ?? (next <= lane.newest ? now : undefined))
        lane.token += 1
        return true
      })
    },

    async parked(tenant, asked, limit) {
      const { subscriptions } = shelfOf(tenant)
      const all = [...subscriptions].flatMap(([subscription, { lanes }]) =>
        [...lanes.values()].flatMap(({ caseId, next, attempts, parked }) =>
          parked === undefined ? [] : [{ subscription, caseId, version: next, attempts, ...parked }],
        ),
      )
      const found = all.filter(({ subscription }) => asked === undefined || subscription === asked)
      return found.sort((one, other) => (orderOf(one) < orderOf(other) ? -1 : 1)).slice(0, limit)
    },

    async release(tenant, { version, ...name }, skip, now) {
      const lane = laneOf(tenant, name)
      if (lane?.parked === undefined || lane.next !== version) return false
      rewind(lane, skip ? version + 1 : version, now)
      return true
    },

    async replay(tenant, name, { caseId, version = 1, since = '', now }: LaneReplay) {
      const { subscriptions, cases } = shelfOf(tenant)
      const subscription = subscriptions.get(name)
      if (subscription === undefined || (caseId !== undefined && !cases.has(caseId))) return false
      for (const [id, { state, log }] of caseId === undefined
        ? cases
        : [[caseId, cases.get(caseId) as never] as const]) {
        const first = caseId === undefined ? log.find(({ recordedAt }) => recordedAt >= since)?.version : version
        if (first === undefined || first > state.version) continue
        const lane = subscription.lanes.get(id) ?? {
          caseId: id,
          next: first,
          newest: 0,
          token: firstToken(),
          attempts: 0,
        }
        subscription.lanes.set(id, lane)
        lane.newest = Math.max(lane.newest, state.version)
        rewind(lane, Math.min(lane.next, first), now)
      }
      return true
    },

    async backlogs(tenant, now) {
      const shelf = shelfOf(tenant)
      const backlogs = [...shelf.subscriptions].map(([name, subscription]): Backlog => {
        gather(shelf, subscription, now)
        const lanes = [...subscription.lanes.values()]
        const count = (is: (lane: KeptLane) => boolean) => lanes.filter(is).length
        return {
          subscription: name,
          behind: count(({ due }) => due !== undefined),
          parked: count(({ parked }) => parked !== undefined),
        }
      })
      return backlogs.sort((one, other) => (one.subscription < other.subscription ? -1 : 1))
    },

    async forget(tenant, name) {
      return shelfOf(tenant).subscriptions.delete(name)
    },
  }
}

/** Tokens begin anywhere: who has a lane in hand that was forgotten can’t settle the one that took its place. */
const firstToken = (): number => Math.floor(Math.random() * 1e9)

const isDue = ({ due }: KeptLane, { now, latest }: LaneTimes): boolean =>
  due !== undefined && (due <= now || due > latest)

const orderOf = ({ since, subscription, caseId }: LaneName & { readonly since: Instant }): string =>
  JSON.stringify([since, subscription, caseId])

/** Begins anew from a version on; whoever has the lane in hand has it no more. */
function rewind(lane: KeptLane, next: number, now: Instant): void {
  Object.assign(lane, { next, attempts: 0, firstAt: undefined, parked: undefined, token: lane.token + 1 })
  lane.due = next <= lane.newest ? now : undefined
}
