import type { Calendar, DayHours } from './calendar.ts'

// Wall time is a line without daylight saving: the milliseconds since 1970-01-01T00:00 by the clock on the wall. A day
// is its number on that line; day 0 was a Thursday.

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const DAYS_SINCE_MONDAY = 3

/** A calendar’s working time along the wall clock’s line, in closed form: no question walks over the days. */
export interface WallHours {
  /** The working milliseconds before a wall time, from an arbitrary zero. */
  worked(wall: number): number
  /** The first wall time from `from` to `to` by which `worked` has come to so much, which it must by then. */
  whenWorked(milliseconds: number, from: number, to: number): number
  /** The nth working day after a day, if it comes within so many days. */
  workingDayAfter(day: number, nth: number, horizon: number): number | undefined
  /** That time on that working day; where its hours don’t have it, the next opening, or else the close. */
  within(day: number, timeOfDay: number): number
  /** The last close of a working day. */
  close(day: number): number
}

/** The day of a wall time. */
export const dayOf = (wall: number): number => Math.floor(wall / DAY_MS)

/** The milliseconds since midnight of a wall time. */
export const timeOfDay = (wall: number): number => wall - dayOf(wall) * DAY_MS

/** The first whole number from `low` for which something holds that goes on holding; `high` if there is none below it. */
export function firstFrom(low: number, high: number, holds: (candidate: number) => boolean): number {
  let [below, from] = [low, high]
  while (below < from) {
    const middle = Math.floor((below + from) / 2)
    if (holds(middle)) from = middle
    else below = middle + 1
  }
  return from
}

/** Lays a calendar’s hours along the wall clock’s line. */
export function wallHours({ hours, holidays }: Calendar): WallHours {
  const week = ([1, 2, 3, 4, 5, 6, 7] as const).map((weekday) => (hours[weekday] ?? []).map(inMilliseconds))
  const free = [...new Set(holidays)].map((date) => dayOf(Date.parse(`${date}T00:00Z`))).sort((a, b) => a - b)
  const hoursOf = (day: number) => week[weekdayOf(day)] ?? []
  const time = tally((day) => lengthOf(hoursOf(day)), free)
  const days = tally((day) => (hoursOf(day).length > 0 ? 1 : 0), free)
  const close = (day: number) => day * DAY_MS + (hoursOf(day).at(-1)?.[1] ?? 0)

  return {
    worked(wall) {
      const day = dayOf(wall)
      const whole = time(day)
      if (time(day + 1) === whole) return whole
      const since = wall - day * DAY_MS
      return hoursOf(day).reduce((sum, [open, close]) => sum + Math.max(0, Math.min(since, close) - open), whole)
    },
    whenWorked(milliseconds, from, to) {
      const day = firstFrom(dayOf(from), dayOf(to), (one) => time(one + 1) >= milliseconds)
      let left = milliseconds - time(day)
      for (const [open, close] of hoursOf(day)) {
        if (left <= close - open) return day * DAY_MS + open + left
        left -= close - open
      }
      return to
    },
    workingDayAfter(day, nth, horizon) {
      const until = day + horizon
      const found = firstFrom(day + 1, until, (one) => days(one + 1) - days(day + 1) >= nth)
      return found < until ? found : undefined
    },
    within(day, since) {
      const next = hoursOf(day).find(([, close]) => since <= close)
      return next === undefined ? close(day) : day * DAY_MS + Math.max(since, next[0])
    },
    close,
  }
}

type Opening = readonly [open: number, close: number]

const inMilliseconds = ([open, close]: DayHours[number]): Opening => [sinceMidnight(open), sinceMidnight(close)]

const sinceMidnight = (time: string) => (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) * MINUTE_MS

const lengthOf = (openings: readonly Opening[]) => openings.reduce((sum, [open, close]) => sum + close - open, 0)

/** Monday is 0. */
const weekdayOf = (day: number) => (((day + DAYS_SINCE_MONDAY) % 7) + 7) % 7

/** How much of something that recurs every week, but not on free days, comes before a day; free days are in order. */
function tally(of: (day: number) => number, free: readonly number[]): (day: number) => number {
  const monday = -DAYS_SINCE_MONDAY
  const week = sums([0, 1, 2, 3, 4, 5, 6].map((index) => of(monday + index)))
  const lost = sums(free.map(of))
  return (day) => {
    const weeks = Math.floor((day - monday) / 7)
    const freeBefore = firstFrom(0, free.length, (index) => (free[index] ?? 0) >= day)
    return weeks * (week[7] ?? 0) + (week[day - monday - weeks * 7] ?? 0) - (lost[freeBefore] ?? 0)
  }
}

/** 0, the first, the first two together, … */
function sums(numbers: readonly number[]): readonly number[] {
  const all = [0]
  for (const number of numbers) all.push((all.at(-1) ?? 0) + number)
  return all
}
