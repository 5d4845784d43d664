import type { Case, Entry, EntryOf } from '../machine/case.ts'
import { placeOf } from '../machine/case.ts'
import { phases } from '../protocol/place.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { DeskEvents, Listeners, Transition } from './listeners.ts'
import type { Step } from './writer.ts'

const order = ['received', ...phases, 'closed'] as const

/** What is told, and to whom: those who listen for that event. */
export type Telling = { [E in keyof DeskEvents]: readonly [event: E, told: DeskEvents[E]] }[keyof DeskEvents]

/** Tells the listeners all that a commit means, entry by entry. */
export function tellSteps(
  listeners: Listeners,
  before: Case | undefined,
  steps: readonly Step[],
  entries: readonly Entry[],
): void {
  for (const [event, told] of tellingsOf(before, steps, entries)) listeners.tell(event, told)
}

/** All that a commit means to listeners, entry by entry. */
export function tellingsOf(
  before: Case | undefined,
  steps: readonly Step[],
  entries: readonly Entry[],
): readonly Telling[] {
  const tellings: Telling[] = []
  let last = before
  for (const [index, entry] of entries.entries()) {
    const after = steps[index]?.after as Case
    gather(tellings, last, { caseId: after.caseId, case: after, entry: entry as EntryOf<Protocol> })
    last = after
  }
  return tellings
}

function gather(tellings: Telling[], before: Case | undefined, transition: Transition): void {
  const { case: after, entry } = transition
  tellings.push(['accepted', transition])
  if (before === undefined || entry.from === null) {
    tellings.push(['opened', transition])
    return
  }
  const failure = after.facts.failures[before.facts.failures.length]
  if (failure !== undefined) {
    tellings.push(['second-failure', { ...transition, failure }])
    return
  }
  const left = order.indexOf(placeOf(entry.from).phase)
  const reached = order.indexOf(placeOf(entry.to).phase)
  if (reached <= left) return
  for (const phase of phases.slice(Math.max(left - 1, 0), reached - 1)) {
    tellings.push(['phase-fixed', { ...transition, phase }])
  }
  if (entry.to === 'closed') tellings.push(['closed', { ...transition, outcome: after.facts.outcome }])
}
