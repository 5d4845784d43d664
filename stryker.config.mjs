import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin'

/** What people read, and no code does: the summaries, reasons and sources that refusals and pages show. */
const forPeople = ['because', 'summary', 'source', 'text', 'what', 'message', 'error']

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'words', {
    shouldIgnore({ node, parent }) {
      if (node.type !== 'StringLiteral' && node.type !== 'TemplateLiteral') return undefined
      const isDescription = parent?.type === 'CallExpression' && parent.callee.property?.name === 'describe'
      const isField = parent?.type === 'ObjectProperty' && forPeople.includes(parent.key.name)
      return isDescription || isField ? 'words for people' : undefined
    },
  }),
]

// `npm run mutate` breaks the rules and the machine, one place at a time, and counts what no scenario notices; words for people
// apart. `npm run mutate -- --mutate src/machine/judge.ts` does so for one file.
export default {
  mutate: ['src/protocol/**/*.ts', 'src/machine/**/*.ts', '!src/machine/mermaid.ts'],
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner', import.meta.url],
  ignorers: ['words'],
  coverageAnalysis: 'perTest',
  incremental: true,
  incrementalFile: 'coverage/mutants.json',
  tempDirName: 'coverage/stryker',
  // What a module says once, as it is loaded (lists, flags, schemas), takes the judges' whole run for each mutant: `STATIC=1`.
  ignoreStatic: process.env['STATIC'] === undefined,
  concurrency: 1,
  // A busy machine is no endless loop.
  timeoutMS: 30_000,
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { allowColor: false, reportTests: false, logTests: false, skipFull: true },
  thresholds: { high: 95, low: 90, break: null },
  checkers: [],
}
