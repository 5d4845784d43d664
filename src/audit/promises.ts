import type { PromiseTold } from '../machine/promises.ts'
import { promisesTold } from '../machine/promises.ts'
import type { Hours } from './hours.ts'
import type { Deed } from './story.ts'

/** What became of a case’s promises. Those that are open still are neither kept nor broken. */
export interface PromisesSeen {
  readonly made: number
  readonly kept: number
  readonly broken: number
  /** Those of which nobody can say whether they were kept in time; they are not among those that were made. */
  readonly undated: number
}

/** The promises of a case as its log tells them, in epoch milliseconds, until the log ends. */
export const ledgerOf = (deeds: readonly Deed[], hours: Hours, until: number): readonly PromiseTold<number>[] =>
  promisesTold(
    deeds.map(({ command, at, due, within, promise, event }) => ({
      name: command,
      at,
      promise,
      due: due ?? (within === undefined ? undefined : hours.add(at, within)),
      event,
    })),
    until,
  )

/** Counts promises. One without a due time counts where it was broken alone. */
export function promisesIn(ledger: readonly PromiseTold<number>[]): PromisesSeen {
  const judged = ledger.filter(({ due, state }) => due !== undefined || state === 'broken')
  const countOf = (state: string) => judged.filter((one) => one.state === state).length
  return {
    made: judged.length,
    kept: countOf('kept'),
    broken: countOf('broken'),
    undated: ledger.length - judged.length,
  }
}
