import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    sqlite: 'src/stores/sqlite.ts',
    postgres: 'src/stores/postgres.ts',
    clocks: 'src/protocol/temporal.ts',
    telemetry: 'src/telemetry/index.ts',
    webhooks: 'src/webhooks/index.ts',
    audit: 'src/audit/index.ts',
    testing: 'src/testing/index.ts',
    cli: 'src/cli/cli.ts',
  },
  format: 'esm',
  target: 'es2023',
  platform: 'neutral',
  // What reads logs is built in, so that an audit needs nothing else to be installed (THIRD-PARTY.md).
  noExternal: ['csv-parse', 'sax'],
  external: [/^node:/, '@opentelemetry/api', 'xstate', 'zod', 'temporal-polyfill', 'standardwebhooks'],
  removeNodeProtocol: false,
  esbuildOptions(options) {
    options.mainFields = ['module', 'main']
  },
  esbuildPlugins: [
    {
      name: 'Node’s modules by their full names',
      setup: ({ onResolve }) =>
        onResolve({ filter: /^(stream|string_decoder)$/ }, ({ path }) => ({ path: `node:${path}`, external: true })),
    },
  ],
  clean: true,
  dts: !process.argv.includes('--no-dts'),
  splitting: true,
  treeshake: true,
})
