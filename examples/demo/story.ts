import { person } from 'redress'
import { atWork } from './clock.ts'
import type { Complaint } from './complaint.ts'
import { type Plot, plots, thinkAgain } from './plot.ts'
import type { Line } from './scene/line.ts'
import { scenesOf } from './scene/scene.ts'

/** A complaint and what becomes of it. */
export interface Story extends Pick<Plot, 'title' | 'protocol' | 'asksForErasure'> {
  readonly complaint: Complaint
  readonly lines: readonly Line[]
  /** What is done whenever the desk finds that its change did not hold. */
  readonly again: readonly Line[]
}

const staff = ['ana', 'ben', 'chidi', 'dora', 'emre', 'fay'] as const

/** Gives each complaint a plot, in turn, and people to play it. */
export const storiesOf = (complaints: readonly Complaint[]): readonly Story[] =>
  complaints.map((complaint, index) => {
    const plot = plots[index % plots.length] as Plot
    const one = (place: number) => person(staff[(index + place) % staff.length] as string)
    const scenes = scenesOf({ complaint, owner: one(0), hasty: one(1), second: one(2) })
    return { ...plot, complaint, lines: plot.lines(scenes), again: thinkAgain(plot, scenes) }
  })

interface Span {
  readonly begin: Date
  readonly end: Date
}

/** From when to when a story goes, if nothing comes between. */
function spanOf({ complaint, lines }: Story): Span {
  const begin = new Date(complaint.received)
  return { begin, end: lines.reduce((before, { when }) => when(before), atWork(begin)) }
}

const isHalfWay = ({ begin, end }: Span, at: Date): boolean => begin <= at && at < end

/** When the first complaint comes. */
export const beginOf = (stories: readonly Story[]): Date =>
  new Date(Math.min(...stories.map(({ complaint }) => Date.parse(complaint.received))))

/** The evening on which the most stories are half-way, and a process had better not end. */
export function worstEvening(stories: readonly Story[]): Date {
  const spans = stories.map(spanOf)
  const evenings = spans.map(({ begin }) => new Date(`${begin.toISOString().slice(0, 10)}T23:59:59Z`))
  evenings.sort((one, other) => one.getTime() - other.getTime())
  const halfWay = (evening: Date) => spans.filter((span) => isHalfWay(span, evening)).length
  return evenings.reduce((worst, evening) => (halfWay(evening) > halfWay(worst) ? evening : worst))
}

const FEW = 12
const FEATURED = 3

/** The stories to tell in full: all of them where they are few, else some that are half-way on that evening. */
export function featured(stories: readonly Story[], evening: Date): readonly Story[] {
  if (stories.length <= FEW) return stories
  const halfWay = stories.filter((story) => isHalfWay(spanOf(story), evening))
  return [...new Set([...halfWay, ...stories])].slice(0, FEATURED)
}
