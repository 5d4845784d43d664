import type { Refused } from '../machine/judge.ts'
import { malformed } from '../machine/refusal.ts'
import type { AnyCommand } from '../protocol/command.ts'
import type { Issue } from '../protocol/parse.ts'
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

/** Whether a moment lies further ahead than two clocks lie apart. */
export const isAhead = (at: Instant, now: Instant): boolean =>
  at > now && Date.parse(at) > Date.parse(now) + MAX_AHEAD_MS

/** What is wrong with such a moment. */
export const ahead: Issue = { path: 'at', message: 'a moment that has come' }

/** The refusal of what is said to happen later than now: recorded once, it would make all that really happens late news. */
export function aheadOf(now: Instant, commands: readonly AnyCommand[]): Refused | undefined {
  const index = commands.findIndex(({ at }) => isAhead(at, now))
  const type = commands[index]?.type
  return type === undefined ? undefined : { accepted: false, refusal: { ...malformed(type, [ahead]), index } }
}
