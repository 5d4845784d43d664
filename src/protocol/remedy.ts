import * as z from 'zod'
import { Actor } from './actor.ts'
import type { CommandOf, Stamp } from './command.ts'
import { command } from './command.ts'
import type { Facts } from './facts.ts'
import { isSecond } from './ownership.ts'
import { rule } from './rule.ts'
import { isCustomersWord } from './trust.ts'
import { Words } from './words.ts'

/** What a remedy costs, in the host's unit of money. */
export const Cost = z.number().nonnegative().max(1e12)

/** A remedy over the cap, approved by a second person with authority: what others with the same failure got. */
export const approveRemedy = command({
  name: 'approveRemedy',
  summary: 'approve a remedy over the cap, by a second person with authority',
  evidence: z.object({
    upTo: Cost.describe('up to what, in the host’s unit of money'),
    reason: Words.describe('what others with the same failure got'),
  }),
  needs: 'authority',
  effect: (facts, { command }) =>
    command.upTo <= (facts.approved ?? 0) ? facts : { ...facts, approved: command.upTo, approvedBy: command.by.id },
})

/** A delivered remedy of which the customer says, later than in `confirm`, that it did not work: a second failure. */
export const remedyFailed = command({
  name: 'remedyFailed',
  summary: 'record that the customer says the remedy did not work',
  evidence: z.object({
    saidBy: Actor.describe('whose word it is'),
    words: Words.describe('what they said'),
  }),
  heard: true,
  during: ['problem', 'system'],
  leads: ['anew'],
  failure: 'remedy-failed',
})

export const remedyDelivered = rule({
  id: 'remedy-delivered',
  because: 'Only what was delivered can have failed.',
  source: 'Taylor',
  on: ['remedyFailed'],
  reads: 'case',
  holds: ({ facts }) => facts.steps['deliver'] === 'done',
})

export const remedyFailedForTheCustomer = rule<CommandOf<typeof remedyFailed>>({
  id: 'remedy-failed-for-the-customer',
  because: 'Whether it worked is for the customer to say.',
  source: 'Pocock',
  on: ['remedyFailed'],
  holds: ({ facts, command }) => isCustomersWord(facts, command.saidBy),
})

/** The facts after so much was spent on remedies. */
export const spend = (facts: Facts, cost: number | undefined): Facts =>
  cost === undefined || cost === 0 ? facts : { ...facts, spent: (facts.spent ?? 0) + cost }

type Costly = Stamp & {
  readonly cost?: number | undefined
  readonly promise?: { readonly cost?: number | undefined }
  readonly promises?: readonly { readonly cost?: number | undefined }[]
}

const costOf = (command: Costly): number =>
  (command.cost ?? 0) + [command.promise, ...(command.promises ?? [])].reduce((sum, one) => sum + (one?.cost ?? 0), 0)

/** All remedies of a case together cost at most `cap`, unless more was approved. */
export const remedyCap = (cap: number) =>
  rule<Costly>({
    id: 'proportionate',
    because: `A remedy over ${cap} is approved first: not the loudest gets most, but each what others with the same failure got.`,
    source: 'Sales Lab',
    on: ['agree', 'makePromise', 'surprise'],
    holds: ({ facts, command }) => {
      const cost = costOf(command)
      const spent = (facts.spent ?? 0) + cost
      // Whoever approved may own the case by now: then somebody else approves.
      return cost === 0 || spent <= cap || (spent <= (facts.approved ?? 0) && command.by.id !== facts.approvedBy)
    },
  })

export const proportionate = remedyCap(500)

export const approvedByASecondPerson = rule<CommandOf<typeof approveRemedy>>({
  id: 'approved-by-a-second-person',
  because: 'The one who gives can’t be the one who approves.',
  source: 'redress',
  on: ['approveRemedy'],
  holds: ({ facts, command }) => isSecond(facts, command.by),
})
