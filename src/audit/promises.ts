import type { Hours } from './hours.ts'
import { makesPromise } from './legend.ts'
import type { Deed } from './story.ts'

/** What became of a case’s promises. Those that are open still are neither kept nor broken. */
export interface PromisesSeen {
  readonly made: number
  readonly kept: number
  readonly broken: number
}

interface Open {
  readonly id: string | undefined
  readonly due: number
}

/**
 * The promises of a case as its log tells them: one is made with a due time, and broken when that passes before it was
 * kept or moved. A deed that names no promise is about the oldest; `deliver` keeps all that are open.
 */
export function promisesIn(deeds: readonly Deed[], hours: Hours, until: number): PromisesSeen {
  let open: readonly Open[] = []
  const count = { made: 0, kept: 0, broken: 0 }
  const lapse = (at: number) => {
    count.broken += open.filter(({ due }) => due < at).length
    open = open.filter(({ due }) => due >= at)
  }
  for (const { command, at, due, within, promise } of deeds) {
    lapse(at)
    const about = open.find(({ id }) => promise === undefined || id === promise)
    const dueAt = due ?? (within === undefined ? undefined : hours.add(at, within))
    if (makesPromise.includes(command) && dueAt !== undefined) {
      count.made++
      open = [...open, { id: promise, due: dueAt }]
    } else if (command === 'deliver' && promise === undefined) {
      count.kept += open.length
      open = []
    } else if (about !== undefined && changes.has(command)) {
      open = open.filter((one) => one !== about)
      if (command === 'breakPromise') count.broken++
      else if (command === 'movePromise') open = [...open, { id: about.id, due: dueAt ?? about.due }]
      else count.kept++
    }
  }
  lapse(until)
  return count
}

/** What is done about a promise that was made. */
const changes = new Set(['keepPromise', 'movePromise', 'breakPromise', 'deliver'])
