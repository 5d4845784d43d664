import type { Delivery } from '../desk/delivery.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** How long after each failed try the next one comes: the schedule of the Standard Webhooks specification, ten tries in all. */
const delaysMs = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
] as const

const SHORTEST_MS = delaysMs[0]
const LONGEST_MS = delaysMs[8]
const SPAN_MS = delaysMs.reduce((sum, one) => sum + one, 0)
/** At most so much longer, by chance, so that those who failed together do not come back together. */
const JITTER = 0.2

/** When a delivery that failed is tried again, in milliseconds from now, or that it is not. */
export type NextTry = { readonly retryAfterMs: number } | { readonly park: true }

/**
 * The next try, after the `Retry-After` of the receiver where it sent one (5 s to 24 h), otherwise by the schedule. A
 * receiver that says when to come back is not given up before the time that the schedule takes is over.
 */
export function nextTry({ attempt, firstAt }: Delivery, retryAfter: string | undefined, now: Date): NextTry {
  const asked = retryAfter === undefined ? undefined : askedFor(retryAfter, now)
  const scheduled = delaysMs[attempt - 1]
  const spent = scheduled === undefined && now.getTime() >= Date.parse(firstAt) + SPAN_MS
  if (asked !== undefined && !spent) return { retryAfterMs: Math.min(Math.max(asked, SHORTEST_MS), LONGEST_MS) }
  if (scheduled === undefined) return { park: true }
  return { retryAfterMs: Math.round(scheduled * (1 + JITTER * Math.random())) }
}

/** `Retry-After` in milliseconds: seconds, or the date that HTTP writes; none where it is neither. */
function askedFor(retryAfter: string, now: Date): number | undefined {
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * SECOND_MS
  const time = /^[A-Z][a-z]+, .* GMT$/.test(retryAfter) ? Date.parse(retryAfter) : Number.NaN
  return Number.isNaN(time) ? undefined : time - now.getTime()
}
