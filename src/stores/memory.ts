import type { Case, Entry } from '../machine/case.ts'
import type { Commit, CommitResult, Remembered, Store } from './store.ts'

interface Kept {
  version: number
  state: string
  readonly log: string[]
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
    const actual = kept?.version ?? 0
    if (actual !== commit.expectedVersion) return { outcome: 'conflict', actual }
    const state = JSON.stringify(commit.state)
    const entries = commit.entries.map((entry) => JSON.stringify(entry))
    if (kept === undefined) {
      cases.set(caseKey, { version: commit.state.version, state, log: entries })
    } else {
      kept.version = commit.state.version
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
      return kept === undefined ? undefined : (JSON.parse(kept.state) as Case)
    },
    async commit(batch) {
      return batch.map(commitOne)
    },
    async *log(tenant, caseId, after = 0) {
      for (const entry of cases.get(key(tenant, caseId))?.log.slice(after) ?? []) yield JSON.parse(entry) as Entry
    },
    async remembered(tenant, commandId) {
      return commands.get(key(tenant, commandId))
    },
    async close() {},
  }
}
