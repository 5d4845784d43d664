// `npm run mutate` breaks the rules and the machine, one place at a time, and counts what no scenario notices.
// `npm run mutate -- --mutate src/machine/judge.ts` does so for one file.
export default {
  mutate: ['src/protocol/**/*.ts', 'src/machine/**/*.ts', '!src/machine/mermaid.ts'],
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  coverageAnalysis: 'perTest',
  incremental: true,
  incrementalFile: 'coverage/mutants.json',
  tempDirName: 'coverage/stryker',
  // What a module says once, as it is loaded, would take the whole suite again for each mutant: schemas, tables, sentences.
  ignoreStatic: true,
  concurrency: 1,
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { allowColor: false, reportTests: false, logTests: false, skipFull: true },
  thresholds: { high: 95, low: 90, break: null },
  checkers: [],
}
