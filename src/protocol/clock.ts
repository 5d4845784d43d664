import * as z from 'zod'
import { RedressError } from '../errors.ts'
import type { Calendar, WorkingTime } from './calendar.ts'
import { readCalendar } from './calendar.ts'
import type { CommandOf } from './command.ts'
import { command } from './command.ts'
import type { Facts } from './facts.ts'
import type { Clock, Policy } from './policy.ts'
import type { Protocol } from './protocol.ts'
import { rule } from './rule.ts'
import { Id, Instant, Words } from './words.ts'

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
  /** It was missed, and what it asked for was done later. */
  readonly done?: true
  /** Its clock stopped in time: it is met, whatever opens again later. */
  readonly met?: true
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

const since = ({ from, until }: Clock, facts: Facts): Instant | undefined => {
  const { contact, openedAt, reopenedAt = openedAt, unownedAt } = facts
  if (from === 'customer-contact') return contact?.unanswered
  const starts = until === 'owned' ? unownedAt : from === 'contact' ? contact?.human : undefined
  return starts !== undefined && starts > (reopenedAt ?? '') ? starts : reopenedAt
}

/** With the problem, the person is fixed: that phase comes first. */
const problemFixed = (facts: Facts, protocol: Protocol): boolean => protocol.firstOpenOf('problem', facts) === undefined

const stopped = ({ until }: Clock, facts: Facts, protocol: Protocol): boolean => {
  switch (until) {
    case 'owned':
      return facts.owner !== undefined
    case 'contact':
      return facts.contact?.human !== undefined
    case 'answer':
      return facts.contact?.unanswered === undefined
    case 'response':
      return facts.contact?.holding !== undefined || problemFixed(facts, protocol)
    case 'problem-fixed':
      return problemFixed(facts, protocol)
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
    const known = facts.deadlines?.find((one) => one.name === clock.name)
    if (known !== undefined && known.since === start && known.met === true) return [known]
    if (start === undefined || stopped(clock, facts, protocol)) return settled(clock, known)
    const armed = (known?.since === start ? known : undefined) ?? {
      name: clock.name,
      since: start,
      due: workingTime.add(start, clock.span, calendar),
      ...(clock.fails === true ? { fails: true } : {}),
    }
    if (armed.missed === true) return [undone(armed)]
    if ((facts.pause !== undefined || facts.referredTo !== undefined) && clock.pausable) {
      return [armed.leftMs === undefined ? { ...armed, leftMs: workingTime.between(at, armed.due, calendar) } : armed]
    }
    if (armed.leftMs === undefined) return [armed]
    const { leftMs, ...running } = armed
    return [{ ...running, due: workingTime.addWorking(at, leftMs, calendar) }]
  })
  return { ...facts, deadlines }
}

/** A clock that stopped: what was missed is not forgotten, and what was met once need not be met again. */
function settled({ from }: Clock, known: Deadline | undefined): readonly Deadline[] {
  if (known === undefined) return []
  if (known.missed === true) return [{ ...known, done: true }]
  if (from !== 'opening') return []
  const { leftMs: _, ...armed } = known
  return [{ ...armed, met: true }]
}

/** What was done is open again, with the step that did it. */
function undone({ done: _, ...open }: Deadline): Deadline {
  return open
}

/** Since when a case is late: its first deadline that was missed, and what it asked for is still not done. */
export const lateSince = ({ deadlines = [] }: Facts): Instant | undefined =>
  deadlines.reduce<Instant | undefined>(
    (first, { missed, done, due }) =>
      missed === true && done === undefined && (first === undefined || due < first) ? due : first,
    undefined,
  )

const isRunning = ({ missed, met, leftMs }: Deadline): boolean =>
  missed === undefined && met === undefined && leftMs === undefined

/** The order of what is due: the next first. */
export const byDue = (one: { readonly due: Instant }, other: { readonly due: Instant }): number =>
  one.due < other.due ? -1 : one.due > other.due ? 1 : 0

/** What falls due in a case, the next first: its running deadlines, and its open promises by `promise:` and their id. */
export function dueIn({
  deadlines = [],
  promises,
}: Facts): readonly { readonly name: string; readonly due: Instant }[] {
  const due: { readonly name: string; readonly due: Instant }[] = []
  for (const one of deadlines) {
    if (isRunning(one)) due.push({ name: one.name, due: one.due })
  }
  for (const one of promises) {
    if (one.state === 'open' && one.due !== undefined) due.push({ name: `promise:${one.id}`, due: one.due })
  }
  return due.sort(byDue)
}

/** The running deadlines that had passed by then, and that nobody has recorded as missed. */
export const passedBy = ({ deadlines = [] }: Facts, at: Instant): readonly Deadline[] =>
  deadlines.filter((one) => isRunning(one) && one.due < at)

/**
 * Clocks whose calendars were read and whose names tell them apart; throws `input-invalid`, naming what is wrong, where
 * they don't.
 */
export function readClocks(clocks: Clocks): Clocks {
  const twice = (names: readonly string[]) => names.filter((name, index) => names.indexOf(name) !== index)
  const faults = [
    ...twice(clocks.policies.map(({ id }) => id)).map((id) => `two policies are called “${id}”`),
    ...clocks.policies.flatMap(({ id, clocks }) =>
      twice(clocks.map(({ name }) => name)).map((name) => `two clocks of “${id}” are called “${name}”`),
    ),
  ]
  if (faults.length > 0) throw new RedressError('input-invalid', `The clocks can’t be used: ${faults.join('; ')}.`)
  const calendars = Object.entries(clocks.calendars).map(([id, calendar]) => [id, readCalendar(calendar)])
  return { ...clocks, calendars: Object.fromEntries(calendars) as Clocks['calendars'] }
}

/** The case waits for the customer: the clocks that may stop, stop. */
export const pause = command({
  name: 'pause',
  summary: 'wait for the customer, for a listed reason',
  postpones: true,
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
  during: ['received', 'person', 'problem', 'system', 'closed'],
  leads: ['stays', 'anew'],
  lead: ({ facts, command }) =>
    facts.deadlines?.find((one) => one.name === command.deadline)?.fails === true ? 'anew' : 'stays',
  internal: true,
  failure: 'contact-unanswered',
  effect: (facts, { command }) => {
    const missed = facts.deadlines?.find((one) => one.name === command.deadline)
    return {
      ...facts,
      deadlines: facts.deadlines?.map((one) => (one === missed ? { ...one, missed: true } : one)),
      // That contact has failed for good: the next one that waits for an answer waits anew.
      ...(missed?.fails === true ? { contact: { ...facts.contact, unanswered: undefined } } : {}),
    }
  },
})

export const deadlinePassed = rule<CommandOf<typeof missDeadline>>({
  id: 'deadline-passed',
  because: 'A deadline is missed when it is armed, runs, and its time has come.',
  source: 'redress',
  on: ['missDeadline'],
  holds: ({ facts, command }) =>
    command.by.kind === 'machine' &&
    (facts.deadlines ?? []).some(
      (one) => one.name === command.deadline && one.due === command.due && isRunning(one) && one.due <= command.at,
    ),
})

/** The rules of time, common to all protocols. */
export const clockRules = [isPaused, deadlinePassed]
