import { clockRules } from './clock.ts'
import type { CommandOf } from './command.ts'
import type { waive } from './common.ts'
import { attemptsMade, automatedMessageHasBasis } from './contact.ts'
import { endingRules } from './ending.ts'
import { handlingRules } from './handling.ts'
import { answersInTurn } from './inquiry.ts'
import { incidentIsFixed } from './learning.ts'
import { bystanderIsListed, bystandersAcknowledged, loudnessBlind } from './others.ts'
import { isSecond, ownershipRules } from './ownership.ts'
import { promiseRules } from './promise.ts'
import { approvedByASecondPerson, remedyDelivered, remedyFailedForTheCustomer } from './remedy.ts'
import type { Rule } from './rule.ts'
import { rule } from './rule.ts'
import type { apologize } from './steps/person.ts'
import type { agree, confirm, deliver } from './steps/problem.ts'
import type { improve } from './steps/system.ts'
import { askedByTheCustomer, isCustomersWord, trustIsTheCustomers } from './trust.ts'

export const inOrder = rule({
  id: 'in-order',
  because:
    'First fix the person, then fix the problem, finally fix the system: a step out of its turn falls on deaf ears.',
  source: 'Solomon, Pocock',
  on: 'every',
  reads: 'case',
  holds: ({ command, at, protocol }) => protocol.inTurn(command.type, at),
})

export const apologyByAPerson = rule<CommandOf<typeof apologize>>({
  id: 'apology-by-a-person',
  because: 'An apology goes from a person to a person: a machine is none, and a broadcast reaches nobody.',
  source: 'Pocock',
  on: ['apologize'],
  holds: ({ command }) => command.by.kind === 'person' && command.broadcast !== true,
})

export const bothAgree = rule<CommandOf<typeof agree>>({
  id: 'both-agree',
  because: 'Next steps are tangible, and both sides say yes to them.',
  source: 'Pocock',
  on: ['agree'],
  holds: ({ command }) => command.promises.length > 0 && command.accepted.customer && command.accepted.organisation,
})

export const noOpenPromises = rule({
  id: 'no-open-promises',
  because: 'As long as a promise is open, it is not resolved.',
  source: 'Taylor',
  on: ['confirm'],
  reads: 'case',
  holds: ({ facts }) => facts.promises.every((promise) => promise.state !== 'open'),
})

/** The same for `deliver`, which may keep the promises itself. */
const deliveryKeepsAll = rule<CommandOf<typeof deliver>>({
  ...noOpenPromises,
  on: ['deliver'],
  reads: 'evidence',
  holds: ({ facts, command }) =>
    facts.promises.every(
      ({ id, updateOf = id, state }) => state !== 'open' || command.kept?.includes(updateOf) === true,
    ),
})

export const customerConfirms = rule<CommandOf<typeof confirm>>({
  id: 'customer-confirms',
  because: 'It is resolved when the customer says so, not when we do.',
  source: 'Pocock',
  on: ['confirm'],
  holds: ({ facts, command }) => command.resolved === 'no' || isCustomersWord(facts, command.saidBy),
})

export const changeOwnedAndDated = rule<CommandOf<typeof improve>>({
  id: 'change-owned-and-dated',
  because: 'A change without an owner and a date is a wish.',
  source: 'ISO 10002, 8D',
  on: ['improve'],
  holds: ({ command }) =>
    command.changes.every((change) => change.owner?.kind === 'person' && change.due !== undefined),
})

export const waiverCoversTheDueStep = rule<CommandOf<typeof waive>>({
  id: 'waiver-covers-the-due-step',
  because: 'One waiver covers one step, the one that is due.',
  source: 'redress',
  on: ['waive'],
  holds: ({ command, at }) => command.step === at.step,
})

export const waivedByASecondPerson = rule<CommandOf<typeof waive>>({
  id: 'waived-by-a-second-person',
  because: 'The one who skips a step can’t be the one who lets it pass.',
  source: 'redress',
  on: ['waive'],
  holds: ({ facts, command }) => isSecond(facts, command.by),
})

export const keepDoingRecorded = rule<CommandOf<typeof improve>>({
  id: 'keep-doing-recorded',
  because: 'What was praised is kept on purpose, not by luck.',
  source: 'Sales Lab',
  on: ['improve'],
  holds: ({ facts, command }) => facts.praise === undefined || (command.keepDoing ?? []).length > 0,
})

/** The rules of every protocol, beside those of its own source. */
export const commonRules: readonly Rule[] = [
  inOrder,
  ...ownershipRules,
  apologyByAPerson,
  bothAgree,
  ...promiseRules,
  automatedMessageHasBasis,
  noOpenPromises,
  deliveryKeepsAll,
  customerConfirms,
  changeOwnedAndDated,
  keepDoingRecorded,
  bystanderIsListed,
  bystandersAcknowledged,
  loudnessBlind,
  answersInTurn,
  trustIsTheCustomers,
  askedByTheCustomer,
  approvedByASecondPerson,
  remedyDelivered,
  remedyFailedForTheCustomer,
  waiverCoversTheDueStep,
  waivedByASecondPerson,
  attemptsMade,
  incidentIsFixed,
  ...handlingRules,
  ...endingRules,
  ...clockRules,
]
