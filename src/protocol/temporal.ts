import { Temporal } from 'temporal-polyfill'
import * as z from 'zod'
import { RedressError } from '../errors.ts'
import { type Calendar, readCalendar, Span, type WorkingTime } from './calendar.ts'
import { dayOf, timeOfDay, type WallHours, wallHours } from './wall.ts'
import type { Instant } from './words.ts'
import { firstShowing, lastBefore, wallAt, type Zone, zoneOf } from './zone.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** How far ahead anything is reckoned: a calendar with next to no working time is an error, not a wait. */
const HORIZON_DAYS = 36_525
const HORIZON_MS = HORIZON_DAYS * DAY_MS
const MAX_ZONES = 100

/** Working time on Temporal, by the clock on the wall: an hour that it shows twice counts twice, one that it skips not at all. */
export const temporalWorkingTime: WorkingTime = {
  add(from, span, calendar) {
    const start = epochOf(from)
    const length = readSpan(span)
    const { timeZone, zone, hours } = placeOf(calendar)
    if ('workingMinutes' in length) return instantOf(reach(zone, hours, start, length.workingMinutes * MINUTE_MS))
    if ('workingHours' in length) return instantOf(reach(zone, hours, start, length.workingHours * HOUR_MS))
    if ('workingDays' in length) {
      const begins = wallAt(zone, reach(zone, hours, start, 0))
      const day = workingDayAfter(hours, dayOf(begins), length.workingDays)
      return instantOf(firstShowing(zone, hours.within(day, timeOfDay(begins))))
    }
    if ('closeOfWorkingDay' in length) {
      const day = workingDayAfter(hours, dayOf(wallAt(zone, start)), length.closeOfWorkingDay)
      return instantOf(lastBefore(zone, hours.close(day)))
    }
    const local = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(timeZone)
    return instantOf(local.add(length).epochMilliseconds)
  },

  between(from, to, calendar) {
    const start = epochOf(from)
    const end = epochOf(to)
    if (end - start > HORIZON_MS) throw unusable('the moments lie more than 100 years apart')
    const { zone, hours } = placeOf(calendar)
    let worked = 0
    for (let at = start; at < end; ) {
      const stretch = zone(at)
      const until = Math.min(stretch.to, end)
      worked += hours.worked(until + stretch.offset) - hours.worked(at + stretch.offset)
      at = until
    }
    return worked
  },

  addWorking(from, milliseconds, calendar) {
    const start = epochOf(from)
    if (!Number.isSafeInteger(milliseconds) || milliseconds < 0) {
      throw unusable('working milliseconds are a whole number from 0')
    }
    const { zone, hours } = placeOf(calendar)
    return instantOf(reach(zone, hours, start, milliseconds))
  },

  dayOf(at, calendar) {
    return instantOf(wallAt(placeOf(calendar).zone, epochOf(at))).slice(0, '2026-01-31'.length)
  },
}

/** The first moment by which so much has been worked; for nothing, the first moment after which something is. */
function reach(zone: Zone, hours: WallHours, start: number, milliseconds: number): number {
  if (milliseconds === 0) return reach(zone, hours, start, 1) - 1
  let left = milliseconds
  const horizon = start + HORIZON_MS
  for (let at = start; at < horizon; ) {
    const stretch = zone(at)
    const { offset } = stretch
    const to = Math.min(stretch.to, horizon)
    const before = hours.worked(at + offset)
    const worked = hours.worked(to + offset) - before
    if (worked >= left) return hours.whenWorked(before + left, at + offset, to + offset) - offset
    left -= worked
    at = to
  }
  throw tooLittleWork()
}

function workingDayAfter(hours: WallHours, day: number, nth: number): number {
  const found = hours.workingDayAfter(day, nth, HORIZON_DAYS)
  if (found === undefined) throw tooLittleWork()
  return found
}

interface Place {
  readonly timeZone: string
  readonly zone: Zone
  readonly hours: WallHours
}

const places = new WeakMap<Calendar, Place>()
const zones = new Map<string, Zone>()

function placeOf(calendar: Calendar): Place {
  let place = places.get(calendar)
  if (place === undefined) {
    const read = readCalendar(calendar)
    place = { timeZone: read.timeZone, zone: zoneNamed(read.timeZone), hours: wallHours(read) }
    places.set(calendar, place)
  }
  return place
}

function zoneNamed(timeZone: string): Zone {
  let zone = zones.get(timeZone)
  if (zone === undefined) {
    // Temporal’s own search for changes of offset asks what time it is now; an offset is the same at any time.
    zone = zoneOf(
      (at) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e6,
    )
    if (zones.size >= MAX_ZONES) zones.clear()
    zones.set(timeZone, zone)
  }
  return zone
}

function readSpan(span: Span): Span {
  const read = Span.safeParse(span)
  if (read.success) return read.data
  throw unusable(read.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; '))
}

const moment = z.iso.datetime({ offset: true })

function epochOf(instant: Instant): number {
  const read = moment.safeParse(instant)
  if (!read.success) throw unusable('a moment is an ISO 8601 string with an offset')
  return Date.parse(read.data)
}

function instantOf(epoch: number): Instant {
  const text = new Date(epoch).toISOString()
  if (text.startsWith('+') || text.startsWith('-')) throw unusable('it lies outside of the years 0 to 9999')
  return text
}

const unusable = (what: string) => new RedressError('input-invalid', `A due time can’t be reckoned: ${what}.`)

const tooLittleWork = () =>
  unusable('the calendar does not have that much working time in 100 years; look at its hours and holidays')
