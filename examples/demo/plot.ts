import type { Line } from './scene/line.ts'
import type { Scenes } from './scene/scene.ts'

/** A story before it is anybody's: its protocol, and its scenes in their order. */
export interface Plot {
  readonly title: string
  readonly protocol: 'pocock' | 'solomon' | 'heard' | 'taylor' | 'last'
  lines(scenes: Scenes): readonly Line[]
  /** What is done whenever its change did not hold; `thinkAgain`, where it says nothing. */
  again?(scenes: Scenes): readonly Line[]
  /** At the end of all, the customer wants their words erased. */
  readonly asksForErasure?: true
}

// What the plots have in common from some point on.
const pocockPerson = (s: Scenes) => [s.listen, s.reflect, s.apologize, s.empathize]
const pocockProblem = (s: Scenes) => [s.deliver, s.confirm, s.thank]
const pocockSystem = (s: Scenes) => [s.investigate, s.improve, s.verify, s.share]
const shortSystem = (s: Scenes) => [s.investigate, s.improve]
const remedy = (s: Scenes) => [s.deliver, s.confirm]
const secondRemedy = (s: Scenes) => [s.agreeAgain, s.deliverAgain, s.confirm]

/** What an owner does when a change did not hold: another one, as far as the protocol goes. */
export const thinkAgain = ({ protocol, again }: Plot, s: Scenes): readonly Line[] =>
  again?.(s) ?? (protocol === 'pocock' ? [s.improveAgain, s.verifyAgain, s.shareAgain] : [s.improveAgain])

/** The plots, one for each complaint in turn. */
export const plots: readonly Plot[] = [
  {
    title: 'by the book',
    protocol: 'pocock',
    lines: (s) => [s.blurt, s.own, ...pocockPerson(s), s.agree, ...pocockProblem(s), ...pocockSystem(s)],
  },
  {
    title: 'a broken promise',
    protocol: 'solomon',
    lines: (s) => [
      ...[s.own, s.blurt, s.apologize, s.listen, s.agree, s.deliverLate],
      ...[s.apologizeAgain, s.listenAgain, ...secondRemedy(s), ...shortSystem(s)],
    ],
  },
  {
    title: 'not what we heard',
    protocol: 'pocock',
    lines: (s) => [
      ...[s.blurt, s.own, s.listenTooLittle, s.listen, s.reflectWrongly, s.listenAgain, s.reflectAgain],
      ...[s.apologize, s.empathize, s.agree, ...pocockProblem(s), ...pocockSystem(s)],
    ],
  },
  {
    title: 'an explanation that nobody asked for',
    protocol: 'pocock',
    lines: (s) => [
      ...[s.own, s.listen, s.blurt, s.reflect, s.apologize, s.explainUnasked, s.explainAnyway, s.apologizeAgain],
      ...[s.askWhy, s.explain, s.empathize, s.agree, ...pocockProblem(s), s.praise],
      ...[s.investigate, s.improveAndKeep, s.verify, s.share],
    ],
    // What was praised stays, whatever else changes.
    again: (s) => [s.improveAgainAndKeep, s.verifyAgain, s.shareAgain],
  },
  {
    title: 'told often enough',
    protocol: 'heard',
    lines: (s) => [
      ...[s.blurt, s.own, s.waiveForOneself, s.waive, s.empathize, s.apologize, s.agree],
      ...[...remedy(s), ...shortSystem(s)],
    ],
    asksForErasure: true,
  },
  {
    title: 'somebody else’s fault',
    protocol: 'pocock',
    lines: (s) => [
      ...[s.own, s.blurt, s.listen, s.reflect, s.pointAtOthers, s.apologize, s.empathize],
      ...[s.agreeVaguely, s.agree, s.movePromise, ...pocockProblem(s), ...pocockSystem(s)],
    ],
  },
  {
    title: 'a remedy in vain, and a bystander',
    protocol: 'heard',
    lines: (s) => [
      ...[s.ownByABot, s.blurt, s.own, s.listen, s.addBystander, s.empathize, s.apologize],
      ...[s.agree, s.deliver, s.confirmNot, s.listenAgain, s.empathize, s.apologizeAgain],
      ...[...secondRemedy(s), s.investigate, s.improveAndForget, s.acknowledgeBystander, s.improve],
    ],
  },
  {
    title: 'half of it, and back again',
    protocol: 'solomon',
    lines: (s) => [
      ...[s.blurt, s.own, s.apologize, s.listen, s.agree, s.deliver, s.confirmOnOurWord, s.confirmPartly],
      ...[s.investigate, s.improveAsAWish, s.improve, s.reopen, s.placeHold, s.apologizeAgain, s.listenAgain],
      ...[...secondRemedy(s), ...shortSystem(s)],
    ],
    asksForErasure: true,
  },
  {
    title: 'a surprise',
    protocol: 'taylor',
    lines: (s) => [
      ...[s.own, s.blurt, s.listen, s.apologize, s.agree, ...remedy(s), s.surpriseInstead, s.surprise],
      ...shortSystem(s),
    ],
  },
  {
    title: 'listen, apologise, solve, thank',
    protocol: 'last',
    lines: (s) => [s.blurt, s.own, s.listen, s.apologize, s.agree, ...pocockProblem(s), ...shortSystem(s)],
  },
]
