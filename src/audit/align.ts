import type { Model } from './model.ts'

/** One move of an alignment: the case and the path go together, the case alone, or the path alone. */
export interface Move {
  readonly move: 'both' | 'case' | 'path'
  readonly command: string
  /** What it costs; nothing where they go together. */
  readonly cost: number
}

/** The nearest path to what a case did. */
export interface Alignment {
  readonly moves: readonly Move[]
  readonly cost: number
  /** What the worst alignment costs: nothing of what the case did had a place, and every step was left out. */
  readonly worst: number
}

/** What a move costs, by its command: whole numbers from 0. */
export interface Costs {
  /** Something that the case did, and the path has not. */
  unexpected(command: string): number
  /** A step of the path that the case did not do; 0 for one that the log could not show. */
  missing(step: string): number
}

const TOGETHER = 1
const CASE = 2
const PATH = 3
const KINDS = 4
/** More than a case has deeds: of two alignments that cost the same the one is nearer that keeps more of them. */
const ABOVE_DEEDS = 2 ** 20

/**
 * Aligns what a case did with the nearest path, at the least cost there is: of all paths, to the end where the case is
 * over, or to anywhere where it is under way. A shortest way through the product of both, in which every move leads
 * forward, so that one pass over it is enough: time and memory grow with the length of the case. Of several that cost as
 * little it is one in which the fewest deeds have no place: what was logged is rather taken for done than for a mistake.
 */
export function align(model: Model, commands: readonly string[], costs: Costs, isOver: boolean): Alignment {
  const { states } = model
  const width = commands.length + 1
  const cost = new Float64Array(states * width).fill(Number.POSITIVE_INFINITY)
  const came = new Int32Array(states * width)
  const reach = (to: number, total: number, from: number, kind: number) => {
    if (total >= (cost[to] as number)) return
    cost[to] = total
    came[to] = from * KINDS + kind
  }
  const missing = model.due.map((due) => (due === undefined ? 0 : costs.missing(due.step) * ABOVE_DEEDS))
  const vain = commands.map((command) => costs.unexpected(command) * ABOVE_DEEDS + 1)
  cost[0] = 0
  for (let at = 0; at < width; at++) {
    const command = commands[at]
    for (let state = 0; state < states; state++) {
      const here = at * states + state
      const total = cost[here] as number
      if (total === Number.POSITIVE_INFINITY) continue
      const due = model.due[state]
      if (due !== undefined) reach(at * states + due.to, total + (missing[state] as number), here, PATH)
      if (command === undefined) continue
      for (const to of model.leads(state, command)) reach((at + 1) * states + to, total, here, TOGETHER)
      reach((at + 1) * states + state, total + (vain[at] as number), here, CASE)
    }
  }
  const last = (width - 1) * states
  const goal = isOver ? last + states - 1 : cheapest(cost, last)
  return {
    moves: movesTo(goal, came, cost, commands, model),
    cost: costOf(cost[goal] as number),
    worst: costOf(vain.reduce((sum, one) => sum + one, 0) + (isOver ? shortest(model, missing) : 0)),
  }
}

const costOf = (total: number): number => Math.floor(total / ABOVE_DEEDS)

/** The cheapest end; of several the one that is farthest on, so that a step was rather left out than done in vain. */
function cheapest(cost: Float64Array, from: number): number {
  let best = from
  for (let at = from; at < cost.length; at++) if ((cost[at] as number) <= (cost[best] as number)) best = at
  return best
}

function shortest({ due }: Model, missing: readonly number[]): number {
  let sum = 0
  for (let state = 0, next = due[0]; next !== undefined; next = due[state]) {
    sum += missing[state] as number
    state = next.to
  }
  return sum
}

function movesTo(
  goal: number,
  came: Int32Array,
  cost: Float64Array,
  commands: readonly string[],
  { states, due }: Model,
): readonly Move[] {
  const moves: Move[] = []
  for (let at = goal; at !== 0; ) {
    const step = came[at] as number
    const kind = step % KINDS
    const from = Math.floor(step / KINDS)
    const before = Math.floor(from / states)
    moves.push({
      move: kind === TOGETHER ? 'both' : kind === CASE ? 'case' : 'path',
      command: (kind === PATH ? due[from % states]?.step : commands[before]) as string,
      cost: costOf((cost[at] as number) - (cost[from] as number)),
    })
    at = from
  }
  return moves.reverse()
}
