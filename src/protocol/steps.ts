import * as z from 'zod'
import { Actor } from './actor.ts'
import { explain } from './common.ts'
import { reached } from './contact.ts'
import type { Facts, Outcome } from './facts.ts'
import { InquiryAnswers, recordAnswers } from './inquiry.ts'
import { causeKey } from './learning.ts'
import { makePromises, markKept, PromiseMade } from './promise.ts'
import { Cost, spend } from './remedy.ts'
import { step } from './step.ts'
import { Id, Instant, Label, Words } from './words.ts'

// ── the person ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Who spoke how long, in seconds; or `unmeasured`, with the reason. Listening is twice the talking (Pocock). */
export const TalkTime = z.union([
  z.strictObject({ customerSeconds: z.number().positive(), ourSeconds: z.number().nonnegative() }),
  z.strictObject({ unmeasured: Words }),
])
export type TalkTime = z.infer<typeof TalkTime>

export const listen = step({
  name: 'listen',
  phase: 'person',
  summary: 'hear the customer’s account out',
  heard: true,
  evidence: z.object({
    account: Words.describe('the customer’s account'),
    outcome: Words.describe('the outcome that the customer wants, in their words'),
    talk: TalkTime.describe('who spoke how long, or `unmeasured` with a reason'),
    answers: InquiryAnswers.optional().describe('answers to WHAT questions'),
  }),
  effect: (facts, { command }) => {
    const heard = recordAnswers(facts, command.answers, command.by.kind === 'machine')
    return command.by.kind === 'person' ? reached(heard, command.at, 'customerSeconds' in command.talk) : heard
  },
})

/** “I believe you”: the account is taken as true until shown otherwise (BLAST). */
export const believe = step({
  name: 'believe',
  phase: 'person',
  summary: 'take the customer’s word for it, and say so',
  evidence: z.object({ words: Words.describe('how it was said') }),
  said: true,
})

/** The problem is named as one, without a “but” (LATTE). */
export const acknowledge = step({
  name: 'acknowledge',
  phase: 'person',
  summary: 'acknowledge the problem',
  evidence: z.object({ words: Words.describe('how it was said') }),
  said: true,
})

/** The customer's answer to what we heard: it is right, or here is the correction. */
export const Answer = z.discriminatedUnion('answer', [
  z.strictObject({ answer: z.literal('confirmed') }),
  z.strictObject({ answer: z.literal('corrected'), correction: Words }),
])
export type Answer = z.infer<typeof Answer>

export const reflect = step({
  name: 'reflect',
  phase: 'person',
  summary: 'say back what we heard, and let the customer confirm or correct it',
  heard: true,
  evidence: z.object({
    heard: Words.describe('what we heard, said back'),
    customer: Answer.describe('confirmed, or corrected with the correction'),
  }),
  said: true,
  leads: ['on', 'back'],
  backTo: 'listen',
  lead: ({ command }) => (command.customer.answer === 'confirmed' ? 'on' : 'back'),
  effect: (facts, { command }) => ({ ...facts, understanding: command.customer.answer }),
})

export const apologize = step({
  name: 'apologize',
  phase: 'person',
  summary: 'apologise, person to person',
  evidence: z.object({
    words: Words.describe('the words of the apology'),
    responsibility: z
      .enum(['accepted', 'passed-on'])
      .describe('accepted even when a vendor, a partner or the weather did it'),
    explanation: Words.optional().describe('an explanation riding on it: only if the customer asked why'),
    broadcast: z.boolean().optional().describe('true if it went to many at once: then it is none'),
  }),
  said: true,
})

export const empathize = step({
  name: 'empathize',
  phase: 'person',
  summary: 'name the feeling and say it',
  evidence: z.object({
    feeling: z.string().max(200).meta({ personal: true }).describe('the feeling, named'),
    words: Words.describe('how it was said'),
  }),
  said: true,
})

// ── the problem ─────────────────────────────────────────────────────────────────────────────────────────────────────

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
  effect: (facts, { command }) =>
    spend(
      makePromises(facts, command.promises),
      command.promises.reduce((sum, promise) => sum + (promise.cost ?? 0), 0),
    ),
})

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
    command.resolved === 'no' ? facts : { ...facts, outcome: outcomeOf(command.resolved, facts) },
})

const outcomeOf = (resolved: 'yes' | 'partly', { fault }: Facts): Outcome => {
  if (fault === 'customer') return 'not-upheld'
  return resolved === 'yes' ? 'recovered' : 'partly-recovered'
}

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

// ── the system ──────────────────────────────────────────────────────────────────────────────────────────────────────

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
    ...recordAnswers(facts, command.answers, command.by.kind === 'machine'),
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
    ...recordAnswers(facts, command.answers, command.by.kind === 'machine'),
    changedAt: command.at,
  }),
})

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
  lead: ({ command }) => (command.before > 0 && command.after >= command.before ? 'back' : 'on'),
  effect: (facts, { command }) => (facts.steps['verify'] === 'done' ? { ...facts, changedAt: command.at } : facts),
})

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
