import { basename } from 'node:path'
import type { AuditReport, Format } from '../audit/index.ts'
import { findings, formatOf, toHtml, toText } from '../audit/index.ts'
import { RedressError } from '../errors.ts'
import { type Asked, helpOf, readArguments, type Shape } from './arguments.ts'
import { audited, says } from './auditing.ts'
import type { CliCommand } from './command.ts'
import { complain, say } from './command.ts'
import { failureOf } from './failure.ts'
import { readJson } from './json.ts'
import { lineIn } from './line.ts'
import { protocolNamed } from './method.ts'
import { clashOf, isStandard, type Output, outputTo } from './output.ts'

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
    html: { value: 'file', what: 'the report as one HTML file too, readable without a network; - instead of the text' },
    cases: {
      value: 'file',
      what: 'every case with what was found in it too, a JSON object a line; - instead of the text',
    },
    'fail-under': { value: 'fitness', what: 'end with 1 where the fitness of the whole is lower, from 0 to 1' },
    'fail-on': {
      value: 'finding',
      what: 'end with 1 where any case has it',
      choices: Object.keys(findings),
      isMany: true,
    },
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
    2: 'where log or map can’t be read, or what --fail-on names can’t be told',
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
    const wrong = asked.asked === 'nothing' ? asked.wrong : wrongWith(asked)
    if (wrong !== undefined) return complain(`${wrong}\n\n  ${shape.usage}\n`)
    if (asked.asked !== 'work') return 2
    const { values, flags, lists } = asked
    const [log = ''] = asked.given
    const { map: mapPath = '', protocol, html, cases } = values
    const map = await readJson(mapPath)
    if (!map.read) return complain(`${map.why}\n`)
    const method = protocol === undefined ? undefined : await protocolNamed(protocol, values['export'])
    if (method?.found === false) return complain(`${method.why}\n`)
    const clash = await clashOf({ 'the log': log, 'the map': mapPath, 'the protocol': protocol }, { cases, html })
    if (clash !== undefined) return complain(`${clash}\n`)
    const format = (values['format'] as Format | undefined) ?? (says(map.value, 'format') ? undefined : formatOf(log))
    const outputs: Output[] = []
    const writing = async (path: string | undefined) => {
      if (path === undefined) return undefined
      const output = await outputTo(path)
      outputs.push(output)
      return output
    }
    try {
      const around = { cases: await writing(cases), signal, isQuiet: flags.has('quiet') }
      const page = await writing(html)
      const report = await audited(log, map.value, around, {
        ...(method === undefined ? {} : { protocol: method.protocol }),
        ...(format === undefined ? {} : { format }),
      })
      if (report.log.events === 0) return complain(`${log}: ${nothingRead(report)}\n`)
      const name = log === '-' ? 'the log' : basename(log)
      await page?.write(toHtml(report, name))
      for (const output of outputs) await output.keep()
      if (flags.has('json')) say(`${JSON.stringify(report, null, 2)}\n`)
      else if (!isStandard(html) && !isStandard(cases)) say(toText(report, name))
      if (isWanting(report, values['fail-under'], lists['fail-on'])) return 1
      const untold = untoldOf(report, lists['fail-on'])
      return untold.length === 0 ? 0 : complain(untold.map((line) => `${log}: ${line}\n`).join(''))
    } catch (error) {
      if (signal.aborted || (error as NodeJS.ErrnoException).code === 'EPIPE') throw error
      return complain(`${whereOf(error, log, mapPath, map.text)}\n`)
    } finally {
      for (const output of outputs) await output.drop()
    }
  },
}

function wrongWith({ given, values, flags }: Asked): string | undefined {
  if (given.length === 0) return 'Which log? It is a file, or - for what is piped in.'
  if (given.length > 1) return 'One log at a time.'
  if (values['map'] === undefined)
    return 'How is the log to be read? --map <map.json> says so; redress audit --help shows one.'
  if ([flags.has('json'), isStandard(values['html']), isStandard(values['cases'])].filter(Boolean).length > 1) {
    return 'Only one can go to the output: the report as JSON (--json), the page (--html -) or the cases (--cases -).'
  }
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

const isWanting = (
  { fitness, findings }: AuditReport,
  least: string | undefined,
  ids: readonly string[] = [],
): boolean =>
  (least !== undefined && fitness.whole < Number(least)) ||
  findings.some(({ id, cases }) => ids.includes(id) && cases > 0)

/** What a script asked for, and nobody can tell: it must not be taken for sound. */
const untoldOf = ({ findings }: AuditReport, ids: readonly string[] = []): readonly string[] =>
  findings.flatMap(({ id, says, unjudged }) =>
    unjudged === null || !ids.includes(id)
      ? []
      : [`--fail-on ${id}: whether any case ${says} can’t be told: ${unjudged}.`],
  )

/** What went wrong, after the file in which it did. */
function whereOf(error: unknown, log: string, map: string, text: string): string {
  if (!(error instanceof RedressError)) {
    const { path = log } = error as { readonly path?: string }
    return `${path}: ${failureOf(error)}.`
  }
  const { code, message, facts } = error
  const issues = facts['issues'] as readonly MapIssue[] | undefined
  if (issues !== undefined)
    return `${map}: The map can’t be used:\n  ${issues.map((one) => saidOf(one, text)).join('\n  ')}`
  if (code !== 'log-unreadable') return `${map}: ${message}`
  return /^line \d/.test(message) ? `${log}:${message.slice('line '.length)}` : `${log}: ${message}`
}

interface MapIssue {
  readonly path: string
  readonly keys: readonly (string | number)[]
  readonly message: string
}

/** A fault of a map after the line on which it is. */
function saidOf({ path, keys, message }: MapIssue, text: string): string {
  const line = lineIn(text, keys)
  return `${line === undefined ? '' : `line ${line}: `}${path === '' ? 'it ' : `${path}: `}${message}`
}
