import { placeOf } from '../machine/case.ts'
import { arrived, markOf, whereaboutsAfter } from '../machine/whereabouts.ts'
import type { Lead } from '../protocol/command.ts'
import type { Place } from '../protocol/place.ts'
import type { Protocol } from '../protocol/protocol.ts'
import { CLOSE } from './meaning.ts'

/** What a log is aligned with: a protocol as states, by number, and what leads from one to another. */
export interface Model {
  /** How many states there are; a case begins in the first and ends in the last. */
  readonly states: number
  /** The step that is due in a state, and the state behind it, which has a higher number; none at the end. */
  readonly due: readonly (Due | undefined)[]
  /** Where a command may lead from a state; nowhere where it has no place. */
  leads(state: number, command: string): readonly number[]
}

/** The step that is due in a state, and the state behind it. */
export interface Due {
  readonly step: string
  readonly to: number
}

const models = new WeakMap<Protocol, Model>()

/**
 * The model of a protocol, as its machine has it. A log has no evidence, so that a command which may lead to several
 * places may here lead to each. What only an anonymous complaint may skip is not in it.
 */
export function modelOf(protocol: Protocol): Model {
  let found = models.get(protocol)
  if (found === undefined) {
    found = numbered(protocol, reachedIn(protocol))
    models.set(protocol, found)
  }
  return found
}

/** A state that a case can reach, by its mark, and where each command may lead from it. */
interface Reached {
  readonly mark: string
  readonly at: Place
  readonly onward: ReadonlyMap<string, readonly { readonly lead: Lead; readonly mark: string }[]>
}

function reachedIn(protocol: Protocol): readonly Reached[] {
  const reached = new Map<string, Reached>()
  const ahead = [arrived]
  for (const one of ahead) {
    const mark = markOf(protocol, one)
    if (reached.has(mark)) continue
    const onward = [...protocol.commands.keys()].map((command) => {
      const led = whereaboutsAfter(protocol, one, command)
      ahead.push(...led)
      return [command, led.map((to) => ({ lead: to.lead, mark: markOf(protocol, to) }))] as const
    })
    reached.set(mark, { mark, at: placeOf(one.state), onward: new Map(onward) })
  }
  return [...reached.values()]
}

function numbered(protocol: Protocol, reached: readonly Reached[]): Model {
  // Closed is where no step is due.
  const names = [...protocol.steps.map(({ name }) => name), undefined]
  const ranked = reached.toSorted((one, other) => names.indexOf(one.at.step) - names.indexOf(other.at.step))
  const numbers = new Map(ranked.map(({ mark }, number) => [mark, number]))
  const numberOf = ({ mark }: { readonly mark: string }) => numbers.get(mark) as number
  const leads = ranked.map(({ at, onward }, number) => {
    const all = [...onward].map(([command, led]) => [command, [...new Set(led.map(numberOf))]] as const)
    return new Map<string, readonly number[]>([...all, [CLOSE, at.phase === 'closed' ? [number] : []]])
  })
  return {
    states: ranked.length,
    due: ranked.map(({ at: { step = '' }, onward }) => {
      const settled = onward.get(step)?.find(({ lead }) => lead === 'on' || lead === 'ends')
      return settled === undefined ? undefined : { step, to: numberOf(settled) }
    }),
    leads: (state, command) => leads[state]?.get(command) ?? [],
  }
}
