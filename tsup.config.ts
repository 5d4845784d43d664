import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    sqlite: 'src/stores/sqlite.ts',
    postgres: 'src/stores/postgres.ts',
    clocks: 'src/protocol/temporal.ts',
    telemetry: 'src/telemetry/index.ts',
    webhooks: 'src/webhooks/index.ts',
    testing: 'src/testing/index.ts',
    cli: 'src/cli/cli.ts',
  },
  format: 'esm',
  target: 'es2023',
  platform: 'neutral',
  external: [/^node:/, '@opentelemetry/api', 'xstate', 'zod', 'temporal-polyfill', 'standardwebhooks'],
  removeNodeProtocol: false,
  clean: true,
  dts: !process.argv.includes('--no-dts'),
  splitting: true,
  treeshake: true,
})
