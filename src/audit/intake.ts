import type { Legend } from './legend.ts'
import type { ColumnsSeen, Reading } from './read.ts'
import type { ActivitySeen, LogRead } from './report.ts'
import type { CaseEvent, Story } from './story.ts'

const LINES_TOLD = 5

/** What is counted while a log is read, and while its cases come to an end: each row once. */
export function createIntake({ means, map }: Legend) {
  const count = { rows: 0, events: 0, leftOut: 0 }
  const skipped = new Map<string, { rows: number; lines: number; readonly at: number[] }>()
  const activities = new Map<string, { events: number; first: number; last: number }>()
  const duplicates = { rows: 0, dropped: map.duplicates === 'drop' }
  const reordered = { events: 0, cases: 0 }
  const tooLong = { cases: 0, events: 0, examples: [] as string[] }
  let columns: ColumnsSeen = { names: [], absent: [] }
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY

  function skip({
    fault,
    lines,
    line,
  }: {
    readonly fault: string
    readonly lines: number
    readonly line: number
  }): void {
    let one = skipped.get(fault)
    if (one === undefined) {
      one = { rows: 0, lines: 0, at: [] }
      skipped.set(fault, one)
    }
    one.rows++
    one.lines += lines
    if (one.at.length < LINES_TOLD) one.at.push(line)
  }

  const activityOf = (activity: string) => {
    let one = activities.get(activity)
    if (one === undefined) {
      one = { events: 0, first: 0, last: 0 }
      activities.set(activity, one)
    }
    return one
  }

  return {
    /** Counts a row, and gives its event, if it is one. */
    take(read: Reading): { readonly caseId: string; readonly event: CaseEvent } | undefined {
      count.rows++
      if (read === 'left-out') {
        count.leftOut++
        return undefined
      }
      if ('fault' in read) {
        skip(read)
        return undefined
      }
      const { caseId, row, at, activity, mark, resource, due, promise } = read
      count.events++
      activityOf(activity).events++
      if (at < from) from = at
      if (at > to) to = at
      if (promise !== undefined || due !== undefined) {
        return { caseId, event: [row, at, activity, mark, resource ?? null, due ?? null, promise ?? null] }
      }
      return { caseId, event: resource === undefined ? [row, at, activity, mark] : [row, at, activity, mark, resource] }
    },
    /** Is told at the end which columns there were. */
    columns(seen: ColumnsSeen): void {
      columns = seen
    },
    /** Counts what a case shows when all of it is known. */
    ended({ events, reordered: late, duplicates: copies }: Story): void {
      const [first, last] = [events[0], events.at(-1)]
      if (first !== undefined) activityOf(first[2]).first++
      if (last !== undefined) activityOf(last[2]).last++
      duplicates.rows += copies
      reordered.events += late
      if (late > 0) reordered.cases++
    },
    tooLong(caseId: string, events: number): void {
      tooLong.cases++
      tooLong.events += events
      if (tooLong.examples.length < LINES_TOLD) tooLong.examples.push(caseId)
    },
    /** The newest time of the log: what is open then is open. */
    until: (): number => to,
    log: (): LogRead => ({
      ...count,
      columns,
      skipped: [...skipped].map(([why, one]) => ({ why, ...one })).sort((one, other) => other.rows - one.rows),
      duplicates,
      reordered,
      tooLong,
      from: instantOf(from),
      to: instantOf(to),
    }),
    activities: (): readonly ActivitySeen[] =>
      [...activities]
        .map(([activity, one]) => ({ activity, ...one, means: means.get(activity)?.first ?? null }))
        .sort((one, other) => other.events - one.events || (one.activity < other.activity ? -1 : 1)),
  }
}

const instantOf = (epoch: number): string | null => (Number.isFinite(epoch) ? new Date(epoch).toISOString() : null)
