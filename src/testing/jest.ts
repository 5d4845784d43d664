import { expect } from '@jest/globals'
import type { RecoveryMatchers, ResultOf } from './matchers/matchers.ts'
import { matchers } from './matchers/matchers.ts'

export type { Happened } from './matchers/happened.ts'
export { type MatcherResult, matchers, type RecoveryMatchers } from './matchers/matchers.ts'
export type { MatcherTerms } from './matchers/terms.ts'

declare module 'expect' {
  interface AsymmetricMatchers extends RecoveryMatchers {}
  interface Matchers<R extends void | Promise<void>, T = unknown> extends RecoveryMatchers<ResultOf<T, R>> {}
}

expect.extend(matchers as never)
