import { execFile, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { protocols, toMermaid } from 'redress'
import type { AuditReport } from 'redress/audit'
import { afterAll, describe, expect, it } from 'vitest'
import { aMap, csv } from './audit/log.ts'

const root = resolve(import.meta.dirname, '..')
const cli = join(root, 'src/cli/cli.ts')
const folder = mkdtempSync(join(tmpdir(), 'redress-cli-audit-'))
const temporary = mkdtempSync(join(tmpdir(), 'redress-cli-tmp-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
  rmSync(temporary, { recursive: true })
})
const env = { ...process.env, TMPDIR: temporary }

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function redress(args: readonly string[], input?: string): Promise<Run> {
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [cli, ...args],
      { cwd: folder, env, timeout: 60_000 },
      (error, stdout, stderr) => done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
    // Who needs nothing of it does not wait for it.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

/** A file in the folder in which the command runs. */
function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content)
  return name
}

const log = file(
  'log.csv',
  csv(
    ['good', 'take', 1],
    ['good', 'hear', 2],
    ['good', 'solve', 3],
    ['good', 'close', 4],
    ['bad', 'solve', 1],
    ['bad', 'close', 2],
  ),
)
const map = file('map.json', JSON.stringify(aMap))
const audited = ['audit', log, '--map', map]

describe.skipIf(!process.features.typescript)(
  'redress audit (skipped where Node does not run TypeScript)',
  { concurrent: true },
  () => {
    it('says what it found as text, and ends with 0', async () => {
      const { code, stdout, stderr } = await redress(audited)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toMatch(
        /^Audit of log\.csv by pocock@1\n {2}6 events in 2 cases, 2026-03-01 to 2026-03-04: 2 over, 0 under way\.\n/,
      )
      expect(stdout).toMatch(/ 1 +50% {2}fixed the problem before the person: bad\n/)
    })

    it('says it as JSON, on a page and case by case, where it is asked to', async () => {
      const { code, stdout, stderr } = await redress([
        ...audited,
        '--json',
        '--html',
        'report.html',
        '--cases',
        'cases.jsonl',
      ])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const report = JSON.parse(stdout) as AuditReport
      expect(report).toMatchObject({ protocol: 'pocock@1', cases: 2, sound: 1, fitness: { conforming: 1 } })
      expect(readFileSync(join(folder, 'report.html'), 'utf8')).toMatch(/^<!doctype html>.*<\/html>\n$/s)
      const cases = readFileSync(join(folder, 'cases.jsonl'), 'utf8').trim().split('\n')
      expect(cases.map((line) => JSON.parse(line).caseId)).toEqual(['good', 'bad'])
    })

    it('reads what is piped in, by the format that it is told', async () => {
      const piped = await redress(
        ['audit', '-', '--map', map, '--format', 'csv', '--json'],
        readFileSync(join(folder, log), 'utf8'),
      )
      expect(JSON.parse(piped.stdout)).toMatchObject({ cases: 2 })
    })

    it.each([
      [['--fail-under', '0.9'], 1],
      [['--fail-under', '0.5'], 0],
      [['--fail-on', 'problem-first'], 1],
      [['--fail-on', 'skipped-steps', '--fail-under', '0'], 1],
      [['--fail-on', 'problem-first', '--fail-on', 'broken-promises'], 1],
      [['--fail-on', 'broken-promises', '--fail-on', 'problem-first'], 1],
    ])('with %s ends with %i, for a script', async (options, code) => {
      expect(await redress([...audited, ...options])).toMatchObject({ code, stderr: '' })
    })

    it('ends with 2 where it can’t be told what a script is to stop at, and says why', async () => {
      const sound = file('sound.csv', csv(['1', 'take', 1], ['1', 'hear', 2], ['1', 'solve', 3], ['1', 'close', 4]))
      const told = (...ids: readonly string[]) =>
        redress(['audit', sound, '--map', map, ...ids.flatMap((id) => ['--fail-on', id])])
      expect(await told('problem-first', 'skipped-steps')).toMatchObject({ code: 0, stderr: '' })
      expect(await told('problem-first', 'broken-promises')).toEqual({
        code: 2,
        stdout: expect.stringContaining('Nothing was found.'),
        stderr:
          'sound.csv: --fail-on broken-promises: whether any case broke a promise can’t be told: no activity of the map means agree or makePromise.\n',
      })
    })

    it('goes by another protocol, and by one of a module', async () => {
      expect((await redress([...audited, '--protocol', 'heard'])).stdout).toContain('by heard@1')
      const source = pathToFileURL(join(root, 'src/index.ts')).href
      file(
        'ours.mjs',
        `import { defineProtocol, heard } from '${source}'\nexport const ours = defineProtocol({ ...heard, id: 'ours' })`,
      )
      expect((await redress([...audited, '--protocol', './ours.mjs', '--export', 'ours'])).stdout).toContain(
        'by ours@1',
      )
    })

    it('reckons with a calendar', async () => {
      const day = [['09:00', '17:00']]
      const calendar = { timeZone: 'UTC', hours: { 1: day, 2: day, 3: day, 4: day, 5: day }, holidays: [] }
      const working = file(
        'working.json',
        JSON.stringify({ ...aMap, calendar, waits: [{ name: 'until owned', to: 'own' }] }),
      )
      expect(await redress(['audit', log, '--map', working])).toMatchObject({ code: 0, stderr: '' })
    })

    // biome-ignore format: a table
    it.each<[string, readonly string[], RegExp]>([
    ['no log', ['audit'], /^Which log\? /],
    ['two logs', ['audit', 'a.csv', 'b.csv', '--map', map], /^One log at a time\./],
    ['no map', ['audit', log], /^How is the log to be read\? --map <map\.json> says so/],
    ['an option that is not there', [...audited, '--fast'], /^Unknown option '--fast'/],
    ['a format that is none', [...audited, '--format', 'xls'], /^--format is one of csv, jsonl, xes; “xls” is none of them\./],
    ['a fitness that is none', [...audited, '--fail-under', 'good'], /^--fail-under is a fitness from 0 to 1, which “good” is not\./],
    ['two maps', [...audited, '--map', map], /^--map can be given once\./],
    ['a finding that is none', [...audited, '--fail-on', 'rain'], /^--fail-on is one of problem-first, /],
    ['a log that is not there', ['audit', 'gone.csv', '--map', map], /^gone\.csv: there is no such file or folder\.\n$/],
    ['a folder for a log', ['audit', '.', '--map', map], /^\.: it is a folder\.\n$/],
    ['a map that is not there', ['audit', log, '--map', 'gone.json'], /^gone\.json can’t be read: there is no such file or folder\.\n$/],
    ['a map that is no JSON', ['audit', log, '--map', file('torn.json', '{\n  "columns": {\n    "case": "a",\n  }\n}')], /^torn\.json:4:3: this is no JSON: .+\.\n$/],
    ['a map with a fault', ['audit', log, '--map', file('wrong.json', JSON.stringify({ ...aMap, activities: { take: 'lisen' } }))], /^wrong\.json: The map can’t be used:\n {2}line 1: activities › take: “lisen” is no command of pocock/],
    ['a map with several faults', ['audit', log, '--map', file('faults.json', '{\n  "protocol": "herd",\n  "columns": {\n    "case": "case", "time": "time"\n  },\n  "activitys": {},\n  "waits": [\n    { "name": "w", "to": "own" },\n    { "name": "}\\"{",\n      "to": 7 }\n  ]\n}')], /^faults\.json: The map can’t be used:\n {2}line 2: protocol: “herd” is none of those that are shipped; did you mean “heard”\?\n {2}line 3: columns › activity: is missing\n {2}activities: is missing\n {2}line 10: waits › 1 › to: the name of a command, or a list of them\n {2}line 6: activitys: there is no such field; did you mean “activities”\?\n$/],
    ['a map that says something twice', ['audit', log, '--map', file('twice.json', JSON.stringify(aMap, null, 1).replace('"tag": "ignore"', '"take": "ignore"'))], /^twice\.json: line 12: “take” is there twice: which is meant\?\n$/],
    ['a map that is empty', ['audit', log, '--map', file('empty.json', '\n')], /^empty\.json: there is nothing in it\.\n$/],
    ['a map that is no object', ['audit', log, '--map', file('null.json', 'null')], /^null\.json: The map can’t be used:\n {2}it is to be an object, not null\n$/],
    ['a log with a fault', ['audit', file('open.csv', 'case,activity,time\n1,"take,x\n'), '--map', map], /^open\.csv:2: a quote is opened in the row that begins here, and never closed\.\n$/],
    ['a log in which nothing can be read', ['audit', file('times.csv', 'case,activity,time\n1,take,soon\n'), '--map', map], /^times\.csv: there is no event in it that could be read: 1 with a time that is not as ISO 8601 has them \(line 2\)\.\n$/],
    ['a protocol that is not there', [...audited, '--protocol', 'nobody'], /^There is no protocol “nobody”\. There are pocock, /],
    ['a page that can’t be written', [...audited, '--html', 'no/such/folder.html'], /^no\/such\/folder\.html: there is no such file or folder\.\n$/],
    ['cases that can’t be written', [...audited, '--cases', 'no/such/folder.jsonl'], /^no\/such\/folder\.jsonl: there is no such file or folder\.\n$/],
  ])('ends with 2, and says what is wrong, where it is given %s', async (_, args, sentence) => {
    const { code, stdout, stderr } = await redress(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(sentence)
    expect(stderr).not.toMatch(/^ +at |Error:|node:/m)
  })

    it.skipIf(!existsSync('/dev/full'))(
      'says which file there is no room for (skipped where nothing is always full)',
      async () => {
        const { code, stderr } = await redress([...audited, '--cases', '/dev/full'])
        expect({ code, stderr }).toEqual({ code: 2, stderr: '/dev/full: the disk is full.\n' })
      },
    )

    it('writes over nothing that it reads, nor twice to one file, by whichever path', async () => {
      const own = mkdtempSync(join(folder, 'own-'))
      writeFileSync(join(own, 'log.csv'), readFileSync(join(folder, log)))
      writeFileSync(join(own, 'map.json'), readFileSync(join(folder, map)))
      linkSync(join(own, 'log.csv'), join(own, 'linked.csv'))
      symlinkSync(join(own, 'map.json'), join(own, 'pointing.json'))
      symlinkSync(own, join(own, 'here'))
      const at = (name: string) => join(own, name)
      const before = [readFileSync(at('log.csv'), 'utf8'), readFileSync(at('map.json'), 'utf8')]
      // biome-ignore format: a table
      for (const [options, sentence] of [
        [['--cases', at('log.csv')], /^--cases .*log\.csv would write over the log\.\n$/],
        [['--html', at('linked.csv')], /^--html .* would write over the log\.\n$/],
        [['--html', at('pointing.json')], /^--html .* would write over the map\.\n$/],
        [['--cases', at('here/map.json')], /^--cases .* would write over the map\.\n$/],
        [['--cases', at('new'), '--html', at('here/new')], /^--html .* would write over what --cases writes\.\n$/],
        [['--cases', '-', '--html', '-'], /^Only one can go to the output/],
        [['--cases', '/dev/stdout', '--json'], /^Only one can go to the output/],
      ] as const) {
        const { code, stdout, stderr } = await redress(['audit', at('log.csv'), '--map', at('map.json'), ...options])
        expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
        expect(stderr).toMatch(sentence)
      }
      expect([readFileSync(at('log.csv'), 'utf8'), readFileSync(at('map.json'), 'utf8')]).toEqual(before)
      expect(readdirSync(own).sort()).toEqual(['here', 'linked.csv', 'log.csv', 'map.json', 'pointing.json'])
    })

    it('leaves what a file held until the new is whole', async () => {
      const own = mkdtempSync(join(folder, 'kept-'))
      const [cases, html] = [join(own, 'cases.jsonl'), join(own, 'report.html')]
      for (const one of [cases, html]) writeFileSync(one, 'as before')
      const options = ['--map', map, '--cases', cases, '--html', html]
      const torn = file('half.csv', 'case,activity,time\n1,take,2026-03-01T09:00:00Z\n1,"take')
      const empty = file('none.csv', 'case,activity,time\n1,take,soon\n')
      for (const bad of ['typo.csv', torn, empty]) {
        expect(await redress(['audit', bad, ...options])).toMatchObject({ code: 2 })
        expect([readFileSync(cases, 'utf8'), readFileSync(html, 'utf8')]).toEqual(['as before', 'as before'])
      }
      expect(await redress(['audit', log, ...options])).toMatchObject({ code: 0 })
      expect(readFileSync(cases, 'utf8').split('\n')).toHaveLength(3)
      expect(readFileSync(html, 'utf8')).toMatch(/^<!doctype html>/)
      expect(readdirSync(own).sort()).toEqual(['cases.jsonl', 'report.html'])
    })

    it('keeps what may be done with a file that it replaces, follows a link, and leaves alone what is read-only', async () => {
      const own = mkdtempSync(join(folder, 'replaced-'))
      const at = (name: string) => join(own, name)
      for (const [name, mode] of [
        ['open', 0o666],
        ['closed', 0o600],
        ['read-only', 0o444],
      ] as const) {
        writeFileSync(at(name), 'as before')
        chmodSync(at(name), mode)
      }
      symlinkSync('later', at('link'))
      for (const name of ['open', 'closed', 'link']) {
        expect(await redress([...audited, '--html', at(name)])).toMatchObject({ code: 0, stderr: '' })
        expect(readFileSync(at(name), 'utf8')).toMatch(/^<!doctype html>/)
      }
      expect(['open', 'closed'].map((name) => statSync(at(name)).mode & 0o777)).toEqual([0o666, 0o600])
      expect(lstatSync(at('link')).isSymbolicLink()).toBe(true)
      const refused = await redress([...audited, '--html', at('read-only')])
      expect(refused).toEqual({ code: 2, stdout: '', stderr: `${at('read-only')}: that is not permitted.\n` })
      expect(readFileSync(at('read-only'), 'utf8')).toBe('as before')
      const twice = await redress([...audited, '--html', at('link'), '--cases', at('later')])
      expect(twice.stderr).toMatch(/would write over what --cases writes/)
      expect(readdirSync(own).sort()).toEqual(['closed', 'later', 'link', 'open', 'read-only'])
    })

    it('says the cases or the page instead of the text, where they are asked for as -', async () => {
      const cases = await redress([...audited, '--cases', '-'])
      expect(
        cases.stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line).caseId),
      ).toEqual(['good', 'bad'])
      expect((await redress([...audited, '--html', '-'])).stdout).toMatch(/^<!doctype html>.*<\/html>\n$/s)
      expect(existsSync(join(folder, '-'))).toBe(false)
    })

    const shell = (command: string) =>
      new Promise<Run>((done) =>
        execFile('/bin/bash', ['-c', command], { cwd: folder, env }, (error, stdout, stderr) =>
          done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
        ),
      )
    it.skipIf(!existsSync('/dev/full') || !existsSync('/bin/bash'))(
      'says that there is no room for what it says, and nothing where its reader has gone (skipped without bash)',
      async () => {
        const call = `'${process.execPath}' '${cli}' audit`
        const full = { code: 2, stdout: '', stderr: 'What was found can’t be written: the disk is full.\n' }
        expect(await shell(`${call} ${log} --map ${map} > /dev/full`)).toEqual(full)
        const many = file('many.csv', `case,activity,time\n${rows(20_000)}`)
        for (const cases of ['-', '/dev/stdout']) {
          const ended = await shell(`${call} ${many} --map ${map} --cases ${cases} | head -1; exit \${PIPESTATUS[0]}`)
          expect(ended).toEqual({ code: 141, stdout: expect.stringMatching(/^\{.*\}\n$/), stderr: '' })
        }
        // Nobody reads that what is said has no room.
        expect(await shell(`${call} ${log} --map ${map} > /dev/full 2> /dev/full`)).toMatchObject({ code: 2 })
      },
    )

    it.skipIf(!existsSync('/dev/full') || !existsSync('/bin/bash'))(
      'puts its files away where nobody hears what it says, or there is no room (skipped without bash)',
      async () => {
        const own = mkdtempSync(join(folder, 'unheard-'))
        const spilled = mkdtempSync(join(temporary, 'unheard-'))
        const many = file('more.csv', `case,activity,time\n${rows(120_000)}`)
        const call = `TMPDIR='${spilled}' '${process.execPath}' '${cli}' audit ${many} --map ${map} --cases - --html ${own}/page.html`
        expect(await shell(`${call} | head -1; exit \${PIPESTATUS[0]}`)).toMatchObject({ code: 141, stderr: '' })
        const full = { code: 2, stderr: 'What was found can’t be written: the disk is full.\n' }
        expect(await shell(`${call} > /dev/full`)).toMatchObject(full)
        expect([...readdirSync(own), ...readdirSync(spilled)]).toEqual([])
        const diagram = `ulimit -f 1; '${process.execPath}' '${cli}' diagram --format svg --out ${own}/picture.svg`
        expect(await shell(diagram)).toMatchObject({
          code: 2,
          stderr: expect.stringMatching(/picture\.svg can’t be written/),
        })
        expect(readdirSync(own)).toEqual([])
      },
    )

    it.skipIf(!existsSync('/bin/bash'))(
      'does not write over what is piped in from a file (skipped without bash)',
      async () => {
        const own = file('piped.csv', readFileSync(join(folder, log), 'utf8'))
        const call = `'${process.execPath}' '${cli}' audit - --format csv --map ${map}`
        expect(await shell(`${call} --html ${own} < ${own}`)).toEqual({
          code: 2,
          stdout: '',
          stderr: '--html piped.csv would write over the log.\n',
        })
        expect(readFileSync(join(folder, own), 'utf8')).toBe(readFileSync(join(folder, log), 'utf8'))
        expect(await shell(`${call} --html page-of-it.html < ${own}`)).toMatchObject({ code: 0 })
      },
    )

    const rows = (count: number) =>
      Array.from({ length: count }, (_, n) => `case-${n},take,2026-03-01T09:00:00Z\n`).join('')

    it.each([
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const)('is ended quietly by %s, with %i, and leaves no file behind', async (signal, expected) => {
      const own = mkdtempSync(join(temporary, 'interrupted-'))
      const page = mkdtempSync(join(folder, 'interrupted-'))
      const child = spawn(process.execPath, [cli, 'audit', '-', '--map', map, '--html', join(page, 'page.html')], {
        cwd: folder,
        env: { ...env, TMPDIR: own },
      })
      child.stdin.on('error', () => {})
      let told = ''
      child.stdout.on('data', (data) => (told += data))
      child.stderr.on('data', (data) => (told += data))
      child.stdin.write(`case,activity,time\n${rows(60_000)}`)
      while (readdirSync(own).length === 0) await new Promise((next) => setTimeout(next, 20))
      child.kill(signal)
      const code = await new Promise((done) => child.on('exit', done))
      const left = [...readdirSync(own), ...readdirSync(page)]
      expect({ code, told, left }).toEqual({ code: expected, told: '', left: [] })
    })

    it('ends quietly when its reader has read enough', async () => {
      const many = Array.from({ length: 3000 }, (_, n) => `1,activity-${n},2026-03-01T09:00:00Z\n`).join('')
      const wide = file('wide.csv', `case,activity,time\n${many}`)
      const child = spawn(process.execPath, [cli, 'audit', wide, '--map', map, '--json'], { cwd: folder, env })
      let complaint = ''
      child.stderr.on('data', (data) => (complaint += data))
      child.stdout.once('data', () => child.stdout.destroy())
      const code = await new Promise((done) => child.on('exit', done))
      expect({ code, complaint }).toEqual({ code: 141, complaint: '' })
    })

    const terminal = '/usr/bin/script'
    it.skipIf(!existsSync(terminal))(
      'says on a terminal how far it is, and wipes that away (skipped where script is missing)',
      async () => {
        const long = file('long.csv', `case,activity,time\n${rows(80_000)}`)
        const command = (more: string) => `${process.execPath} ${cli} audit ${long} --map ${map} ${more} > /dev/null`
        const shown = (more: string) =>
          new Promise<string>((done) =>
            execFile(
              terminal,
              ['-qec', command(more), '/dev/null'],
              { cwd: folder, env: { ...env, TERM: 'xterm' } },
              (_, stdout) => done(stdout),
            ),
          )
        const [loud, quiet] = await Promise.all([shown(''), shown('--quiet')])
        const wiped = '\r\u001b[2K'
        expect(loud).toContain(`${wiped}read `)
        expect(loud).toMatch(/read \d+ MB \(\d+%\)/)
        expect(loud.endsWith(wiped)).toBe(true)
        expect(quiet).toBe('')
      },
    )
  },
)

describe.skipIf(!process.features.typescript)(
  'redress, about protocols (skipped where Node does not run TypeScript)',
  { concurrent: true },
  () => {
    it('lists those that are shipped, with their steps', async () => {
      const { code, stdout } = await redress(['protocols'])
      expect(code).toBe(0)
      expect(stdout).toContain('heard@1  Disney Institute, HEARD\n  person   listen → empathize → apologize\n')
      const listed = JSON.parse((await redress(['protocols', '--json'])).stdout)
      expect(listed.map(({ id }: { readonly id: string }) => id)).toEqual(protocols.map(({ id }) => id))
    })

    it('draws one as Mermaid and as SVG', async () => {
      const [heard] = protocols.filter(({ id }) => id === 'heard')
      expect((await redress(['diagram', 'heard'])).stdout).toBe(toMermaid(heard as (typeof protocols)[0]))
      expect(await redress(['diagram', 'heard', '--format', 'svg', '--out', 'heard.svg'])).toEqual({
        code: 0,
        stdout: '',
        stderr: '',
      })
      const svg = readFileSync(join(folder, 'heard.svg'), 'utf8')
      expect(svg).toMatch(
        /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg".*<title id="title">heard@1: Disney Institute, HEARD<\/title>.*<\/svg>\n$/s,
      )
      expect([...svg.matchAll(/text-anchor="middle" fill="#0f172a">(\w+)</g)].map(([, name]) => name)).toEqual([
        'listen',
        'empathize',
        'apologize',
        'agree',
        'deliver',
        'confirm',
        'investigate',
        'improve',
      ])
    })

    it('gives a drawing as JSON, with what it is of', async () => {
      const [heard] = protocols.filter(({ id }) => id === 'heard')
      expect(JSON.parse((await redress(['diagram', 'heard', '--json'])).stdout)).toEqual({
        protocol: 'heard@1',
        source: heard?.source,
        format: 'mermaid',
        drawing: toMermaid(heard as (typeof protocols)[0]),
      })
    })

    it('does not draw over the protocol that it draws', async () => {
      const source = pathToFileURL(join(root, 'src/index.ts')).href
      const ours = file('drawn.mjs', `export { heard as default } from '${source}'`)
      const { code, stderr } = await redress(['diagram', './drawn.mjs', '--out', ours])
      expect({ code, stderr }).toEqual({ code: 2, stderr: '--out drawn.mjs would write over the protocol.\n' })
      expect(readFileSync(join(folder, ours), 'utf8')).toContain('export { heard')
    })

    it('explains what a step must bring, and why it is not its turn', async () => {
      const { stdout } = await redress(['explain', 'pocock', 'apologize'])
      expect(stdout).toMatch(/^apologize: .+\n {2}brings .+\n/)
      expect(stdout).toMatch(/ {2}judged by responsibility-accepted: .+ \(Pocock\)\n/)
      expect((await redress(['explain', 'pocock', 'deliver', '--at', 'listen'])).stdout).toContain(
        'closed: Not yet: before “deliver” come listen, reflect, apologize, empathize, and agree.',
      )
      const broken = (await redress(['explain', 'heard', 'breakPromise'])).stdout
      expect(broken).toMatch(/^breakPromise: record that a promise was broken\n {2}brings promise: /)
      expect(broken).toContain(
        '  judged by promise-is-open: Only an open promise can be kept, moved, broken or asked about. (Taylor)\n',
      )
      expect(broken).not.toContain('closed: ')
      const all = JSON.parse((await redress(['explain', 'solomon', '--json'])).stdout) as readonly {
        readonly command: string
        readonly open: boolean
      }[]
      expect(all.map(({ command, open }) => [command, open])).toEqual(
        ['own', 'apologize', 'listen', 'agree', 'deliver', 'confirm', 'investigate', 'improve'].map((name) => [
          name,
          true,
        ]),
      )
    })

    // biome-ignore format: a table
    it.each<[string, readonly string[], RegExp]>([
    ['a protocol that is not there', ['diagram', 'nobody'], /^There is no protocol “nobody”/],
    ['a module that is none', ['diagram', './gone.mjs'], /^There is no module \.\/gone\.mjs\./],
    ['a step that is not there', ['explain', 'heard', 'reflect'], /^heard has no step or command “reflect”(?!.*(missDeadline|shareStep|changeFailed|erase))/],
    ['a place that is not there', ['explain', 'heard', '--at', 'reflect'], /^heard has no step “reflect”/],
    ['too much', ['protocols', 'heard'], /^It takes no “heard”/],
  ])('ends with 2 where it is given %s', async (_, args, sentence) => {
    const { code, stdout, stderr } = await redress(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(sentence)
  })

    it.each(['audit', 'protocols', 'explain', 'diagram', 'conformance'])(
      'has examples and exit codes in the help of %s',
      async (name) => {
        const { code, stdout } = await redress([name, '--help'])
        expect(code).toBe(0)
        expect(stdout).toMatch(
          new RegExp(`^redress ${name} .*\\nExamples:\\n {2}.*redress ${name}.*Ends with 0 .+, 2 `, 's'),
        )
        expect((await redress(['--help'])).stdout).toContain(`  redress ${name} `)
      },
    )
  },
)
