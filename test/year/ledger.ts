import type { Answer, Case, Entry } from 'redress'

/** What was counted in a year. */
export interface Ledger {
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>
  count(what: string, which: string | undefined, by?: number): void
  saw(entry: Entry, after: Case, before: Case | undefined): void
  answered(answer: Answer): void
  of(what: string): readonly string[]
  total(what: string): number
}

/** An empty ledger. */
export function openLedger(): Ledger {
  const counts: Record<string, Record<string, number>> = {}
  const count: Ledger['count'] = (what, which = 'none', by = 1) => {
    const row = counts[what] ?? {}
    counts[what] = row
    row[which] = (row[which] ?? 0) + by
  }
  return {
    counts,
    count,
    saw(entry, after, before) {
      count('accepted', entry.command.type)
      count('states', after.state)
      if (after.facts.failures.length > (before?.facts.failures.length ?? 0))
        count('second failures', after.facts.failures.at(-1)?.kind)
      if (entry.command.type === 'missDeadline')
        count('deadlines missed', (entry.command as unknown as { readonly deadline: string }).deadline)
      if (after.state === 'closed' && before?.state !== 'closed') count('outcomes', after.facts.outcome)
    },
    answered(answer) {
      if (answer.accepted) return count('answers', answer.repeated ? 'repeated' : 'accepted')
      count('answers', answer.refusal.code)
      for (const { id } of answer.refusal.rules) count('refusals', id)
    },
    of: (what) => Object.keys(counts[what] ?? {}).sort(),
    total: (what) => Object.values(counts[what] ?? {}).reduce((sum, one) => sum + one, 0),
  }
}
