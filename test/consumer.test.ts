import { execFile } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const notShipped = new Set(['node_modules', '.git', 'dist', 'coverage'])
const MAX_BUNDLE_BYTES = 135_000

/** Ours would tell a nested npm that it runs in this project. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$|NODE_OPTIONS$)/i.test(name)),
)

/** Runs a program to its end; a failure shows what it wrote. */
async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    return (await promisify(execFile)(program, args, { cwd, env, maxBuffer: 1e8 })).stdout
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string }
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error })
  }
}

const node = (path: string, file: string, cwd: string) =>
  run(path, ['--disable-warning=ExperimentalWarning', file], cwd)

interface Manifest {
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, unknown>>
}
const manifestOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest

/** The machine's own Node 20, where it has one: not the one that the project brings along. */
async function findNode20(): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !/node_modules[\\/]\.bin/.test(folder))
  for (const path of folders.map((folder) => join(folder, 'node')).filter((path) => existsSync(path))) {
    if ((await run(path, ['--version'], root)).startsWith('v20.')) return path
  }
  return undefined
}

const node20 = await findNode20()
const runtimes = [
  { name: `this Node (${process.version})`, path: process.execPath },
  ...(node20 === undefined ? [] : [{ name: 'the machine’s Node 20', path: node20 }]),
]
const compilers = ['typescript', 'typescript-newest'].map((name) => {
  const folder = join(root, 'node_modules', name)
  const { version, bin } = manifestOf(folder)
  return { version, path: join(folder, bin['tsc'] ?? '') }
})

/** The entry points that can't be imported without an optional peer; every other needs XState and zod alone. */
const needs: Readonly<Record<string, string>> = {
  'redress/clocks': 'temporal-polyfill',
  'redress/telemetry': '@opentelemetry/api',
  'redress/webhooks': 'standardwebhooks',
  'redress/fast-check': 'fast-check',
}
/** The entry points for test runners, which bring their own `expect`: outside of theirs there is none. */
const runners: Readonly<Record<string, string>> = {
  'redress/vitest': 'vitest',
  'redress/jest': '@jest/globals',
}
const entryPoints = Object.keys(manifestOf(root).exports)
  .filter((entry) => entry !== './package.json')
  .map((entry) => entry.replace(/^\./, 'redress'))
  .filter((entry) => runners[entry] === undefined)
const bareEntryPoints = entryPoints.filter((entry) => needs[entry] === undefined)
const optionalPeers = [...new Set(Object.values(needs))].sort()

interface Snippet {
  readonly file: string
  readonly code: string
  /** What it prints, where the README says so. */
  readonly prints: string | undefined
}

/** Each TypeScript block of a Markdown page, with the block of text that directly follows it. */
function snippetsOf(markdown: string): readonly Snippet[] {
  return [...markdown.matchAll(/^```ts\n(.*?)^```\n(?:\s*^```text\n(.*?)^```$)?/gms)].map(
    ([, code = '', prints], index) => ({
      file: `readme-${index + 1}.ts`,
      code,
      prints,
    }),
  )
}

const snippets = snippetsOf(readFileSync(join(root, 'README.md'), 'utf8'))

const recovery = `
async function recover({ createDesk, memoryStore, pocock }, { aComplaint, upTo, EXAMPLE_START }) {
  const desk = createDesk({ store: memoryStore(), now: () => new Date(EXAMPLE_START) })
  const opened = await desk.open(aComplaint)
  if (!opened.accepted) throw new Error(opened.refusal.sentence)
  const { caseId } = opened.case
  for (const command of upTo(pocock)) {
    const answer = await desk.send(caseId, command)
    if (!answer.accepted) throw new Error(answer.refusal.sentence)
  }
  console.log((await desk.look(caseId)).state)
}`

const typed = `
import { createActor } from 'xstate'
import * as z from 'zod'
import type { Answer, CommandInput, Desk, StateName, Store } from 'redress'
import {
  createDesk, createRecoveryMachine, defineProtocol, deliver, improve, investigate, agree, confirm, listen, memoryStore,
  person, pocock, step, Words,
} from 'redress'
import type { SqliteDatabase } from 'redress/sqlite'
import { sqliteStore } from 'redress/sqlite'
import type { StoreUnderTest } from 'redress/testing'
import { conform, storeConformance } from 'redress/testing'

export const walk = step({ name: 'walk', phase: 'person', summary: 'walk', evidence: z.object({ how: Words }) })
export const ours = defineProtocol({
  id: 'ours', version: 1, source: 'us',
  person: [walk, listen], problem: [agree, deliver, confirm], system: [investigate, improve],
})
defineProtocol({
  // @ts-expect-error: a step twice
  id: 'twice', version: 1, source: 'us',
  person: [listen, listen], problem: [agree, deliver, confirm], system: [investigate, improve],
})
// @ts-expect-error: a step of another phase
defineProtocol({ id: 'wrong', version: 1, source: 'us', person: [agree], problem: [deliver], system: [improve] })

export const store: Store = memoryStore()
export const onSqlite = (connection: SqliteDatabase): Store => sqliteStore(connection)
export const desk: Desk<typeof ours> = createDesk({ store, protocols: [ours] })
export const sent: Promise<Answer> = desk.send('case-1', { type: 'walk', by: person('ana'), how: 'far' })

export const command: CommandInput<typeof ours> = { type: 'walk', by: person('ana'), how: 'far' }
// @ts-expect-error: evidence of the wrong type
export const wrongEvidence: CommandInput<typeof ours> = { type: 'walk', by: person('ana'), how: 7 }
// @ts-expect-error: no step of this protocol
export const wrongStep: CommandInput<typeof ours> = { type: 'reflect', by: person('ana'), heard: 'x' }
export const state: StateName<typeof ours> = 'person.walk'
// @ts-expect-error: no state of this protocol
export const wrongState: StateName<typeof ours> = 'person.reflect'

export const machine = createRecoveryMachine(pocock)
export const actor = createActor(machine)
// @ts-expect-error: no command of this protocol
actor.send({ type: 'walk', by: person('ana'), at: '2026-03-02T09:00:00.000Z' })
export const value: 'received' | 'closed' | { person: string } | { problem: string } | { system: string } =
  actor.getSnapshot().value
export const contract: readonly string[] = storeConformance.map(({ name }) => name)
export const tried: StoreUnderTest = { open: () => memoryStore(), has: ['insights'] }
// @ts-expect-error: no capability
export const claimed: StoreUnderTest = { open: () => memoryStore(), has: ['speed'] }
export const bound = (describe: (name: string, define: () => void) => void, it: Parameters<typeof conform>[2]['it']) =>
  conform('memory', tried, { describe, it })
`

/** What every runtime has: XState's types use the first, zod's the second, the README's code the third, ours none. */
const globals = `
interface AbortSignal {}
interface URL {}
declare const console: { log(...values: unknown[]): void }
`

const tested = (runner: string, entry: string) => `
import { expect } from '${runner}'
import { createDesk, memoryStore, pocock } from 'redress'
import { given } from 'redress/testing'
import '${entry}'
expect([{ name: 'own', at: '2026-03-02T09:00:00Z' }]).toFollow(pocock, { names: { 'ticket.assigned': 'own' } })
expect(['own']).not.toBeIn('closed')
expect(['own']).toRefuse('agree', 'in-order')
expect({ list: ['own'] }).toEqual({ list: expect.toHaveSkipped([]) })
expect([given()]).toEqual([expect.not.toBeRefused()])
export const judged: Promise<void> = expect(createDesk({ store: memoryStore() }).log('case-1')).toFollow(pocock)
// @ts-expect-error: no protocol
expect(['own']).toFollow('pocock')
// @ts-expect-error: no list of steps
expect(['own']).toHaveSkipped('listen')
`

const resolutions = {
  nodenext: { module: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
}

describe('a consumer with an empty folder', () => {
  let temp: string
  /** Where redress, XState and zod are installed, and nothing else. */
  let bare: string
  /** Where the optional peers are installed too. */
  let equipped: string
  let packed: readonly string[]

  beforeAll(async () => {
    temp = await mkdtemp(join(tmpdir(), 'redress-consumer-'))
    // A copy, so that nothing else that builds or reads dist/ meets this build.
    const project = join(temp, 'project')
    await cp(root, project, { recursive: true, filter: (path) => !notShipped.has(basename(path)) })
    await symlink(join(root, 'node_modules'), join(project, 'node_modules'))

    const pack = async (folder: string, ...options: readonly string[]) => {
      const report = await run('npm', ['pack', folder, '--json', '--pack-destination', temp, ...options], project)
      const [one] = Object.values(JSON.parse(report.slice(report.search(/^[[{]/m)))) as [
        { readonly filename: string; readonly files: readonly { readonly path: string }[] },
      ]
      return { tarball: join(temp, one.filename), files: one.files.map((file) => file.path) }
    }
    const packInstalled = async (names: readonly string[]) => {
      const folders = names.map((name) => join(root, 'node_modules', name))
      return (await Promise.all(folders.map((folder) => pack(folder, '--ignore-scripts')))).map((one) => one.tarball)
    }
    const install = async (name: string, tarballs: readonly string[]) => {
      const folder = join(temp, name)
      await mkdir(folder)
      await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
      await run('npm', ['install', '--offline', '--no-audit', '--no-fund', ...tarballs], folder)
      return folder
    }
    const ours = await pack('.')
    packed = ours.files
    const tarballs = [ours.tarball, ...(await packInstalled(['xstate', 'zod']))]
    bare = await install('bare', tarballs)
    equipped = await install('equipped', [...tarballs, ...(await packInstalled(withDependencies(optionalPeers)))])
  }, 300_000)

  afterAll(() => rm(temp, { recursive: true, force: true }))

  it('gets what was built, README, CHANGELOG and licences, and nothing else', () => {
    const beside = packed.filter((path) => !path.startsWith('dist/'))
    expect([...beside].sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'THIRD-PARTY.md', 'package.json'])
    expect(packed.filter((path) => path.startsWith('dist/') && !/\.(js|d\.ts)$/.test(path))).toEqual([])
  })

  it('gets no code of XState or zod, and nothing imported but peers and Node', async () => {
    const scripts = packed.filter((path) => path.endsWith('.js'))
    const sources = await Promise.all(scripts.map((path) => readFile(join(bare, 'node_modules/redress', path), 'utf8')))
    const imported = sources.flatMap((source) => [
      // Not what a text is made `from(',')`, nor what a text says.
      ...source.matchAll(/(?<!['".])\b(?:from|import\s*\(?)\s*['"]([\w@./:-]+)['"]/g),
    ])
    const outside = new Set(imported.map(([, from = '']) => from).filter((from) => !from.startsWith('./')))
    const peers = [...optionalPeers, ...Object.values(runners), 'xstate', 'xstate/graph', 'zod'].sort()
    expect([...outside].filter((from) => !/^node:/.test(from)).sort()).toEqual(peers)
    for (const source of sources) expect(source).not.toMatch(/xstate\.(init|stop|done)|\$ZodType|_zod\b|class ZodError/)
  })

  for (const { name, path } of runtimes) {
    it(`imports every entry point, and recovers a customer, on ${name}`, async () => {
      const code = (entries: readonly string[]) => `
${entries.map((entry) => `await import('${entry}')`).join('\n')}
import * as redress from 'redress'
import * as testing from 'redress/testing'
${recovery}
await recover(redress, testing)`
      await writeFile(join(bare, 'imports.mjs'), code(bareEntryPoints))
      expect(await node(path, 'imports.mjs', bare)).toBe('closed\n')
      await writeFile(join(equipped, 'imports.mjs'), code(entryPoints))
      expect(await node(path, 'imports.mjs', equipped)).toBe('closed\n')
    })

    it(`requires the same, on ${name}`, async () => {
      const code = (entries: readonly string[]) => `${recovery}
${entries.map((entry) => `require('${entry}')`).join('\n')}
recover(require('redress'), require('redress/testing'))`
      await writeFile(join(bare, 'requires.cjs'), code(bareEntryPoints))
      expect(await node(path, 'requires.cjs', bare)).toBe('closed\n')
      await writeFile(join(equipped, 'requires.cjs'), code(entryPoints))
      expect(await node(path, 'requires.cjs', equipped)).toBe('closed\n')
    })
  }
  for (const { name, path } of runtimes) {
    it(`tries a store of its own by \`npx redress conformance\`, on ${name}`, async () => {
      const bin = join(bare, 'node_modules/.bin/redress')
      const tried = (module: string) =>
        new Promise<readonly [number, string]>((done) => {
          execFile(path, [realpathSync(bin), 'conformance', module], { cwd: bare, env }, (error, stdout, stderr) =>
            done([error === null ? 0 : Number(error.code), `${stdout}${stderr}`]),
          )
        })
      const store = (calls: string) => `import { memoryStore } from 'redress'
export default { has: ['insights', 'subscriptions'], open: () => { const store = memoryStore(); return { ...store${calls} } } }`
      await writeFile(join(bare, 'sound.mjs'), store(''))
      await writeFile(join(bare, 'broken.mjs'), store(', load: async () => undefined'))
      await writeFile(join(bare, 'none.mjs'), 'export default 7')
      const [sound, broken, none] = await Promise.all(['./sound.mjs', './broken.mjs', './none.mjs'].map(tried))
      expect(sound).toEqual([0, expect.stringMatching(/ 0 failed, .*The store keeps the contract\.\n$/s)])
      expect(broken).toEqual([1, expect.stringMatching(/^✗ .*The store breaks the contract/ms)])
      expect(none).toEqual([
        2,
        './none.mjs: This is no store under test: `open` is needed, a function that opens a store.\n',
      ])
    })
  }

  for (const { name, path } of runtimes) {
    it(`audits a log with nothing installed but redress and its peers, on ${name}`, async () => {
      const bin = realpathSync(join(bare, 'node_modules/.bin/redress'))
      const [log, map] = ['tickets.csv', 'map.json'].map((file) => join(root, 'examples/audit', file)) as [
        string,
        string,
      ]
      const told = JSON.parse(
        await run(path, [bin, 'audit', log, '--map', map, '--json', '--html', 'report.html'], bare),
      )
      expect(told).toMatchObject({ cases: 4, log: { events: 24 } })
      expect(await readFile(join(bare, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/)
      const day = [['09:00', '17:00']]
      const calendar = { timeZone: 'UTC', hours: { 1: day }, holidays: [] }
      const working = { ...JSON.parse(readFileSync(map, 'utf8')), calendar }
      await writeFile(join(bare, 'working.json'), JSON.stringify(working))
      await expect(run(path, [bin, 'audit', log, '--map', 'working.json'], bare)).rejects.toThrow(
        'working.json: The map has a calendar, and working time needs the package temporal-polyfill: npm install temporal-polyfill.',
      )
      await writeFile(join(equipped, 'working.json'), JSON.stringify(working))
      const beside = realpathSync(join(equipped, 'node_modules/.bin/redress'))
      expect(await run(path, [beside, 'audit', log, '--map', 'working.json'], equipped)).toContain(
        'Audit of tickets.csv',
      )
    })
  }

  it('finds the command where npx looks for it', async () => {
    const printed = await run('npx', ['--no-install', 'redress', '--version'], bare)
    expect(printed).toBe(`${manifestOf(root).version}\n`)
  })

  if (node20 === undefined) it.skip('runs on Node 20: this machine has none outside node_modules/.bin', () => {})

  it('is told what would work where Node has no SQLite', async ({ skip }) => {
    if (node20 === undefined) return skip('no Node 20 outside node_modules/.bin')
    await writeFile(
      join(bare, 'no-sqlite.mjs'),
      `import { sqliteStore } from 'redress/sqlite'
try { sqliteStore(':memory:') } catch (error) { console.log(error.code, error.message) }`,
    )
    expect(await node(node20, 'no-sqlite.mjs', bare)).toMatch(/^sqlite-missing .*(22\.13|better-sqlite3)/)
  })

  it('finds code in the README', () => {
    expect(snippets.length).toBeGreaterThan(0)
  })

  for (const { version, path } of compilers) {
    for (const [resolution, options] of Object.entries(resolutions)) {
      it(`type-checks, the README's code too, with TypeScript ${version} and ${resolution} resolution`, async () => {
        const compilerOptions = {
          ...options,
          target: 'es2023',
          lib: ['es2023'],
          types: [],
          strict: true,
          skipLibCheck: false,
          declaration: true,
          noEmit: true,
        }
        const checked = [
          { folder: bare, entries: bareEntryPoints, include: ['typed.ts', 'entries.ts', 'globals.d.ts'] },
          { folder: equipped, entries: entryPoints, include: ['*.ts'] },
        ]
        const config = `tsconfig.${resolution}.json`
        await Promise.all(
          checked.map(async ({ folder, entries, include }) => {
            await writeSources(folder, entries)
            await writeFile(join(folder, config), JSON.stringify({ compilerOptions, include }))
            await run(process.execPath, [path, '-p', config], folder)
          }),
        )
      })
    }
  }

  it('knows the matchers by their types, in vitest and in Jest', async () => {
    const folder = join(temp, 'tested')
    await cp(bare, folder, { recursive: true, verbatimSymlinks: true })
    for (const name of ['vitest', '@jest', 'expect', '@types']) {
      await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name))
    }
    for (const [entry, runner] of Object.entries(runners)) {
      await writeFile(join(folder, `${entry.replace('redress/', '')}.ts`), tested(runner, entry))
    }
    // The runners' own types are theirs to mend.
    const compilerOptions = { ...resolutions.nodenext, target: 'es2023', lib: ['es2023', 'dom'], strict: true }
    const quick = { ...compilerOptions, types: ['node'], skipLibCheck: true, noEmit: true }
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: quick, files: ['vitest.ts', 'jest.ts'] }),
    )
    for (const { path } of compilers) await run(process.execPath, [path, '-p', 'tsconfig.json'], folder)
  })

  it.each(snippets)('runs the README’s code as written: $file', async ({ file, prints }) => {
    await writeSources(equipped, entryPoints)
    const printed = await node(process.execPath, file, equipped)
    if (prints !== undefined) expect(printed).toBe(prints)
  })

  it(`bundles a desk in less than ${MAX_BUNDLE_BYTES / 1000} kB, XState and zod apart`, async () => {
    const { outputFiles } = await build({
      stdin: { contents: `export { createDesk, memoryStore } from 'redress'`, resolveDir: bare },
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      target: 'es2023',
      platform: 'node',
      external: ['xstate', 'zod'],
    })
    const bytes = outputFiles[0]?.contents.length ?? 0
    console.log(`createDesk and memoryStore, bundled and minified: ${bytes} bytes`)
    expect(bytes).toBeGreaterThan(1000)
    expect(bytes).toBeLessThan(MAX_BUNDLE_BYTES)
  })
})

async function writeSources(folder: string, entries: readonly string[]): Promise<void> {
  await writeFile(join(folder, 'typed.ts'), typed)
  const exported = entries.map((entry, index) => `export * as entry${index} from '${entry}'\n`)
  await writeFile(join(folder, 'entries.ts'), exported.join(''))
  for (const { file, code } of snippets) await writeFile(join(folder, file), code)
  await writeFile(join(folder, 'globals.d.ts'), globals)
}

/** Packages, and those that they need in turn. */
function withDependencies(names: readonly string[]): readonly string[] {
  const needed = names.flatMap((name) => Object.keys(manifestOf(join(root, 'node_modules', name)).dependencies ?? {}))
  return names.length === 0 ? [] : [...new Set([...names, ...withDependencies(needed)])]
}
