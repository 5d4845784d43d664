import type { AnyCommand, Commit, Desk, Passed } from 'redress'
import { createDesk, createRecoveryMachine, judge, memoryStore, parseCommand, pocock } from 'redress'
import { initialTransition, transition } from 'xstate'
import { caseOf, complaint, judgedRecovery, parsedRecovery, recovery } from './recovery.ts'
import type { Benchmark, Side, Stage } from './round.ts'

/** A store holds as many cases as a test or a trial would give it; a round takes several. */
const CASES = 100
const STORES = 5
const STEPS = STORES * CASES * recovery.length

/** A whole step at the desk, on a store in memory, against nothing but XState's `transition` on the same machine. */
export const inMemoryStep: Benchmark = {
  name: 'step/in-memory',
  unit: 'ns',
  note: 'a whole step (parse, judge, commit, tell) against a bare transition of the same machine; at most 0.75',
  rounds: 40,
  setUp,
}

async function setUp(): Promise<Stage> {
  const opened = caseOf(await createDesk({ store: memoryStore() }).open(complaint))
  const commands = parsedRecovery(new Date().toISOString())
  const steps = judgedRecovery(opened, commands)
  return {
    ours: wholeSteps,
    peers: { 'xstate-transition': bareTransitions(commands) },
    parts: {
      parse: each((index) => parseCommand(pocock, recovery[index])),
      judge: each((index) => judge(pocock, steps[index - 1]?.after ?? opened, commands[index] as AnyCommand)),
      store: loadsAndCommits(steps),
    },
    rest: 'rest',
  }
}

const wholeSteps: Side = async () => {
  const times: bigint[] = []
  for (let store = 0; store < STORES; store++) times.push(await recoverAll())
  return nanosecondsAStep(...times)
}

async function recoverAll(): Promise<bigint> {
  const desk = createDesk({ store: memoryStore() })
  let told = 0
  desk.on('accepted', () => {
    told += 1
  })
  const ids: string[] = []
  for (let index = 0; index < CASES; index++) ids.push(caseOf(await desk.open(complaint)).caseId)
  const start = process.hrtime.bigint()
  for (const id of ids) for (const command of recovery) await desk.send(id, command)
  const time = process.hrtime.bigint() - start
  if (told !== CASES * (1 + recovery.length)) throw new Error(`Only ${told} entries of the bench were told`)
  for (const id of ids) await closedAt(desk, id)
  return time
}

async function closedAt(desk: Desk, caseId: string): Promise<void> {
  const { state } = await desk.look(caseId)
  if (state !== 'closed') throw new Error(`A case of the bench stands in “${state}”`)
}

function bareTransitions(commands: readonly AnyCommand[]): Side {
  const machine = createRecoveryMachine(pocock)
  const events = commands as readonly Parameters<typeof machine.getTransitionData>[1][]
  return () => {
    const [initial] = initialTransition(machine)
    const start = process.hrtime.bigint()
    for (let index = 0; index < STORES * CASES; index++) {
      let snapshot = initial
      for (const event of events) [snapshot] = transition(machine, snapshot, event)
      if (snapshot.value !== 'closed') throw new Error('XState did not close the case')
    }
    return nanosecondsAStep(process.hrtime.bigint() - start)
  }
}

/** The store by itself: what a desk loads before a step, and the commit that it writes after it. */
function loadsAndCommits(steps: readonly Passed[]): Side {
  const commitOf = (caseId: string, { command, from, after }: Passed): Commit => {
    const commandId = crypto.randomUUID()
    const { version } = after
    return {
      tenant: 'default',
      caseId,
      expectedVersion: version - 1,
      entries: [{ caseId, version, commandId, command, from, to: after.state, recordedAt: command.at }],
      state: { ...after, caseId },
      commandId,
      commandHash: undefined,
      receipt: { caseId, first: version, last: version },
    }
  }
  const recoverAll = async (): Promise<bigint> => {
    const store = memoryStore()
    const desk = createDesk({ store })
    const commits: Commit[] = []
    for (let index = 0; index < CASES; index++) {
      const { caseId } = caseOf(await desk.open(complaint))
      commits.push(...steps.map((step) => commitOf(caseId, step)))
    }
    const start = process.hrtime.bigint()
    for (const commit of commits) {
      await store.load('default', commit.caseId)
      await store.commit([commit])
    }
    return process.hrtime.bigint() - start
  }
  return async () => {
    const times: bigint[] = []
    for (let store = 0; store < STORES; store++) times.push(await recoverAll())
    return nanosecondsAStep(...times)
  }
}

const each =
  (piece: (index: number) => unknown): Side =>
  () => {
    let results = 0
    const start = process.hrtime.bigint()
    for (let index = 0; index < STEPS; index++) {
      // Looked at, lest the compiler leave out work whose result nobody needs.
      if (piece(index % recovery.length) !== undefined) results += 1
    }
    const time = process.hrtime.bigint() - start
    if (results !== STEPS) throw new Error('A piece of the bench came to nothing')
    return nanosecondsAStep(time)
  }

const nanosecondsAStep = (...times: readonly bigint[]): number =>
  Number(times.reduce((sum, time) => sum + time, 0n)) / STEPS
