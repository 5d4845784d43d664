import type { Hours } from './hours.ts'
import type { Legend, ReadWait } from './legend.ts'
import { OPENING } from './meaning.ts'
import type { Story } from './story.ts'

/** A wait of a case: how long it took, or that it goes on; and whether it took too long. */
export interface Waited {
  readonly name: string
  /** In the hours that are counted; of a wait that did not end what it came to. */
  readonly ms: number
  /** It ended, or goes on with its case, or never ended: the case did, without it. */
  readonly ended: 'yes' | 'not-yet' | 'never'
  readonly late: boolean
}

/** The waits of a case, which is over, or under way when the log ends. Those that never began are none. */
export function waitsIn(
  story: Story,
  isOver: boolean,
  { waits }: Legend,
  hours: Hours,
  until: number,
): readonly Waited[] {
  const last = story.events.at(-1)?.[1] ?? until
  return waits.flatMap((wait) => waitIn(story, wait, hours, isOver, isOver ? last : until) ?? [])
}

function waitIn(
  { deeds, events }: Story,
  wait: ReadWait,
  hours: Hours,
  isOver: boolean,
  until: number,
): Waited | undefined {
  const opening = wait.from === OPENING
  const begins = opening ? events[0]?.[1] : deeds.find(({ command }) => command === wait.from)?.at
  if (begins === undefined) return undefined
  const first = opening ? 0 : deeds.findIndex(({ command }) => command === wait.from) + 1
  const ends = deeds.slice(first).find(({ command }) => wait.to.includes(command))?.at
  const end = ends ?? Math.max(until, begins)
  const pauses = wait.pausable ? pausesIn({ deeds, events }, begins, end) : []
  const ms = pauses.reduce((sum, [from, to]) => sum - hours.between(from, to), hours.between(begins, end))
  return {
    name: wait.name,
    ms,
    ended: ends !== undefined ? 'yes' : isOver ? 'never' : 'not-yet',
    late: wait.within !== undefined && end > dueOf(begins, hours.add(begins, wait.within), pauses, hours),
  }
}

/** When a wait is due: what was left of it when it stood still is left when it goes on. */
const dueOf = (begins: number, due: number, pauses: readonly Pause[], hours: Hours): number =>
  pauses.reduce(
    (late, [from, to]) => (from < late ? hours.after(to, hours.between(Math.max(from, begins), late)) : late),
    due,
  )

type Pause = readonly [from: number, to: number]

/** From each pause to the next event of the case, whatever that is. */
function pausesIn({ deeds, events }: Pick<Story, 'deeds' | 'events'>, begins: number, end: number): readonly Pause[] {
  const pauses: Pause[] = []
  for (const { command, at } of deeds) {
    const last = pauses.at(-1)
    if (command !== 'pause' || at < begins || at >= end || (last !== undefined && at < last[1])) continue
    const next = events.find(([, time]) => time > at)?.[1] ?? end
    pauses.push([at, Math.min(next, end)])
  }
  return pauses
}
