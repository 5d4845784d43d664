import * as z from 'zod'
import { Actor } from './actor.ts'
import { missDeadline, pause, resume } from './clock.ts'
import { command } from './command.ts'
import { attempt, contact, declareUnreachable } from './contact.ts'
import { merge, refer, reopen, returnReferral, withdraw } from './ending.ts'
import { contain, erase, findFault, grantAuthority, liftHold, placeHold, reportAgain } from './handling.ts'
import { answer } from './inquiry.ts'
import { changeFailed, joinIncident, shareStep } from './learning.ts'
import { acknowledgeBystander, addBystander, praise, setPriority } from './others.ts'
import { acceptHandOff, declineHandOff, excludeOwner, handOff } from './ownership.ts'
import { breakPromise, keepPromise, makePromise, movePromise } from './promise.ts'
import { approveRemedy, remedyFailed } from './remedy.ts'
import { askTrust } from './trust.ts'
import { Id, Words } from './words.ts'

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
  settles: 'waived',
  needs: 'authority',
  effect: (facts, { command }) => ({
    ...facts,
    waivers: [...facts.waivers, { step: command.step, round: facts.round, by: command.by.id }],
  }),
})

/** The customer wants to know why. From then on an explanation is an answer. */
export const askWhy = command({
  name: 'askWhy',
  summary: 'record that the customer asked why it happened',
  heard: true,
  evidence: z.object({
    saidBy: Actor.describe('whose word it is'),
    words: Words.describe('how the customer asked'),
  }),
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

/** The commands that every protocol has beside its steps. */
export const commonCommands = [
  waive,
  answer,
  askWhy,
  explain,
  contact,
  attempt,
  makePromise,
  keepPromise,
  movePromise,
  breakPromise,
  reportAgain,
  approveRemedy,
  remedyFailed,
  contain,
  findFault,
  setPriority,
  askTrust,
  praise,
  addBystander,
  acknowledgeBystander,
  grantAuthority,
  handOff,
  acceptHandOff,
  declineHandOff,
  excludeOwner,
  pause,
  resume,
  withdraw,
  declareUnreachable,
  merge,
  refer,
  returnReferral,
  joinIncident,
  placeHold,
  liftHold,
  reopen,
] as const

/** The commands that only the desk itself sends: what fell due, what another case means for this one, an erasure. */
export const deskCommands = [missDeadline, shareStep, changeFailed, erase] as const
