import type { CommandOf } from './command.ts'
import type { explain } from './common.ts'
import { listenInPerson, personalContact } from './contact.ts'
import { inquiryRules } from './inquiry.ts'
import { proportionate } from './remedy.ts'
import type { Rule } from './rule.ts'
import { rule } from './rule.ts'
import type { apologize, empathize, listen } from './steps/person.ts'
import type { surprise } from './steps/problem.ts'
import type { investigate } from './steps/system.ts'

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
