import type { Case, Entry } from '../machine/case.ts'
import type { Commit, CommitResult, Remembered, Store } from './store.ts'

interface Kept {
  state: Case
  readonly log: Entry[]
}

/** A store in the memory of the process, for tests and trials: the semantics of the others, and gone with the process. */
export function memoryStore(): Store {
  const cases = new Map<string, Kept>()
  const commands = new Map<string, Remembered>()
  const key = (tenant: string, id: string) => `${tenant}\n${id}`

  const commitOne = (commit: Commit): CommitResult => {
    const commandKey = key(commit.tenant, commit.commandId)
    const seen = commands.get(commandKey)
    if (seen !== undefined) {
      return seen.commandHash === commit.commandHash
        ? { outcome: 'duplicate', receipt: seen.receipt }
        : { outcome: 'command-id-reused' }
    }
    const caseKey = key(commit.tenant, commit.caseId)
    const kept = cases.get(caseKey)
    const actual = kept?.state.version ?? 0
    if (actual !== commit.expectedVersion) return { outcome: 'conflict', actual }
    const state = copyOf(commit.state)
    const entries = commit.entries.map(copyOf)
    if (kept === undefined) {
      cases.set(caseKey, { state, log: entries })
    } else {
      kept.state = state
      kept.log.push(...entries)
    }
    if (commit.commandHash !== undefined) {
      commands.set(commandKey, { commandHash: commit.commandHash, receipt: commit.receipt })
    }
    return { outcome: 'committed' }
  }

  return {
    async load(tenant, caseId) {
      const kept = cases.get(key(tenant, caseId))
      return kept && copyOf(kept.state)
    },
    async commit(batch) {
      return batch.map(commitOne)
    },
    async *log(tenant, caseId, after = 0) {
      for (const entry of cases.get(key(tenant, caseId))?.log.slice(after) ?? []) yield copyOf(entry)
    },
    async remembered(tenant, commandId) {
      return commands.get(key(tenant, commandId))
    },
    async close() {},
  }
}

/** The value that JSON would give back, at a third of its cost: the words are shared, since nobody can change a string. */
function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyOf) as T
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const one = (value as Record<string, unknown>)[key]
    if (one !== undefined) copy[key] = copyOf(one)
  }
  return copy as T
}
