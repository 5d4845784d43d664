import type { Capability, ConformanceCase } from './clause.ts'
import { storeConformance } from './contract.ts'
import type { StoreUnderTest } from './subject.ts'
import { openStore, readSubject } from './subject.ts'
import { freshName, lackedBy, tryClause, withinLimit } from './trial.ts'

/** What became of one clause: kept, broken, or not tried since the store does not have what it requires. */
export type ConformanceResult = Pick<ConformanceCase, 'name' | 'requires'> &
  (
    | { readonly outcome: 'passed' }
    | { readonly outcome: 'failed'; readonly error: unknown }
    | { readonly outcome: 'skipped'; readonly lacks: readonly Capability[] }
  )

/**
 * Tries a store by its contract, clause after clause: `for await (const { name, outcome } of conformance({ open }))`.
 *
 * Throws `input-invalid` where it is given no store, and what `open` throws at its first call; whatever goes wrong after
 * that is a clause that failed.
 */
export async function* conformance(
  subject: StoreUnderTest | StoreUnderTest['open'],
  options: { readonly limitMs?: number } = {},
): AsyncGenerator<ConformanceResult, void, undefined> {
  const tried = readSubject(subject)
  const name = freshName()
  const open = async () => {
    const first = await openStore(tried, name)
    await first.close()
    await tried.remove?.(name)
  }
  await withinLimit(open(), options.limitMs)
  for (const clause of storeConformance) {
    const { name, requires } = clause
    const lacks = lackedBy(tried, clause)
    if (lacks.length > 0) yield { name, requires, outcome: 'skipped', lacks }
    else {
      try {
        await tryClause(tried, clause, options.limitMs)
        yield { name, requires, outcome: 'passed' }
      } catch (error) {
        yield { name, requires, outcome: 'failed', error }
      }
    }
  }
}
