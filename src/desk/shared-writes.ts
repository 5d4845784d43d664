import { RedressError } from '../errors.ts'
import type { Commit, CommitResult, Store } from '../stores/store.ts'

/** What became of a commit that did not fail. */
type Settled = Exclude<CommitResult, { outcome: 'failed' }>

/** Writes one commit, perhaps together with others. */
export type Write = (commit: Commit) => Promise<Settled | undefined>

interface Waiting {
  readonly commit: Commit
  resolve(result: Settled | undefined): void
  reject(error: unknown): void
}

/**
 * The way to a store: what is committed at the same time shares a write, and on a database the wait for its disk, up to
 * `most` commits. Each answer comes once its own commit is durable, and nobody waits for a write to fill up: it takes
 * along what has come while another was under way.
 */
export function sharedWrites(store: Store, most: number): Write {
  const { grouping } = store
  if (grouping === undefined || most === 1) return (commit) => writeAlone(store, commit)
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

async function writeAlone(store: Store, commit: Commit): Promise<Settled | undefined> {
  const [result] = await store.commit([commit])
  if (result?.outcome === 'failed') throw result.error
  return result
}

async function settle(store: Store, batch: readonly Waiting[]): Promise<void> {
  let results: readonly (CommitResult | undefined)[]
  try {
    results = await store.commit(batch.map(({ commit }) => commit))
  } catch (error) {
    results = batch.map(() => ({ outcome: 'failed', error }))
  }
  for (const [index, waiting] of batch.entries()) {
    const result = results[index]
    if (result?.outcome !== 'failed') waiting.resolve(result)
    // Nothing of it was stored, and a neighbour may be to blame: it must not fail for that.
    else if (batch.length > 1 && isSure(result.error)) await settle(store, [waiting])
    else waiting.reject(result.error)
  }
}

const isSure = (error: unknown): boolean => error instanceof RedressError && error.stored === false
