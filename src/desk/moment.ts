import type { Instant } from '../protocol/words.ts'

/** How far the clocks of two machines may lie apart. */
export const MAX_AHEAD_MS = 600_000

/** A clock that says the moment as it is written down. Writing takes longer than reading, so a millisecond is written once. */
export function createWrittenNow(now: () => Date): () => Instant {
  let written = { time: Number.NaN, at: '' }
  return () => {
    const moment = now()
    const time = moment.getTime()
    if (time !== written.time) written = { time, at: moment.toISOString() }
    return written.at
  }
}
