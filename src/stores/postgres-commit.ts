import type { RedressError } from '../errors.ts'
import type { Ask } from './postgres-client.ts'
import { sqlState } from './postgres-client.ts'
import type { Wave } from './postgres-write.ts'
import { wavesOf, writesTo } from './postgres-write.ts'
import type { Commit, CommitResult, Store } from './store.ts'

/** How often a statement is tried that others came in the way of. */
export const MAX_TRIES = 5
/** Two commits under one command id, a deadlock, a snapshot that is too old: the statement was undone, and passes later. */
const passing = ['23505', '40P01', '40001']

/**
 * How a store commits a batch: wave by wave, and what did not take place is asked for. Within a transaction of the host's
 * each statement has one try, and may not fail.
 */
export function postgresCommit(
  ask: Ask,
  table: (name: string) => string,
  isWithin: boolean,
  remembered: Store['remembered'],
): Store['commit'] {
  const maxTries = isWithin ? 1 : MAX_TRIES
  const statementFor = writesTo(table)
  const versionOf = `SELECT coalesce((SELECT version FROM ${table('case')} WHERE tenant = $1 AND case_id = $2), 0) AS actual`

  /** What became of a commit that did not take place. */
  async function resultOf({ tenant, caseId, commandId, commandHash }: Commit): Promise<CommitResult> {
    const seen = commandHash === undefined ? undefined : await remembered(tenant, commandId)
    if (seen !== undefined) {
      return seen.commandHash === commandHash || seen.commandHash === ''
        ? { outcome: 'duplicate', receipt: seen.receipt }
        : { outcome: 'command-id-reused' }
    }
    const [row] = await ask<{ actual: number }>('versions', versionOf, [tenant, caseId])
    return { outcome: 'conflict', actual: row?.actual ?? 0 }
  }

  /** One that lost to nobody: somebody claimed its case while it was written, and moved the row. It is written alone. */
  async function again(commit: Commit): Promise<CommitResult> {
    for (let tries = 1; ; tries++) {
      const result = await resultOf(commit)
      const isMoved =
        result.outcome === 'conflict' && result.actual === commit.expectedVersion && commit.guards === undefined
      if (!isMoved || tries === MAX_TRIES) return result
      const [wave] = wavesOf([commit], !isWithin)
      if ((await write((wave as Wave).kind, [commit])).has(0)) return { outcome: 'committed' }
    }
  }

  /** The same; that it can't be told spoils no neighbour, which may be stored. */
  const lost = (commit: Commit): Promise<CommitResult> =>
    isWithin ? again(commit) : again(commit).catch((error: unknown) => ({ outcome: 'failed', error }))

  async function write(kind: Wave['kind'], wave: readonly Commit[]): Promise<ReadonlySet<number>> {
    for (let tries = 1, now = kind; ; tries++) {
      const { name, sql, parameters } = statementFor(now, wave)
      try {
        const won = await ask<{ n: number }>(name, sql, parameters)
        return new Set(won.map(({ n }) => n))
      } catch (error) {
        const state = sqlState((error as RedressError).cause)
        if (tries === maxTries || state === undefined || !passing.includes(state)) throw error
        // One of them was seen before, perhaps: that is what the other kind looks up.
        now = 'any'
        await new Promise((resume) => setTimeout(resume, Math.random() * 2 ** tries))
      }
    }
  }

  return async (batch) => {
    const results: CommitResult[] = []
    for (const [number, { kind, places }] of wavesOf(batch, !isWithin).entries()) {
      const commits = places.map((index) => batch[index] as Commit)
      try {
        const won = await write(kind, commits)
        for (const [n, index] of places.entries()) {
          results[index] = won.has(n) ? { outcome: 'committed' } : await lost(commits[n] as Commit)
        }
      } catch (error) {
        if (number === 0 || isWithin) throw error
        for (const index of places) results[index] = { outcome: 'failed', error }
      }
    }
    return results
  }
}
