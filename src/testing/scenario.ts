import type { Telling } from '../desk/tell.ts'
import { tellingsOf } from '../desk/tell.ts'
import type { Case, Entry, Opened } from '../machine/case.ts'
import { openedCase } from '../machine/fold.ts'
import type { BatchVerdict } from '../machine/judge.ts'
import { catchUp } from '../machine/judge.ts'
import { fellDue } from '../machine/overdue.ts'
import { pocock } from '../protocol/catalogue.ts'
import type { Clocks } from '../protocol/clock.ts'
import type { Opening } from '../protocol/parse.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Instant } from '../protocol/words.ts'
import { aComplaint, EXAMPLE_START } from './complaint.ts'
import type { Expected } from './expectation.ts'
import { expectedOf } from './expectation.ts'
import { isProtocol, misuse } from './misuse.ts'
import { instantRead } from './moment.ts'
import type { Ground } from './tried.ts'
import { entriesOf, entryOf, minutesAfter, tried } from './tried.ts'

/** Commands that were accepted before a scenario begins: one, a list of them, or what a protocol makes them (`upTo('agree')`). */
export type History = object | readonly object[] | ((protocol: Protocol) => readonly object[])

/** What a scenario begins with: the protocol, clocks, the opening, and its history, in any order. */
export type Given = Protocol | Clocks | Opening | History

/** A case with a history, on which a command can be tried. */
export interface Scenario {
  /** Tries commands, as one batch. Each happens a minute after the one before, unless it says when. */
  when(...commands: readonly History[]): Expectation
  /** Turns the clock to that moment: what fell due before is recorded, each at its own time, as a desk's clock does. */
  at(moment: Instant | Date): Expectation
  /** Turns the clock on by that much. */
  later(span: { readonly days?: number; readonly hours?: number; readonly minutes?: number }): Expectation
  readonly case: Case
  readonly protocol: Protocol
  /** The log of the case, its opening first. */
  readonly log: readonly Entry[]
}

/** What became of the commands of a scenario. It goes on from there: `.when(…).accepts().when(…).refuses(…)`. */
export interface Expectation extends Scenario, Expected<Expectation> {
  readonly verdict: BatchVerdict
  /** What a desk's listeners hear of it: the name of each event, and what is told. */
  readonly told: readonly Telling[]
}

/**
 * Begins a scenario with what was accepted before: `given(heard, upTo('agree')).when(example('agree')).accepts()`.
 * Without a protocol it is `pocock`, without an opening `aComplaint`. Deadlines run where it has clocks; those of promises
 * always do. All of it is in memory, on a clock that only the test turns.
 *
 * Throws `input-invalid` where the history itself is refused, and where it is none: two protocols, or no command.
 */
export function given(...history: readonly Given[]): Scenario {
  const protocol = onlyOne(history.filter(isProtocol), 'protocols') ?? pocock
  const clocks = onlyOne(history.filter(isClocks), 'clocks')
  const { caseId = 'case-1', protocol: _, ...complaint } = onlyOne(history.filter(isOpening), 'openings') ?? aComplaint
  const opened: Opened = { type: 'open', ...complaint, at: complaint.at ?? EXAMPLE_START }
  const first = openedCase(protocol, caseId, opened, clocks)
  const commands = history.filter((one) => !isProtocol(one) && !isClocks(one) && !isOpening(one))
  const ground: Ground = { protocol, clocks, case: first, next: minutesAfter(opened.at) }
  const { verdict, next } = tried(ground, spread(protocol, commands))
  if (!verdict.accepted) throw misuse(`What is given was refused: ${verdict.refusal.sentence}`)
  const log = [entryOf(first, opened, null), ...entriesOf(verdict.steps)]
  return scenarioOn({ ...ground, case: verdict.steps.at(-1)?.after ?? first, next }, log)
}

/** A thousand years. */
const LONGEST_MINUTES = 1_000 * 366 * 24 * 60

function scenarioOn(ground: Ground, log: readonly Entry[]): Scenario {
  const { protocol, clocks, case: before } = ground
  const at = (moment: Instant | Date): Expectation => {
    const next = instantRead(moment)
    if (next === undefined) throw misuse("The clock is turned to an instant: `at('2026-03-03T12:00:00Z')`.")
    if (minutesAfter(next) < ground.next) throw misuse(`The clock stands at ${ground.next}; it only goes on.`)
    const steps = catchUp(protocol, before, clocks, fellDue(next))
    return become({ accepted: true, steps }, next)
  }
  const become = (verdict: BatchVerdict, next: Instant): Expectation => {
    const steps = verdict.accepted ? verdict.steps : []
    const after = steps.at(-1)?.after ?? before
    const entries = entriesOf(steps)
    const told: readonly Telling[] = verdict.accepted
      ? tellingsOf(before, steps, entries)
      : [
          [
            'refused',
            { caseId: before.caseId, refusal: verdict.refusal, protocol: before.protocol, state: before.state },
          ],
        ]
    const self: Expectation = {
      ...scenarioOn({ ...ground, case: after, next }, [...log, ...entries]),
      ...expectedOf({ before, after, verdict, told, counted: clocks !== undefined }, () => self),
      verdict,
      told,
    }
    return self
  }
  return {
    case: before,
    protocol,
    log,
    at,
    later({ days = 0, hours = 0, minutes = 0 }) {
      const span = (days * 24 + hours) * 60 + minutes
      // Beyond what a Date can hold there is no instant either.
      if (!(Math.abs(span) < LONGEST_MINUTES)) throw misuse('The clock is turned on by a span: `later({ days: 2 })`.')
      return at(minutesAfter(ground.next, span))
    },
    when(...inputs) {
      const { verdict, next } = tried(ground, spread(protocol, inputs))
      return become(verdict, verdict.accepted ? next : ground.next)
    },
  }
}

function spread(protocol: Protocol, history: readonly Given[]): readonly object[] {
  const commands = history.flatMap((one): unknown => (typeof one === 'function' ? one(protocol) : one))
  for (const one of commands) {
    if (typeof one === 'object' && one !== null && !isProtocol(one)) continue
    throw misuse(
      `A scenario is given a protocol, clocks, an opening and commands, and sent commands; “${isProtocol(one) ? one.id : one}” is none of it there.`,
    )
  }
  return commands as readonly object[]
}

/** What a scenario has one of, or none; throws `input-invalid` where it is given more. */
function onlyOne<One>([first, ...others]: readonly One[], what: string): One | undefined {
  if (others.length === 0) return first
  throw misuse(`A scenario is given ${others.length + 1} ${what}: which of them is meant?`)
}

const has = (one: unknown, field: string): boolean => typeof one === 'object' && one !== null && field in one
const isClocks = (one: unknown): one is Clocks => has(one, 'workingTime')
const isOpening = (one: unknown): one is Opening => has(one, 'channel') && !has(one, 'type')
