import fc from 'fast-check'
import {
  type Answer,
  type AnyCommand,
  type BatchVerdict,
  type Case,
  type Clocks,
  type Command,
  commonCommands,
  createDesk,
  createRecoveryMachine,
  type Entry,
  fold,
  full,
  judge,
  memoryStore,
  type Option,
  officeHours,
  type Protocol,
  phases,
  pocock,
  type Verdict,
} from 'redress'
import { temporalWorkingTime } from 'redress/clocks'
import { anyCommand, anyOpening, anyProtocol, type Making } from 'redress/fast-check'
import { aComplaint, EXAMPLE_START, example, given } from 'redress/testing'
import 'redress/vitest'
import { describe, expect, it } from 'vitest'
import { type AnyActor, createActor } from 'xstate'
import { anyJudged } from './arbitrary.ts'
import { invariants } from './year/file.ts'
import { policies } from './year/office.ts'
import type { Step } from './year/witness.ts'

/** A thousand long walks take minutes where forty take a second. */
const timeout = 600_000
const RUNS = process.env['LONG'] === undefined ? 40 : 1_000

/** A protocol and a long walk of commands through it. */
interface Walk {
  readonly protocol: Protocol
  readonly opening: object
  readonly commands: readonly { readonly make: Making; readonly minutes: number }[]
}

// As long as they may be: at fast-check’s own size no walk would get to its end, nor into a second round.
const long = { minLength: 1, maxLength: 80, size: 'medium' } as const

/** Most follow at once; now and then everything that was promised has fallen due meanwhile. */
const minutes = fc.nat(24).map((luck) => (luck === 24 ? 60 * 24 * 40 : 1))

const walks: fc.Arbitrary<Walk> = anyProtocol.chain((protocol) =>
  fc.record({
    protocol: fc.constant(protocol),
    opening: anyOpening,
    commands: fc.array(fc.record({ make: anyCommand(protocol), minutes }), long),
  }),
)

/** What happened to one command of a walk. */
interface Seen {
  readonly before: Case
  readonly command: object
  /** What `explain` said beforehand, of all commands and of this one. */
  readonly options: readonly Option[]
  readonly said: BatchVerdict
  readonly answer: Answer
  readonly after: Case
}

/** Walks a case through a desk, and looks at every command before and after it. */
async function walk({ protocol, opening, commands }: Walk, look: (seen: Seen) => void = () => {}) {
  let minute = 0
  const store = memoryStore()
  const stored = async () => (await store.load('default', 'case-1')) as Case
  const now = () => new Date(Date.parse(EXAMPLE_START) + minute * 60_000)
  const desk = createDesk({ store, protocols: [protocol], now })
  // The one that the examples merge into, and join.
  await desk.open({ ...aComplaint, caseId: 'case-0' })
  await desk.open({ ...opening, caseId: 'case-1' })
  for (const { make, minutes } of commands) {
    minute += minutes
    const before = await stored()
    const command = make(before)
    const options = await desk.explain('case-1')
    const said = await desk.explain('case-1', command)
    const answer = await desk.send('case-1', command)
    look({ before, command, options, said, answer, after: await stored() })
  }
  const log: Entry[] = []
  for await (const entry of desk.log('case-1')) log.push(entry)
  return { log: log as [Entry, ...Entry[]], last: await stored() }
}

describe('whatever is sent, to whichever protocol', { timeout }, () => {
  it('no step is reached while one before it is neither done, waived nor lapsed', () =>
    fc.assert(
      fc.asyncProperty(walks, async (given) => {
        await walk(given, ({ after }) => expect(after).toFollow(given.protocol))
      }),
      { numRuns: RUNS },
    ))

  it('a refusal leaves the case untouched, and names a rule or the field', () =>
    fc.assert(
      fc.asyncProperty(walks, async (given) => {
        await walk(given, ({ before, answer, after }) => {
          if (answer.accepted) return expect(after.version).toBe(before.version + answer.entries.length)
          expect(after).toEqual(before)
          expect(answer.refusal.rules.length + answer.refusal.issues.length).toBeGreaterThan(0)
        })
      }),
      { numRuns: RUNS },
    ))

  it('what explain says of a command is what send then does, with the same rule ids', () =>
    fc.assert(
      fc.asyncProperty(walks, async (given) => {
        await walk(given, ({ said, answer, after }) => {
          expect(said.accepted).toBe(answer.accepted)
          if (said.accepted) expect(said.steps.at(-1)?.after).toEqual(after)
          else expect({ accepted: false, refusal: said.refusal }).toEqual(answer)
        })
      }),
      { numRuns: RUNS },
    ))

  it('a command that explain lists as closed is refused, by the rules that it names', () =>
    fc.assert(
      fc.asyncProperty(walks, async (given) => {
        await walk(given, ({ options, command, answer }) => {
          const option = options.find((one) => one.command === (command as Command).type)
          if (option === undefined || option.open) return
          for (const { id } of option.refusal.rules) expect(answer).toBeRefused(id)
          expect(answer).toMatchObject({ refusal: { open: option.refusal.open } })
        })
      }),
      { numRuns: RUNS / 2 },
    ))

  it('the log follows the protocol, and folding it gives the stored case', () =>
    fc.assert(
      fc.asyncProperty(walks, async (given) => {
        const { log, last } = await walk(given)
        expect(fold(given.protocol, log)).toEqual(last)
        expect(log).toFollow(given.protocol)
        expect(log.map((entry) => entry.version)).toEqual(log.map((_, index) => index + 1))
      }),
      { numRuns: RUNS },
    ))

  it('the bare machine goes where the desk goes, and says the same with can', () =>
    fc.assert(
      fc.asyncProperty(walks, async (given) => {
        let actor: AnyActor | undefined
        await walk(given, ({ before, answer, after }) => {
          const input = before.facts
          actor ??= createActor(createRecoveryMachine(given.protocol), { input }).start()
          if (!answer.accepted) return
          for (const { command } of answer.entries) {
            expect(actor.getSnapshot().can(command as Command)).toBe(true)
            actor.send(command as Command)
          }
          const { value, context } = actor.getSnapshot()
          expect(typeof value === 'string' ? value : Object.entries(value)[0]?.join('.')).toBe(after.state)
          expect(context).toEqual(after.facts)
        })
      }),
      { numRuns: RUNS },
    ))

  it('no breach, no promise and no waiver is ever lost, and rounds only grow', () =>
    fc.assert(
      fc.asyncProperty(walks, async (given) => {
        await walk(given, ({ before, after }) => {
          expect(after.facts.failures.slice(0, before.facts.failures.length)).toEqual(before.facts.failures)
          expect(after.facts.waivers.slice(0, before.facts.waivers.length)).toEqual(before.facts.waivers)
          for (const [index, { id, state }] of before.facts.promises.entries()) {
            const now = after.facts.promises[index]
            expect(now?.id).toBe(id)
            if (state !== 'open') expect(now?.state).toBe(state)
          }
          expect(after.facts.round).toBe(1 + after.facts.failures.length)
        })
      }),
      { numRuns: RUNS },
    ))

  it('the walks get somewhere: to every end, into second and third rounds, and to every rule', async () => {
    const rules = new Set<string>()
    const commands = new Set<string>()
    const ends = new Set<string | undefined>()
    const rounds: number[] = []
    for (const given of fc.sample(walks, { numRuns: 350, seed: 42 })) {
      const { last } = await walk(given, ({ answer, after }) => {
        if (!answer.accepted) for (const { id } of answer.refusal.rules) rules.add(id)
        else for (const { command } of answer.entries) commands.add(command.type)
        if (after.state === 'closed') ends.add(after.facts.outcome)
      })
      rounds.push(last.facts.round)
    }
    // What only the desk sends, or takes days, is walked below and in the year.
    const unsent = ['missDeadline', 'shareStep', 'changeFailed', 'erase', 'declareUnreachable']
    const untold = ['deadline-passed', 'incident-is-fixed', 'no-erasure-under-hold']
    expect(full.judgedBy.map(({ id }) => id).filter((id) => !rules.has(id) && !untold.includes(id))).toEqual([])
    expect(
      commonCommands.map(({ name }) => name).filter((name) => !commands.has(name) && !unsent.includes(name)),
    ).toEqual([])
    expect(ends.size).toBeGreaterThan(4)
    expect(rounds.filter((round) => round > 1).length).toBeGreaterThan(rounds.length / 3)
    expect(rounds.filter((round) => round > 2).length).toBeGreaterThan(rounds.length / 8)
  })
})

/** A walk past the desk, where also what only the desk sends can come at any time, and clocks run. */
const judgedWalks = anyProtocol.chain((protocol) =>
  fc.record({
    protocol: fc.constant(protocol),
    opening: anyOpening,
    policy: fc.constantFrom(...policies),
    moves: fc.array(anyJudged(protocol), long),
  }),
)

type JudgedWalk = typeof judgedWalks extends fc.Arbitrary<infer W> ? W : never

/** Walks with `judge` alone, and looks at every command that passed and every refusal. */
function walkJudged({ protocol, opening, policy, moves }: JudgedWalk, look: (step: Step, verdict: Verdict) => void) {
  const clocks: Clocks = { policies: [policy], calendars: { default: calendar }, workingTime: temporalWorkingTime }
  let at = Date.parse(EXAMPLE_START)
  const entryOf = (command: object, from: Entry['from'], to: Entry['to'], version: number): Entry => {
    const recordedAt = new Date(at).toISOString()
    const stamps = { protocol: `${protocol.id}@${protocol.version}`, machine: 1, recordedAt }
    return { caseId: 'case-1', version, commandId: `c${version}`, command: command as AnyCommand, from, to, ...stamps }
  }
  const first = entryOf({ type: 'open', ...opening }, null, 'received', 1)
  const log: [Entry, ...Entry[]] = [first]
  let now = fold(protocol, log, clocks)
  for (const { make, minutes } of moves) {
    at += minutes * 60_000
    const command = { at: new Date(at).toISOString(), ...make(now) } as AnyCommand
    const before = now
    const verdict = judge(protocol, before, command, clocks)
    if (verdict.accepted) now = verdict.after
    const entry = entryOf(command, before.state, now.state, now.version)
    if (verdict.accepted) log.push(entry)
    look({ protocol, policy, calendar, before, after: now, entry }, verdict)
  }
  return { log, last: now, folded: fold(protocol, log, clocks) }
}

const calendar = officeHours('Europe/London', ['2026-04-03', '2026-04-06'])

/** Only the desk sees to this one: it records what has passed before it lets anybody be quicker than the clock. */
const kept = invariants.filter(({ name }) => !name.startsWith('a deadline that has passed'))

describe('whatever is judged, what only the desk sends and clocks that run included', { timeout }, () => {
  it('every invariant of the year is kept: no breach, no promise, no waiver and no missed deadline is lost', () =>
    fc.assert(
      fc.property(judgedWalks, (given) => {
        walkJudged(given, (step, verdict) => {
          if (!verdict.accepted) return expect(verdict.refusal.rules.length).toBeGreaterThan(0)
          expect(kept.filter(({ breach }) => breach(step) !== undefined).map(({ name }) => name)).toEqual([])
        })
      }),
      { numRuns: 3 * RUNS },
    ))

  it('folding the log with the same clocks gives the same case', () =>
    fc.assert(
      fc.property(judgedWalks, (given) => {
        const { last, folded } = walkJudged(given, () => {})
        expect(folded).toEqual(last)
      }),
      { numRuns: RUNS },
    ))

  it('what the desk sends passes and is refused', () => {
    const passed = new Set<string>()
    const refused = new Set<string>()
    for (const given of fc.sample(judgedWalks, { numRuns: 100, seed: 42 })) {
      walkJudged(given, ({ entry }, { accepted }) => (accepted ? passed : refused).add(entry.command.type))
    }
    for (const name of ['missDeadline', 'shareStep', 'changeFailed', 'erase']) {
      expect(passed).toContain(name)
      expect(refused).toContain(name)
    }
  })
})

describe('the six steps', () => {
  const six = ['listen', 'reflect', 'apologize', 'empathize', 'agree', 'deliver']

  it('are refused at the first one out of place, in every order but the right one', () => {
    let refused = 0
    for (const order of permutations(six)) {
      const wrong = order.findIndex((name, index) => name !== six[index])
      if (wrong < 0) {
        given(example('own'))
          .when(order.map((name) => example(name)))
          .accepts()
          .leavesIn('problem.confirm')
        continue
      }
      const { verdict } = given(example('own'))
        .when(order.map((name) => example(name)))
        .refuses('in-order', { skipped: six.slice(wrong, six.indexOf(order[wrong] ?? '')) })
      expect(verdict.accepted ? -1 : verdict.refusal.index).toBe(wrong)
      refused += 1
    }
    expect(refused).toBe(719)
  })
})

describe('the phases', () => {
  it('have their steps in the protocol’s order, and no place for another’s', () => {
    expect(phases).toEqual(['person', 'problem', 'system'])
    expect(pocock.steps.map((step) => step.phase)).toEqual([
      'received',
      ...pocock.person.map(() => 'person'),
      ...pocock.problem.map(() => 'problem'),
      ...pocock.system.map(() => 'system'),
    ])
  })
})

function* permutations(names: readonly string[]): Generator<readonly string[]> {
  if (names.length === 0) yield []
  for (const [index, name] of names.entries()) {
    for (const rest of permutations(names.toSpliced(index, 1))) yield [name, ...rest]
  }
}
