import type { Calendar, Clock, Deadline, Facts, Span } from 'redress'
import type { Invariant, Step } from './witness.ts'
import { evidenceOf, invariant } from './witness.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const find = (facts: Facts | undefined, { name }: { readonly name: string }): Deadline | undefined =>
  facts?.deadlines?.find((one) => one.name === name)

const waits = ({ pause, referredTo }: Facts): boolean => pause !== undefined || referredTo !== undefined

/** Since when a clock counts; none where it does not. Reckoned here, from the facts. */
function countsSince({ from, until }: Clock, { facts, protocol }: { facts: Facts; protocol: Step['protocol'] }) {
  const open = (steps: readonly { readonly name: string }[]) =>
    steps.some(({ name }) => facts.steps[name] === undefined)
  const runs = {
    owned: facts.owner === undefined,
    contact: facts.contact?.human === undefined,
    answer: facts.contact?.unanswered !== undefined,
    response: facts.contact?.holding === undefined && open([...protocol.person, ...protocol.problem]),
    'problem-fixed': open([...protocol.person, ...protocol.problem]),
    closed: open(protocol.steps),
  }[until]
  if (!runs) return undefined
  if (from === 'customer-contact') return facts.contact?.unanswered
  const own = until === 'owned' ? facts.unownedAt : from === 'contact' ? facts.contact?.human : undefined
  return [facts.openedAt, facts.reopenedAt, own]
    .filter((one) => one !== undefined)
    .sort()
    .at(-1)
}

/** Deadlines are armed, run, stop and are missed as their policy says, and never forgotten. */
export const timeInvariants: readonly Invariant[] = [
  invariant('every clock that counts has its deadline, and every other one none but a missed one', (step) => {
    const { policy, protocol, after } = step
    const odd = policy.clocks.find((clock) => {
      const since = countsSince(clock, { facts: after.facts, protocol })
      const armed = find(after.facts, clock)
      return since === undefined ? armed !== undefined && !armed.missed && !armed.met : armed?.since !== since
    })
    return odd === undefined ? true : `${odd.name} ${JSON.stringify(after.facts.deadlines)}`
  }),
  invariant('a clock that may not pause never does, and its due time never moves', ({ policy, before, after }) => {
    const odd = policy.clocks.find((clock) => {
      const [was, is] = [find(before?.facts, clock), find(after.facts, clock)]
      if (clock.pausable || is === undefined) return false
      return is.leftMs !== undefined || (was?.since === is.since && was.due !== is.due)
    })
    return odd === undefined ? true : JSON.stringify(after.facts.deadlines)
  }),
  invariant('while a case waits the clocks that may stop have stopped, and run again after it', ({ policy, after }) => {
    const odd = policy.clocks.find((clock) => {
      const is = find(after.facts, clock)
      if (!clock.pausable || is === undefined || is.missed || is.met) return false
      return waits(after.facts) !== (is.leftMs !== undefined)
    })
    return odd === undefined ? true : JSON.stringify(after.facts.deadlines)
  }),
  invariant('a missed deadline stays missed until its clock begins anew', ({ before, after }) => {
    const odd = before?.facts.deadlines?.find((was) => {
      const is = find(after.facts, was)
      return was.missed === true && (is === undefined ? !was.fails : is.since === was.since && is.missed !== true)
    })
    return odd === undefined ? true : JSON.stringify(odd)
  }),
  invariant('a clock that was met stays met until it begins anew', ({ before, after }) => {
    const odd = before?.facts.deadlines?.find((was) => {
      const is = find(after.facts, was)
      return was.met === true && (is === undefined || (is.since === was.since && is.met !== true))
    })
    return odd === undefined ? true : JSON.stringify(odd)
  }),
  invariant('a deadline that has passed is not forgotten because somebody was quicker than the clock', (step) => {
    const { before, after, entry } = step
    const { type, at } = entry.command
    const odd = before?.facts.deadlines?.find((was) => {
      const is = find(after.facts, was)
      if (was.missed || was.met || was.leftMs !== undefined || was.due >= at) return false
      return type !== 'missDeadline' && is?.missed !== true && is?.due !== was.due
    })
    return odd === undefined ? true : `${JSON.stringify(odd)} at ${at}`
  }),
  invariant('a deadline is missed only when its time has come', ({ before, entry }) => {
    if (entry.command.type !== 'missDeadline') return true
    const armed = before?.facts.deadlines?.find((one) => one.name === evidenceOf(entry)['deadline'])
    return (
      armed !== undefined && !armed.missed && !armed.met && armed.leftMs === undefined && armed.due <= entry.command.at
    )
  }),
  invariant(
    'a deadline is due when its policy says, by the clock on the wall',
    ({ policy, before, after, calendar }) => {
      const odd = policy.clocks.find((clock) => {
        const [was, is] = [find(before?.facts, clock), find(after.facts, clock)]
        if (is === undefined || is.since === was?.since) return false
        return is.leftMs === undefined && !isRight(is, clock.span, calendar)
      })
      return odd === undefined ? true : JSON.stringify(find(after.facts, odd))
    },
  ),
]

/** Calendar time keeps the time of day, whatever clocks do meanwhile; working time ends within working hours. */
function isRight({ since, due }: Deadline, span: Span, calendar: Calendar): boolean {
  const [from, to] = [wallOf(since, calendar.timeZone), wallOf(due, calendar.timeZone)]
  // A time that the clock skips that day comes as much later as it is put forward.
  const skipped =
    offsetOf(due, calendar.timeZone) > offsetOf(new Date(Date.parse(due) - HOUR_MS).toISOString(), calendar.timeZone)
  const sameTime = to.time === from.time || (skipped && to.time > from.time)
  if ('days' in span || 'weeks' in span) {
    const days = 'days' in span ? span.days : span.weeks * 7
    return sameTime && Date.parse(to.date) - Date.parse(from.date) === days * 86_400_000
  }
  if ('months' in span)
    return sameTime && Number(to.date.slice(8)) === Math.min(Number(from.date.slice(8)), lastDayOf(to.date))
  const weekday = (new Date(to.date).getUTCDay() || 7) as 1 | 2 | 3 | 4 | 5 | 6 | 7
  const open = calendar.hours[weekday]?.some(([opens, closes]) => opens <= to.time && to.time <= closes) === true
  return due > since && (open || to.time === '00:00') && !calendar.holidays.includes(to.date)
}

const offsetOf = (instant: string, timeZone: string): number => {
  const { date, time } = wallOf(instant, timeZone)
  return Date.parse(`${date}T${time}Z`) - Math.floor(Date.parse(instant) / MINUTE_MS) * MINUTE_MS
}

const lastDayOf = (date: string) =>
  new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)), 0)).getUTCDate()

const formats = new Map<string, Intl.DateTimeFormat>()

function wallOf(instant: string, timeZone: string): { readonly date: string; readonly time: string } {
  const format =
    formats.get(timeZone) ?? new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  formats.set(timeZone, format)
  const [date = '', time = ''] = format.format(Date.parse(instant)).split(' ')
  return { date, time }
}
