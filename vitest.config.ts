import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

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
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/postgres/server.ts'],
    testTimeout: 60_000,
    typecheck: { include: ['test/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  },
})
