import type { CommandOf } from './command.ts'
import type { explain, own, waive } from './common.ts'
import {
  anyPromiseIsOpen,
  promiseHasWindowAndBasis,
  promiseIsOpen,
  promiseKeptInTime,
  promiseMovedWithConsent,
} from './promise.ts'
import type { Rule } from './rule.ts'
import { rule } from './rule.ts'
import type { agree, apologize, confirm, deliver, empathize, improve, listen } from './steps.ts'

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

export const ownedByAPerson = rule({
  id: 'owned-by-a-person',
  because: 'A named person sees it through until it is resolved; a queue, a team or a bot can’t.',
  source: 'Taylor',
  on: 'said',
  reads: 'case',
  holds: ({ facts, command }) => command.type === 'own' || facts.owner !== undefined,
})

/** Completes `owned-by-a-person`, where the evidence of `own` says who the owner is. */
const ownerIsAPerson = rule<CommandOf<typeof own>>({
  ...ownedByAPerson,
  on: ['own'],
  reads: 'evidence',
  holds: ({ command }) => command.owner.kind === 'person',
})

export const apologyByAPerson = rule<CommandOf<typeof apologize>>({
  id: 'apology-by-a-person',
  because: 'A machine is not a person: an apology needs one.',
  source: 'Pocock',
  on: ['apologize'],
  holds: ({ command }) => command.by.kind === 'person',
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
  holds: ({ command }) => command.resolved === 'no' || command.saidBy.kind === 'customer',
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
  holds: ({ facts, command }) => command.by.kind === 'person' && command.by.id !== facts.owner,
})

/** The rules of every protocol, beside those of its own source. */
export const commonRules: readonly Rule[] = [
  inOrder,
  ownedByAPerson,
  ownerIsAPerson,
  apologyByAPerson,
  bothAgree,
  promiseHasWindowAndBasis,
  anyPromiseIsOpen,
  promiseIsOpen,
  promiseKeptInTime,
  promiseMovedWithConsent,
  noOpenPromises,
  deliveryKeepsAll,
  customerConfirms,
  changeOwnedAndDated,
  waiverCoversTheDueStep,
  waivedByASecondPerson,
]

// ── of one source ───────────────────────────────────────────────────────────────────────────────────────────────────

/** A `listen` with measured talk time needs the customer to have spoken at least `ratio` times as long as we did. */
export const listenAtLeast = (ratio: number): Rule<CommandOf<typeof listen>> =>
  rule({
    id: 'listen-twice-as-long',
    because: `Listen at least ${ratio} times as long as you speak.`,
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
    facts.understanding !== 'corrected' || !protocol.isAfter(command.type, 'reflect'),
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
