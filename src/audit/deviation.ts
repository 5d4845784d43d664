import type { Move } from './align.ts'

/** How something strayed from the nearest path. */
export const deviationKinds = {
  skipped: 'left out, though the case went on behind it',
  'out-of-turn': 'done, but before or after its turn',
  repeated: 'done again, though it had been done',
  'out-of-place': 'done where the method has no place for it',
} as const

/** How something strayed from the nearest path, as a word. */
export type DeviationKind = keyof typeof deviationKinds

/** One way in which a case strayed from the nearest path, and what that cost. */
export interface Deviation {
  readonly kind: DeviationKind
  readonly command: string
  readonly cost: number
}

/** Where an alignment strays. A step that is missing in one place and done in another was out of turn: one deviation. */
export function deviationsIn(moves: readonly Move[]): readonly Deviation[] {
  const strays = moves.filter(({ move, cost }) => move === 'case' || (move === 'path' && cost > 0))
  const missing = new Map<string, number[]>()
  for (const { move, command, cost } of strays) {
    if (move === 'path') missing.set(command, [...(missing.get(command) ?? []), cost])
  }
  const done = new Set(moves.filter(({ move }) => move === 'both').map(({ command }) => command))
  const deviations: Deviation[] = []
  for (const { move, command, cost } of moves) {
    if (move === 'case') {
      const also = missing.get(command)?.shift()
      if (also !== undefined) deviations.push({ kind: 'out-of-turn', command, cost: cost + also })
      else deviations.push({ kind: done.has(command) ? 'repeated' : 'out-of-place', command, cost })
    }
    if (move !== 'path') done.add(command)
  }
  const skipped = [...missing].flatMap(([command, costs]) =>
    costs.map((cost): Deviation => ({ kind: 'skipped', command, cost })),
  )
  return [...skipped, ...deviations]
}
