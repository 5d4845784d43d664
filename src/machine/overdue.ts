import { machine } from '../protocol/actor.ts'
import type { missDeadline } from '../protocol/clock.ts'
import { dueIn } from '../protocol/clock.ts'
import type { AnyCommand, CommandOf } from '../protocol/command.ts'
import type { breakPromise } from '../protocol/promise.ts'
import { namedBy } from '../protocol/promise.ts'
import type { Id, Instant } from '../protocol/words.ts'
import type { Overdue } from './judge.ts'

/** Who sends what falls due. */
const clock = machine('clock')
const PROMISE = 'promise:'

/** What records that a deadline passed. */
export const missed = (deadline: Id, due: Instant, at: Instant): CommandOf<typeof missDeadline> => ({
  type: 'missDeadline',
  by: clock,
  at,
  deadline,
  due,
})

/** What records that a promise fell due unkept. */
export const broken = (promise: Id, at: Instant): CommandOf<typeof breakPromise> => ({
  type: 'breakPromise',
  by: clock,
  at,
  promise,
})

/** What records that something fell due, by the name that it has among what is due. */
export const fallen = (name: string, due: Instant, at: Instant): AnyCommand =>
  name.startsWith(PROMISE) ? broken(name.slice(PROMISE.length), at) : missed(name, due, at)

/**
 * Finds what fell due in a history before a command, the oldest first, and records it for the moment when it did, as a
 * clock that never slept would have. Without a command: what fell due until the history ends.
 */
export const fellDue =
  (until: Instant): Overdue =>
  ({ facts }, command) => {
    const by = command?.at ?? until
    // The breach that the history itself records needs no clock.
    const told = command?.type === 'breakPromise' ? PROMISE + namedBy(command)[0] : undefined
    const first = dueIn(facts).find(({ name, due }) => due < by && name !== told)
    if (first === undefined) return undefined
    const { lastAt = first.due } = facts
    return fallen(first.name, first.due, lastAt > first.due ? lastAt : first.due)
  }
