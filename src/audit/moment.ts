import type { TimeZone } from '../protocol/calendar.ts'
import { firstShowing, type Zone, zoneOf } from '../protocol/zone.ts'

/** Reads a time as epoch milliseconds, a day as its start or end in the zone; undefined for what is none. */
export type ReadTime = (text: string, ofDay?: OfDay) => number | undefined
type OfDay = 'start' | 'end'

const DAY_MS = 86_400_000
const EARLIEST = Date.UTC(1900, 0, 1)
const LATEST = Date.UTC(2200, 0, 1)

const inReason = (epoch: number): number | undefined =>
  Number.isFinite(epoch) && epoch >= EARLIEST && epoch < LATEST ? Math.floor(epoch) : undefined

/** The parts of a pattern (Unicode TR 35), what they match, and which field of the time they are. */
const parts: Readonly<Record<string, readonly [matches: string, field: Field]>> = {
  yyyy: ['\\d{4}', 'year'],
  MM: ['\\d{2}', 'month'],
  M: ['\\d{1,2}', 'month'],
  dd: ['\\d{2}', 'day'],
  d: ['\\d{1,2}', 'day'],
  HH: ['\\d{2}', 'hour'],
  H: ['\\d{1,2}', 'hour'],
  hh: ['\\d{2}', 'half'],
  h: ['\\d{1,2}', 'half'],
  mm: ['\\d{2}', 'minute'],
  ss: ['\\d{2}', 'second'],
  S: ['\\d{1,9}', 'fraction'],
  SSS: ['\\d{3}', 'fraction'],
  SSSSSS: ['\\d{6}', 'fraction'],
  a: ['[AaPp][Mm]', 'noon'],
  X: ['Z|[+-]\\d{2}(?::?\\d{2})?', 'offset'],
  XXX: ['Z|[+-]\\d{2}:\\d{2}', 'offset'],
}
type Field = 'year' | 'month' | 'day' | 'hour' | 'half' | 'minute' | 'second' | 'fraction' | 'noon' | 'offset'

const ISO = "yyyy-MM-dd'T'HH:mm:ss"
const ISO_DAY = 'yyyy-MM-dd'
const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/

/** How times are read; undefined for a pattern that has no meaning, or leaves out the day. */
export function timeReader({
  format,
  zone,
}: {
  readonly format: string
  readonly zone: TimeZone
}): ReadTime | undefined {
  if (format === 'epoch-seconds') return numberReader(1000)
  if (format === 'epoch-milliseconds') return numberReader(1)
  if (format === 'iso') return isoReader(zoneNamed(zone))
  return patternReader(format, zoneNamed(zone))
}

const numberReader =
  (unit: number): ReadTime =>
  (text) =>
    /^-?\d{1,15}(?:\.\d+)?$/.test(text) ? inReason(Number(text) * unit) : undefined

function isoReader(zone: Zone): ReadTime {
  const local = patternReader(ISO, zone) as ReadTime
  const whole = patternReader(ISO_DAY, zone) as ReadTime
  return (text, ofDay) => {
    const [, day, minutes, seconds = '00', fraction = '', offset] = iso.exec(text) ?? []
    if (day === undefined) return undefined
    if (minutes === undefined) return whole(day, ofDay)
    const wall = local(`${day}T${minutes}:${seconds}`)
    if (wall === undefined) return undefined
    const milliseconds = fractionOf(fraction)
    if (offset === undefined) return wall + milliseconds
    return inReason(Date.parse(`${day}T${minutes}:${seconds}Z`) + milliseconds - offsetOf(offset))
  }
}

function patternReader(format: string, zone: Zone): ReadTime | undefined {
  const fields: Field[] = []
  let source = ''
  for (const [token, quoted] of format.matchAll(/'([^']*)'|([a-zA-Z])\2*|[^a-zA-Z']/g)) {
    const part = parts[token]
    if (part !== undefined && Object.hasOwn(parts, token)) {
      source += `(${part[0]})`
      fields.push(part[1])
    } else if (quoted === undefined && /[a-zA-Z]/.test(token)) return undefined
    else source += (quoted ?? token).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  }
  const needed: readonly Field[] = ['year', 'month', 'day']
  if (!needed.every((field) => fields.includes(field)) || new Set(fields).size < fields.length) return undefined
  if (fields.includes('half') !== fields.includes('noon')) return undefined
  const pattern = new RegExp(`^${source}$`)
  return (text, ofDay) => {
    const found = pattern.exec(text)
    if (found === null) return undefined
    const said: Partial<Record<Field, string>> = {}
    for (const [index, field] of fields.entries()) said[field] = found[index + 1] as string
    return momentOf(said, zone, ofDay)
  }
}

function momentOf(
  said: Partial<Readonly<Record<Field, string>>>,
  zone: Zone,
  ofDay: OfDay | undefined,
): number | undefined {
  const of = (field: Field, otherwise: number) => (said[field] === undefined ? otherwise : Number(said[field]))
  const [year, month, day] = [of('year', 0), of('month', 1), of('day', 1)]
  const afternoon = said.noon?.toLowerCase() === 'pm' ? 12 : 0
  const half = of('half', 12)
  const hour = said.noon === undefined ? of('hour', 0) : (half % 12) + afternoon
  const [minute, second] = [of('minute', 0), of('second', 0)]
  if (hour > 23 || minute > 59 || second > 59 || half < 1 || half > 12) return undefined
  const wall = Date.UTC(year, month - 1, day, hour, minute, second)
  const date = new Date(wall)
  // The 31st of February is the 3rd of March to Date.UTC, and nothing to us.
  if (date.getUTCMonth() !== month - 1 || inReason(wall) === undefined) return undefined
  const isWhole = said.hour === undefined && said.noon === undefined
  // A day ends with the last moment before the next begins, however many hours it has.
  const [shown, milliseconds] =
    isWhole && ofDay === 'end' ? [wall + DAY_MS, -1] : [wall, fractionOf(said.fraction ?? '')]
  if (said.offset !== undefined) return inReason(shown + milliseconds - offsetOf(said.offset))
  return inReason(firstShowing(zone, shown) + milliseconds)
}

const fractionOf = (digits: string): number => Number(digits.slice(0, 3).padEnd(3, '0'))

function offsetOf(offset: string): number {
  if (offset === 'Z') return 0
  const [hours, minutes = '0'] = [offset.slice(1, 3), offset.slice(3).replace(':', '') || '0']
  return (offset.startsWith('-') ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}

function zoneNamed(timeZone: TimeZone): Zone {
  const shown = new Intl.DateTimeFormat('en-u-hc-h23', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return zoneOf((epoch) => {
    const on = Object.fromEntries(shown.formatToParts(epoch).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = on
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(epoch / 1000) * 1000
  })
}
