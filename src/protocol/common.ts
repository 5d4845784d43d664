import * as z from 'zod'
import { Actor } from './actor.ts'
import { command } from './command.ts'
import { breakPromise, keepPromise, makePromise, movePromise } from './promise.ts'
import { step } from './step.ts'
import { Id, Words } from './words.ts'

/** The one step of `received`, the same in every protocol: a named person takes ownership until it is resolved (Taylor). */
export const own = step({
  name: 'own',
  phase: 'received',
  summary: 'take ownership until it is resolved',
  evidence: z.object({
    owner: Actor.describe('the person who sees it through'),
    introduced: Words.describe('how the owner was introduced to the customer'),
  }),
  said: true,
  effect: (facts, { command }) => ({ ...facts, owner: command.owner.id }),
})

/** One due step, let pass by a second person with authority. Marked for ever. */
export const waive = command({
  name: 'waive',
  summary: 'let the due step pass, by a second person with authority',
  evidence: z.object({
    step: Id.describe('the step that is due'),
    reason: Words.describe('why it is let pass'),
  }),
  during: ['person', 'problem', 'system'],
  leads: ['on'],
  lead: () => 'on',
  settles: 'waived',
  effect: (facts, { command }) => ({
    ...facts,
    waivers: [...facts.waivers, { step: command.step, round: facts.round, by: command.by.id }],
  }),
})

/** The customer wants to know why. From then on an explanation is an answer. */
export const askWhy = command({
  name: 'askWhy',
  summary: 'record that the customer asked why it happened',
  evidence: z.object({ words: Words.describe('how the customer asked') }),
  effect: (facts) => ({ ...facts, customerAskedWhy: true }),
})

const erasesTheApology = (facts: { steps: Readonly<Record<string, unknown>> }, phase: string) =>
  phase === 'person' && facts.steps['apologize'] === 'done'

/** An explanation. Nobody asked for it and it was given all the same: it is recorded, and erases the apology (Pocock). */
export const explain = command({
  name: 'explain',
  summary: 'explain to the customer why it happened',
  evidence: z.object({
    words: Words.describe('the explanation'),
    alreadyGiven: z.boolean().optional().describe('true to record one that was given all the same'),
  }),
  said: true,
  leads: ['stays', 'back'],
  backTo: 'apologize',
  lead: ({ facts, command, at }) =>
    command.alreadyGiven && !facts.customerAskedWhy && erasesTheApology(facts, at.phase) ? 'back' : 'stays',
})

/** A closed case opens again, in a new round. Earlier breaches stay. */
export const reopen = command({
  name: 'reopen',
  summary: 'open a closed case again',
  evidence: z.object({ reason: Words.describe('what brings it back') }),
  during: ['closed'],
  leads: ['anew'],
  lead: () => 'anew',
  failure: 'reopened',
  effect: (facts) => ({ ...facts, outcome: undefined }),
})

/** The commands that every protocol has beside its steps. */
export const commonCommands = [
  waive,
  makePromise,
  keepPromise,
  movePromise,
  breakPromise,
  askWhy,
  explain,
  reopen,
] as const
