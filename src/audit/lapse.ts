import type { Hours } from './hours.ts'
import { promisesIn } from './promises.ts'
import type { Deed } from './story.ts'

/**
 * The moments at which promises of a case broke because their time passed, each once, in their order. What somebody said
 * to be broken before is none of them.
 */
export function lapsesIn(deeds: readonly Deed[], hours: Hours): readonly number[] {
  const dues = deeds.flatMap(({ at, due, within }) => due ?? (within === undefined ? [] : hours.add(at, within)))
  return [...new Set(dues)]
    .sort((one, other) => one - other)
    .filter((due) => {
      const before = deeds.filter(({ at }) => at <= due)
      return promisesIn(before, hours, due + 1).broken > promisesIn(before, hours, due).broken
    })
}
