import type { Counts, Insights } from 'redress'
import { cut, paint } from './terminal.ts'

/** So many cases are told one by one, and need no count. */
const FEW = 12
const MAX_BLOCKS = 50
const MAX_CAUSES = 5
const NAME = 30
const CAUSE = 62
const CAUSE_PART = 21

/** What many cases teach, from the desk's own insights: nothing in it about anybody. */
export function report(insights: Insights): readonly string[] {
  const { complaints, outcomes, causes, timeTo, promises, secondFailures, refusals, praise, appreciation } = insights
  return [
    ...(complaints > FEW ? chart('how they ended', outcomes) : []),
    ...title('complaints per cause, before and after its change'),
    ...causes.slice(0, MAX_CAUSES).map(causeRow),
    ...(causes.length > MAX_CAUSES ? [`  … and ${causes.length - MAX_CAUSES} causes more`] : []),
    ...title('half of the cases took no longer'),
    row('until somebody owned it', span(timeTo.own.medianMs)),
    row('until they were heard', span(timeTo.listen.medianMs)),
    row('until we apologised', span(timeTo.apologize.medianMs)),
    row('until it was resolved', span(timeTo.resolve.medianMs)),
    row('until its system was fixed', span(timeTo.close.medianMs)),
    ...chart('promises', { kept: promises.kept, broken: promises.broken, open: promises.open, moved: promises.moved }),
    ...chart('second failures', secondFailures),
    ...chart('praise beside blame', {
      complaints,
      praise,
      thanks: appreciation.thanks,
      surprises: appreciation.surprises,
      'bystanders thanked': appreciation.bystanders,
    }),
    ...chart('refused by', refusals.byRule),
  ]
}

/** How often each name is there: a block for each time, or for several where there are many. None is left out. */
export function chart(name: string, counts: Counts): readonly string[] {
  const rows = Object.entries(counts).filter((one): one is [string, number] => (one[1] ?? 0) > 0)
  rows.sort(([, one], [, other]) => other - one)
  const each = Math.max(1, (rows[0]?.[1] ?? 0) / MAX_BLOCKS)
  const blocks = (count: number) => paint('cyan', '█'.repeat(Math.ceil(count / each)))
  return [...title(name), ...rows.map(([value, count]) => `${row(value, String(count).padStart(4))}  ${blocks(count)}`)]
}

function causeRow({ key, change }: Insights['causes'][number]): string {
  const numbers = change === undefined ? 'no change yet' : `${change.before} before, ${change.after} after`
  const held = change === undefined || change.failed === 0 ? '' : paint('yellow', '  it did not hold')
  const cause = key.split(' × ').map((part) => cut(part, CAUSE_PART))
  return `  ${cut(cause.join(' × '), CAUSE - 2).padEnd(CAUSE)}${numbers}${held}`
}

const title = (text: string) => ['', `  ${paint('bold', text)}`]
const row = (name: string, value: string) => `  ${name.padEnd(NAME)}${value}`

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** `45 minutes`, `5 hours`, `3 days`. */
function span(ms: number | undefined): string {
  if (ms === undefined) return '–'
  const [unit, one] = ms < HOUR_MS ? ['minute', MINUTE_MS] : ms < 2 * DAY_MS ? ['hour', HOUR_MS] : ['day', DAY_MS]
  return new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 }).format(
    ms / one,
  )
}
