import { defineProtocol } from './protocol.ts'
import { allQuestions } from './question.ts'
import { allRules, faulknerRules, pocockRules, taylorRules, thanked } from './rules.ts'
import { acknowledge, apologize, believe, empathize, listen, reflect } from './steps/person.ts'
import { agree, confirm, deliver, explainAfterwards, surprise, thank } from './steps/problem.ts'
import { improve, investigate, notify, share, verify } from './steps/system.ts'

/** The default: Professor Pocock's six steps to redemption, and a system phase that proves its change. */
export const pocock = defineProtocol({
  id: 'pocock',
  version: 1,
  source: 'Professor Pocock, “Dropped the ball? Here are six steps to redemption”',
  person: [listen, reflect, apologize, empathize],
  problem: [agree, deliver, confirm, thank],
  system: [investigate, improve, verify, share],
  rules: pocockRules,
})

/** Micah Solomon on the order of things: apologise first, then listen. */
export const solomon = defineProtocol({
  id: 'solomon',
  version: 1,
  source: 'Micah Solomon, on the order of things in service',
  person: [apologize, listen],
  problem: [agree, deliver, confirm],
  system: [investigate, improve],
})

/** HEARD: hear, empathise, apologise, resolve, diagnose. */
export const heard = defineProtocol({
  id: 'heard',
  version: 1,
  source: 'Disney Institute, HEARD',
  person: [listen, empathize, apologize],
  problem: [agree, deliver, confirm],
  system: [investigate, improve],
})

/** HEART: hear, empathise, apologise, respond, thank. */
export const heart = defineProtocol({
  id: 'heart',
  version: 1,
  source: 'HEART: hear, empathise, apologise, respond, thank',
  person: [listen, empathize, apologize],
  problem: [agree, deliver, confirm, thank],
  system: [investigate, improve],
  rules: [thanked],
})

/** LAST: listen, apologise, solve, thank. */
export const last = defineProtocol({
  id: 'last',
  version: 1,
  source: 'LAST: listen, apologise, solve, thank',
  person: [listen, apologize],
  problem: [agree, deliver, confirm, thank],
  system: [investigate, improve],
  rules: [thanked],
})

/** LATTE: listen, acknowledge, take action, thank, explain. */
export const latte = defineProtocol({
  id: 'latte',
  version: 1,
  source: 'Starbucks, LATTE',
  person: [listen, acknowledge],
  problem: [agree, deliver, thank, explainAfterwards],
  system: [investigate, improve],
  rules: [thanked],
})

/** LEARN: listen, empathise, apologise, resolve, notify. */
export const learn = defineProtocol({
  id: 'learn',
  version: 1,
  source: 'Marriott, LEARN',
  person: [listen, empathize, apologize],
  problem: [agree, deliver, confirm],
  system: [notify, investigate, improve],
})

/** BLAST: believe, listen, apologise, satisfy, thank. */
export const blast = defineProtocol({
  id: 'blast',
  version: 1,
  source: 'Yum! Brands, BLAST',
  person: [believe, listen, apologize],
  problem: [agree, deliver, confirm, thank],
  system: [investigate, improve],
  rules: [thanked],
})

/** ARFFD: apologise, review, fix, follow up, document. */
export const arffd = defineProtocol({
  id: 'arffd',
  version: 1,
  source: 'ARFFD: apologise, review, fix, follow up, document',
  person: [apologize, listen],
  problem: [agree, deliver, confirm],
  system: [investigate, improve],
})

/** Bill Faulkner: all 25 questions, the first six in a personal call. */
export const faulkner = defineProtocol({
  id: 'faulkner',
  version: 1,
  source: 'Bill Faulkner, Out Loud Strategies',
  person: [listen],
  problem: [agree, deliver, confirm],
  system: [investigate, improve, share],
  rules: faulknerRules,
  requires: allQuestions,
})

/** David Taylor: a named owner, promises with a date, and the surprise. */
export const taylor = defineProtocol({
  id: 'taylor',
  version: 1,
  source: 'David Taylor, Naked Leader',
  person: [listen, apologize],
  problem: [agree, deliver, confirm, surprise],
  system: [investigate, improve],
  rules: taylorRules,
})

/** All five articles at once: every step, every rule, all 25 questions. */
export const full = defineProtocol({
  id: 'full',
  version: 1,
  source: 'Pocock, Solomon, Faulkner, Sales Lab and Taylor together',
  person: [listen, reflect, apologize, empathize],
  problem: [agree, deliver, confirm, surprise, thank],
  system: [investigate, improve, verify, share],
  rules: allRules,
  requires: allQuestions,
})

/** Every protocol that is shipped, the default first. */
export const protocols = [
  pocock,
  solomon,
  heard,
  heart,
  last,
  latte,
  learn,
  blast,
  arffd,
  faulkner,
  taylor,
  full,
] as const
