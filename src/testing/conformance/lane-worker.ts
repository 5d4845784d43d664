import type { LaneInHand, LaneSettlement, Lanes } from '../../stores/lanes.ts'
import type { Store } from '../../stores/store.ts'

export const at = (minute: number) => `2026-03-05T09:${String(minute).padStart(2, '0')}:00.000Z`
export const latest = '2026-03-08T09:00:00.000Z'
/** More than any clause needs: a store that hands out the same for ever must not be waited for. */
export const MAX_CLAIMS = 50
export const requires = ['subscriptions'] as const

/** Claims of one subscription: leases of a minute, by a clock that is told the time. */
export function workerOn(store: Store, subscription = 's', tenant = 't') {
  const lanes = store.lanes as Lanes
  const claim = (minute: number, limit = 100) =>
    lanes.claim(tenant, subscription, { now: at(minute), until: at(minute + 1), latest, limit })
  const settle = async (lane: LaneInHand, minute: number, told: Partial<LaneSettlement> = {}) => {
    const { token, caseId, next, entries } = lane
    const settlement = {
      subscription,
      caseId,
      token,
      next: next + entries.length,
      now: at(minute),
      attempts: 0,
      ...told,
    }
    const [held] = await lanes.settle(tenant, [settlement])
    return held
  }
  /** All that can be had at a minute, in order. */
  const drain = async (minute: number) => {
    const had: string[] = []
    for (let claims = 0; claims < MAX_CLAIMS; claims++) {
      const claimed = await claim(minute)
      if (claimed.length === 0) return had.sort()
      for (const lane of claimed) {
        had.push(...lane.entries.map(({ caseId, version }) => `${caseId} ${version}`))
        await settle(lane, minute)
      }
    }
    throw new Error(`There is no end of what it hands out: ${had.slice(0, 10).join(', ')} …`)
  }
  const stirs = async (minute: number) =>
    (await lanes.stirring(tenant, [subscription], { now: at(minute), latest })).length > 0
  return { lanes, claim, settle, drain, stirs }
}
