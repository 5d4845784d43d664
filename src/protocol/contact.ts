import * as z from 'zod'
import type { Clocks } from './clock.ts'
import type { CommandOf, Stamp } from './command.ts'
import { command } from './command.ts'
import type { ContactFacts, Facts } from './facts.ts'
import { rule } from './rule.ts'
import { Id, type Instant, Label, Words } from './words.ts'

const DAY_MS = 86_400_000

/** On what an automated message rests that states a date or a status: a live promise, or a recorded fact. */
export const Basis = z.union([z.strictObject({ promise: Id }), z.strictObject({ entry: z.int().min(1) })])
export type Basis = z.infer<typeof Basis>

/** A contact with the customer, theirs or ours. Only a person of ours who is reached counts as human contact. */
export const contact = command({
  name: 'contact',
  summary: 'record a contact with the customer, theirs or ours',
  evidence: z.object({
    direction: z.enum(['from-customer', 'to-customer']),
    channel: Label.describe('phone, mail, letter, chat'),
    twoWay: z.boolean().describe('whether both could speak'),
    words: Words.optional().describe('what was said'),
    stated: z.enum(['nothing', 'date', 'status']).optional().describe('what an automated message stated'),
    basis: Basis.optional().describe('the promise or log entry on which that rests'),
    holding: z.boolean().optional().describe('it says why it takes longer, and by when it will be done'),
    asksForWriting: z.boolean().optional().describe('the customer asks for written or one-way contact'),
  }),
  // A customer who writes once it is closed is answered, too.
  during: ['received', 'person', 'problem', 'system', 'closed'],
  cites: {
    field: 'basis.entry',
    entry: ({ basis }) => (basis !== undefined && 'entry' in basis ? basis.entry : undefined),
  },
  effect: (facts, { command }) => {
    const { by, at, direction } = command
    if (direction === 'from-customer') {
      const waiting = withContact(facts, {
        unanswered: facts.contact?.unanswered ?? (isLater(facts.contact?.human, at) ? undefined : at),
        ...(command.asksForWriting === true ? { asksForWriting: true } : {}),
      })
      return { ...waiting, pause: undefined }
    }
    if (by.kind !== 'person') return facts
    const told = reached(facts, at, command.twoWay)
    return command.holding === true ? withContact(told, { holding: at }) : told
  },
})

const withContact = (facts: Facts, contact: ContactFacts): Facts => ({
  ...facts,
  contact: { ...facts.contact, ...contact },
})

/** Late news answers nothing that came after it. */
const isLater = (one: Instant | undefined, at: Instant): boolean => one !== undefined && one > at

/** The facts after a person of ours reached the customer. */
export const reached = (facts: Facts, at: Instant, personal: boolean): Facts =>
  withContact(facts, {
    human: isLater(facts.contact?.human, at) ? facts.contact?.human : at,
    unanswered: isLater(facts.contact?.unanswered, at) ? facts.contact?.unanswered : undefined,
    ...(facts.contact?.attempts === undefined ? {} : { attempts: undefined }),
    personal: personal || facts.contact?.personal === true,
    answeredAtOnce:
      facts.contact?.answeredAtOnce ??
      (facts.openedAt === undefined ? undefined : Date.parse(at) - Date.parse(facts.openedAt) <= DAY_MS),
  })

export const automatedMessageHasBasis = rule<CommandOf<typeof contact>>({
  id: 'promise-has-window-and-basis',
  because: 'An automated message that states a date or a status rests on a live promise or a recorded fact.',
  source: 'Taylor',
  on: ['contact'],
  holds: ({ facts, command: { by, direction, stated, basis } }) => {
    if (by.kind !== 'machine' || direction === 'from-customer' || stated === undefined || stated === 'nothing')
      return true
    if (basis === undefined) return false
    return !('promise' in basis) || facts.promises.some((one) => one.id === basis.promise && one.state === 'open')
  },
})

const spokenWith = ({ contact }: Facts): boolean => contact?.personal === true || contact?.asksForWriting === true

export const personalContact = rule({
  id: 'personal-contact',
  because: 'Nobody leaves the person phase without having been spoken with, unless they asked not to be.',
  source: 'Faulkner',
  on: 'every',
  reads: 'case',
  // A `listen` may be the talk itself: its evidence tells.
  holds: ({ facts, command, at, protocol }) =>
    command.type === 'listen' ||
    !protocol.settlesLastOf('person', command.type, at) ||
    spokenWith(facts) ||
    // A customer who declines to talk is a waiver.
    facts.steps['listen'] === 'waived' ||
    (command.type === 'waive' && at.step === 'listen'),
})

/** Completes `personal-contact`, where the last step of the person phase is the talk itself. */
export const listenInPerson = rule<Stamp & { readonly talk: object }>({
  ...personalContact,
  on: ['listen'],
  reads: 'evidence',
  holds: ({ facts, command, at, protocol }) =>
    !protocol.settlesLastOf('person', 'listen', at) ||
    spokenWith(facts) ||
    (command.by.kind === 'person' && 'customerSeconds' in command.talk),
})

/** An attempt that reached nobody. */
export const attempt = command({
  name: 'attempt',
  summary: 'record an attempt to reach the customer that reached nobody',
  evidence: z.object({ channel: Label.describe('phone, mail, letter, chat') }),
  effect: (facts, { command, clocks }) =>
    withContact(facts, {
      attempts: [
        ...(facts.contact?.attempts ?? []),
        { channel: command.channel.trim().toLowerCase(), day: dayOf(command.at, facts, clocks) },
      ],
    }),
})

/** The day in the calendar of the case; without one, in UTC. */
const dayOf = (at: Instant, { calendar = 'default' }: Facts, clocks: Clocks | undefined): string =>
  clocks?.workingTime.dayOf(at, clocks.calendars[calendar] ?? clocks.calendars.default) ?? at.slice(0, 10)

/** The customer can't be reached: the open steps lapse, the system phase is due. */
export const declareUnreachable = command({
  name: 'declareUnreachable',
  summary: 'end the talk because the customer can’t be reached',
  evidence: z.object({ words: Words.describe('what was tried') }),
  during: ['person', 'problem'],
  leads: ['lapses'],
  effect: (facts) => ({ ...facts, outcome: 'unreachable' }),
})

/** Unreachable takes so many attempts, over so many channels, on so many days. */
export const attemptsOver = (least: { readonly attempts: number; readonly channels: number; readonly days: number }) =>
  rule({
    id: 'attempts-made',
    because: `Unreachable means at least ${least.attempts} attempts, over ${least.channels} channels, on ${least.days} days.`,
    source: 'NHS, CFPB',
    on: ['declareUnreachable'],
    reads: 'case',
    holds: ({ facts }) => {
      const attempts = facts.contact?.attempts ?? []
      const different = (of: (one: (typeof attempts)[number]) => string) => new Set(attempts.map(of)).size
      return (
        attempts.length >= least.attempts &&
        different((one) => one.channel) >= least.channels &&
        different((one) => one.day) >= least.days
      )
    },
  })

export const attemptsMade = attemptsOver({ attempts: 3, channels: 2, days: 2 })
