import { detailsOf } from './detail.ts'
import { type DeviationKind, deviationKinds } from './deviation.ts'
import { advice } from './finding.ts'
import { flowPicture } from './flow.ts'
import { html, type Markup, none } from './markup.ts'
import type { AuditReport, Seen, WaitSeen } from './report.ts'
import { counted, day, duration, fitnessSaid, number, share } from './say.ts'
import { style } from './style.ts'
import { absentSaid, notTold, rowsLeftOut, shareSkipped } from './text.ts'

/**
 * A report as one HTML file: no script, nothing that is fetched, readable on a phone and on paper. What comes from the log
 * is text in it, whatever it looks like.
 */
export function toHtml(report: AuditReport, title: string): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>Audit of ${title}</title>
<style>${{ markup: style }}</style>
</head>
<body>
${heading(report, title)}
<main>
${section('What to act on', findings(report))}
${section('Deviations by step', deviations(report))}
${section('The commonest ways of going wrong', ways(report))}
${section('Waits', html`<div class="grid">${report.waits.map((wait) => waitPicture(wait, report.cases))}</div>`)}
${section('Flow between steps', flow(report))}
${section('How well the cases fit', fits(report))}
${section('What could not be judged', notJudged(report))}
${section('What the log holds', holds(report))}
</main>
<footer><p>Fitness is 1 less what the deviations cost by what the worst would have: 1 is a path of the method, 0 nothing of it. Medians are exact to one in a hundred. Made by redress.</p></footer>
</body>
</html>
`
  return page.markup
}

const section = (title: string, content: Markup): Markup =>
  content === none ? none : html`<section><h2>${title}</h2>${content}</section>`

function heading({ log, cases, over, underWay, fitness, sound, protocol, absent }: AuditReport, title: string): Markup {
  const tiles: readonly (readonly [string, string])[] = [
    [number(cases), 'cases'],
    [number(log.events), 'events'],
    [fitnessSaid(fitness.whole), 'fitness of the whole'],
    [share(fitness.conforming, cases), 'kept to the method throughout'],
    [share(sound, cases), 'have nothing said against them'],
  ]
  return html`<header><h1>Audit of <bdi>${title}</bdi></h1>
<p class="soft">By ${protocol}: first the person, then the problem, finally the system. ${day(log.from)} to ${day(log.to)}; ${number(over)} cases over, ${number(underWay)} under way.</p>
${[...shareSkipped(log), ...absentSaid(absent)].map((line) => html`<p class="late">${line}</p>`)}
<ul class="tiles">${tiles.map(([value, what]) => html`<li><b>${value}</b>${what}</li>`)}</ul></header>`
}

function findings(report: AuditReport): Markup {
  const seen = report.findings.toSorted((one, other) => Number(other.cases > 0) - Number(one.cases > 0))
  return html`<ul class="cards many">${seen.map((one) =>
    one.unjudged !== null
      ? html`<li class="card none"><h3>Whether any case ${one.says} can’t be told</h3></li>`
      : one.cases === 0
        ? html`<li class="card none"><h3>No case ${one.says}, as far as the log can show</h3></li>`
        : html`<li class="card"><div class="head"><b>${number(one.cases)}</b><h3>${one.cases === 1 ? 'case' : 'cases'} ${one.says}</h3><span class="soft">${share(one.cases, report.cases)}</span></div>
${detailsOf(report, one.id).map((line) => html`<p>${line}</p>`)}<p>${advice[one.id]}</p>${ids(one)}</li>`,
  )}</ul>`
}

const ids = ({ examples }: Pick<Seen, 'examples'>): Markup =>
  examples.length === 0
    ? none
    : html`<p class="ids">For example ${examples.map((id, index) => html`${index === 0 ? '' : ', '}<bdi>${id}</bdi>`)}</p>`

function deviations({ deviations: strays, cases }: AuditReport): Markup {
  if (strays.length === 0) return html`<p>None: every case kept to the method in all that the log can show.</p>`
  const commands = [...new Set(strays.map(({ command }) => command))]
  const of = (command: string) => strays.filter((one) => one.command === command)
  const sum = (command: string) => of(command).reduce((total, one) => total + one.times, 0)
  const most = Math.max(...commands.map(sum))
  const kinds = [...new Set(strays.map(({ kind }) => kind))]
  return html`<figure><figcaption><strong>How often each step strayed from the nearest path</strong>Steps with the most first; the colours say how.</figcaption>
<table class="bars"><thead><tr><th scope="col">Step</th><th scope="col">How</th><th scope="col" class="n">Times</th></tr></thead><tbody>${commands
    .toSorted((one, other) => sum(other) - sum(one))
    .map((command) =>
      bar(
        command,
        of(command).map(({ kind, times }) => [times / most, kind, `${said(kind)}: ${number(times)}`] as const),
        number(sum(command)),
      ),
    )}</tbody></table>
<ul class="key">${kinds.map((kind) => html`<li class="${kind}"><i></i>${said(kind)}: ${deviationKinds[kind]}</li>`)}</ul></figure>
<details><summary>Every deviation, with its cost and example cases</summary>${table(
    ['Step', 'How', 'Cases', 'Share', 'Times', 'Cost', 'Examples'],
    strays.map((one) => [
      one.command,
      said(one.kind),
      one.cases,
      share(one.cases, cases),
      one.times,
      one.cost,
      one.examples.join(', '),
    ]),
  )}</details>`
}

const said = (kind: DeviationKind): string => kind.replaceAll('-', ' ')

/** A row of a picture: what, a bar of parts between 0 and 1, and how many. */
const bar = (
  what: string,
  parts: readonly (readonly [share: number, className: string, told: string])[],
  count: string,
): Markup =>
  html`<tr><th scope="row">${what}</th><td class="track"><span class="bar">${parts.filter(([width]) => width > 0).map(([width, className, told]) => html`<i class="${className}" style="width:${(width * 100).toFixed(2)}%" title="${told}"></i>`)}</span></td><td class="n">${count}</td></tr>`

const ways = ({ waysOfGoingWrong: { commonest, distinct }, cases }: AuditReport): Markup =>
  commonest.length === 0
    ? none
    : html`<ul class="cards many">${commonest.map((one) => html`<li class="card"><div class="head"><b>${number(one.cases)}</b><h3>${one.cases === 1 ? 'case' : 'cases'}</h3><span class="soft">${share(one.cases, cases)}</span></div><ul class="ways">${one.ways.map((way) => html`<li>${way}</li>`)}</ul>${ids(one)}</li>`)}</ul>${distinct > commonest.length ? html`<p class="soft">And ${number(distinct - commonest.length)} more, each seldomer.</p>` : none}`

function waitPicture(wait: WaitSeen, cases: number): Markup {
  const { bars, median, p90, longest } = wait
  const most = Math.max(1, ...bars.map(({ count }) => count))
  return html`<figure><figcaption><strong>${wait.name}</strong>${median === null || p90 === null || longest === null ? 'None has ended.' : `Half within ${duration(median)}, nine of ten within ${duration(p90)}, the longest ${duration(longest)}.`}</figcaption>
<table class="bars"><thead><tr><th scope="col">Up to</th><th scope="col">How many took so long</th><th scope="col" class="n">Cases</th></tr></thead><tbody>${bars.map(({ upTo, count }) => bar(upTo === null ? 'longer' : duration(upTo), [[count / most, '', number(count)]], number(count)))}</tbody></table>
${wait.late === null ? none : html`<p class="${wait.late > 0 ? 'late' : 'soft'}">${counted(wait.late, 'case')} (${share(wait.late, cases)}) took too long.</p>${ids(wait)}`}
${wait.never > 0 ? html`<p>${counted(wait.never, 'case')} ended without it.</p>` : none}${wait.open > 0 ? html`<p>${counted(wait.open, 'case')} still waited when the log ends.</p>` : none}</figure>`
}

const flow = (report: AuditReport): Markup =>
  html`<figure><figcaption><strong>Which step came directly after which</strong>From top to bottom as the method has them; on the right what went on, on the left what went back. The thicker, the more often.</figcaption>${flowPicture(report)}</figure>
<details><summary>Every pair, with how often</summary>${table(
    ['From', 'To', 'Times'],
    report.flow.map(({ from, to, times }) => [from, to, times]),
  )}</details>`

function fits({ fitness: { bars, conforming, mean }, cases }: AuditReport): Markup {
  const most = Math.max(1, ...bars)
  const names = bars.map((_, index) =>
    index === 10 ? '1' : `${(index / 10).toFixed(1)} to ${((index + 1) / 10).toFixed(1)}`,
  )
  return html`<figure><figcaption><strong>Cases by their fitness</strong>${fitnessSaid(mean)} on average; ${counted(conforming, 'case')} (${share(conforming, cases)}) kept to the method in all that the log can show.</figcaption>
<table class="bars"><thead><tr><th scope="col">Fitness</th><th scope="col">How many</th><th scope="col" class="n">Cases</th></tr></thead><tbody>${bars.map((count, index) => bar(names[index] ?? '', [[count / most, '', number(count)]], number(count)))}</tbody></table></figure>`
}

function notJudged({ unseen, activities, log, findings, promises }: AuditReport): Markup {
  const unmapped = activities.filter(({ means }) => means === null)
  const lines = [
    ...notTold(findings, promises),
    ...(unseen.length === 0 ? [] : [`No activity of the log means ${unseen.join(', ')}: nothing is said of them.`]),
    ...(unmapped.length === 0
      ? []
      : [
          `Not in the map, and ignored: ${unmapped
            .slice(0, 20)
            .map(({ activity, events }) => `${activity} (${number(events)})`)
            .join(', ')}${unmapped.length > 20 ? `, and ${number(unmapped.length - 20)} more` : ''}.`,
        ]),
    ...rowsLeftOut(log),
  ]
  return lines.length === 0 ? none : html`<div class="card">${lines.map((line) => html`<p>${line}</p>`)}</div>`
}

const holds = ({
  activities,
  variants,
  cases,
}: AuditReport): Markup => html`<p>${counted(variants.distinct, 'variant')}. The commonest:</p>
${table(
  ['Cases', 'Share', 'Activities, in their order'],
  variants.commonest.map((one) => [one.cases, share(one.cases, cases), one.activities.join(' → ')]),
)}
<details><summary>${counted(activities.length, 'activity', 'activities')}, and what each means</summary>${table(
  ['Activity', 'Means', 'Events', 'First', 'Last'],
  activities.map(({ activity, means, events, first, last }) => [
    activity,
    means === null ? 'not in the map' : means.length === 0 ? 'ignored' : means.join(', '),
    events,
    first,
    last,
  ]),
)}</details>`

/** A table; numbers stand to the right. On a narrow screen it is moved by itself. */
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): Markup =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${head.join(', ')}"><table><thead><tr>${head.map((name, column) => html`<th scope="col"${typeof rows[0]?.[column] === 'number' ? html` class="n"` : none}>${name}</th>`)}</tr></thead><tbody>${rows.map((row) => html`<tr>${row.map((cell) => (typeof cell === 'number' ? html`<td class="n">${number(cell)}</td>` : html`<td>${cell}</td>`))}</tr>`)}</tbody></table></div>`
