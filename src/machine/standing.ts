import type { AnyMachineSnapshot, AnyStateMachine, AnyStateNode } from 'xstate'
import { RedressError } from '../errors.ts'
import type { AnyCommand } from '../protocol/command.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Case, StateName } from './case.ts'
import { placeOf } from './case.ts'
import type { Arrow } from './machine.ts'
import { buildMachine } from './machine.ts'

/** The arrow that the machine takes for a command, and the state that it ends in. */
export interface Taken {
  readonly arrow: Arrow
  readonly to: StateName
}

/**
 * Puts a stored case back into its machine and asks which arrow the command takes; none where the machine denies it.
 *
 * Only the arrow is asked for. Running the machine to it would cost ten times as much, and gives the same facts, since
 * its one action calls the same `evolve`.
 */
export function arrowOf(protocol: Protocol, before: Case, command: AnyCommand): Taken | undefined {
  const compiled = compiledOf(protocol)
  const snapshot = { ...compiled.snapshotIn(before.state), context: before.facts }
  const [transition] = compiled.machine.getTransitionData(snapshot, command)
  if (transition === undefined) return undefined
  const arrow = (transition.guard as { params: Arrow }).params
  const target = transition.target?.[0]
  return { arrow, to: target === undefined ? before.state : compiled.leafOf(target) }
}

/** All arrows that a command has where a case stands, whatever its evidence and the rules say. */
export function arrowsFrom(protocol: Protocol, state: StateName, command: string): readonly Taken[] {
  const { machine, leafOf } = compiledOf(protocol)
  const node = machine.getStateNodeById(`recovery.${state}`)
  return (node.transitions.get(command) ?? []).map(({ guard, target }) => ({
    arrow: (guard as { params: Arrow }).params,
    to: target?.[0] === undefined ? state : leafOf(target[0]),
  }))
}

interface Compiled {
  readonly machine: AnyStateMachine
  snapshotIn(state: StateName): AnyMachineSnapshot
  leafOf(node: AnyStateNode): StateName
}

const compiled = new WeakMap<Protocol, Compiled>()

function compiledOf(protocol: Protocol): Compiled {
  let found = compiled.get(protocol)
  if (found === undefined) {
    found = compile(protocol)
    compiled.set(protocol, found)
  }
  return found
}

function compile(protocol: Protocol): Compiled {
  const machine = buildMachine(protocol) as unknown as AnyStateMachine
  const snapshots = new Map<StateName, AnyMachineSnapshot>()
  const leaves = new Map<AnyStateNode, StateName>()
  return {
    machine,
    snapshotIn(state) {
      let snapshot = snapshots.get(state)
      if (snapshot === undefined) {
        snapshot = resolve(machine, protocol, state)
        snapshots.set(state, snapshot)
      }
      return snapshot
    },
    leafOf(node) {
      let leaf = leaves.get(node)
      if (leaf === undefined) {
        const end = node.type === 'compound' ? (node.initial.target?.[0] ?? node) : node
        leaf = end.path.join('.') as StateName
        leaves.set(node, leaf)
      }
      return leaf
    },
  }
}

function resolve(machine: AnyStateMachine, protocol: Protocol, state: StateName): AnyMachineSnapshot {
  const { phase, step } = placeOf(state)
  try {
    const value = state.includes('.') ? { [phase]: step } : phase
    return machine.resolveState({ value: value as string, context: {} })
  } catch (cause) {
    throw new RedressError(
      'case-unreadable',
      `A case stands in “${state}”, which the protocol ${protocol.id}@${protocol.version} does not have. Nothing was stored. Give the desk the protocol with which the case was opened.`,
      { facts: { state, protocol: `${protocol.id}@${protocol.version}` }, cause },
    )
  }
}
