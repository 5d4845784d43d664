import type { Store } from '../stores/store.ts'

/** One clause of the contract that every store keeps. `check` throws, saying what it saw, where the store does not. */
export interface ConformanceCase {
  readonly name: string
  check(store: Store): Promise<void>
}

/** Throws, saying what differs, unless both are the same JSON. */
export function same(seen: unknown, expected: unknown, what: string): void {
  const [one, other] = [canonical(seen), canonical(expected)]
  if (one !== other) throw new Error(`${what}: expected ${other.slice(0, 500)}, saw ${one.slice(0, 500)}`)
}

/** JSON with its keys in order: a store may keep them in another. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  ) ?? 'nothing'
