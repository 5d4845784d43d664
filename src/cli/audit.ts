import { open, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Writable } from 'node:stream'
import type { AuditReport, Format } from '../audit/index.ts'
import { findings, formatOf, toHtml, toText } from '../audit/index.ts'
import { RedressError } from '../errors.ts'
import { helpOf, readArguments, type Shape } from './arguments.ts'
import { audited, says } from './auditing.ts'
import type { CliCommand } from './command.ts'
import { complain, say } from './command.ts'
import { failureOf } from './failure.ts'
import { readJson } from './json.ts'
import { protocolNamed } from './method.ts'

const shape: Shape = {
  usage: 'redress audit <log> --map <map.json> [--json] [--html <file>] [--cases <file>] …',
  about: `Reads the event log of another system (CSV, JSON lines, XES; - for what is piped in), judges each case by a protocol, and
reports which fixed the problem before the person, left steps out, broke promises, waited too long, changed hands; how well
each case fits, and the commonest ways of going wrong. The map says which columns the log has and what its activities mean:

  {
    "columns": { "case": "Ticket", "activity": "Action", "time": "When", "resource": "Agent" },
    "time": { "format": "yyyy-MM-dd HH:mm", "zone": "Europe/Rome" },
    "activities": { "Take in charge": "own", "Call back": "listen", "Solve": "deliver", "Tag": "ignore", "Close": "close" },
    "waits": [{ "name": "until it was solved", "to": "deliver", "within": { "days": 5 } }]
  }

A map with a \`calendar\` needs the package temporal-polyfill beside redress.`,
  options: {
    map: { value: 'file', what: 'how the log is to be read (needed)' },
    protocol: { value: 'protocol', what: 'by its id, or a module that exports one; else what the map says, or pocock' },
    export: { value: 'name', what: 'under which name the module exports the protocol' },
    format: {
      value: 'format',
      what: 'where neither the map nor the log’s name says',
      choices: ['csv', 'jsonl', 'xes'],
    },
    json: { what: 'the report as JSON, instead of as text' },
    html: { value: 'file', what: 'the report as one HTML file too, readable without a network' },
    cases: { value: 'file', what: 'every case with what was found in it too, a JSON object a line' },
    'fail-under': { value: 'fitness', what: 'end with 1 where the fitness of the whole is lower, from 0 to 1' },
    'fail-on': { value: 'finding', what: 'end with 1 where any case has it', choices: Object.keys(findings) },
    quiet: { what: 'no progress on the terminal' },
  },
  examples: [
    ['redress audit tickets.csv --map map.json', 'a report on the terminal'],
    ['redress audit tickets.csv --map map.json --html report.html', 'and a page to pass on'],
    ['gunzip -c log.xes.gz | redress audit - --format xes --map map.json --json', 'from a pipe, for a script'],
    ['redress audit week.jsonl --map map.json --fail-on problem-first', 'for a pipeline that is to stop'],
  ],
  codes: {
    0: 'done',
    1: 'where --fail-under or --fail-on says so',
    2: 'where log or map can’t be read',
    130: 'where it was interrupted',
  },
}

/** `redress audit log.csv --map map.json`. */
export const auditCommand: CliCommand = {
  usage: shape.usage,
  summary: 'judges what already happened, from the event log of another system',
  async run(args, signal) {
    const asked = readArguments(args, shape)
    if (asked.asked === 'help') return say(helpOf(shape))
    const wrong = asked.asked === 'nothing' ? asked.wrong : wrongWith(asked.given, asked.values)
    if (wrong !== undefined) return complain(`${wrong}\n\n  ${shape.usage}\n`)
    if (asked.asked !== 'work') return 2
    const { given, values, flags } = asked
    const [log = ''] = given
    const map = await readJson(values['map'] ?? '')
    if (!map.read) return complain(`${map.why}\n`)
    const method =
      values['protocol'] === undefined ? undefined : await protocolNamed(values['protocol'], values['export'])
    if (method?.found === false) return complain(`${method.why}\n`)
    const format = (values['format'] as Format | undefined) ?? (says(map.value, 'format') ? undefined : formatOf(log))
    try {
      const cases = values['cases'] === undefined ? undefined : await writingTo(values['cases'])
      const report = await audited(
        log,
        map.value,
        { cases, signal, isQuiet: flags.has('quiet') },
        {
          ...(method === undefined ? {} : { protocol: method.protocol }),
          ...(format === undefined ? {} : { format }),
        },
      )
      if (report.log.events === 0) return complain(`${log}: ${nothingRead(report)}\n`)
      const name = log === '-' ? 'the log' : basename(log)
      if (values['html'] !== undefined) await writeFile(values['html'], toHtml(report, name))
      say(flags.has('json') ? `${JSON.stringify(report, null, 2)}\n` : toText(report, name))
      return isWanting(report, values) ? 1 : 0
    } catch (error) {
      if (signal.aborted) throw error
      return complain(`${whereOf(error, log, values['map'] ?? '')}\n`)
    }
  },
}

/** Writes to a file; what goes wrong is thrown when the next case is written, or at the end, with the path. */
async function writingTo(path: string): Promise<Writable> {
  const stream = (await open(path, 'w')).createWriteStream()
  return stream.on('error', (error) => Object.assign(error, { path }))
}

function wrongWith(given: readonly string[], values: Readonly<Record<string, string | undefined>>): string | undefined {
  if (given.length === 0) return 'Which log? It is a file, or - for what is piped in.'
  if (given.length > 1) return 'One log at a time.'
  if (values['map'] === undefined)
    return 'How is the log to be read? --map <map.json> says so; redress audit --help shows one.'
  const least = values['fail-under']
  if (least !== undefined && !(Number(least) >= 0 && Number(least) <= 1 && least.trim() !== '')) {
    return `--fail-under is a fitness from 0 to 1, which “${least}” is not.`
  }
  return undefined
}

function nothingRead({ log }: AuditReport): string {
  const reasons = log.skipped.map(({ why, rows, at }) => `${rows} with ${why} (line ${at.join(', ')})`)
  const why = [...reasons, ...(log.leftOut > 0 ? [`${log.leftOut} left out by \`only\``] : [])]
  return `there is no event in it that could be read${why.length === 0 ? '' : `: ${why.join('; ')}`}.`
}

function isWanting(report: AuditReport, values: Readonly<Record<string, string | undefined>>): boolean {
  const { 'fail-under': least, 'fail-on': id } = values
  return (
    (least !== undefined && report.fitness.whole < Number(least)) ||
    (id !== undefined && report.findings.some((one) => one.id === id && one.cases > 0))
  )
}

/** What went wrong, after the file in which it did. */
function whereOf(error: unknown, log: string, map: string): string {
  if (!(error instanceof RedressError)) {
    const { path = log } = error as { readonly path?: string }
    return `${path}: ${failureOf(error)}.`
  }
  const { code, message } = error
  if (code !== 'log-unreadable') return `${map}: ${message}`
  return /^line \d/.test(message) ? `${log}:${message.slice('line '.length)}` : `${log}: ${message}`
}
