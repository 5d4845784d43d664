const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const wholes = new Intl.NumberFormat('en')

/** A count, as people write it: 21,348. */
export const number = (count: number): string => wholes.format(count)

/** A count with what is counted, one or many. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : many}`

/** A share of a whole in per cent; a little is not none, and nearly all not all. */
export function share(part: number, whole: number): string {
  if (whole === 0) return '0%'
  const percent = (part / whole) * 100
  if (part > 0 && percent < 0.1) return '<0.1%'
  if (part < whole && percent > 99.9) return '>99.9%'
  return `${percent < 10 || percent > 99 ? Number(percent.toFixed(1)) : Math.round(percent)}%`
}

/** A duration in its two greatest units: 3 d 4 h. */
export function duration(ms: number): string {
  const units: readonly (readonly [number, string])[] = [
    [DAY_MS, 'd'],
    [HOUR_MS, 'h'],
    [MINUTE_MS, 'min'],
    [1000, 's'],
  ]
  const at = units.findIndex(([unit]) => ms >= unit)
  if (at < 0) return '0 s'
  const [[unit, name], next] = [units[at] as (typeof units)[number], units[at + 1]]
  const whole = Math.floor(ms / unit)
  const rest = next === undefined ? 0 : Math.floor((ms % unit) / next[0])
  return rest === 0 || whole >= 30 ? `${number(whole)} ${name}` : `${number(whole)} ${name} ${rest} ${next?.[1]}`
}

/** A fitness between 0 and 1, cut, so that what is not whole never looks it. */
export const fitnessSaid = (fitness: number): string => (Math.floor(fitness * 1000) / 1000).toFixed(3)

/** A moment as a day. */
export const day = (instant: string | null): string => instant?.slice(0, '2026-01-31'.length) ?? 'no time'

/** A text from a log with nothing in it that could steer a terminal or turn the writing round. */
export const plain = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')

const NAMES_LISTED = 30
const NAME_CHARACTERS = 40

/** Names from a log in a sentence: what is long is cut, and of many the first are told. */
export function listed(names: readonly string[]): string {
  const told = names.slice(0, NAMES_LISTED).map((name) => {
    const shown = plain(name)
    return `“${shown.length > NAME_CHARACTERS ? `${shown.slice(0, NAME_CHARACTERS)}…` : shown}”`
  })
  return `${told.join(', ')}${names.length > NAMES_LISTED ? `, and ${names.length - NAMES_LISTED} more` : ''}`
}
