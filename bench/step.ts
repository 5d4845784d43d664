import type { AnyCommand, Case, Commit, Passed } from 'redress'
import { createDesk, createRecoveryMachine, judge, memoryStore, parseCommand, pocock } from 'redress'
import { initialTransition, transition } from 'xstate'
import { caseOf, complaint, judgedRecovery, parsedRecovery, recoveryAt } from './recovery.ts'
import type { Benchmark } from './round.ts'

/** The cases of one store, as many as a test or a trial would give it. */
const CASES = 100
const recoveries = Array.from({ length: CASES }, (_, index) => recoveryAt(`warehouse ${index}`))
const inputs = recoveries.flat()

/** A whole step at the desk, on a store in memory, against nothing but XState's `transition` on the same machine. */
export const inMemoryStep: Benchmark = {
  name: 'step/in-memory',
  unit: 'ns',
  note: 'a whole step (parse, judge, commit, tell) against a bare transition of the same machine; at most 0.75',
  rounds: 40,
  async setUp() {
    const opened = caseOf(await createDesk({ store: memoryStore() }).open(complaint))
    const at = new Date().toISOString()
    const parsed = recoveries.map((recovery) => parsedRecovery(recovery, at))
    const judged = parsed.map((commands) => judgedRecovery(opened, commands))
    const judgements = judged.flatMap((steps) =>
      steps.map(({ command }, index) => ({ before: steps[index - 1]?.after ?? opened, command })),
    )
    return {
      ours: () => nanosecondsAStep(wholeSteps),
      peers: {
        // A host's events are new objects, each read once by the machine's guards as each send is by the desk.
        'xstate-transition': () => nanosecondsAStep(() => bareTransitions(parsed, (command) => ({ ...command }))),
        // Sent again and again, they are read no more: nothing but the transition is left.
        'xstate-transition-unread': () => nanosecondsAStep(() => bareTransitions(parsed, (command) => command)),
      },
      parts: {
        parse: () => nanosecondsAStep(() => timeOfEach(inputs, (input) => parseCommand(pocock, input).ok)),
        judge: () =>
          nanosecondsAStep(() =>
            timeOfEach(judgements, ({ before, command }) => judge(pocock, before, command).accepted),
          ),
        store: () => nanosecondsAStep(() => commitsAlone(judged)),
      },
      rest: 'rest',
    }
  },
}

async function wholeSteps(): Promise<bigint> {
  const desk = createDesk({ store: memoryStore() })
  let told = 0
  desk.on('accepted', () => {
    told += 1
  })
  const cases: Case[] = []
  for (let index = 0; index < CASES; index++) cases.push(caseOf(await desk.open(complaint)))
  const start = process.hrtime.bigint()
  for (const [index, { caseId }] of cases.entries()) {
    for (const command of recoveries[index] ?? []) await desk.send(caseId, command)
  }
  const time = process.hrtime.bigint() - start
  if (told !== CASES + inputs.length) throw new Error(`The bench was told of ${told} entries`)
  for (const { caseId } of cases) endsClosed((await desk.look(caseId)).state)
  return time
}

const machine = createRecoveryMachine(pocock)
type Event = Parameters<typeof machine.getTransitionData>[1]

function bareTransitions(
  parsed: readonly (readonly AnyCommand[])[],
  eventOf: (command: AnyCommand) => AnyCommand,
): bigint {
  const [initial] = initialTransition(machine)
  const start = process.hrtime.bigint()
  for (const commands of parsed) {
    let snapshot = initial
    for (const command of commands) [snapshot] = transition(machine, snapshot, eventOf(command) as Event)
    endsClosed(snapshot.value)
  }
  return process.hrtime.bigint() - start
}

/** The store by itself: the commit that a desk writes after a step. */
async function commitsAlone(judged: readonly (readonly Passed[])[]): Promise<bigint> {
  const store = memoryStore()
  const desk = createDesk({ store })
  const commits: Commit[] = []
  for (const steps of judged) {
    const { caseId } = caseOf(await desk.open(complaint))
    commits.push(...steps.map((step) => commitOf(caseId, step)))
  }
  const start = process.hrtime.bigint()
  for (const commit of commits) await store.commit([commit])
  const time = process.hrtime.bigint() - start
  for (const { caseId } of commits) endsClosed((await store.load('default', caseId))?.state)
  return time
}

function commitOf(caseId: string, { command, from, after }: Passed): Commit {
  const commandId = crypto.randomUUID()
  const { version } = after
  return {
    tenant: 'default',
    caseId,
    expectedVersion: version - 1,
    entries: [
      {
        caseId,
        version,
        protocol: after.protocol,
        machine: after.machine,
        commandId,
        command,
        from,
        to: after.state,
        recordedAt: command.at,
      },
    ],
    state: { ...after, caseId },
    deadlines: [],
    listing: { phase: 'person', openedAt: command.at },
    ties: (after.facts.causes ?? []).map((key) => ({ kind: 'cause', key })),
    commandId,
    commandHash: undefined,
    receipt: { caseId, first: version, last: version },
  }
}

function timeOfEach<T>(items: readonly T[], piece: (item: T) => boolean): bigint {
  let done = 0
  const start = process.hrtime.bigint()
  for (const item of items) if (piece(item)) done += 1
  const time = process.hrtime.bigint() - start
  if (done !== items.length) throw new Error('A piece of the bench failed')
  return time
}

const nanosecondsAStep = async (work: () => bigint | Promise<bigint>): Promise<number> =>
  Number(await work()) / inputs.length

function endsClosed(state: unknown): void {
  if (state !== 'closed') throw new Error(`A case of the bench ended in ${state}`)
}
