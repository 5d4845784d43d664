import type { Span } from '../protocol/calendar.ts'
import type { Legend } from './legend.ts'

/** An event of a case, without what all of its events share: it is kept and written as it stands. */
export type CaseEvent = readonly [
  row: number,
  at: number,
  activity: string,
  mark: number,
  resource?: string | null,
  due?: number | null,
  promise?: string | null,
]

/** One thing that a case did, in the words of the protocol. */
export interface Deed {
  readonly command: string
  readonly at: number
  readonly due: number | undefined
  readonly within: Span | undefined
  readonly promise: string | undefined
  /** Which event of the case it is of: one may tell several. */
  readonly event: number
}

/** A case as its log tells it, in the order of times. */
export interface Story {
  readonly caseId: string
  readonly events: readonly CaseEvent[]
  readonly deeds: readonly Deed[]
  /** Events that were told after later ones. */
  readonly reordered: number
  /** Events that repeat another word for word. */
  readonly duplicates: number
}

/** Tells a case in the order of times; what has one time keeps the order of the log. */
export function storyOf(caseId: string, told: readonly CaseEvent[], legend: Legend): Story {
  const inOrder = told.toSorted(([row, at], [otherRow, otherAt]) => at - otherAt || row - otherRow)
  const copies = copiesIn(inOrder)
  const events = legend.map.duplicates === 'drop' ? inOrder.filter((event) => !copies.has(event)) : inOrder
  const before = new Set<string>()
  const deeds = events.flatMap(([, at, activity, , , due, promise], event): readonly Deed[] => {
    const means = legend.means.get(activity)
    if (means === undefined) return []
    const commands = before.has(activity) ? means.again : means.first
    before.add(activity)
    const { within } = means
    const told = { at, due: due ?? undefined, within, promise: promise ?? undefined, event }
    return commands.map((command) => ({ command, ...told }))
  })
  return { caseId, events, deeds, reordered: reorderedIn(told), duplicates: copies.size }
}

function copiesIn(events: readonly CaseEvent[]): ReadonlySet<CaseEvent> {
  const seen = new Set<string>()
  const copies = new Set<CaseEvent>()
  for (const event of events) {
    const [, at, activity, mark, resource] = event
    const key = JSON.stringify([at, activity, mark, resource])
    if (seen.has(key)) copies.add(event)
    seen.add(key)
  }
  return copies
}

function reorderedIn(told: readonly CaseEvent[]): number {
  let latest = Number.NEGATIVE_INFINITY
  let reordered = 0
  for (const [, at] of told.toSorted(([row], [otherRow]) => row - otherRow)) {
    if (at < latest) reordered++
    else latest = at
  }
  return reordered
}
