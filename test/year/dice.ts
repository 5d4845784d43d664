/** A seeded source of chance: the same seed gives the same throws, on every machine. */
export interface Dice {
  /** A whole number from 0, below that. */
  below(limit: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
  /** One of the entries, each as likely as its weight is of all weights. */
  weighted<T>(entries: readonly (readonly [weight: number, one: T])[]): T
}

/** Mulberry32: a few lines, no dependency, and good enough to play a year with. */
export function dice(seed: number): Dice {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    chance: (probability) => next() < probability,
    pick: <T>(list: readonly T[]) => list[below(list.length)] as T,
    weighted<T>(entries: readonly (readonly [weight: number, one: T])[]) {
      let left = next() * entries.reduce((sum, [weight]) => sum + weight, 0)
      for (const [weight, one] of entries) {
        left -= weight
        if (left < 0) return one
      }
      return (entries.at(-1) as readonly [number, T])[1]
    },
  }
}
