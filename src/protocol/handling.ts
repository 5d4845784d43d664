import * as z from 'zod'
import type { CommandOf } from './command.ts'
import { command } from './command.ts'
import type { contact } from './contact.ts'
import { isComplete } from './inquiry.ts'
import { rule } from './rule.ts'
import { Id, Label, Words } from './words.ts'

/** Ongoing harm is stopped: a card frozen, food recalled. Allowed at any time; it is no remedy and unlocks nothing. */
export const contain = command({
  name: 'contain',
  summary: 'stop ongoing harm; it is no remedy',
  evidence: z.object({ what: Words.describe('what was stopped, and how') }),
  during: ['received', 'person', 'problem', 'system', 'closed'],
  effect: (facts) => ({ ...facts, contained: true }),
})

/** Where the fault was found to lie. A complaint that we think unfair still gets the person phase and an answer. */
export const findFault = command({
  name: 'findFault',
  summary: 'record where the fault was found to lie',
  evidence: z.object({
    with: z.enum(['ours', 'third-party', 'customer']).describe('whose fault it was'),
    reason: Words.describe('what shows it'),
  }),
  effect: (facts, { command }) => ({ ...facts, fault: command.with }),
})

export const fairHearing = rule<CommandOf<typeof findFault>>({
  id: 'fair-hearing',
  because: 'Nobody is found at fault before they were heard.',
  source: 'Faulkner',
  on: ['findFault'],
  holds: ({ facts, command, protocol }) =>
    command.with !== 'customer' ||
    ((facts.steps['listen'] === 'done' || !protocol.steps.some((step) => step.name === 'listen')) &&
      isComplete(protocol, facts, 'what')),
})

/** Somebody who speaks for the customer shows that they may. */
export const grantAuthority = command({
  name: 'grantAuthority',
  summary: 'record the authority of somebody who speaks for the customer',
  evidence: z.object({
    representative: Id.optional().describe('whose authority; that of the one named in the opening, if left out'),
    words: Words.describe('what shows it'),
  }),
  effect: (facts, { command }) => ({
    ...facts,
    representative: command.representative ?? facts.representative,
    authority: 'given',
  }),
})

export const authorityIsShown = rule<CommandOf<typeof grantAuthority>>({
  id: 'authority-is-shown',
  because: 'An authority is somebody’s, and a person of ours has seen it.',
  source: 'DISP, NHS',
  on: ['grantAuthority'],
  holds: ({ facts, command }) =>
    command.by.kind === 'person' && (command.representative ?? facts.representative) !== undefined,
})

/** What may be said to a third party before their authority is shown: who owns the case, and that they are believed. */
const undisclosing = ['own', 'believe']

export const authorityBeforeDisclosure = rule({
  id: 'authority-before-disclosure',
  because: 'Before somebody may speak for the customer, we listen and contain, and disclose nothing.',
  source: 'DISP, NHS',
  on: 'said',
  reads: 'case',
  holds: ({ facts, command }) => facts.authority !== 'needed' || undisclosing.includes(command.type),
})

/** Completes `authority-before-disclosure`: a contact of ours may say that we are here, and nothing of the case. */
export const contactDisclosesNothing = rule<CommandOf<typeof contact>>({
  ...authorityBeforeDisclosure,
  on: ['contact'],
  reads: 'evidence',
  holds: ({ facts, command }) =>
    facts.authority !== 'needed' || command.direction === 'from-customer' || command.stated === 'nothing',
})

/** A hold that blocks erasure, never an apology. */
export const placeHold = command({
  name: 'placeHold',
  summary: 'place a legal hold: nothing is erased',
  evidence: z.object({ reason: Words.describe('why') }),
  during: ['received', 'person', 'problem', 'system', 'closed'],
  effect: (facts) => ({ ...facts, hold: true }),
})

/** The hold ends. */
export const liftHold = command({
  name: 'liftHold',
  summary: 'lift the legal hold',
  evidence: z.object({ reason: Words.describe('why') }),
  during: ['received', 'person', 'problem', 'system', 'closed'],
  effect: (facts) => ({ ...facts, hold: undefined }),
})

/** Personal words are erased; who did what and when stays. The desk sends it, with the log rewritten in the same write. */
export const erase = command({
  name: 'erase',
  summary: 'erase the personal words of the case',
  evidence: z.object({ reason: Label.describe('why, without anybody’s words') }),
  internal: true,
  during: ['received', 'person', 'problem', 'system', 'closed'],
  effect: (facts, { command }) => ({ ...facts, erasedAt: command.at }),
})

export const noErasureUnderHold = rule({
  id: 'no-erasure-under-hold',
  because: 'As long as there is a legal hold, nothing is erased.',
  source: 'GDPR, Article 17(3)',
  on: ['erase'],
  reads: 'case',
  holds: ({ facts }) => facts.hold !== true,
})

export const isHeld = rule({
  id: 'is-held',
  because: 'Only a hold that was placed can be lifted.',
  source: 'redress',
  on: ['liftHold'],
  reads: 'case',
  holds: ({ facts }) => facts.hold === true,
})

/** The same fault, reported again while a promise is open: evidence about that promise, not a new complaint. */
export const reportAgain = command({
  name: 'reportAgain',
  summary: 'attach a repeated report of the same fault to the open promise',
  evidence: z.object({ promise: Id.describe('the open promise'), words: Words.describe('what was reported') }),
  effect: (facts, { command }) => ({
    ...facts,
    promises: facts.promises.map((one) =>
      one.id === command.promise ? { ...one, reports: (one.reports ?? 0) + 1 } : one,
    ),
  }),
})

const HOUR_MS = 3_600_000

/** Time may run backwards by so many hours, for late news; no further. */
export const timeRunsForward = (toleranceHours: number) =>
  rule({
    id: 'time-runs-forward',
    because: `Late news is welcome, but no more than ${toleranceHours} hours behind what is recorded already.`,
    source: 'redress',
    on: 'every',
    holds: ({ facts: { lastAt }, command: { at } }) =>
      lastAt === undefined || at >= lastAt || Date.parse(at) >= Date.parse(lastAt) - toleranceHours * HOUR_MS,
  })

export const noTravelBack = timeRunsForward(72)

/** The rules of handling, common to all protocols. */
export const handlingRules = [
  fairHearing,
  authorityIsShown,
  authorityBeforeDisclosure,
  contactDisclosesNothing,
  isHeld,
  noErasureUnderHold,
  noTravelBack,
]
