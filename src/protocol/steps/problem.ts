import * as z from 'zod'
import { Actor } from '../actor.ts'
import { explain } from '../common.ts'
import { makePromises, markKept, PromiseMade } from '../ledger.ts'
import { Cost, spend } from '../remedy.ts'
import { step } from '../step.ts'
import { Id, Words } from '../words.ts'

/** Next steps, each a promise, accepted by the customer and by the organisation (Pocock, Taylor). */
export const agree = step({
  name: 'agree',
  phase: 'problem',
  summary: 'agree on next steps, each a promise',
  evidence: z.object({
    promises: z.array(PromiseMade).max(50).describe('what will be done, by whom, by when'),
    accepted: z
      .strictObject({ customer: z.boolean(), organisation: z.boolean() })
      .describe('by the customer and by the organisation'),
  }),
  said: true,
  effect: (facts, { command }) => makePromises(facts, command.promises),
})

/** What was agreed, delivered: each promise of it kept (Taylor). */
export const deliver = step({
  name: 'deliver',
  phase: 'problem',
  summary: 'deliver what was agreed',
  evidence: z.object({
    what: Words.describe('what was delivered'),
    kept: z.array(Id).max(50).optional().describe('the promises that it keeps, unless recorded before'),
  }),
  effect: (facts, { command }) => markKept(facts, command.kept ?? []),
})

/** The customer's own word on whether it is resolved. A no is a second failure (Pocock). */
export const confirm = step({
  name: 'confirm',
  phase: 'problem',
  summary: 'hear from the customer whether it is resolved',
  heard: true,
  evidence: z.object({
    saidBy: Actor.describe('whose word it is'),
    resolved: z.enum(['yes', 'partly', 'no']).describe('whether it is resolved'),
    wanted: Words.describe('the outcome that the customer wanted'),
    got: Words.describe('what they got'),
  }),
  leads: ['on', 'anew'],
  lead: ({ command }) => (command.resolved === 'no' ? 'anew' : 'on'),
  failure: 'remedy-failed',
  effect: (facts, { command }) =>
    command.resolved === 'no' ? facts : { ...facts, outcome: outcomes[command.resolved] },
})

const outcomes = { yes: 'recovered', partly: 'partly-recovered' } as const

/** Something on top of the remedy that nobody expected (Taylor). */
export const surprise = step({
  name: 'surprise',
  phase: 'problem',
  summary: 'surprise the customer with something on top of the remedy',
  evidence: z.object({
    what: Words.describe('what it was'),
    inAddition: z.boolean().describe('whether it comes on top of the remedy'),
    cost: Cost.optional().describe('what it cost'),
  }),
  said: true,
  effect: (facts, { command }) => spend(facts, command.cost),
})

/** The explanation as a step, after the remedy (LATTE). */
export const explainAfterwards = step({
  name: 'explain',
  phase: 'problem',
  summary: explain.summary,
  evidence: explain.evidence,
  said: true,
})

/** Thanks for bringing it up, and what it lets us fix (Pocock). */
export const thank = step({
  name: 'thank',
  phase: 'problem',
  summary: 'thank the customer for bringing it up',
  evidence: z.object({
    words: Words.describe('the thanks'),
    letsUsFix: Words.describe('what it lets us fix'),
  }),
  said: true,
})
