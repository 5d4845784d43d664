/** When the next thing happens, told from the moment before. */
export type When = (before: Date) => Date

/** A clock that stands until it is set: the demo lives through weeks in a second, and the same weeks every time. */
export interface Clock {
  now(): Date
  set(moment: Date): void
}

/** A clock that stands at a moment. */
export function createClock(moment: Date): Clock {
  let now = moment
  return {
    now: () => now,
    set(next) {
      now = next
    },
  }
}

/** A few minutes later. */
export const minutes =
  (count: number): When =>
  (before) =>
    new Date(before.getTime() + count * 60_000)

/** At once; where that is a weekend, on Monday morning. */
export const atWork: When = (moment) => (moment.getUTCDay() % 6 === 0 ? workdays(1, '08:40')(moment) : moment)

/** So many working days later, at an hour (UTC) of that day: `workdays(2, '09:30')`. */
export const workdays =
  (count: number, hour: string): When =>
  (before) => {
    const day = new Date(`${before.toISOString().slice(0, 10)}T${hour}:00Z`)
    for (let left = count; left > 0; ) {
      day.setUTCDate(day.getUTCDate() + 1)
      if (day.getUTCDay() % 6 !== 0) left--
    }
    return day
  }
