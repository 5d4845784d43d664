import * as z from 'zod'
import { Actor } from '../actor.ts'
import { InquiryAnswers, isDraft, recordAnswers } from '../inquiry.ts'
import { causeKey } from '../learning.ts'
import { step } from '../step.ts'
import { Instant, Label, Words } from '../words.ts'

/** A cause, found where one part of the business touched the customer at one stage. */
export const Cause = z.strictObject({
  part: Label.describe('which part of the product or service'),
  stage: Label.describe('where between purchase and delivery'),
  site: Label.optional().describe('at which site'),
  text: Words.describe('what caused it'),
})
export type Cause = z.infer<typeof Cause>

/** Those who must know are told (LEARN). */
export const notify = step({
  name: 'notify',
  phase: 'system',
  summary: 'tell those who must know',
  evidence: z.object({
    whom: z.array(Label).min(1).max(50).describe('which teams or roles'),
    words: Words.describe('what they were told'),
  }),
})

/** At least one cause, from both sides, with the WHY answers (Faulkner). */
export const investigate = step({
  name: 'investigate',
  phase: 'system',
  summary: 'find at least one cause, from both sides',
  evidence: z.object({
    causes: z.array(Cause).min(1).max(50).describe('what caused it'),
    customerSide: Words.optional().describe('from the customer’s side'),
    staffSide: Words.optional().describe('from the staff involved'),
    answers: InquiryAnswers.optional().describe('answers to WHY questions'),
  }),
  effect: (facts, { command }) => ({
    ...recordAnswers(facts, command.answers, isDraft(command.by)),
    causes: [...new Set([...(facts.causes ?? []), ...command.causes.map(causeKey)])],
  }),
})

/** A change to the system. Without an owner and a date it is a wish. */
export const Change = z.strictObject({
  text: Words.describe('what changes'),
  owner: Actor.optional().describe('who sees to it'),
  due: Instant.optional().describe('by when'),
})
export type Change = z.infer<typeof Change>

/** At least one change, with an owner and a date, with the DIFFERENT answers (Faulkner, ISO 10002, 8D). */
export const improve = step({
  name: 'improve',
  phase: 'system',
  summary: 'change at least one thing, with an owner and a date',
  evidence: z.object({
    changes: z.array(Change).min(1).max(50).describe('what changes, by whom, by when'),
    keepDoing: z.array(Words).max(50).optional().describe('what was praised and stays as it is'),
    answers: InquiryAnswers.optional().describe('answers to DIFFERENT questions'),
  }),
  effect: (facts, { command }) => ({
    ...recordAnswers(facts, command.answers, isDraft(command.by)),
    changedAt: command.at,
  }),
})

/** Evidence that the change works: how often it happened before and after. As often as before leads back to `improve` (8D). */
export const verify = step({
  name: 'verify',
  phase: 'system',
  summary: 'show that the change works',
  evidence: z.object({
    evidence: Words.describe('how we know'),
    before: z.number().nonnegative().describe('how often it happened before'),
    after: z.number().nonnegative().describe('how often it happens now'),
  }),
  leads: ['on', 'back'],
  backTo: 'improve',
  // A change after which it happens as often as before is none: the improving begins again.
  lead: ({ command: { before, after } }) => (after > 0 && after >= before ? 'back' : 'on'),
  effect: (facts, { command }) => (facts.steps['verify'] === 'done' ? { ...facts, changedAt: command.at } : facts),
})

/** What changed, told to the customer and to the team (Pocock). */
export const share = step({
  name: 'share',
  phase: 'system',
  summary: 'tell the customer and the team what changed',
  evidence: z.object({
    toldCustomer: Words.describe('what the customer was told'),
    toldTeam: Words.describe('what the team was told'),
  }),
  said: true,
})
