import { RedressError } from '../errors.ts'
import type { Calendar, Span, WorkingTime } from '../protocol/calendar.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** How long things take, in epoch milliseconds. */
export interface Hours {
  /** The moment at which a span is over. */
  add(from: number, span: Span): number
  /** What has passed of them between two moments. */
  between(from: number, to: number): number
  /** The moment at which so much of them has passed. */
  after(from: number, milliseconds: number): number
}

/** All hours of all days, in UTC: what is counted where there is no calendar. */
export const allHours: Hours = {
  add(from, span) {
    if ('workingMinutes' in span) return from + span.workingMinutes * MINUTE_MS
    if ('workingHours' in span) return from + span.workingHours * HOUR_MS
    if ('workingDays' in span) return from + span.workingDays * DAY_MS
    if ('days' in span) return from + span.days * DAY_MS
    if ('weeks' in span) return from + span.weeks * 7 * DAY_MS
    if ('closeOfWorkingDay' in span) return (Math.floor(from / DAY_MS) + span.closeOfWorkingDay + 1) * DAY_MS
    return monthsLater(from, span.months)
  },
  between: (from, to) => Math.max(0, to - from),
  after: (from, milliseconds) => from + milliseconds,
}

/** The same day of a later month, or that month’s last. */
function monthsLater(from: number, months: number): number {
  const at = new Date(from)
  const day = at.getUTCDate()
  at.setUTCDate(1)
  at.setUTCMonth(at.getUTCMonth() + months + 1, 0)
  at.setUTCDate(Math.min(day, at.getUTCDate()))
  return at.getTime()
}

/** The hours of a calendar, reckoned by whoever can; throws `input-invalid` where nobody was given who can. */
export function hoursOf(calendar: Calendar | undefined, workingTime: WorkingTime | undefined): Hours {
  if (calendar === undefined) return allHours
  if (workingTime === undefined) {
    throw new RedressError(
      'input-invalid',
      'The map has a calendar, and nobody to reckon with it: give `workingTime`, which is `temporalWorkingTime` of redress/clocks.',
    )
  }
  const instant = (epoch: number) => new Date(epoch).toISOString()
  return {
    add: (from, span) => Date.parse(workingTime.add(instant(from), span, calendar)),
    between: (from, to) => (to > from ? workingTime.between(instant(from), instant(to), calendar) : 0),
    after: (from, milliseconds) => Date.parse(workingTime.addWorking(instant(from), milliseconds, calendar)),
  }
}
