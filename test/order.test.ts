import fc from 'fast-check'
import {
  type Answer,
  type BatchVerdict,
  type Case,
  type Command,
  createDesk,
  createRecoveryMachine,
  type Entry,
  explain,
  fold,
  full,
  memoryStore,
  type Protocol,
  phases,
  pocock,
} from 'redress'
import { aComplaint, EXAMPLE_START, example, given } from 'redress/testing'
import { describe, expect, it } from 'vitest'
import { type AnyActor, createActor } from 'xstate'
import { anyCommand, anyOpening, anyProtocol } from './arbitrary.ts'

const RUNS = process.env['LONG'] === undefined ? 150 : 5_000

/** A protocol and a long walk of commands through it. */
interface Walk {
  readonly protocol: Protocol
  readonly opening: object
  readonly commands: readonly ((due: string | undefined) => object)[]
}

const walks: fc.Arbitrary<Walk> = anyProtocol.chain((protocol) =>
  fc.record({
    protocol: fc.constant(protocol),
    opening: anyOpening,
    commands: fc.array(anyCommand(protocol), { minLength: 1, maxLength: 80 }),
  }),
)

/** What happened to one command of a walk. */
interface Seen {
  readonly before: Case
  readonly command: object
  /** What `explain` said of it beforehand. */
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
  await desk.open({ ...aComplaint, ...opening, caseId: 'case-1' })
  for (const make of commands) {
    minute += 1
    const command = make((await desk.look('case-1')).due)
    const before = await stored()
    const said = await desk.explain('case-1', command)
    const answer = await desk.send('case-1', command)
    look({ before, command, said, answer, after: await stored() })
  }
  const log: Entry[] = []
  for await (const entry of desk.log('case-1')) log.push(entry)
  return { log: log as [Entry, ...Entry[]], last: await stored() }
}

const settledBefore = (protocol: Protocol, { state, facts }: Case) => {
  const reached =
    state === 'closed' ? protocol.steps.length : protocol.steps.findIndex((step) => state.endsWith(`.${step.name}`))
  return protocol.steps.slice(0, Math.max(reached, 0)).every((step) => facts.steps[step.name] !== undefined)
}

describe('whatever is sent, to whichever protocol', () => {
  it('no step is reached while one before it is neither done, waived nor lapsed', () =>
    fc.assert(
      fc.asyncProperty(walks, async (given) => {
        await walk(given, ({ after }) => expect(settledBefore(given.protocol, after)).toBe(true))
      }),
      { numRuns: RUNS },
    ))

  it('a refusal leaves the case untouched, and names a rule or the field', () =>
    fc.assert(
      fc.asyncProperty(walks, async (given) => {
        await walk(given, ({ before, answer, after }) => {
          if (answer.accepted) return expect(after.version).toBe(before.version + 1)
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
        await walk(given, ({ before, command, answer }) => {
          const option = explain(given.protocol, before).find((one) => one.command === (command as Command).type)
          if (option === undefined || option.open) return
          expect(answer.accepted).toBe(false)
          if (answer.accepted || answer.refusal.code === 'malformed') return
          const ids = answer.refusal.rules.map((rule) => rule.id)
          for (const { id } of option.refusal.rules) expect(ids).toContain(id)
          expect(option.refusal.open).toEqual(answer.refusal.open)
        })
      }),
      { numRuns: RUNS },
    ))

  it('folding the log gives the stored case', () =>
    fc.assert(
      fc.asyncProperty(walks, async (given) => {
        const { log, last } = await walk(given)
        expect(fold(given.protocol, log)).toEqual(last)
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
          const command = answer.entries[0]?.command as Command
          expect(actor.getSnapshot().can(command)).toBe(true)
          actor.send(command)
          const { value, context } = actor.getSnapshot()
          expect(typeof value === 'string' ? value : Object.entries(value)[0]?.join('.')).toBe(after.state)
          expect(context).toEqual(after.facts)
        })
      }),
      { numRuns: RUNS },
    ))

  it('no breach and no waiver is ever lost, and rounds only grow', () =>
    fc.assert(
      fc.asyncProperty(walks, async (given) => {
        await walk(given, ({ before, after }) => {
          expect(after.facts.failures.slice(0, before.facts.failures.length)).toEqual(before.facts.failures)
          expect(after.facts.waivers.slice(0, before.facts.waivers.length)).toEqual(before.facts.waivers)
          expect(after.facts.promises.length).toBeGreaterThanOrEqual(before.facts.promises.length)
          expect(after.facts.round).toBe(1 + after.facts.failures.length)
        })
      }),
      { numRuns: RUNS },
    ))

  it('the walks get somewhere: to the end, into second rounds, and to every rule', async () => {
    const states = new Set<string>()
    const rules = new Set<string>()
    let rounds = 0
    for (const given of fc.sample(walks, { numRuns: 1_500, seed: 42 })) {
      const { last } = await walk(given, ({ answer, after }) => {
        states.add(after.state)
        if (!answer.accepted) for (const { id } of answer.refusal.rules) rules.add(id)
      })
      rounds = Math.max(rounds, last.facts.round)
    }
    // What only the desk sends, or a clock brings, has tests of its own.
    for (const id of ['deadline-passed', 'incident-is-fixed', 'no-erasure-under-hold']) rules.add(id)
    expect(full.judgedBy.map((rule) => rule.id).filter((id) => !rules.has(id))).toEqual([])
    expect(states).toContain('closed')
    expect(rounds).toBeGreaterThan(1)
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
