export { type ConformanceCase, storeConformance } from './conformance.ts'
export { aComplaint, ana, ben, cleo, EXAMPLE_START, example, exampleOf, upTo } from './example.ts'
export { type Expectation, given, type History, type Scenario } from './scenario.ts'
