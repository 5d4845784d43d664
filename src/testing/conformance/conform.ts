import { storeConformance } from './contract.ts'
import type { StoreUnderTest } from './subject.ts'
import { readSubject } from './subject.ts'
import { lackedBy, tryClause } from './trial.ts'

/** What a test runner has, as far as it is needed: `describe` and `it` of vitest, `node:test`, Jest or Mocha fit. */
export interface TestRunner {
  describe(name: string, define: () => void): unknown
  readonly it: {
    (name: string, test: () => Promise<void>): unknown
    skip(name: string, test: () => Promise<void>): unknown
  }
}

/**
 * Makes the contract of the store port tests of your runner's, one a clause:
 * `conform('my store', { open: () => myStore() }, { describe, it })`. What requires more than the store `has` is skipped,
 * in sight. Throws `input-invalid` where it is given no store.
 */
export function conform(
  name: string,
  subject: StoreUnderTest | StoreUnderTest['open'],
  { describe, it }: TestRunner,
): void {
  const tried = readSubject(subject)
  describe(`${name}: the contract of a store`, () => {
    for (const clause of storeConformance) {
      const lacks = lackedBy(tried, clause)
      const test = () => tryClause(tried, clause)
      if (lacks.length === 0) it(clause.name, test)
      else it.skip(`${clause.name} (requires ${lacks.join(', ')})`, test)
    }
  })
}
