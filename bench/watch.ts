import type { Measured } from './round.ts'

type Watched = Measured['besides']

const BYTES_A_MB = 1_000_000

/** The wait that half of all stay below, and the one that 99 of a hundred do. */
export function quantiles(waits: readonly number[]): Watched {
  const sorted = waits.toSorted((one, other) => one - other)
  const below = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN
  return { p50: { value: below(0.5), unit: 'ms' }, p99: { value: below(0.99), unit: 'ms' } }
}

/**
 * Watches the memory of the process, all sides together: the most that it held at the end of a round, and what it has
 * kept on the heap since it began, when nothing is left to collect.
 */
export function watchMemory(): { look(): void; taken(): Watched } {
  const before = heapUsed()
  let most = 0
  return {
    look() {
      most = Math.max(most, process.memoryUsage.rss())
    },
    taken: () => ({
      rss: { value: most / BYTES_A_MB, unit: 'MB' },
      heap: { value: (heapUsed() - before) / BYTES_A_MB, unit: 'MB' },
    }),
  }
}

function heapUsed(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
