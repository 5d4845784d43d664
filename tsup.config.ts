import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    sqlite: 'src/stores/sqlite.ts',
    postgres: 'src/stores/postgres.ts',
    clocks: 'src/protocol/temporal.ts',
    webhooks: 'src/webhooks/index.ts',
    testing: 'src/testing/index.ts',
    vitest: 'src/testing/vitest.ts',
    jest: 'src/testing/jest.ts',
    'fast-check': 'src/testing/fast-check.ts',
    cli: 'src/cli/cli.ts',
  },
  format: 'esm',
  target: 'es2023',
  platform: 'neutral',
  external: [/^node:/, 'xstate', 'zod', 'temporal-polyfill', 'standardwebhooks', 'vitest', '@jest/globals', 'fast-check'],
  removeNodeProtocol: false,
  clean: true,
  dts: !process.argv.includes('--no-dts'),
  splitting: true,
  treeshake: true,
})
