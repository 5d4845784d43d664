import * as z from 'zod'
import { RedressError } from '../errors.ts'
import type { Instant } from './words.ts'

const MAX_OPENINGS_A_DAY = 24
const MAX_HOLIDAYS = 10_000

/** Intl knows names and, in newer runtimes, offsets like `+01:00`, which have no daylight saving: only names begin with a letter. */
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/

function isTimeZone(name: string): boolean {
  if (!ZONE_NAME.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** A time zone by its IANA name (`Europe/London`, `UTC`) that the runtime’s Intl knows. */
export const TimeZone = z.string().refine(isTimeZone, {
  error: ({ input }) => `an IANA time zone, which ${JSON.stringify(String(input).slice(0, 64))} is not`,
})
export type TimeZone = z.infer<typeof TimeZone>

const opens = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a local time from 00:00 to 23:59')
const closes = z.string().regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'a local time from 00:01 to 24:00')

/** The hours of one weekday: `[open, close]` in local time, in order, not overlapping; several where there are breaks, none on a day off. */
export const DayHours = z
  .array(z.tuple([opens, closes]).readonly())
  .max(MAX_OPENINGS_A_DAY)
  .check(({ value, issues }) => {
    value.forEach(([open, close], index) => {
      const before = value[index - 1]
      const refuse = (message: string) => issues.push({ code: 'custom', message, input: value, path: [index] })
      if (open >= close) refuse('hours that open before they close')
      if (before !== undefined && open < before[1]) refuse('hours that begin after the ones before them have ended')
    })
  })
  .readonly()
export type DayHours = z.infer<typeof DayHours>

const hoursOfDay = DayHours.optional()

/** A week of hours, by ISO weekday: 1 is Monday, 7 is Sunday; a weekday that is left out is a day off. At least one opens. */
export const WeekHours = z
  .strictObject({
    1: hoursOfDay,
    2: hoursOfDay,
    3: hoursOfDay,
    4: hoursOfDay,
    5: hoursOfDay,
    6: hoursOfDay,
    7: hoursOfDay,
  })
  .refine((week) => Object.values(week).some((day) => day !== undefined && day.length > 0), 'hours on at least one day')
  .readonly()
export type WeekHours = z.infer<typeof WeekHours>

/**
 * When an organisation works: its weekly hours by the clock on the wall of a time zone, without its holidays (whole
 * local dates, `YYYY-MM-DD`). Plain JSON; do not change one after its first use.
 */
export const Calendar = z
  .strictObject({
    timeZone: TimeZone,
    hours: WeekHours,
    holidays: z.array(z.iso.date('a date that exists, as YYYY-MM-DD')).max(MAX_HOLIDAYS).readonly(),
  })
  .readonly()
export type Calendar = z.infer<typeof Calendar>

/** Reads a calendar from anything, frozen; throws `input-invalid`, naming each field that is wrong. */
export function readCalendar(input: unknown): Calendar {
  const parsed = Calendar.safeParse(input)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  const faults = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  throw new RedressError('input-invalid', `The calendar can’t be used: ${faults.join('; ')}.`, { facts: { issues } })
}

/** Monday to Friday from 09:00 to 17:00; throws `input-invalid` for a time zone or a holiday that does not exist. */
export function officeHours(timeZone: string, holidays: readonly string[] = []): Calendar {
  const day = [['09:00', '17:00']]
  return readCalendar({ timeZone, hours: { 1: day, 2: day, 3: day, 4: day, 5: day }, holidays })
}

/** Every hour of every day; throws `input-invalid` for a time zone that does not exist. */
export function aroundTheClock(timeZone = 'UTC'): Calendar {
  const day = [['00:00', '24:00']]
  return readCalendar({ timeZone, hours: { 1: day, 2: day, 3: day, 4: day, 5: day, 6: day, 7: day }, holidays: [] })
}

const upTo = (max: number) => z.int().min(1).max(max)

/**
 * How long a clock runs. `workingMinutes` and `workingHours` are exact elapsed working time. `workingDays` is the same
 * local time so many working days later; what begins outside working hours begins at the next opening, and where that
 * day has no such time it is its next opening, or else its close. `closeOfWorkingDay` is the close of the nth working
 * day after the local date. `days`, `weeks` and `months` are calendar time at the same local time.
 */
export const Span = z.union(
  [
    z.strictObject({ workingMinutes: upTo(600_000) }).readonly(),
    z.strictObject({ workingHours: upTo(10_000) }).readonly(),
    z.strictObject({ workingDays: upTo(1_000) }).readonly(),
    z.strictObject({ closeOfWorkingDay: upTo(1_000) }).readonly(),
    z.strictObject({ days: upTo(3_660) }).readonly(),
    z.strictObject({ weeks: upTo(520) }).readonly(),
    z.strictObject({ months: upTo(120) }).readonly(),
  ],
  {
    error:
      'one of workingMinutes, workingHours, workingDays, closeOfWorkingDay, days, weeks or months, as a whole number from 1',
  },
)
export type Span = z.infer<typeof Span>

/** The arithmetic of due times. It reads no clock, and throws `input-invalid` for what it can’t reckon with. */
export interface WorkingTime {
  /** The moment at which a span is over. */
  add(from: Instant, span: Span, calendar: Calendar): Instant
  /** The working milliseconds from one moment to another, 0 if that is not later. */
  between(from: Instant, to: Instant, calendar: Calendar): number
  /** The first moment by which so many working milliseconds have passed; for 0, the moment itself or the next opening. */
  addWorking(from: Instant, milliseconds: number, calendar: Calendar): Instant
  /** The day that the calendar's zone shows at a moment: `2026-01-31`. */
  dayOf(at: Instant, calendar: Calendar): string
}
