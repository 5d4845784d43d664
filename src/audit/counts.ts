import type { Groups, Room } from './groups.ts'
import { createGroups } from './groups.ts'

const KEYS_IN_MEMORY = 20_000
const EXAMPLES = 5

/** How often something came, and the first cases in which it did. */
export interface Counted {
  readonly key: string
  readonly count: number
  readonly examples: readonly string[]
}

/** A case, by its first row in the log: earlier ones are the examples. */
export interface Example {
  readonly caseId: string
  readonly row: number
}

type Part = readonly [count: number, examples: readonly Example[]]

/** Counts by key, exactly, however many keys there are. */
export interface Counts {
  add(key: string, example: Example): Promise<void>
  /** How many keys there are, and the commonest of them, the commonest first. */
  top(most: number): Promise<{ readonly distinct: number; readonly top: readonly Counted[] }>
  close(): Promise<void>
}

/** Counts in memory, and in files once there are too many keys. */
export function createCounts(room: Room = {}): Counts {
  const held = new Map<string, Tally>()
  let beyond: Groups<Part> | undefined

  async function unload(): Promise<Groups<Part>> {
    beyond ??= createGroups<Part>(room)
    for (const [key, { count, examples }] of held) beyond.add(key, [count, examples])
    held.clear()
    await beyond.spill()
    return beyond
  }

  return {
    async add(key, example) {
      let tally = held.get(key)
      if (tally === undefined) {
        if (held.size >= (room.inMemory ?? KEYS_IN_MEMORY)) await unload()
        tally = createTally()
        held.set(key, tally)
      }
      tally.add(1, [example])
    },
    async top(most) {
      const best = createRanking(most)
      if (beyond === undefined) {
        for (const [key, tally] of held) best.add(key, tally)
        return best.result()
      }
      const groups = await unload()
      for await (const { key, records } of groups.all()) {
        const tally = createTally()
        for (const [count, examples] of records) tally.add(count, examples)
        best.add(key, tally)
      }
      return best.result()
    },
    async close() {
      await beyond?.close()
    },
  }
}

/** A count with its examples: the cases that begin first in the log. */
export interface Tally {
  readonly count: number
  readonly examples: readonly Example[]
  add(count: number, examples: readonly Example[]): void
}

export function createTally(): Tally {
  let count = 0
  let examples: readonly Example[] = []
  return {
    get count() {
      return count
    },
    get examples() {
      return examples
    },
    add(more, others) {
      count += more
      const isEarly = examples.length < EXAMPLES || others.some(({ row }) => row < (examples.at(-1)?.row ?? 0))
      if (isEarly) examples = [...examples, ...others].sort((one, other) => one.row - other.row).slice(0, EXAMPLES)
    },
  }
}

/** The ids of a tally’s examples. */
export const examplesOf = ({ examples }: Tally): readonly string[] => examples.map(({ caseId }) => caseId)

function createRanking(most: number) {
  let best: { readonly key: string; readonly tally: Tally }[] = []
  let distinct = 0
  const cut = () => {
    best = best
      .sort((one, other) => other.tally.count - one.tally.count || (one.key < other.key ? -1 : 1))
      .slice(0, most)
  }
  return {
    add(key: string, tally: Tally) {
      distinct++
      best.push({ key, tally })
      if (best.length >= most * 2 + 1000) cut()
    },
    result() {
      cut()
      const top = best.map(({ key, tally }) => ({ key, count: tally.count, examples: examplesOf(tally) }))
      return { distinct, top }
    },
  }
}
