import { readFileSync } from 'node:fs'
import { defineConfig } from 'tsup'

const manifest = JSON.parse(readFileSync('package.json', 'utf8'))

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
    matchers: 'src/testing/matchers/index.ts',
    vitest: 'src/testing/vitest.ts',
    jest: 'src/testing/jest.ts',
    'fast-check': 'src/testing/fast-check.ts',
    cli: 'src/cli/cli.ts',
  },
  format: 'esm',
  target: 'es2023',
  platform: 'neutral',
  // What reads logs is built in, so that an audit needs nothing else to be installed (THIRD-PARTY.md).
  noExternal: ['csv-parse', 'sax'],
  external: [/^node:/, ...Object.keys(manifest.peerDependencies)],
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
