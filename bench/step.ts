import type { Answer, AnyCommand, Case, Desk } from 'redress'
import { createDesk, createRecoveryMachine, judge, memoryStore, parseCommand, pocock } from 'redress'
import type { EventFromLogic } from 'xstate'
import { initialTransition, transition } from 'xstate'
import { complaint, judgedRecovery, parsedRecovery, recovery } from './recovery.ts'
import type { Benchmark, Side, Stage } from './round.ts'
import { nanosecondsEach } from './round.ts'

const RECOVERIES = 100
const STEPS = RECOVERIES * recovery.length

/** A whole step at the desk, on a store in memory, against nothing but XState's `transition` on the same machine. */
export const inMemoryStep: Benchmark = {
  name: 'step/in-memory',
  unit: 'ns',
  note: 'a whole step (parse, judge, commit, tell) against a bare XState transition of the same machine; at most 0.75',
  rounds: 60,
  setUp,
}

async function setUp(): Promise<Stage> {
  const opened = await openedCase()
  const commands = parsedRecovery(new Date().toISOString())
  const steps = judgedRecovery(opened, commands)
  const entries = steps.map(({ command, from, after }) => ({
    caseId: opened.caseId,
    version: after.version,
    commandId: crypto.randomUUID(),
    command,
    from,
    to: after.state,
    recordedAt: command.at,
  }))
  return {
    ours: wholeSteps,
    peers: { 'xstate-transition': bareTransitions(commands) },
    parts: {
      parse: often((index) => {
        keep(parseCommand(pocock, recovery[index]))
      }),
      judge: often((index) => {
        keep(judge(pocock, steps[index - 1]?.after ?? opened, commands[index] as AnyCommand))
      }),
      json: often((index) => {
        keep(JSON.parse(JSON.stringify(steps[index]?.after)))
        keep(JSON.stringify(entries[index]))
      }),
    },
    rest: 'rest',
  }
}

const wholeSteps: Side = async () => {
  const desk = createDesk({ store: memoryStore() })
  let told = 0
  desk.on('accepted', () => {
    told += 1
  })
  const ids: string[] = []
  for (let index = 0; index < RECOVERIES; index++) ids.push(accepted(await desk.open(complaint)).caseId)
  const nanoseconds = await nanosecondsEach(STEPS, async () => {
    for (const id of ids) for (const command of recovery) await desk.send(id, command)
  })
  if (told !== RECOVERIES + STEPS) throw new Error(`${told} entries were told, not ${RECOVERIES + STEPS}`)
  await closed(desk, ids)
  return nanoseconds
}

function bareTransitions(commands: readonly AnyCommand[]): Side {
  const machine = createRecoveryMachine(pocock)
  const events = commands as readonly EventFromLogic<typeof machine>[]
  return () => {
    const [initial] = initialTransition(machine)
    return nanosecondsEach(STEPS, () => {
      for (let index = 0; index < RECOVERIES; index++) {
        let snapshot = initial
        for (const event of events) [snapshot] = transition(machine, snapshot, event)
        if (snapshot.value !== 'closed') throw new Error('XState did not close the case')
      }
    })
  }
}

const often =
  (piece: (index: number) => void): Side =>
  () =>
    nanosecondsEach(STEPS, () => {
      for (let index = 0; index < STEPS; index++) piece(index % recovery.length)
    })

// Where a result is looked at by nobody, the compiler may leave out the work.
let kept: unknown
const keep = (value: unknown) => {
  kept = value
  return kept
}

async function openedCase(): Promise<Case> {
  return accepted(await createDesk({ store: memoryStore() }).open(complaint))
}

function accepted(answer: Answer): Case {
  if (!answer.accepted) throw new Error(answer.refusal.sentence)
  return answer.case
}

async function closed(desk: Desk, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const { state } = await desk.look(id)
    if (state !== 'closed') throw new Error(`A case of the bench stands in ${state}`)
  }
}
