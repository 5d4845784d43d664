import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const examples = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.ts'))
const realComplaints = resolve(root, '../shared/data/cfpb-complaints.jsonl')
const demo = 'examples/demo/demo.ts'

// What the demo leaves behind would be in here.
const directory = mkdtempSync(join(tmpdir(), 'redress-examples-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

interface Run {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

function run(parameters: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Run> {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env
  const env = { ...inherited, ...environment, TMPDIR: directory, TMP: directory, TEMP: directory }
  const warnings = '--disable-warning=ExperimentalWarning'
  return new Promise((done) => {
    execFile(process.execPath, [warnings, ...parameters], { cwd: root, env }, (error, stdout, stderr) =>
      done({ stdout, stderr, code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1 }),
    )
  })
}

const newest = (folder: string, kind: string): number =>
  Math.max(
    0,
    ...(existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [])
      .filter((name) => name.endsWith(kind))
      .map((name) => statSync(join(folder, name)).mtimeMs),
  )

// The examples import the package by its name, so that they run what is built.
beforeAll(async () => {
  if (newest(join(root, 'dist'), '.js') > newest(join(root, 'src'), '.ts')) return
  const built = await run(['node_modules/tsup/dist/cli-default.js', '--silent', '--no-dts'])
  expect(built).toMatchObject({ code: 0 })
}, 60_000)

/** The output that an example ends with; a line that is indented by six or more goes on where the one before ended. */
function promised(example: string): string {
  const [, comment] = /\n\/\* prints:\n(.*)\n\*\/\n$/s.exec(readFileSync(join(root, 'examples', example), 'utf8')) ?? []
  return `${comment?.replace(/\n {6,}/g, ' ')}\n`
}

/** The demo's output without its columns, so that a sentence that was folded can be found. */
const unfolded = (text: string) => text.replace(/[\s│]+/g, ' ')

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it looks for.
const steersTheTerminal = /[\u001b\r]/

describe.skipIf(!process.features.typescript)('the examples (skipped where Node does not run TypeScript)', () => {
  it.each(examples)('%s prints the output that it ends with', async (example) => {
    expect(await run([`examples/${example}`])).toEqual({ stdout: promised(example), stderr: '', code: 0 })
  })
})

describe.skipIf(!process.features.typescript)('the demo (skipped where Node does not run TypeScript)', () => {
  it('recovers its own complaints, refuses what comes out of turn, and goes on in a fresh process', async () => {
    const { stdout, stderr, code } = await run([demo])
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    const text = unfolded(stdout)
    for (const said of [
      'Not yet: before “agree” come own, listen, reflect, apologize, and empathize.',
      'An explanation on the heels of an apology erases it. (Pocock)',
      'it erases the apology.',
      'The one who skips a step can’t be the one who lets it pass.',
      'A promise that falls due unkept is broken: record the breach first, then make it good. (Taylor)',
      'A second failure: back to the person.',
      'A fresh process opens the same database and goes on where each case was.',
      'goes on at problem.deliver, after 5 entries in its log',
      'closed: recovered, in round 2',
      'half-way, at problem.deliver',
    ]) {
      expect(text).toContain(said)
    }
  })

  it('prints the same every time, within 100 columns, and leaves no file behind', async () => {
    const [one, other] = await Promise.all([run([demo]), run([demo])])
    expect(one.stdout).toBe(other.stdout)
    expect(one.stdout.split('\n').filter((line) => line.length > 100 || line !== line.trimEnd())).toEqual([])
    expect(readdirSync(directory).filter((name) => name.startsWith('redress-demo'))).toEqual([])
  })

  it('has no colour in a pipe nor with NO_COLOR, and colour where it is forced', async () => {
    const [piped, without, forced] = await Promise.all([
      run([demo]),
      run([demo], { NO_COLOR: '1' }),
      run([demo], { FORCE_COLOR: '1' }),
    ])
    expect(piped.stdout).not.toMatch(steersTheTerminal)
    expect(without.stdout).toBe(piped.stdout)
    expect(forced.stdout).toMatch(steersTheTerminal)
  })

  it.skipIf(!existsSync(realComplaints))(
    'recovers 60 real complaints and counts them (skipped where ../shared/data/cfpb-complaints.jsonl is missing)',
    async () => {
      const { stdout, stderr, code } = await run([demo, realComplaints])
      expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
      expect(stdout).toContain('Complaints to recover: 60.')
      expect(stdout).toContain('… and 57 more')
      expect(stdout).toMatch(/closed: recovered +54 /)
      expect(stdout).toMatch(/in-order +\d+ /)
      expect(stdout).toMatch(/broken +\d+ /)
      expect(stdout).not.toMatch(steersTheTerminal)
      expect(stdout.split('\n').length).toBeLessThan(250)
    },
  )

  it('names a file that is missing, and ends with 1', async () => {
    const { stdout, stderr, code } = await run([demo, join(directory, 'nowhere.jsonl')])
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 })
    expect(stderr).toMatch(/^There is no file .*nowhere\.jsonl\.\n$/)
  })

  it('names a file without a complaint, and ends with 1', async () => {
    const file = join(directory, 'empty.jsonl')
    writeFileSync(file, '\n\n')
    const { stdout, stderr, code } = await run([demo, file])
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 })
    expect(stderr).toMatch(/^There is no complaint in .*empty\.jsonl\./)
  })

  it('skips a malformed line, names it by its number, and recovers the others', async () => {
    const file = join(directory, 'torn.jsonl')
    const complaint = {
      id: 'cup-1',
      received: '2026-01-05T10:00:00Z',
      business: 'Café Süd',
      customer: 'Ms Ito',
      channel: 'at the counter',
      words: 'My cup\u0000 was \u001b[31mcracked\u001b[0m, and I told you.\ud800',
    }
    const lines = [
      '{"id": "torn',
      JSON.stringify(complaint),
      '[]',
      JSON.stringify({ ...complaint, id: 'cup-2', words: undefined }),
      JSON.stringify(complaint),
    ]
    writeFileSync(file, `\uFEFF${lines.join('\r\n')}\r\n`)
    const { stdout, stderr, code } = await run([demo, file])
    expect(code).toBe(0)
    expect(stderr.replaceAll(file, 'torn.jsonl').split('\n')).toEqual([
      'torn.jsonl:1 is skipped: not JSON',
      'torn.jsonl:3 is skipped: not a JSON object',
      'torn.jsonl:4 is skipped: words: missing',
      'torn.jsonl:5 is skipped: its id is there already',
      'Lines skipped: 4. Complaints read: 1.',
      '',
    ])
    expect(stdout).toContain('Complaints to recover: 1.')
    expect(stdout).toContain('“My cup was cracked, and I told you.')
    expect(stdout).not.toMatch(steersTheTerminal)
  })
})
