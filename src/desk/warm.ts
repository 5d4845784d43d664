import type { Case } from '../machine/case.ts'
import type { Id } from '../protocol/words.ts'

/** The newest state of the cases that were used last, the desk's own: no host is handed these very objects. */
export interface WarmCases {
  recall(caseId: Id): Case | undefined
  keep(now: Case): void
  forget(caseId: Id): void
}

/** Remembers at most so many cases, those that were used last: of two halves, the older one goes when the newer is full. */
export function createWarmCases(limit: number): WarmCases {
  const half = Math.ceil(limit / 2)
  let older = new Map<Id, Case>()
  let newer = new Map<Id, Case>()
  return {
    recall: (caseId) => newer.get(caseId) ?? older.get(caseId),
    keep(now) {
      if (limit === 0) return
      newer.set(now.caseId, now)
      if (newer.size < half) return
      older = newer
      newer = new Map()
    },
    forget(caseId) {
      newer.delete(caseId)
      older.delete(caseId)
    },
  }
}
