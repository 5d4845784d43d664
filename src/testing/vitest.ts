import { expect } from 'vitest'
import type { RecoveryMatchers, ResultOf } from './matchers/matchers.ts'
import { matchers } from './matchers/matchers.ts'

export type { Happened } from './matchers/happened.ts'
export { type MatcherResult, matchers, type RecoveryMatchers } from './matchers/matchers.ts'
export type { MatcherTerms } from './matchers/terms.ts'

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: vitest's own parameter
  interface Matchers<T = any> extends RecoveryMatchers<ResultOf<T>> {}
  interface AsymmetricMatchersContaining extends RecoveryMatchers {}
}

// Vitest and Jest want a matcher to say what it is asked for in any order: theirs is wider than ours.
expect.extend(matchers as never)
