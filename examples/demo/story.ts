import { person } from 'redress'
import type { Complaint } from './complaint.ts'
import { type Line, scenesOf } from './scene.ts'

/** A complaint and what becomes of it: what a first process lives through, and what a fresh one, later. */
export interface Story {
  readonly complaint: Complaint
  readonly title: string
  readonly protocol: 'pocock' | 'solomon' | 'heard'
  readonly first: readonly Line[]
  readonly later: readonly Line[]
}

type Scenes = ReturnType<typeof scenesOf>
type Plot = Pick<Story, 'title' | 'protocol'> & {
  first(scenes: Scenes): readonly Line[]
  later(scenes: Scenes): readonly Line[]
}

// What the protocols have in common from some point on.
const pocockPerson = (s: Scenes) => [s.listen, s.reflect, s.apologize, s.empathize]
const pocockProblem = (s: Scenes) => [s.deliver, s.confirm, s.thank]
const pocockSystem = (s: Scenes) => [s.investigate, s.improve, s.verify, s.share]
const shortSystem = (s: Scenes) => [s.investigate, s.improve]
const remedy = (s: Scenes) => [s.deliver, s.confirm]
const secondRemedy = (s: Scenes) => [s.agreeAgain, s.deliverAgain, s.confirm]

const plots: readonly Plot[] = [
  {
    title: 'by the book',
    protocol: 'pocock',
    first: (s) => [s.blurt, s.own, ...pocockPerson(s), s.agree, ...pocockProblem(s), ...pocockSystem(s)],
    later: () => [],
  },
  {
    title: 'a broken promise',
    protocol: 'solomon',
    first: (s) => [s.own, s.blurt, s.apologize, s.listen, s.agree],
    later: (s) => [
      s.deliverLate,
      s.breakPromise,
      s.blurt,
      s.apologizeAgain,
      s.listenAgain,
      ...secondRemedy(s),
      ...shortSystem(s),
    ],
  },
  {
    title: 'not what we heard',
    protocol: 'pocock',
    first: (s) => [s.blurt, s.own, s.listenTooLittle, s.listen, s.reflectWrongly],
    later: (s) => [
      s.listenAgain,
      s.reflectAgain,
      s.apologize,
      s.empathize,
      s.agree,
      ...pocockProblem(s),
      ...pocockSystem(s),
    ],
  },
  {
    title: 'an explanation that nobody asked for',
    protocol: 'pocock',
    first: (s) => [
      s.own,
      s.listen,
      s.blurt,
      s.reflect,
      s.apologize,
      s.explainUnasked,
      s.explainAnyway,
      s.apologizeAgain,
      s.askWhy,
      s.explain,
      s.empathize,
      s.agree,
    ],
    later: (s) => [...pocockProblem(s), ...pocockSystem(s)],
  },
  {
    title: 'told often enough',
    protocol: 'heard',
    first: (s) => [s.blurt, s.own, s.waiveForOneself, s.waive, s.empathize, s.apologize, s.agree],
    later: (s) => [...remedy(s), ...shortSystem(s)],
  },
  {
    title: 'somebody else’s fault',
    protocol: 'pocock',
    first: (s) => [
      s.own,
      s.blurt,
      s.listen,
      s.reflect,
      s.pointAtOthers,
      s.apologize,
      s.empathize,
      s.agreeVaguely,
      s.agree,
      s.movePromise,
    ],
    later: (s) => [...pocockProblem(s), ...pocockSystem(s)],
  },
  {
    title: 'a remedy that did not help',
    protocol: 'heard',
    first: (s) => [s.ownByABot, s.blurt, s.own, s.listen, s.empathize, s.apologize, s.agree, s.deliver, s.confirmNot],
    later: (s) => [s.listenAgain, s.empathize, s.apologizeAgain, ...secondRemedy(s), ...shortSystem(s)],
  },
  {
    title: 'half of it, and back again',
    protocol: 'solomon',
    first: (s) => [
      s.blurt,
      s.own,
      s.apologize,
      s.listen,
      s.agree,
      s.deliver,
      s.confirmOnOurWord,
      s.confirmPartly,
      s.investigate,
      s.improveAsAWish,
      s.improve,
    ],
    later: (s) => [s.reopen, s.apologizeAgain, s.listenAgain, ...secondRemedy(s), ...shortSystem(s)],
  },
  {
    title: 'still waiting',
    protocol: 'heard',
    first: (s) => [s.own, s.blurt, s.listen, s.empathize, s.apologize, s.agree],
    later: (s) => [s.confirmOnOurWord],
  },
]

const staff = ['ana', 'ben', 'chidi', 'dora', 'emre', 'fay'] as const

/** Gives each complaint a story, in turn, and people to play it. */
export const storiesOf = (complaints: readonly Complaint[]): readonly Story[] =>
  complaints.map((complaint, index) => {
    const { title, protocol, first, later } = plots[index % plots.length] as Plot
    const one = (place: number) => person(staff[(index + place) % staff.length] as string)
    const scenes = scenesOf({ complaint, owner: one(0), hasty: one(1), second: one(2) })
    return { complaint, title, protocol, first: first(scenes), later: later(scenes) }
  })

const FEW = 12

/** The stories to tell in full: all of them where they are few, else one of each kind of second thought. */
export const featured = (stories: readonly Story[]): readonly Story[] =>
  stories.length <= FEW ? stories : [1, 3, 6].flatMap((index) => stories[index] ?? [])
