import type { Facts } from '../protocol/facts.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Instant } from '../protocol/words.ts'
import type { StateName } from './case.ts'
import { placeOf } from './case.ts'
import { skippedBy, turnOf } from './refusal.ts'
import type { Whereabouts } from './whereabouts.ts'
import { arrived, markOf, whereaboutsAfter } from './whereabouts.ts'

/** Something that happened to a complaint, by the name that it has in a protocol; between which states, where it is known. */
export interface Happening {
  readonly name: string
  readonly at?: Instant | undefined
  readonly from?: StateName | null | undefined
  readonly to?: StateName | undefined
}

/** Something that happened, beside what was due. */
export interface Turn extends Happening {
  /** Where the case stood. */
  readonly state: StateName
  /** The step that was due; none in a closed case. */
  readonly due: string | undefined
  /** It came in its turn, it did not, or it is nothing that the protocol knows. */
  readonly came: 'in-turn' | 'out-of-turn' | 'unknown'
  /** Of one that came out of its turn: the open steps that it skipped. */
  readonly skipped: readonly string[]
  /** Of one that came out of its turn: why. */
  readonly sentence?: string
}

/** What an order of happenings comes to. */
export interface OrderVerdict {
  readonly turns: readonly Turn[]
  /** Where the case stands after them. */
  readonly state: StateName
  /** The steps as they were settled, and the round. Nothing else is known of it. */
  readonly facts: Facts
}

/** Where an order begins: with nothing settled, or in the middle. */
export interface OrderTerms {
  readonly from?: StateName | undefined
  readonly anonymous?: boolean | undefined
}

/** One reading of an order: some happenings may lead to several places, and what comes next tells to which one it was. */
interface Reading extends Whereabouts {
  readonly before?: Reading
}

/**
 * Judges the order of happenings of which nothing is known but their names: by the arrows of the protocol’s machine
 * alone, since the rules need evidence. An order is sound if the arrows allow it, whatever was said. What comes out of
 * its turn is left out, and what comes later is judged on what stands, as in a history. Pure.
 */
export function judgeOrder(
  protocol: Protocol,
  happenings: readonly Happening[],
  { from = 'received', anonymous }: OrderTerms = {},
): OrderVerdict {
  const steps = settledBefore(protocol, from)
  const begun = { ...arrived.facts, steps, ...(anonymous === true ? { anonymous } : {}) }
  let readings: readonly Reading[] = [{ state: from, facts: begun }]
  const said = happenings.map((happening) => {
    const next = distinct(
      protocol,
      readings.flatMap((one) => readingsAfter(protocol, one, happening)),
    )
    const [likely] = readings as readonly [Reading]
    const came = next.length > 0 ? 'in-turn' : protocol.commands.has(happening.name) ? 'out-of-turn' : 'unknown'
    if (came === 'in-turn') readings = next
    return { happening, came, likely } as const
  })
  const [last] = readings as readonly [Reading]
  const walked = walkTo(last)
  let inTurn = 0
  const turns = said.map(({ happening, came, likely }): Turn => {
    // What came in its turn is told as it turned out; what did not, as it looked then.
    const { state } = came === 'out-of-turn' ? likely : (walked[inTurn] as Reading)
    if (came === 'in-turn') inTurn += 1
    const at = placeOf(state)
    const turn = { ...happening, state, due: at.step, came, skipped: [] }
    if (came !== 'out-of-turn') return turn
    const skipped = skippedBy(protocol, at, happening.name)
    return { ...turn, skipped, sentence: turnOf(protocol, at, happening.name, skipped) }
  })
  return { turns, state: last.state, facts: last.facts }
}

/** The steps that must be settled where a case stands there. */
function settledBefore(protocol: Protocol, state: StateName): Facts['steps'] {
  const names = protocol.steps.map(({ name }) => name)
  const { phase, step } = placeOf(state)
  const reached = phase === 'closed' ? names.length : names.indexOf(step ?? '')
  return Object.fromEntries(names.slice(0, Math.max(reached, 0)).map((name) => [name, 'done']))
}

const readingsAfter = (protocol: Protocol, before: Reading, { name, at, from, to }: Happening): readonly Reading[] =>
  from !== undefined && from !== before.state
    ? []
    : whereaboutsAfter(protocol, before, name, at)
        .filter(({ state }) => to === undefined || to === state)
        .map(({ state, facts }) => ({ state, facts, before }))

/** Of readings with the same whereabouts the likeliest, which is the first. */
function distinct(protocol: Protocol, readings: readonly Reading[]): readonly Reading[] {
  const byMark = new Map<string, Reading>()
  for (const one of readings) {
    const mark = markOf(protocol, one)
    if (!byMark.has(mark)) byMark.set(mark, one)
  }
  return [...byMark.values()]
}

/** All readings on the way to one, the first of them first. */
function walkTo(last: Reading): readonly Reading[] {
  const walked: Reading[] = []
  for (let one: Reading | undefined = last; one !== undefined; one = one.before) walked.unshift(one)
  return walked
}
