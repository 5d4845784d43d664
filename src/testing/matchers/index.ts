export { type MatcherResult, matchers, type RecoveryMatchers } from './matchers.ts'
export type { Happened, Reading } from './reading.ts'
