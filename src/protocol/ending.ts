import * as z from 'zod'
import { Actor } from './actor.ts'
import type { CommandOf } from './command.ts'
import { command } from './command.ts'
import { rule } from './rule.ts'
import { isCustomersWord } from './trust.ts'
import { Id, Label, Words } from './words.ts'

/** The customer takes the complaint back: the open steps lapse, the system phase is due all the same. */
export const withdraw = command({
  name: 'withdraw',
  summary: 'record that the customer takes the complaint back',
  heard: true,
  evidence: z.object({
    saidBy: Actor.describe('whose word it is'),
    words: Words.describe('the withdrawal, in the customer’s words'),
  }),
  during: ['person', 'problem'],
  leads: ['lapses'],
  effect: (facts) => ({ ...facts, outcome: 'withdrawn' }),
})

export const withdrawnByTheCustomer = rule<CommandOf<typeof withdraw>>({
  id: 'withdrawn-by-the-customer',
  because: 'Only the one who complained can take it back.',
  source: 'ISO 10002',
  on: ['withdraw'],
  holds: ({ facts, command }) => isCustomersWord(facts, command.saidBy),
})

/**
 * The same complaint is another case: that one carries problem and system. Each person keeps their own person phase, so
 * that this case closes once its own is fixed.
 */
export const merge = command({
  name: 'merge',
  summary: 'share problem and system with another case of the same complaint',
  refersTo: {
    field: 'into',
    what: 'another case of this desk that is open, and not merged into one itself',
    fits: ({ phase, facts }) => phase !== 'closed' && facts.mergedInto === undefined,
  },
  evidence: z.object({ into: Id.describe('the case that carries problem and system') }),
  during: ['person', 'problem'],
  leads: ['stays', 'ends'],
  lead: ({ at }) => (at.phase === 'problem' ? 'ends' : 'stays'),
  effect: (facts, { command }) => ({ ...facts, mergedInto: command.into }),
})

/** An ombudsman or another body takes it up: the case waits for them. */
export const refer = command({
  name: 'refer',
  summary: 'wait for an ombudsman or another body that takes it up',
  postpones: true,
  evidence: z.object({ to: Label.describe('who takes it up'), reason: Words.describe('why') }),
  during: ['person', 'problem'],
  effect: (facts, { command }) => ({ ...facts, referredTo: command.to }),
})

/** It comes back: decided there, so that the open steps lapse; or to be gone on with here. */
export const returnReferral = command({
  name: 'returnReferral',
  summary: 'record that a referred case comes back',
  evidence: z.object({
    decided: z.boolean().describe('whether it was decided there'),
    words: Words.describe('what came back'),
  }),
  during: ['person', 'problem'],
  leads: ['stays', 'lapses'],
  lead: ({ command }) => (command.decided ? 'lapses' : 'stays'),
  effect: (facts, { command }) => ({
    ...facts,
    referredTo: undefined,
    ...(command.decided ? { outcome: 'referred' } : {}),
  }),
})

export const isReferred = rule({
  id: 'is-referred',
  because: 'Only what was referred can come back.',
  source: 'ISO 10002',
  on: ['returnReferral'],
  reads: 'case',
  holds: ({ facts }) => facts.referredTo !== undefined,
})

export const waitsForReferral = rule({
  id: 'waits-for-referral',
  because: 'While somebody else decides, we wait.',
  source: 'ISO 10002, DISP',
  on: 'every',
  reads: 'case',
  holds: ({ facts, command, protocol }) =>
    facts.referredTo === undefined ||
    !(protocol.steps.some((step) => step.name === command.type) || waiting.includes(command.type)),
})

const waiting = ['waive', 'withdraw', 'merge', 'declareUnreachable', 'refer']

/** A closed case opens again, in a new round. Earlier breaches stay; the owner too, if available. */
export const reopen = command({
  name: 'reopen',
  summary: 'open a closed case again',
  evidence: z.object({ reason: Words.describe('what brings it back') }),
  during: ['closed'],
  leads: ['anew'],
  failure: 'reopened',
})

/** The rules of endings, common to all protocols. */
export const endingRules = [withdrawnByTheCustomer, isReferred, waitsForReferral]
