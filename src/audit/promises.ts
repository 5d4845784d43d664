import { promisesTold } from '../machine/promises.ts'
import type { Hours } from './hours.ts'
import type { Deed } from './story.ts'

/** What became of a case’s promises. Those that are open still are neither kept nor broken. */
export interface PromisesSeen {
  readonly made: number
  readonly kept: number
  readonly broken: number
}

/**
 * The promises of a case as its log tells them. One without a due time counts where it was broken alone: of others nobody
 * can say whether they were kept in time.
 */
export function promisesIn(deeds: readonly Deed[], hours: Hours, until: number): PromisesSeen {
  const told = promisesTold(
    deeds.map(({ command, at, due, within, promise }) => ({
      name: command,
      at,
      promise,
      due: due ?? (within === undefined ? undefined : hours.add(at, within)),
    })),
    until,
  ).filter(({ due, state }) => due !== undefined || state === 'broken')
  const countOf = (state: string) => told.filter((one) => one.state === state).length
  return { made: told.length, kept: countOf('kept'), broken: countOf('broken') }
}
