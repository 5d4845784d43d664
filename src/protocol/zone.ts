import { firstFrom } from './wall.ts'

const SECOND_MS = 1000
const DAY_MS = 24 * 60 * 60 * SECOND_MS

/** A zone is sampled so often to find its changes of offset; since 1970 none has come within 7 days of another. */
const SAMPLE_MS = 5 * DAY_MS
/** How much of a zone is worked out and remembered at a time: about a year. */
const CHUNK_MS = 73 * SAMPLE_MS
/** How many chunks are remembered. */
const MAX_CHUNKS = 250

/** A time, in epoch milliseconds, through which a zone’s clocks are so many milliseconds ahead of UTC. */
export interface Stretch {
  readonly from: number
  readonly to: number
  readonly offset: number
}

/** A time zone: tells the stretch that a moment, in epoch milliseconds, lies in. */
export type Zone = (epoch: number) => Stretch

/** A zone from its offset at any moment, in milliseconds; the changes between are searched once and remembered. */
export function zoneOf(offsetAt: (epoch: number) => number): Zone {
  const chunks = new Map<number, readonly Stretch[]>()
  return (epoch) => {
    const index = Math.floor(epoch / CHUNK_MS)
    let chunk = chunks.get(index)
    if (chunk === undefined) {
      chunk = stretchesFrom(index * CHUNK_MS, offsetAt)
      if (chunks.size >= MAX_CHUNKS) chunks.clear()
      chunks.set(index, chunk)
    }
    return chunk.find(({ to }) => epoch < to) as Stretch
  }
}

function stretchesFrom(from: number, offsetAt: (epoch: number) => number): readonly Stretch[] {
  const stretches: Stretch[] = []
  let open = { from, offset: offsetAt(from) }
  for (let sample = from + SAMPLE_MS; sample <= from + CHUNK_MS; sample += SAMPLE_MS) {
    const offset = offsetAt(sample)
    if (offset === open.offset) continue
    const isAfter = (second: number) => offsetAt(second * SECOND_MS) === offset
    const change = firstFrom((sample - SAMPLE_MS) / SECOND_MS, sample / SECOND_MS, isAfter) * SECOND_MS
    stretches.push({ ...open, to: change })
    open = { from: change, offset }
  }
  return [...stretches, { ...open, to: from + CHUNK_MS }]
}

/** The wall time at a moment. */
export const wallAt = (zone: Zone, epoch: number): number => epoch + zone(epoch).offset

/** The first moment at which the clock on the wall shows a time or a later one. */
export function firstShowing(zone: Zone, wall: number): number {
  // No clock on a wall is a day away from UTC.
  let stretch = zone(wall - DAY_MS)
  while (stretch.to + stretch.offset <= wall) stretch = zone(stretch.to)
  return Math.max(stretch.from, wall - stretch.offset)
}

/** The last moment before which the clock on the wall shows an earlier time. */
export function lastBefore(zone: Zone, wall: number): number {
  let stretch = zone(wall + DAY_MS)
  while (stretch.from + stretch.offset >= wall) stretch = zone(stretch.from - 1)
  return Math.min(stretch.to, wall - stretch.offset)
}
