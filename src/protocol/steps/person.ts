import * as z from 'zod'
import { reached } from '../contact.ts'
import { InquiryAnswers, isDraft, recordAnswers } from '../inquiry.ts'
import { step } from '../step.ts'
import { Words } from '../words.ts'

/** Who spoke how long, in seconds; or `unmeasured`, with the reason. Listening is twice the talking (Pocock). */
export const TalkTime = z.union([
  z.strictObject({ customerSeconds: z.number().positive(), ourSeconds: z.number().nonnegative() }),
  z.strictObject({ unmeasured: Words }),
])
export type TalkTime = z.infer<typeof TalkTime>

/** The customer's account, heard out: who spoke how long, the outcome that they want, the WHAT answers (Pocock, Faulkner). */
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
    const heard = recordAnswers(facts, command.answers, isDraft(command.by))
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

/** What we heard, said back. A correction leads back to `listen`, and is kept (Pocock). */
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

/** The apology, from a person, with responsibility accepted whoever's fault it was (Pocock). */
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

/** The feeling, named and said (Pocock). */
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
