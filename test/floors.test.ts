import { spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What a folder may not import, and what it may: the lint rules of biome.json, seen at work. */
// biome-ignore format: a table
const rules: Readonly<Record<string, { readonly refused: readonly string[]; readonly allowed: readonly string[] }>> = {
  protocol: {
    refused: ['xstate', 'xstate/graph', 'node:fs', 'node:crypto', 'node:fs/promises', '../machine/judge.ts', '../stores/store.ts', '../desk/desk.ts', '../telemetry/index.ts', '../testing/index.ts', '../webhooks/webhook.ts', '../audit/audit.ts', '../cli/cli.ts'],
    allowed: ['zod', '../errors.ts', './words.ts'],
  },
  machine: {
    refused: ['node:fs', 'node:crypto', 'node:fs/promises', '../stores/store.ts', '../desk/desk.ts', '../telemetry/index.ts', '../testing/index.ts', '../webhooks/webhook.ts', '../audit/audit.ts', '../cli/cli.ts'],
    allowed: ['xstate', 'zod', '../errors.ts', '../protocol/words.ts', './case.ts'],
  },
  stores: {
    refused: ['xstate', 'xstate/graph', '../desk/desk.ts', '../telemetry/index.ts', '../testing/index.ts', '../webhooks/webhook.ts', '../audit/audit.ts', '../cli/cli.ts'],
    allowed: ['node:fs', '../errors.ts', '../protocol/words.ts', '../machine/case.ts', './store.ts'],
  },
  desk: {
    refused: ['xstate', 'xstate/graph', '../telemetry/index.ts', '../testing/index.ts', '../webhooks/webhook.ts', '../audit/audit.ts', '../cli/cli.ts'],
    allowed: ['zod', 'node:crypto', '../errors.ts', '../protocol/words.ts', '../machine/judge.ts', '../stores/store.ts', './letter.ts'],
  },
  telemetry: {
    refused: ['xstate', 'xstate/graph', '../testing/index.ts', '../audit/audit.ts', '../cli/cli.ts'],
    allowed: ['@opentelemetry/api', '../protocol/words.ts', '../machine/case.ts', '../desk/desk.ts', './attribute.ts'],
  },
  testing: {
    refused: ['xstate', 'xstate/graph', '../telemetry/index.ts', '../webhooks/webhook.ts', '../audit/audit.ts', '../cli/cli.ts'],
    allowed: ['../protocol/words.ts', '../machine/judge.ts', '../stores/store.ts', '../desk/desk.ts', './example.ts'],
  },
  webhooks: {
    refused: ['xstate', 'xstate/graph', '../testing/index.ts', '../audit/audit.ts', '../cli/cli.ts'],
    allowed: ['zod', 'node:https', 'standardwebhooks', '../errors.ts', '../protocol/words.ts', '../machine/case.ts', '../desk/delivery.ts', './event.ts'],
  },
  audit: {
    refused: ['xstate', 'xstate/graph', '../stores/store.ts', '../desk/desk.ts', '../telemetry/index.ts', '../testing/index.ts', '../webhooks/webhook.ts', '../cli/cli.ts'],
    allowed: ['zod', 'node:fs', 'csv-parse', 'sax', '../errors.ts', '../protocol/words.ts', '../machine/judge.ts', './align.ts'],
  },
  cli: {
    refused: ['xstate', 'xstate/graph'],
    allowed: ['node:fs', '../errors.ts', '../desk/desk.ts', '../testing/index.ts', '../audit/index.ts', './command.ts'],
  },
}

/** Every way to import a module that is more than a type. */
const ways: Readonly<Record<string, (from: string) => string>> = {
  import: (from) => `import { one } from '${from}'\nexport const two = one\n`,
  'import type': (from) => `import type { One } from '${from}'\nexport type Two = One\n`,
  'bare import': (from) => `import '${from}'\n`,
  export: (from) => `export { one } from '${from}'\n`,
  'export all': (from) => `export * from '${from}'\n`,
  'dynamic import': (from) => `export const one = await import('${from}')\n`,
}

const cases = Object.entries(rules).flatMap(([folder, { refused, allowed }]) => [
  ...refused.map((from) => ({ folder, from, verdict: 'refuse' })),
  ...allowed.map((from) => ({ folder, from, verdict: 'allow' })),
])

describe('the lint rules of the floors', () => {
  const project = mkdtempSync(join(tmpdir(), 'redress-floors-'))
  const refusals = new Set<string>()
  const fileOf = (folder: string, from: string, way: string) =>
    `src/${folder}/${from.replaceAll(/\W/g, '_')}__${way.replaceAll(' ', '_')}.ts`

  beforeAll(() => {
    cpSync(join(root, 'biome.json'), join(project, 'biome.json'))
    for (const { folder, from } of cases) {
      for (const [way, write] of Object.entries(ways)) {
        const path = join(project, fileOf(folder, from, way))
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, write(from))
      }
    }
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
    const options = [
      '--vcs-enabled=false',
      '--only=style/noRestrictedImports',
      '--max-diagnostics=none',
      '--reporter=json',
    ]
    const { stdout, stderr } = spawnSync(process.execPath, [biome, 'lint', ...options, '.'], {
      cwd: project,
      encoding: 'utf8',
      maxBuffer: 1e8,
    })
    if (!stdout.startsWith('{')) throw new Error(`biome said nothing that can be read: ${stderr}`)
    const { diagnostics } = JSON.parse(stdout) as {
      readonly diagnostics: readonly { readonly severity: string; readonly location: { readonly path: string } }[]
    }
    for (const { severity, location } of diagnostics) {
      if (severity === 'error') refusals.add(location.path)
    }
  })
  afterAll(() => rmSync(project, { recursive: true, force: true }))

  for (const { folder, from, verdict } of cases) {
    it(`${verdict} an import of ${from} in ${folder}/, however it is written`, () => {
      const refused = Object.keys(ways).filter((way) => refusals.has(fileOf(folder, from, way)))
      expect(refused).toEqual(verdict === 'refuse' ? Object.keys(ways) : [])
    })
  }
})

const floorOf: Readonly<Record<string, number>> = {
  'errors.ts': 0,
  protocol: 1,
  machine: 2,
  stores: 3,
  desk: 4,
  cli: 6,
}
const SURFACE = 5

const sources = globSync('src/**/*.ts', { cwd: root }).map((path) => {
  const code = readFileSync(join(root, path), 'utf8')
  const imported = [...code.matchAll(/\b(?:from|import|require)\s*\(?\s*['"]([^'"]+)['"]/g)].map(
    ([, from = '']) => from,
  )
  return { path, code, imported }
})
const folderOf = (path: string) => path.split('/')[1] ?? ''
const levelOf = (path: string) => floorOf[folderOf(path)] ?? SURFACE

describe('the floors as they stand', () => {
  it('are there to be looked at', () => {
    for (const folder of Object.keys(floorOf)) expect(sources.map(({ path }) => folderOf(path))).toContain(folder)
  })

  it.each(sources)('finds $path importing from its own floor and those below', ({ path, imported }) => {
    for (const from of imported.filter((one) => one.startsWith('.'))) {
      const target = relative(root, join(root, dirname(path), from))
      if (path === 'src/index.ts') continue
      if (folderOf(target) !== folderOf(path)) expect(`${target} on floor ${levelOf(target)}`).toMatch(belowOf(path))
    }
  })

  it.each(sources.filter(({ path }) => folderOf(path) !== 'machine'))(
    'finds $path not knowing XState',
    ({ imported }) => {
      expect(imported.filter((from) => /^(xstate|@xstate)\b/.test(from))).toEqual([])
    },
  )

  it.each(sources.filter(({ path }) => levelOf(path) <= 2))(
    'finds $path doing no I/O, reading no clock and rolling no dice',
    ({ code, imported }) => {
      expect(imported.filter(isBuiltin)).toEqual([])
      expect(code).not.toMatch(
        /\bDate\.now\b|\bnew Date\(\)|\bTemporal\.Now\b|\bperformance\.|\bMath\.random\b|\bcrypto\b|\bprocess\.|\bfetch\(|\bset(Timeout|Interval|Immediate)\b|\bconsole\./,
      )
    },
  )
})

const belowOf = (path: string) => new RegExp(` on floor [0-${levelOf(path) - 1}]$`)
