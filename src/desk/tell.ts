import type { Case, Entry } from '../machine/case.ts'
import { placeOf } from '../machine/case.ts'
import { phases } from '../protocol/place.ts'
import type { Listeners, Transition } from './listeners.ts'
import type { Step } from './writer.ts'

const order = ['received', ...phases, 'closed'] as const

/** Tells the listeners all that a commit means, entry by entry. */
export function tellSteps(
  listeners: Listeners,
  before: Case | undefined,
  steps: readonly Step[],
  entries: readonly Entry[],
): void {
  let last = before
  for (const [index, entry] of entries.entries()) {
    const after = steps[index]?.after as Case
    tellStep(listeners, last, { caseId: after.caseId, case: after, entry })
    last = after
  }
}

function tellStep(listeners: Listeners, before: Case | undefined, transition: Transition): void {
  const { case: after, entry } = transition
  listeners.tell('accepted', transition)
  if (before === undefined || entry.from === null) {
    listeners.tell('opened', transition)
    return
  }
  const failure = after.facts.failures[before.facts.failures.length]
  if (failure !== undefined) {
    listeners.tell('second-failure', { ...transition, failure })
    return
  }
  const left = order.indexOf(placeOf(entry.from).phase)
  const reached = order.indexOf(placeOf(entry.to).phase)
  for (const phase of phases.slice(Math.max(left - 1, 0), Math.max(reached - 1, 0))) {
    listeners.tell('phase-fixed', { ...transition, phase })
  }
  if (reached > left && entry.to === 'closed') {
    listeners.tell('closed', { ...transition, outcome: after.facts.outcome })
  }
}
