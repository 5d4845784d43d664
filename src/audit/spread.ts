const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Up to where the bars of a histogram reach; the last one has no end. */
const edges: readonly number[] = [
  HOUR_MS / 4,
  HOUR_MS,
  4 * HOUR_MS,
  8 * HOUR_MS,
  DAY_MS,
  2 * DAY_MS,
  7 * DAY_MS,
  14 * DAY_MS,
  30 * DAY_MS,
  60 * DAY_MS,
]

/** Each class of a quantile is so much wider than the one before. */
const GROWTH = Math.log(1.01)

/** How many waits were no longer than that, and longer than the bar before. */
export interface Bar {
  /** Milliseconds; none for the last. */
  readonly upTo: number | null
  readonly count: number
}

/** How durations spread, in milliseconds. */
export interface Spread {
  readonly count: number
  /** To within one in a hundred, as is `p90`; none of nothing. */
  readonly median: number | null
  readonly p90: number | null
  readonly longest: number | null
  readonly bars: readonly Bar[]
}

/** Takes durations and forgets them: only how many there were of about each length is kept. */
export function createSpread() {
  const classes = new Map<number, number>()
  const bars = new Array<number>(edges.length + 1).fill(0)
  let count = 0
  let longest = 0

  /** The length that a share of all does not exceed. */
  function quantile(share: number): number | null {
    if (count === 0) return null
    let left = Math.ceil(count * share)
    for (const [one, times] of [...classes].sort(([first], [second]) => first - second)) {
      left -= times
      if (left <= 0) return Math.min(longest, Math.round(Math.expm1(one * GROWTH) * 1000))
    }
    return longest
  }

  return {
    add(ms: number) {
      const one = Math.ceil(Math.log1p(ms / 1000) / GROWTH)
      classes.set(one, (classes.get(one) ?? 0) + 1)
      const bar = edges.findIndex((edge) => ms <= edge)
      const index = bar < 0 ? edges.length : bar
      bars[index] = (bars[index] ?? 0) + 1
      count++
      if (ms > longest) longest = ms
    },
    result: (): Spread => ({
      count,
      median: quantile(0.5),
      p90: quantile(0.9),
      longest: count === 0 ? null : longest,
      bars: bars.map((times, index) => ({ upTo: edges[index] ?? null, count: times })),
    }),
  }
}
