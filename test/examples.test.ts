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

let ran: Promise<Run> | undefined

/** The demo on its own complaints, run once for all that look at it. */
async function theDemo() {
  ran ??= run([demo])
  const { stdout, ...ended } = await ran
  return { ...ended, text: unfolded(stdout) }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it looks for.
const steersTheTerminal = /[\u001b\r]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: what sets a colour begins with one
const colour = /\u001b\[(?:[1-9]|[3-9]\d)m/
/** Gives a program a terminal to write to. */
const terminal = '/usr/bin/script'

describe.skipIf(!process.features.typescript)('the examples (skipped where Node does not run TypeScript)', () => {
  it.each(examples)('%s prints the output that it ends with', async (example) => {
    expect(await run([`examples/${example}`])).toEqual({ stdout: promised(example), stderr: '', code: 0 })
  })
})

describe.skipIf(!process.features.typescript)('the demo (skipped where Node does not run TypeScript)', () => {
  it('recovers its own complaints, refuses what comes out of turn, and goes on in a fresh process', async () => {
    const { text, stderr, code } = await theDemo()
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    for (const said of [
      'Not yet: before “agree” come own, listen, reflect, apologize, and empathize.',
      'half-way, at problem.deliver',
      'A fresh process opens the same database and goes on where each case was.',
      'Cases on 4 Mar 2026: 9. Half-way: 8. Still to come: 1.',
      'goes on at problem.deliver, after 5 entries in its log',
      'closed: recovered, in round 2',
    ]) {
      expect(text).toContain(said)
    }
  })

  it.each([
    [
      'a promise that the clock breaks as it falls due',
      [
        'agree Ben the suitcase at her door, by Thu 5 Mar',
        'Thu 5 Mar 17:00 ✓ breakPromise Clock it is due, and nobody has kept it A second failure: back to the person.',
        '✗ deliver Ben the suitcase at her door Not yet: before “deliver” come apologize, listen, and agree.',
        '✓ agree Ben a colleague flies to Lisbon and brings it',
      ],
    ],
    [
      'a repeat-back that the customer corrects, and the listening that follows',
      [
        '✓ reflect Chidi “The boiler bangs, and three visits did not mend it.” – “The banging is not it.',
        '✓ listen Chidi 11 min to our 2',
        '✓ reflect Chidi “The banging is not it. You left us three nights without heat, with a baby.” – “Yes, that is it.”',
      ],
    ],
    [
      'an explanation that nobody asked for: refused, then recorded as given, and the apology due again',
      [
        '✗ explain Dora “Every hotel overbooks a little; it works out nearly always.”',
        'An explanation on the heels of an apology erases it. (Pocock)',
        '✓ explain Dora “Every hotel overbooks a little; it works out nearly always.”',
        'it erases the apology.',
        '✓ apologize Dora “I am sorry, again, and without a ‘but’.”',
      ],
    ],
    [
      'a surprise: not instead of the remedy, but on top of it',
      [
        'a surprise · taylor',
        '✗ surprise Chidi an afternoon at the depot: she turns on every light of a bus, instead',
        'A surprise comes on top of the remedy, after it, never in its place. (Taylor)',
        '✓ surprise Chidi an afternoon at the depot: she turns on every light of a bus, on top of it all',
      ],
    ],
    [
      'a bystander without whose thanks nothing closes',
      [
        '✓ addBystander Ana the florist next door',
        '✗ improve Ana',
        'Those who stood by and said nothing paid too: none is forgotten. (Sales Lab)',
        '✓ acknowledge… Ana to the florist next door: “You had it too',
        '✓ improve Ana',
      ],
    ],
    [
      'a waiver that takes a second person',
      [
        '✗ waive Emre “listen”',
        'The one who skips a step can’t be the one who lets it pass.',
        '✓ waive Ana “listen”: told often enough, says the customer',
      ],
    ],
    [
      'an erasure, before and after, and one that a legal hold forbids',
      [
        '✓ placeHold Dora',
        'Before “You cancelled my scan for the third time',
        '15:01 ✓ waive Ana “listen”: told often enough, says the customer',
        'After “[erased]”',
        '15:01 ✓ waive Ana “listen”: [erased]',
        '✓ erase Gil',
        '✗ erase Gil',
        'As long as there is a legal hold, nothing is erased. (GDPR, Article 17(3))',
      ],
    ],
    [
      'a change that did not hold when the same cause came again',
      [
        '✓ share Ana the customer and the team know what changed closed: recovered',
        'Mon 16 Mar 09:40 ✓ open',
        'Fri 20 Mar 10:00 ✓ changeFailed Desk the same cause has come again, in tailor-dress',
        'The change did not hold: its system work is open again.',
        '✓ improve Ana a numbered tag is sewn into the lining as a garment comes in',
      ],
    ],
    [
      'what the cases teach',
      [
        'collection slips × handover × nadel & sons, tailors 1 before, 1 after it did not hold',
        'until they were heard 33 minutes',
        'kept 12',
        'broken 1',
        'praise 1',
        'no-erasure-under-hold 1',
      ],
    ],
  ])('shows %s', async (_, inThisOrder) => {
    const { text } = await theDemo()
    let after = 0
    for (const said of inThisOrder) {
      const at = text.indexOf(said, after)
      expect(at, said).toBeGreaterThanOrEqual(after)
      after = at + said.length
    }
  })

  it('says nothing after an erasure that was said before', async () => {
    const { text } = await theDemo()
    const [, after] = text.split('After “[erased]”')
    expect(after).not.toContain('told often enough, says the customer')
    expect(after).not.toContain('not taken seriously')
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

  it.skipIf(!existsSync(terminal))(
    'has colour and a progress bar in a terminal, and no colour there with NO_COLOR (skipped where script is missing)',
    async () => {
      const inTerminal = (environment: Readonly<Record<string, string>>) => {
        // On a CI machine Node takes a terminal for one without colours.
        const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...inherited } = process.env
        const env = { ...inherited, ...environment, TERM: 'xterm-256color', TMPDIR: directory }
        const command = `${process.execPath} --disable-warning=ExperimentalWarning ${demo} ${many}`
        return new Promise<string>((done, failed) =>
          execFile(terminal, ['-qec', command, '/dev/null'], { cwd: root, env, maxBuffer: 1e8 }, (error, stdout) =>
            error === null ? done(stdout) : failed(error),
          ),
        )
      }
      const many = join(directory, 'many.jsonl')
      const few = readFileSync(join(root, 'examples/demo/complaints.jsonl'), 'utf8').trim().split('\n')
      const copies = Array.from({ length: 3 }, (_, copy) =>
        few.map((line) => line.replace(/"id": ?"([^"]*)"/, `"id":"$1-${copy}"`)),
      )
      writeFileSync(many, copies.flat().join('\n'))
      const [coloured, plain] = await Promise.all([inTerminal({}), inTerminal({ NO_COLOR: '1' })])
      expect(coloured).toMatch(colour)
      expect(plain).not.toMatch(colour)
      // A bar is drawn over itself.
      expect(coloured).toMatch(/\r/)
      expect(coloured).toMatch(/[█▓▒░━]{3}/)
    },
  )

  it.skipIf(!existsSync(realComplaints))(
    'recovers 60 real complaints and counts them (skipped where ../shared/data/cfpb-complaints.jsonl is missing)',
    async () => {
      const { stdout, stderr, code } = await run([demo, realComplaints])
      expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
      expect(stdout).toContain('Complaints to recover: 60.')
      expect(stdout).toContain('… and 57 more')
      expect(stdout).toMatch(/Cases on 21 Jul 2017: 23. Half-way: 3. Still to come: 37./)
      expect(stdout).toMatch(/recovered +60 /)
      expect(stdout).toMatch(/1 before, 1 after {2}it did not hold/)
      expect(stdout).toMatch(/in-order +\d+ /)
      expect(stdout).toMatch(/broken +6 /)
      expect(stdout).not.toMatch(steersTheTerminal)
      expect(stdout.split('\n').length).toBeLessThan(300)
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
