export type { Happened } from './happened.ts'
export { type MatcherResult, matchers, type RecoveryMatchers } from './matchers.ts'
export type { MatcherTerms } from './terms.ts'
