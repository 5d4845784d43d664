// What an audit of a long log costs: `npm run bench:audit`, 1 GB unless told otherwise (`-- 0.1`). Every case is spread over
// all of the log, so that none is over before its end; and every count is known beforehand.
import { execFile } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdtemp, open, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { auditLog } from 'redress/audit'

const ROW_BYTES = 83
const DAY_MS = 86_400_000
const START = Date.parse('2025-01-01T08:00:00Z')

/** What a case does, one thing a day, and whether it fixes the problem before the person. */
const ways = [
  { activities: ['Insert ticket', 'Take in charge', 'Call back', 'Solve', 'Close'], problemFirst: false },
  { activities: ['Insert ticket', 'Take in charge', 'Solve', 'Call back', 'Close'], problemFirst: true },
  { activities: ['Insert ticket', 'Solve', 'Solve', 'Tag', 'Close'], problemFirst: true },
  { activities: ['Insert ticket', 'Take in charge', 'Call back', 'Take in charge', 'Solve'], problemFirst: false },
] as const
const STEPS = 5
const map = {
  columns: { case: 'Ticket', activity: 'Action', time: 'When', resource: 'Agent' },
  time: { format: 'yyyy-MM-dd HH:mm:ss' },
  activities: {
    'Insert ticket': 'ignore',
    'Take in charge': { is: 'own', again: 'ignore' },
    'Call back': 'listen',
    Solve: 'deliver',
    Close: 'close',
  },
  waits: [{ name: 'until it was solved', to: 'deliver', within: { days: 2 } }],
}

async function generate(path: string, cases: number): Promise<void> {
  const file = await open(path, 'w')
  await file.write('Ticket,Action,When,Agent,Subject\n')
  for (let step = 0; step < STEPS; step++) {
    let rows: string[] = []
    for (let one = 0; one < cases; one++) {
      const at = new Date(START + (step + (one % 500)) * DAY_MS + (one % 36_000) * 1000).toISOString()
      const activity = ways[one % ways.length]?.activities[step]
      const when = `${at.slice(0, 10)} ${at.slice(11, 19)}`
      rows.push(
        `T-${String(one).padStart(9, '0')},${activity},${when},agent-${(one + step) % 40},"Order ${one}, late, ""again"""\n`,
      )
      if (rows.length === 20_000 || one === cases - 1) {
        await file.write(rows.join(''))
        rows = []
      }
    }
  }
  await file.close()
}

/** The audit, in a process of its own, so that what it takes is its own. */
async function audit(path: string): Promise<void> {
  const start = performance.now()
  const { log, cases, variants, over, findings } = await auditLog(createReadStream(path), { map })
  const seconds = (performance.now() - start) / 1000
  const problemFirst = findings.find(({ id }) => id === 'problem-first')?.cases
  const seen = { events: log.events, cases, variants: variants.distinct, over, problemFirst }
  console.log(JSON.stringify({ seen, seconds, megabytes: process.resourceUsage().maxRSS / 1000 }))
}

async function measure(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'redress-bench-'))
  try {
    const path = join(folder, 'log.csv')
    const cases = Math.ceil((gigabytes * 1e9) / ROW_BYTES / STEPS / ways.length) * ways.length
    await generate(path, cases)
    const { size } = await stat(path)
    const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, import.meta.filename, path])
    const { seen, seconds, megabytes } = JSON.parse(stdout)
    const quarter = cases / ways.length
    const expected = {
      events: cases * STEPS,
      cases,
      variants: ways.length,
      over: quarter * 3,
      problemFirst: quarter * ways.filter(({ problemFirst }) => problemFirst).length,
    }
    const count = (number: number) => number.toLocaleString('en')
    console.log(`${(size / 1e9).toFixed(2)} GB, ${count(expected.events)} events in ${count(cases)} cases`)
    console.log(
      `${seconds.toFixed(1)} s, ${(size / 1e6 / seconds).toFixed(0)} MB/s; at most ${megabytes.toFixed(0)} MB in memory`,
    )
    if (JSON.stringify(seen) === JSON.stringify(expected)) return
    console.log('WRONG:', { expected, seen })
    process.exitCode = 1
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const [given = '1'] = process.argv.slice(2)
const gigabytes = Number(given)
await (Number.isNaN(gigabytes) ? audit(given) : measure())
