import { expect, it } from 'vitest'
import './domain/protocols.ts'
import './domain/inquiries.ts'
import './domain/promises.ts'
import './domain/rules.ts'
import './domain/steps.ts'
import './domain/handling.ts'
import './domain/endings.ts'
import './domain/others.ts'
import './domain/time.ts'
import './domain/erasure.ts'
import './domain/clocks.ts'
import './domain/learning.ts'
import { coverage, gaps } from './domain/scenario.ts'

// A mutant is judged by a part of the scenarios.
it.skipIf(process.env['MUTATE'] !== undefined)('every row of the domain page is proved by a scenario', () => {
  console.log(coverage())
  expect(gaps()).toEqual([])
})
