import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { storeConformance } from 'redress/testing'
import { afterAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const cli = join(root, 'src/cli/cli.ts')
const index = pathToFileURL(join(root, 'src/index.ts')).href
const folder = mkdtempSync(join(tmpdir(), 'redress-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command as it stands in the source; test/consumer.test.ts runs it as it is installed. */
function redress(...args: readonly string[]): Promise<Run> {
  return new Promise((done) => {
    execFile(process.execPath, [cli, ...args], { cwd: folder, timeout: 30_000 }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

/** A module of a host's, in the folder in which the command runs. */
function module(name: string, code: string): string {
  writeFileSync(join(folder, name), `import { memoryStore } from '${index}'\n${code}`)
  return `./${name}`
}

const sound = `export default { has: ['insights', 'subscriptions'], open: memoryStore }`
const blind = `
export const blind = () => {
  const store = memoryStore()
  return {
    ...store,
    async commit(batch) {
      const results = await store.commit(batch)
      return results.map((one) => (one.outcome === 'conflict' ? { outcome: 'committed' } : one))
    },
    async tied() {
      throw new Error('It is not there.', { cause: new TypeError('no such index') })
    },
  }
}`

describe.skipIf(!process.features.typescript)(
  'redress conformance (skipped where Node does not run TypeScript)',
  () => {
    it('says of each clause that it passed, or what it requires, and ends with 0', async () => {
      const { code, stdout, stderr } = await redress('conformance', module('sound.mjs', sound))
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const [clauses = '', summary = ''] = stdout.split('\n\n')
      expect(clauses.split('\n')).toEqual(
        storeConformance.map(({ name, requires }) => {
          const lacks = requires.filter((one) => one !== 'insights' && one !== 'subscriptions')
          return lacks.length === 0 ? `✓ ${name}` : `– ${name} (skipped: requires ${lacks.join(', ')})`
        }),
      )
      const skipped = clauses.split('\n').filter((line) => line.startsWith('–')).length
      const all = storeConformance.length
      expect(summary.split('\n')).toEqual([
        `${all} clauses: ${all - skipped} passed, 0 failed, ${skipped} skipped.`,
        'Without “durable”: what was committed outlives the handle that wrote it.',
        'Without “shared”: several handles on the same data at the same time.',
        'Without “transactions”: the same store within a transaction of the host’s.',
        'The store keeps the contract.',
        '',
      ])
    })

    it('says of a clause that failed what was expected, what was seen and what caused it, and ends with 1', async () => {
      const { code, stdout, stderr } = await redress('conformance', module('blind.mjs', blind), '--export', 'blind')
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
      expect(stdout).toContain(
        '✗ of two commits at one version exactly one wins\n    outcomes: expected ["committed","conflict"], saw ["committed","committed"]\n',
      )
      expect(stdout).toContain(
        '✗ cases are found by what ties them, within their tenant\n    It is not there.\n    because: TypeError: no such index\n',
      )
      expect(stdout).toMatch(/, [1-9]\d* failed, /)
      expect(stdout).toContain('The store breaks the contract: no desk can rely on it.\n')
      expect(stdout).not.toMatch(/^ +at /m)
    })

    it('says as JSON what became of each clause, for a script', async () => {
      const { code, stdout, stderr } = await redress(
        'conformance',
        module('blind.mjs', blind),
        '--export',
        'blind',
        '--json',
      )
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
      const told = JSON.parse(stdout) as readonly { readonly name: string; readonly outcome: string }[]
      expect(told.map(({ name }) => name)).toEqual(storeConformance.map(({ name }) => name))
      expect(told.find(({ name }) => name === 'of two commits at one version exactly one wins')).toMatchObject({
        outcome: 'failed',
        error: ['outcomes: expected ["committed","conflict"], saw ["committed","committed"]'],
      })
      expect(told.find(({ outcome }) => outcome === 'skipped')).toMatchObject({ lacks: [expect.any(String)] })
    })

    it('ends by itself, whatever the store keeps open', async () => {
      const open = `export default () => (setInterval(() => {}, 1000), memoryStore())`
      expect(await redress('conformance', module('open.mjs', open))).toMatchObject({ code: 0 })
    })

    // biome-ignore format: a table
    it.each([
    ['there is no such module', './nowhere.mjs', /^There is no module \.\/nowhere\.mjs\.\n$/],
    ['it does not parse', module('torn.mjs', 'export default {'), /^\.\/torn\.mjs can’t be loaded: Unexpected end of input \(`node --check` shows where\)\n$/],
    ['it throws', module('throws.mjs', 'throw new Error("no database")'), /^\.\/throws\.mjs can’t be loaded: no database\n$/],
    ['it imports what is not there', module('lacks.mjs', 'import "./gone.mjs"'), /^\.\/lacks\.mjs can’t be loaded: Cannot find module '.*gone\.mjs'/],
    ['it is a folder', '.', /^\. can’t be loaded: Directory import/],
    ['it is no JavaScript', module('store.txt', ''), /^\.\/store\.txt can’t be loaded: this Node .* does not run such files/],
    ['it exports nothing by default', module('named.mjs', 'export const ours = 1'), /^\.\/named\.mjs has no default export; it exports ours\. Choose with --export <name>\.\n$/],
    ['it exports no store', module('seven.mjs', 'export default 7'), /^\.\/seven\.mjs: This is no store under test: `open` is needed, a function that opens a store\.\n$/],
    ['it opens no store', module('empty.mjs', 'export default () => ({})'), /^\.\/empty\.mjs: What `open` gave is no such store: it lacks `load`, `commit`/],
    ['it can’t be opened', module('shut.mjs', 'export default () => { throw new Error("ECONNREFUSED") }'), /^\.\/shut\.mjs: ECONNREFUSED\n$/],
    ['it waits for ever', module('waits.mjs', 'await new Promise(() => {})'), /^It never came to an end: /],
  ])('ends with 2 and one sentence where %s', async (_, path, sentence) => {
    const { code, stdout, stderr } = await redress('conformance', path)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(sentence)
    expect(stderr).not.toMatch(/^ +at /m)
  })

    it('fails a store that fails beside its calls, in one sentence', async () => {
      const beside = `export default () => {
      const store = memoryStore()
      return { ...store, load: () => new Promise((resume) => { setTimeout(() => { throw new Error('connection lost') }) }) }
    }`
      const { code, stderr } = await redress('conformance', module('beside.mjs', beside))
      expect({ code, stderr }).toEqual({ code: 1, stderr: 'It failed beside its calls: connection lost\n' })
    })
  },
)

describe.skipIf(!process.features.typescript)(
  'redress (skipped where Node does not run TypeScript)',
  { concurrent: true },
  () => {
    it('says what it can do, how, and which release it is', async () => {
      const { version } = (await import('../package.json', { with: { type: 'json' } })).default
      expect(await redress('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
      const overview = await redress('--help')
      expect(overview).toMatchObject({ code: 0, stderr: '' })
      expect(overview.stdout).toContain('redress conformance <module> [--export <name>]')
      const help = await redress('conformance', '--help')
      expect(help).toMatchObject({ code: 0, stderr: '' })
      expect(help.stdout).toContain('export default { open: () => myStore() }')
    })

    it.each([
      ['nothing', [], /^redress: what can be done/],
      ['no command', ['sing'], /^There is no command “sing”\./],
      ['what every object has', ['toString'], /^There is no command “toString”\./],
      ['a command without its module', ['conformance'], /^Which module\?/],
      ['a command with two', ['conformance', 'a.js', 'b.js'], /^One module at a time\./],
      ['an option that is not there', ['conformance', 'a.js', '--fast'], /^Unknown option '--fast'/],
    ])('ends with 2 and how it is used where it is given %s', async (_, args, sentence) => {
      const { code, stdout, stderr } = await redress(...args)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(sentence)
      expect(stderr).toContain('redress conformance <module>')
    })
  },
)
