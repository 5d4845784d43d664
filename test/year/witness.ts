import type { Calendar, Case, Entry, Policy, Protocol } from 'redress'

/** One entry that was written, and what is known around it. */
export interface Step {
  readonly protocol: Protocol
  readonly policy: Policy
  readonly calendar: Calendar
  /** None for the opening. */
  readonly before: Case | undefined
  readonly after: Case
  readonly entry: Entry
}

/** Something that is true after every step. `breach` says what it saw, where it is not. */
export interface Invariant {
  readonly name: string
  breach(step: Step): string | undefined
}

/** An invariant from what must hold; the detail is told where it does not. */
export const invariant = (name: string, holds: (step: Step) => boolean | string): Invariant => ({
  name,
  breach(step) {
    const held = holds(step)
    return held === true ? undefined : held === false ? 'it does not' : held
  },
})

/** The evidence of an entry, whatever it may be. */
export const evidenceOf = ({ command }: Entry): Readonly<Record<string, unknown>> =>
  command as unknown as Readonly<Record<string, unknown>>

/** The first step that is neither done, waived nor lapsed, as a state; reckoned here, from the steps alone. */
export function stateBySteps(protocol: Protocol, { facts }: Case): string {
  const first = protocol.steps.find(({ name }) => facts.steps[name] === undefined)
  if (first === undefined) return 'closed'
  return first.phase === 'received' ? 'received' : `${first.phase}.${first.name}`
}

/** Whether a list only grew at its end. */
export const grewFrom = (before: readonly unknown[], after: readonly unknown[]): boolean =>
  JSON.stringify(after.slice(0, before.length)) === JSON.stringify(before)
