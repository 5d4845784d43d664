import type { Store } from '../../stores/store.ts'

/** What a store may be able to do beyond what every store must. */
export type Capability = keyof typeof capabilities

/** Each in words. What is not among them no store can leave out: versions, repetitions, tenants, one atomic write. */
export const capabilities = {
  durable: 'what was committed outlives the handle that wrote it',
  shared: 'several handles on the same data at the same time',
  transactions: 'the same store within a transaction of the host’s',
  insights: 'the report on many cases, with the refusals that were noted for it',
  subscriptions: 'lanes, in which durable subscriptions get every log entry in the order of its case',
} as const

/** What a clause can do with the store that is tried, beyond calling it. */
export interface Trial {
  /** Opens another handle on the same data. */
  another(): Promise<Store>
  /** Closes every handle, and opens the data again. */
  reopen(): Promise<Store>
  /** Does work in a transaction of the host's: committed after it, rolled back where it throws. */
  transaction(work: (tx: unknown) => Promise<void>): Promise<void>
}

/** One clause of the contract. `check` takes a store that is empty, and throws, saying what it saw, where it is broken. */
export interface ConformanceCase {
  readonly name: string
  /** What a store that leaves this out need not keep. Most clauses require nothing: every store keeps them. */
  readonly requires: readonly Capability[]
  check(store: Store, trial: Trial): Promise<void>
}

/** Throws, saying what differs, unless both are the same JSON. */
export function same(seen: unknown, expected: unknown, what: string): void {
  const [one, other] = [canonical(seen), canonical(expected)]
  if (one === other) return
  // Of long values the place where they part.
  let parting = 0
  while (parting < other.length && one[parting] === other[parting]) parting++
  const from = Math.max(0, parting - 200)
  const excerpt = (text: string) => `${from > 0 ? '…' : ''}${text.slice(from, from + 500)}`
  throw new Error(`${what}: expected ${excerpt(other)}, saw ${excerpt(one)}`)
}

/** JSON with its keys in order: a store may keep them in another. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  ) ?? 'nothing'
