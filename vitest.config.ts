import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

/** What judges mutants: quick, and the same at every run. A property that walks at random would judge another time otherwise. */
const judges = ['domain', 'machine', 'protocol', 'edges*', 'clocks', 'calendar', 'kit', 'promises'].map(
  (name) => `test/${name}.test.ts`,
)
const mutating = process.env['MUTATE'] !== undefined

export default defineConfig({
  resolve: {
    alias: [
      { find: /^redress$/, replacement: source('index.ts') },
      { find: /^redress\/sqlite$/, replacement: source('stores/sqlite.ts') },
      { find: /^redress\/postgres$/, replacement: source('stores/postgres.ts') },
      { find: /^redress\/clocks$/, replacement: source('protocol/temporal.ts') },
      { find: /^redress\/telemetry$/, replacement: source('telemetry/index.ts') },
      { find: /^redress\/webhooks$/, replacement: source('webhooks/index.ts') },
      { find: /^redress\/audit$/, replacement: source('audit/index.ts') },
      { find: /^redress\/testing$/, replacement: source('testing/index.ts') },
      { find: /^redress\/matchers$/, replacement: source('testing/matchers/index.ts') },
      { find: /^redress\/vitest$/, replacement: source('testing/vitest.ts') },
      { find: /^redress\/fast-check$/, replacement: source('testing/fast-check.ts') },
    ],
  },
  test: {
    include: mutating ? judges : ['test/**/*.test.ts'],
    globalSetup: mutating ? [] : ['test/postgres/server.ts'],
    testTimeout: 60_000,
    // They wait more than they work: two at a time on two cores, where one would be the default.
    maxWorkers: 2,
    typecheck: { include: ['test/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  },
})
