import { quantiles, watchMemory } from './watch.ts'

/** One way of doing the work: takes one turn at it and says what it measured, in the unit of its benchmark. */
export type Side = () => number | Promise<number>

/** What a benchmark sets up: our side, the sides that it is held against, and the parts that ours is made of. */
export interface Stage {
  readonly ours: Side
  readonly peers: Readonly<Record<string, Side>>
  /** Pieces of our side, measured by themselves in the same rounds. */
  readonly parts?: Readonly<Record<string, Side>>
  /** Names what is left of our side without its parts. */
  readonly rest?: string
  /** What each piece of our side took, in milliseconds from asking to the answer: our side adds to it as it goes. */
  readonly waits?: number[]
  close?(): void | Promise<void>
}

/** A comparison, one file each; its name stays the same between releases. */
export interface Benchmark {
  readonly name: string
  readonly unit: 'ns' | 'steps/s'
  /** What is compared, and which ratio is a good one. */
  readonly note: string
  readonly rounds: number
  /** How often the sides take turns within a round. Default: 5. */
  readonly turns?: number
  setUp(): Stage | Promise<Stage>
}

/** The middle of what the rounds measured, and how far they lie apart. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** What became of a benchmark. A ratio is ours ÷ peer, taken inside each round. */
export interface Measured {
  readonly name: string
  readonly unit: Benchmark['unit']
  readonly note: string
  readonly ours: number
  readonly peers: Readonly<Record<string, { readonly value: number; readonly ratio: Spread }>>
  readonly parts: Readonly<Record<string, number>>
  /** What our side asks of those who wait for it and of the machine, where its benchmark watches that. */
  readonly besides: Readonly<Record<string, { readonly value: number; readonly unit: 'ms' | 'MB' }>>
}

const TURNS = 5

/**
 * Runs a benchmark: all sides in one process, taking turns within every round, another one first each time. The machine's
 * moods last longer than a turn, so that they move both sides of a ratio alike.
 */
export async function measure(benchmark: Benchmark, rounds = benchmark.rounds): Promise<Measured> {
  const stage = await benchmark.setUp()
  try {
    const sides = Object.entries({
      ours: stage.ours,
      ...prefixed('peer', stage.peers),
      ...prefixed('part', stage.parts),
    })
    const warmUp = Math.ceil(rounds / 2)
    const counted: Record<string, number>[] = []
    const memory = stage.waits && watchMemory()
    for (let round = 0; round < warmUp + rounds; round++) {
      if (round === warmUp) stage.waits?.splice(0)
      const values = await playRound(sides, round, benchmark.turns)
      memory?.look()
      if (round >= warmUp) counted.push(values)
    }
    const besides = { ...(stage.waits && quantiles(stage.waits)), ...memory?.taken() }
    return { ...reckon(benchmark, stage, counted), besides }
  } finally {
    await stage.close?.()
  }
}

async function playRound(
  sides: readonly (readonly [string, Side])[],
  round: number,
  turns = TURNS,
): Promise<Record<string, number>> {
  // The young heap only: a full collection throws optimised code away, and would time the compiler.
  globalThis.gc?.({ type: 'minor' })
  const sums: Record<string, number> = {}
  for (let turn = 0; turn < turns; turn++) {
    const first = (round + turn) % sides.length
    for (const [name, side] of [...sides.slice(first), ...sides.slice(0, first)]) {
      sums[name] = (sums[name] ?? 0) + (await side())
    }
  }
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / turns]))
}

function reckon(
  { name, unit, note }: Benchmark,
  { peers, parts = {}, rest }: Stage,
  rounds: readonly Readonly<Record<string, number>>[],
): Omit<Measured, 'besides'> {
  const over = (value: (round: Readonly<Record<string, number>>) => number) => spreadOf(rounds.map(value))
  const of = (round: Readonly<Record<string, number>>, side: string) => round[side] ?? Number.NaN
  const names = Object.keys(parts)
  const left = (round: Readonly<Record<string, number>>) =>
    names.reduce((sum, part) => sum - of(round, `part ${part}`), of(round, 'ours'))
  return {
    name,
    unit,
    note,
    ours: over((round) => of(round, 'ours')).median,
    peers: Object.fromEntries(
      Object.keys(peers).map((peer) => [
        peer,
        {
          value: over((round) => of(round, `peer ${peer}`)).median,
          ratio: over((round) => of(round, 'ours') / of(round, `peer ${peer}`)),
        },
      ]),
    ),
    parts: Object.fromEntries([
      ...names.map((part) => [part, over((round) => of(round, `part ${part}`)).median]),
      ...(rest === undefined ? [] : [[rest, over(left).median]]),
    ]),
  }
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = (sorted.length - 1) / 2
  const at = (index: number) => sorted[index] ?? Number.NaN
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  }
}

const prefixed = (prefix: string, sides: Readonly<Record<string, Side>> = {}): Record<string, Side> =>
  Object.fromEntries(Object.entries(sides).map(([name, side]) => [`${prefix} ${name}`, side]))
