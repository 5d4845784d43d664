import type { Instant } from '../protocol/words.ts'

/** A date, perhaps a time of day, perhaps an offset, as ISO 8601 and databases write them. */
const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(?:(Z)|([+-]\d\d)(?::?(\d\d))?)?)?$/i

/** What mails, HTTP and JavaScript write: `Thu, 05 Mar 2026 12:00:00 GMT`, with a zone in any case. */
const HAS_ZONE = /:\d\d (?:GMT|UTC|(?:GMT|UTC)?[+-]\d{4})(?: \(.*\))?$/

/**
 * A time as a host or a test writes it: ISO 8601, with a space or a `T`; a `Date`; epoch milliseconds. Where there is no
 * offset it is UTC, so that it is the same on every machine. Nothing where it can’t be read.
 */
export function instantRead(time: unknown): Instant | undefined {
  const isTime = typeof time === 'number' || time instanceof Date
  const read = new Date(isTime ? time : typeof time === 'string' ? millisecondsOf(time) : Number.NaN)
  return Number.isNaN(read.getTime()) ? undefined : read.toISOString()
}

function millisecondsOf(time: string): number {
  const [, date, clock = '00:00', , hours, minutes = '00'] = ISO.exec(time) ?? []
  if (date !== undefined) return Date.parse(`${date}T${clock}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`)
  return HAS_ZONE.test(time) ? Date.parse(time) : Number.NaN
}
