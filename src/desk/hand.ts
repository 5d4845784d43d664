import type { Id, Instant } from '../protocol/words.ts'
import type { LaneInHand, LaneSettlement } from '../stores/lanes.ts'
import type { Settle } from './settling.ts'
import { pause } from './timekeeper.ts'

const AGAIN_MS = 50
const MOST_AGAIN_MS = 1_000

/** A lane in hand, as far as it has come. */
export interface Hand {
  readonly lane: LaneInHand
  token: number
  next: number
  /** How many tries `next` has, this one included. */
  attempts: number
  firstAt: Instant | undefined
  /** By the clock that nobody sets. */
  leaseEnd: number
  readAt: number
}

/** What notes on lanes in hand are made with. */
export interface NoteTerms {
  readonly name: Id
  readonly leaseMs: number
  readonly settle: Settle
  readonly now: () => Date
  /** Nobody waits any longer for what can't be noted. */
  readonly stop: AbortSignal
  readonly failed: (caseId: Id, error: unknown) => void
}

/** The ways to note what becomes of lanes in hand. */
export function notesOn({ name, leaseMs, settle, now, stop, failed }: NoteTerms) {
  const after = (ms: number): Instant => new Date(now().getTime() + ms).toISOString()

  const settlementOf = (hand: Hand, told: Partial<LaneSettlement>): LaneSettlement => ({
    subscription: name,
    caseId: hand.lane.caseId,
    token: hand.token,
    next: hand.next,
    now: after(0),
    attempts: 0,
    ...told,
  })

  /** Notes it, as often as it takes while the lease lasts; false where the lane is lost. */
  async function settled(hand: Hand, told: Partial<LaneSettlement>): Promise<boolean> {
    for (let againMs = AGAIN_MS; ; againMs = Math.min(2 * againMs, MOST_AGAIN_MS)) {
      try {
        return await settle(settlementOf(hand, told))
      } catch (error) {
        failed(hand.lane.caseId, error)
        if (stop.aborted || performance.now() + againMs >= hand.leaseEnd) return false
        await pause(againMs, stop)
      }
    }
  }

  /** Keeps it for another lease; false where it is lost. */
  async function kept(hand: Hand): Promise<boolean> {
    const leaseEnd = performance.now() + leaseMs
    const { attempts, firstAt } = hand
    if (!(await settled(hand, { attempts, firstAt, keptUntil: after(leaseMs) }))) return false
    hand.token += 1
    hand.leaseEnd = leaseEnd
    return true
  }

  return { settlementOf, settled, kept }
}
