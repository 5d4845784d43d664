import { detailsOf } from './detail.ts'
import { deviationKinds } from './deviation.ts'
import { advice } from './finding.ts'
import type { AuditReport, LogRead, WaitSeen } from './report.ts'
import { counted, day, duration, fitnessSaid, listed, number, plain, share } from './say.ts'

const COLUMNS = 100
const STRAYS_SHOWN = 12

/** A report as text, for a terminal or a mail: at most 100 columns, nothing in it that steers the terminal. */
export function toText(report: AuditReport, title: string): string {
  const { cases } = report
  const blocks: readonly (readonly [heading: string, lines: readonly string[]])[] = [
    [`Audit of ${plain(title)} by ${report.protocol}`, overview(report)],
    ['What to act on', whatToActOn(report)],
    ['How far it kept to the method', fitness(report)],
    ['Deviations, the most costly first', deviations(report)],
    ['The commonest ways of going wrong', ways(report)],
    ['Waits', report.waits.flatMap((wait) => waitLines(wait, cases))],
    ['What could not be judged', notJudged(report)],
  ]
  return blocks
    .filter(([, lines]) => lines.length > 0)
    .map(([heading, lines]) => `${heading}\n${lines.map((line) => `${folded(line)}\n`).join('')}`)
    .join('\n')
}

function overview({ log, cases, over, underWay, variants, sound, absent }: AuditReport): readonly string[] {
  return [
    `  ${counted(log.events, 'event')} in ${counted(cases, 'case')}, ${day(log.from)} to ${day(log.to)}: ${number(over)} over, ${number(underWay)} under way.`,
    `  ${counted(variants.distinct, 'variant')}; the commonest is ${share(variants.commonest[0]?.cases ?? 0, cases)} of all cases.`,
    `  Nothing to say against ${counted(sound, 'case')} (${share(sound, cases)}).`,
    ...[...shareSkipped(log), ...absentSaid(absent)].map((line) => `  ${line}`),
  ]
}

function whatToActOn(report: AuditReport): readonly string[] {
  const { findings, cases } = report
  const seen = findings.filter((one) => one.cases > 0)
  if (seen.length === 0) return ['  Nothing was found.']
  return seen.flatMap((one) => [
    `  ${number(one.cases).padStart(7)}  ${share(one.cases, cases).padStart(6)}  ${one.says}: ${examples(one)}`,
    ...[...detailsOf(report, one.id), advice[one.id]].map((line) => `                   ${line}`),
  ])
}

function fitness({ fitness: { whole, mean, conforming }, cases }: AuditReport): readonly string[] {
  return [
    `  Fitness of the whole ${fitnessSaid(whole)}, of a case on average ${fitnessSaid(mean)} (1 is a path of the method, 0 nothing of it).`,
    `  ${counted(conforming, 'case')} (${share(conforming, cases)}) kept to the method in all that the log can show.`,
  ]
}

function deviations({ deviations: strays, cases }: AuditReport): readonly string[] {
  const lines = strays
    .slice(0, STRAYS_SHOWN)
    .map(
      (one) =>
        `  ${number(one.cases).padStart(7)}  ${share(one.cases, cases).padStart(6)}  ${one.command} ${one.kind.replaceAll('-', ' ')} (cost ${number(one.cost)}): ${examples(one)}`,
    )
  const kinds = [...new Set(strays.map(({ kind }) => kind))]
  const rest = strays.length - STRAYS_SHOWN
  return [
    ...lines,
    ...(rest > 0 ? [`  … and ${rest} more`] : []),
    ...kinds.map((kind) => `  ${kind.replaceAll('-', ' ')}: ${deviationKinds[kind]}.`),
  ]
}

const ways = ({ waysOfGoingWrong: { distinct, commonest }, cases }: AuditReport): readonly string[] => [
  ...commonest.map(
    (one) =>
      `  ${number(one.cases).padStart(7)}  ${share(one.cases, cases).padStart(6)}  ${one.ways.join('; ')}: ${examples(one)}`,
  ),
  ...(distinct > commonest.length ? [`  … and ${number(distinct - commonest.length)} more`] : []),
]

function waitLines(wait: WaitSeen, cases: number): readonly string[] {
  const { median, p90, longest } = wait
  const some = median !== null && p90 !== null && longest !== null
  return [
    `  ${plain(wait.name)}: ${some ? `half within ${duration(median)}, nine of ten within ${duration(p90)}, the longest ${duration(longest)}` : 'none has ended'}.`,
    ...(wait.late === null || wait.late === 0
      ? []
      : [
          `      ${counted(wait.late, 'case')} (${share(wait.late, cases)}) took too long: ${examples({ ...wait, cases: wait.late })}`,
        ]),
    ...(wait.never === 0 ? [] : [`      ${counted(wait.never, 'case')} ended without it.`]),
    ...(wait.open === 0 ? [] : [`      ${counted(wait.open, 'case')} still waited when the log ends.`]),
  ]
}

function notJudged({ unseen, activities, log, findings, promises }: AuditReport): readonly string[] {
  const unmapped = activities.filter(({ means }) => means === null)
  const named = unmapped.slice(0, 10).map(({ activity, events }) => `${plain(activity)} (${number(events)})`)
  return [
    ...notTold(findings, promises).map((line) => `  ${line}`),
    ...(unseen.length === 0 ? [] : [`  No activity of the log means ${unseen.join(', ')}: nothing is said of them.`]),
    ...(unmapped.length === 0
      ? []
      : [
          `  Not in the map, and ignored: ${named.join(', ')}${unmapped.length > 10 ? `, and ${unmapped.length - 10} more` : ''}.`,
        ]),
    ...rowsLeftOut(log).map((line) => `  ${line}`),
  ]
}

/** Which activities of the map the log does not have. */
export const absentSaid = (absent: readonly string[]): readonly string[] =>
  absent.length === 0
    ? []
    : [
        `No row has the ${absent.length === 1 ? 'activity' : 'activities'} ${listed(absent)} of the map: never done, or misspelt there.`,
      ]

/** How large a part of a log could not be read, where any could not. */
export function shareSkipped({ skipped, rows }: LogRead): readonly string[] {
  const all = skipped.reduce((sum, one) => sum + one.rows, 0)
  if (all === 0) return []
  return [
    `${counted(all, 'row')} of ${number(rows)} (${share(all, rows)}) could not be read: see what could not be judged.`,
  ]
}

/** Which findings there was nothing to judge by, and why. */
export function notTold(findings: AuditReport['findings'], promises: AuditReport['promises']): readonly string[] {
  return [
    ...findings.flatMap(({ says, unjudged }) =>
      unjudged === null ? [] : [`Whether any case ${says} can’t be told: ${unjudged}.`],
    ),
    ...(promises.made === 0 || promises.undated === 0
      ? []
      : [`${counted(promises.undated, 'promise')} without a due time: nothing is said of them.`]),
  ]
}

/** What became of rows that were not simply taken as events. */
export function rowsLeftOut(log: LogRead): readonly string[] {
  const { skipped, leftOut, duplicates, reordered, tooLong, columns } = log
  return [
    ...columns.absent.map(
      (name) => `No row has “${plain(name)}”, which the map names. There are ${listed(columns.names)}.`,
    ),
    ...skipped.map(
      ({ why, rows, lines, at }) =>
        `Skipped: ${counted(rows, 'row')}${lines > rows ? ` of ${counted(lines, 'line')}` : ''} with ${why} (line ${at.join(', ')}${rows > at.length ? ', …' : ''}).`,
    ),
    ...(leftOut > 0 ? [`Left out by \`only\`: ${counted(leftOut, 'row')}.`] : []),
    ...(tooLong.cases > 0
      ? [
          `Too long to be judged: ${counted(tooLong.cases, 'case')} of ${counted(tooLong.events, 'event')} (${tooLong.examples.map(plain).join(', ')}). Is it the right column?`,
        ]
      : []),
    ...(duplicates.rows > 0
      ? [
          `${counted(duplicates.rows, 'row')} repeat another of their case word for word, and were ${duplicates.dropped ? 'dropped' : 'kept'}.`,
        ]
      : []),
    ...(reordered.events > 0
      ? [
          `${counted(reordered.events, 'event')} of ${counted(reordered.cases, 'case')} came after later ones; they were judged in the order of times.`,
        ]
      : []),
  ]
}

const examples = ({
  examples: ids,
  cases = 0,
}: {
  readonly examples: readonly string[]
  readonly cases?: number
}): string => `${ids.slice(0, 3).map(plain).join(', ')}${cases > 3 ? ', …' : ''}`

/** A line folded at its spaces; what goes on stands where the text began. */
function folded(line: string): string {
  const indent = ' '.repeat(/^ *(?:\d[\d,]* +[<>]?[\d.]+% +)?/.exec(line)?.[0].length ?? 0)
  const lines: string[] = []
  let open = line.slice(0, line.length - line.trimStart().length)
  for (const word of line.trimStart().split(/(?<= )(?! )/)) {
    if (open.length + word.trimEnd().length > COLUMNS && open.trim() !== '') {
      lines.push(open.trimEnd())
      open = indent
    }
    open += word
  }
  return [...lines, open.trimEnd()].join('\n')
}
