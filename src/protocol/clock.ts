import * as z from 'zod'
import type { Calendar, Span, WorkingTime } from './calendar.ts'
import type { CommandOf } from './command.ts'
import { command } from './command.ts'
import type { Facts } from './facts.ts'
import type { Protocol } from './protocol.ts'
import { rule } from './rule.ts'
import { Id, Instant, Words } from './words.ts'

/** One clock of a policy: from when it counts how long, what stops it, and what happens when nothing did. */
export interface Clock {
  readonly name: string
  /** From the opening, from the last human contact (or the opening), or since the customer waits for an answer. */
  readonly from: 'opening' | 'contact' | 'customer-contact'
  readonly span: Span
  readonly until: 'owned' | 'contact' | 'answer' | 'problem-fixed' | 'closed'
  /** Whether waiting for the customer stops it. A regulator's clock never stops. */
  readonly pausable: boolean
  /** A miss is a second failure: the case goes back to the person phase. Otherwise it is noted. */
  readonly fails?: true
}

/** Deadlines as data, with their source. */
export interface Policy {
  readonly id: string
  readonly source: string
  readonly clocks: readonly Clock[]
}

/** A deadline that was armed: its clock's name, since when, when it is due, and what became of it. */
export interface Deadline {
  readonly name: string
  readonly since: Instant
  readonly due: Instant
  /** A miss is a second failure. */
  readonly fails?: true
  /** While the case is paused: the working time that is left, in milliseconds. */
  readonly leftMs?: number
  readonly missed?: true
}

/** The case waits for the customer, for a listed reason. */
export interface Pause {
  readonly reason: (typeof pauseReasons)[number]
  readonly since: Instant
}

const pauseReasons = ['waiting-for-customer', 'customer-asked', 'waiting-for-evidence'] as const

/** What a desk counts time with: the policies it knows, its calendars, and the arithmetic. */
export interface Clocks {
  /** By id; the first is the default. */
  readonly policies: readonly [Policy, ...Policy[]]
  /** By id; `default` is the one for cases that name none. */
  readonly calendars: Readonly<Record<string, Calendar>> & { readonly default: Calendar }
  readonly workingTime: WorkingTime
}

/** The default policy: a person owns it the same half-day, speaks the next day, and is never silent for long. */
export const courteous: Policy = {
  id: 'courteous',
  source: 'Taylor, Pocock',
  clocks: [
    { name: 'own', from: 'opening', span: { workingHours: 4 }, until: 'owned', pausable: true },
    {
      name: 'first-contact',
      from: 'opening',
      span: { workingDays: 1 },
      until: 'contact',
      pausable: true,
    },
    { name: 'next-contact', from: 'contact', span: { workingDays: 2 }, until: 'closed', pausable: true },
    {
      name: 'answer',
      from: 'customer-contact',
      span: { workingDays: 2 },
      until: 'answer',
      pausable: false,
      fails: true,
    },
  ],
}

/** The UK's Financial Conduct Authority. “Promptly” is read as one working day. */
export const ukDisp: Policy = {
  id: 'uk-disp',
  source: 'FCA Handbook, DISP 1.5 and 1.6',
  clocks: [
    { name: 'acknowledge', from: 'opening', span: { workingDays: 1 }, until: 'contact', pausable: false },
    {
      name: 'summary-resolution',
      from: 'opening',
      span: { closeOfWorkingDay: 3 },
      until: 'problem-fixed',
      pausable: false,
    },
    {
      name: 'final-response',
      from: 'opening',
      span: { weeks: 8 },
      until: 'problem-fixed',
      pausable: false,
    },
  ],
}

/** The US Consumer Financial Protection Bureau. */
export const usCfpb: Policy = {
  id: 'us-cfpb',
  source: 'CFPB, company portal manual',
  clocks: [
    { name: 'response', from: 'opening', span: { days: 15 }, until: 'contact', pausable: false },
    {
      name: 'final-response',
      from: 'opening',
      span: { days: 60 },
      until: 'problem-fixed',
      pausable: false,
    },
  ],
}

/** NHS complaints in England. */
export const nhsEngland: Policy = {
  id: 'nhs-england',
  source: 'Local Authority Social Services and NHS Complaints (England) Regulations 2009',
  clocks: [
    { name: 'acknowledge', from: 'opening', span: { workingDays: 3 }, until: 'contact', pausable: false },
    { name: 'explain', from: 'opening', span: { months: 6 }, until: 'problem-fixed', pausable: false },
  ],
}

/** India's grievance portal: 21 days, with an interim reply when it takes longer. */
export const inCpgrams: Policy = {
  id: 'in-cpgrams',
  source: 'DARPG, CPGRAMS guidelines of August 2024',
  clocks: [
    { name: 'interim-reply', from: 'opening', span: { days: 21 }, until: 'contact', pausable: false },
    { name: 'resolve', from: 'opening', span: { days: 21 }, until: 'problem-fixed', pausable: false },
  ],
}

const since = ({ from }: Clock, facts: Facts): Instant | undefined => {
  if (from === 'customer-contact') return facts.contact?.unanswered
  return from === 'contact' ? (facts.contact?.human ?? facts.openedAt) : facts.openedAt
}

const stopped = ({ until }: Clock, facts: Facts, protocol: Protocol): boolean => {
  switch (until) {
    case 'owned':
      return facts.owner !== undefined
    case 'contact':
      return facts.contact?.human !== undefined
    case 'answer':
      return facts.contact?.unanswered === undefined
    case 'problem-fixed':
      return protocol.firstOpenOf('person', facts) === undefined && protocol.firstOpenOf('problem', facts) === undefined
    case 'closed':
      return (['person', 'problem', 'system'] as const).every(
        (phase) => protocol.firstOpenOf(phase, facts) === undefined,
      )
  }
}

/**
 * The facts with their deadlines: those whose clock runs, each due when it was armed to be. A clock that starts again is
 * armed anew; one that is paused, or waits for a referral, keeps the working time that it has left.
 */
export function arm(clocks: Clocks, protocol: Protocol, facts: Facts, at: Instant): Facts {
  const policy = clocks.policies.find((one) => one.id === facts.policy) ?? clocks.policies[0]
  const calendar = clocks.calendars[facts.calendar ?? 'default'] ?? clocks.calendars.default
  const { workingTime } = clocks
  const deadlines = policy.clocks.flatMap((clock): readonly Deadline[] => {
    const start = since(clock, facts)
    if (start === undefined || stopped(clock, facts, protocol)) return []
    const armed = facts.deadlines?.find((one) => one.name === clock.name && one.since === start) ?? {
      name: clock.name,
      since: start,
      due: workingTime.add(start, clock.span, calendar),
      ...(clock.fails === true ? { fails: true } : {}),
    }
    if (armed.missed === true) return [armed]
    if ((facts.pause !== undefined || facts.referredTo !== undefined) && clock.pausable) {
      return [armed.leftMs === undefined ? { ...armed, leftMs: workingTime.between(at, armed.due, calendar) } : armed]
    }
    if (armed.leftMs === undefined) return [armed]
    const { leftMs, ...running } = armed
    return [{ ...running, due: workingTime.addWorking(at, leftMs, calendar) }]
  })
  return { ...facts, deadlines }
}

/** What falls due next in a case: its running deadlines, and its open promises by `promise:` and their id. */
export const dueIn = (facts: Facts): readonly { readonly name: string; readonly due: Instant }[] => [
  ...(facts.deadlines ?? [])
    .filter((one) => one.missed === undefined && one.leftMs === undefined)
    .map(({ name, due }) => ({ name, due })),
  ...facts.promises.filter((one) => one.state === 'open').map(({ id, due }) => ({ name: `promise:${id}`, due })),
]

/** The case waits for the customer: the clocks that may stop, stop. */
export const pause = command({
  name: 'pause',
  summary: 'wait for the customer, for a listed reason',
  evidence: z.object({ reason: z.enum(pauseReasons).describe('why we wait'), words: Words.describe('for what') }),
  effect: (facts, { command }) => ({ ...facts, pause: { reason: command.reason, since: command.at } }),
})

/** The waiting ends; a contact from the customer ends it too. */
export const resume = command({
  name: 'resume',
  summary: 'end the waiting',
  evidence: z.object({ reason: Words.describe('why it goes on') }),
  effect: (facts) => ({ ...facts, pause: undefined }),
})

export const isPaused = rule({
  id: 'is-paused',
  because: 'Only what waits can go on.',
  source: 'redress',
  on: ['resume'],
  reads: 'case',
  holds: ({ facts }) => facts.pause !== undefined,
})

/** A deadline passed. The desk sends it when the row falls due; nobody else can. */
export const missDeadline = command({
  name: 'missDeadline',
  summary: 'record that a deadline passed',
  evidence: z.object({ deadline: Id.describe('the name of its clock'), due: Instant.describe('when it was due') }),
  leads: ['stays', 'anew'],
  lead: ({ facts, command }) =>
    facts.deadlines?.find((one) => one.name === command.deadline)?.fails === true ? 'anew' : 'stays',
  internal: true,
  failure: 'contact-unanswered',
  effect: (facts, { command }) => ({
    ...facts,
    deadlines: facts.deadlines?.map((one) => (one.name === command.deadline ? { ...one, missed: true } : one)),
  }),
})

export const deadlinePassed = rule<CommandOf<typeof missDeadline>>({
  id: 'deadline-passed',
  because: 'A deadline is missed when it is armed, runs, and its time has come.',
  source: 'redress',
  on: ['missDeadline'],
  holds: ({ facts, command }) =>
    command.by.kind === 'machine' &&
    (facts.deadlines ?? []).some(
      (one) =>
        one.name === command.deadline &&
        one.due === command.due &&
        one.missed === undefined &&
        one.leftMs === undefined &&
        one.due <= command.at,
    ),
})

/** The rules of time, common to all protocols. */
export const clockRules = [isPaused, deadlinePassed]
