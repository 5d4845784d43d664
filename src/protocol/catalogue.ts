import { defineProtocol } from './protocol.ts'
import { pocockRules } from './rules.ts'
import {
  agree,
  apologize,
  confirm,
  deliver,
  empathize,
  improve,
  investigate,
  listen,
  reflect,
  share,
  thank,
  verify,
} from './steps.ts'

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
