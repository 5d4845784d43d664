import type { AnyEventObject, AnyMachineSnapshot, AnyStateMachine } from 'xstate'
import type { StatePath } from 'xstate/graph'
import { getAdjacencyMap, getShortestPaths } from 'xstate/graph'
import type { AnyCommand } from '../protocol/command.ts'
import type { Facts } from '../protocol/facts.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { StateName } from './case.ts'
import { buildMachine } from './machine.ts'

/** A way through a protocol: its commands, each between the states where it is accepted. */
export interface Walk {
  readonly steps: readonly { readonly command: AnyCommand; readonly from: StateName; readonly to: StateName }[]
  /** Where it ends. */
  readonly to: StateName
  readonly facts: Facts
}

/** Which ways are wanted. */
export interface WalkTerms {
  /** Every way that passes no standing twice, up to where a case closes or fails again; or the shortest to each state. */
  readonly ways: 'every' | 'shortest'
  /** After how many rounds a way ends: a second failure would begin the next. */
  readonly rounds: number
}

/** All ways that these commands find through a protocol’s machine, rules and all: over the graph of `xstate/graph`. */
export function walksOf(protocol: Protocol, commands: readonly AnyCommand[], terms: WalkTerms): readonly Walk[] {
  const machine = buildMachine(protocol) as unknown as AnyStateMachine
  const ended = ({ value, context }: AnyMachineSnapshot) =>
    value === 'closed' || (context as Facts).round > terms.rounds
  const options = { events: commands, serializeState: standing, stopWhen: ended }
  if (terms.ways === 'shortest') return firstTo(getShortestPaths(machine, options as never).map(walkOf))
  const graph = getAdjacencyMap(machine, options as never) as unknown as Graph
  const [begin] = Object.keys(graph) as [string]
  return [...waysFrom(graph, begin, ended, [], new Set([begin]))]
}

/** What XState’s adjacency map holds: each standing by its name, and where each command leads from there. */
interface Graph {
  readonly [standing: string]: {
    readonly state: AnyMachineSnapshot
    readonly transitions: Readonly<Record<string, { readonly event: AnyCommand; readonly state: AnyMachineSnapshot }>>
  }
}

/**
 * Every way from a standing to an end that passes no standing twice. `getSimplePaths` finds the same, and searches the
 * graph anew for each standing: half a minute where this takes a moment.
 */
function* waysFrom(
  graph: Graph,
  standingNow: string,
  ended: (snapshot: AnyMachineSnapshot) => boolean,
  steps: Walk['steps'],
  passed: ReadonlySet<string>,
): Generator<Walk> {
  const { state, transitions } = graph[standingNow] as Graph[string]
  const from = nameOf(state.value)
  if (ended(state)) {
    yield { steps, to: from, facts: state.context as Facts }
    return
  }
  for (const { event, state: next } of Object.values(transitions)) {
    const reached = standing(next)
    if (passed.has(reached)) continue
    const step = { command: event, from, to: nameOf(next.value) }
    yield* waysFrom(graph, reached, ended, [...steps, step], new Set([...passed, reached]))
  }
}

/** XState’s path as a walk. It begins with the event that starts a machine; each step holds the state that it led to. */
const walkOf = ({ state, steps }: StatePath<AnyMachineSnapshot, AnyEventObject>): Walk => {
  const states = steps.map((step) => nameOf(step.state.value))
  return {
    steps: steps.slice(1).map(({ event }, index) => ({
      command: event as AnyCommand,
      from: states[index] as StateName,
      to: states[index + 1] as StateName,
    })),
    to: nameOf(state.value),
    facts: state.context as Facts,
  }
}

/** One way to each state, the shortest. */
const firstTo = (walks: readonly Walk[]): readonly Walk[] => {
  const byState = new Map<StateName, Walk>()
  for (const walk of walks.toSorted((one, other) => one.steps.length - other.steps.length)) {
    if (!byState.has(walk.to)) byState.set(walk.to, walk)
  }
  return [...byState.values()]
}

/** What tells two standings of a case apart: where it is, what is settled, what was said and promised. */
function standing({ value, context }: AnyMachineSnapshot): string {
  const { round, steps, promises, understanding, customerAskedWhy, mergedInto } = context as Facts
  const ledger = promises.map(({ state }) => state)
  return JSON.stringify([
    value,
    round,
    Object.entries(steps).sort(),
    ledger,
    understanding,
    customerAskedWhy,
    mergedInto,
  ])
}

const nameOf = (value: unknown): StateName =>
  (typeof value === 'string' ? value : Object.entries(value as object)[0]?.join('.')) as StateName
