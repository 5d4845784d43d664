import { RedressError } from '../errors.ts'
import type { Commit, CommitResult, Store } from '../stores/store.ts'

/** Writes one commit, perhaps together with others. */
export type Write = (commit: Commit) => Promise<CommitResult | undefined>

interface Waiting {
  readonly commit: Commit
  resolve(result: CommitResult | undefined): void
  reject(error: unknown): void
}

/**
 * The way to a store: what is committed at the same time shares a write, and on a database the wait for its disk, up to
 * `most` commits. Each answer comes once its own commit is durable, and nobody waits for a write to fill up: it takes
 * along what has come while another was under way.
 */
export function sharedWrites(store: Store, most: number): Write {
  const { grouping } = store
  if (grouping === undefined || most === 1) return async (commit) => (await store.commit([commit]))[0]
  const size = Math.min(most, grouping.most)
  const waiting: Waiting[] = []
  let underWay = 0
  let planned = false

  const plan = () => {
    if (planned || underWay >= grouping.atOnce || waiting.length === 0) return
    planned = true
    // All that is sent in this turn of the event loop goes along.
    setImmediate(() => {
      planned = false
      void writeNext()
    })
  }

  async function writeNext(): Promise<void> {
    const batch = waiting.splice(0, size)
    underWay += 1
    plan()
    await settle(store, batch)
    underWay -= 1
    plan()
  }

  return (commit) =>
    new Promise((resolve, reject) => {
      waiting.push({ commit, resolve, reject })
      plan()
    })
}

async function settle(store: Store, batch: readonly Waiting[]): Promise<void> {
  try {
    const results = await store.commit(batch.map(({ commit }) => commit))
    for (const [index, { resolve }] of batch.entries()) resolve(results[index])
  } catch (error) {
    // Nothing was stored, and one of them may be to blame: the others must not fail for it.
    const isSure = error instanceof RedressError && error.stored === false
    if (batch.length > 1 && isSure) for (const one of batch) await settle(store, [one])
    else for (const { reject } of batch) reject(error)
  }
}
