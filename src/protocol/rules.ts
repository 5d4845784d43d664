import { clockRules } from './clock.ts'
import type { CommandOf } from './command.ts'
import type { explain, waive } from './common.ts'
import { attemptsMade, automatedMessageHasBasis, listenInPerson, personalContact } from './contact.ts'
import { endingRules } from './ending.ts'
import { handlingRules } from './handling.ts'
import { answersInTurn, inquiryRules } from './inquiry.ts'
import { incidentIsFixed } from './learning.ts'
import { bystanderIsListed, bystandersAcknowledged, loudnessBlind } from './others.ts'
import { isSecond, ownershipRules } from './ownership.ts'
import { promiseRules } from './promise.ts'
import { approvedByASecondPerson, proportionate, remedyDelivered, remedyFailedForTheCustomer } from './remedy.ts'
import type { Rule } from './rule.ts'
import { rule } from './rule.ts'
import type { apologize, empathize, listen } from './steps/person.ts'
import type { agree, confirm, deliver, surprise } from './steps/problem.ts'
import type { improve, investigate } from './steps/system.ts'
import { isCustomersWord, trustIsTheCustomers } from './trust.ts'

// ── common to all protocols ─────────────────────────────────────────────────────────────────────────────────────────

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
    facts.promises.every((promise) => promise.state !== 'open' || command.kept?.includes(promise.id) === true),
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

// ── of one source ───────────────────────────────────────────────────────────────────────────────────────────────────

/** A `listen` with measured talk time needs the customer to have spoken at least `ratio` times as long as we did. */
export const listenAtLeast = (ratio: number): Rule<CommandOf<typeof listen>> =>
  rule({
    id: 'listen-twice-as-long',
    because: `Listen ${ratio === 2 ? 'twice' : `${ratio} times`} as long as you speak.`,
    source: 'Pocock',
    on: ['listen'],
    holds: ({ command }) =>
      'unmeasured' in command.talk || command.talk.customerSeconds >= ratio * command.talk.ourSeconds,
  })

export const listenTwiceAsLong = listenAtLeast(2)

export const understandingConfirmed = rule({
  id: 'understanding-confirmed',
  because: 'Until the customer says “yes, that is it”, we have not understood.',
  source: 'Pocock',
  on: 'every',
  reads: 'case',
  holds: ({ facts, command, protocol }) =>
    facts.understanding !== 'corrected' ||
    // Waived or lapsed, it is asked of nobody any more.
    facts.steps['reflect'] !== undefined ||
    !protocol.isAfter(command.type, 'reflect'),
})

export const noUnaskedExplanation = rule<CommandOf<typeof explain> | CommandOf<typeof apologize>>({
  id: 'no-unasked-explanation',
  because: 'An explanation on the heels of an apology erases it.',
  source: 'Pocock',
  on: ['explain', 'apologize'],
  holds: ({ facts, command, at }) => {
    if (facts.customerAskedWhy) return true
    if (command.type === 'apologize') return command.explanation === undefined
    return command.alreadyGiven === true || (at.phase !== 'person' && at.phase !== 'received')
  },
})

export const responsibilityAccepted = rule<CommandOf<typeof apologize>>({
  id: 'responsibility-accepted',
  because: 'An apology that points at somebody else is none.',
  source: 'Pocock',
  on: ['apologize'],
  holds: ({ command }) => command.responsibility === 'accepted',
})

export const feelingNamed = rule<CommandOf<typeof empathize>>({
  id: 'feeling-named',
  because: 'Empathy names the feeling.',
  source: 'Pocock',
  on: ['empathize'],
  holds: ({ command }) => command.feeling.trim() !== '',
})

export const thanked = rule({
  id: 'thanked',
  because: 'Whoever brings us a fault does us a favour: nobody leaves without thanks.',
  source: 'Pocock',
  on: 'every',
  reads: 'case',
  holds: ({ facts, command, protocol }) =>
    facts.steps['thank'] !== undefined || !protocol.isAfter(command.type, 'thank'),
})

/** The rules that Pocock's steps bring. */
export const pocockRules: readonly Rule[] = [
  listenTwiceAsLong,
  understandingConfirmed,
  noUnaskedExplanation,
  responsibilityAccepted,
  feelingNamed,
  thanked,
]

export const surpriseAdds = rule<CommandOf<typeof surprise>>({
  id: 'surprise-adds',
  because: 'A surprise comes on top of the remedy, after it, never in its place.',
  source: 'Taylor',
  on: ['surprise'],
  holds: ({ facts, command }) => command.inAddition && facts.steps['deliver'] === 'done',
})

/** The rules that Taylor's steps bring. */
export const taylorRules: readonly Rule[] = [surpriseAdds]

export const bothSidesHeard = rule<CommandOf<typeof investigate>>({
  id: 'both-sides-heard',
  because: 'A cause found from one side only is half a cause.',
  source: 'Faulkner',
  on: ['investigate'],
  holds: ({ command }) => command.customerSide !== undefined && command.staffSide !== undefined,
})

/** The rules that Faulkner's questions and his personal call bring. */
export const faulknerRules: readonly Rule[] = [...inquiryRules, personalContact, listenInPerson, bothSidesHeard]

export const changeVerified = rule({
  id: 'change-verified',
  because: 'A change that nobody checked is a hope.',
  source: '8D',
  on: 'every',
  reads: 'case',
  holds: ({ facts, command, protocol }) =>
    facts.steps['verify'] !== undefined || !protocol.isAfter(command.type, 'verify'),
})

/** Every rule there is: what `full` has. */
export const allRules: readonly Rule[] = [
  ...pocockRules,
  ...taylorRules,
  ...faulknerRules,
  changeVerified,
  proportionate,
]
