import type { Case } from '../machine/case.ts'
import type { Option } from '../machine/explain.ts'
import { explain } from '../machine/explain.ts'
import type { Overdue } from '../machine/judge.ts'
import { catchUp } from '../machine/judge.ts'
import { machine } from '../protocol/actor.ts'
import type { Clocks, missDeadline } from '../protocol/clock.ts'
import { passedBy } from '../protocol/clock.ts'
import type { CommandOf } from '../protocol/command.ts'
import type { breakPromise } from '../protocol/promise.ts'
import { namedBy } from '../protocol/promise.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Id, Instant } from '../protocol/words.ts'

/** Who sends what falls due. */
const clock = machine('clock')

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

/** What tells that a promise was kept, or broken, comes before the clock: it may be late news. */
const settling = ['keepPromise', 'breakPromise', 'deliver']

/**
 * Finds what the clock has not recorded yet when a command is: whoever is quicker than it, or dates a command back, can't
 * hide that a deadline has passed or a promise fallen due.
 */
export const overdueAt =
  (recorded: Instant): Overdue =>
  ({ facts }, command) => {
    if (command?.type === 'missDeadline') return undefined
    const by = command !== undefined && command.at > recorded ? command.at : recorded
    const [deadline] = passedBy(facts, by)
    if (deadline !== undefined) return missed(deadline.name, deadline.due, by)
    const settled = command !== undefined && settling.includes(command.type) ? namedBy(command) : []
    const unkept = facts.promises.find(
      ({ id, updateOf = id, state, due }) =>
        state === 'open' && due !== undefined && due < by && !settled.includes(id) && !settled.includes(updateOf),
    )
    return unkept && broken(unkept.id, by)
  }

/** Lists every command of a case, as it would be judged at a moment. */
export function optionsAt(protocol: Protocol, found: Case, clocks: Clocks | undefined, at: Instant): readonly Option[] {
  const caughtUp = catchUp(protocol, found, clocks, overdueAt(at)).at(-1)?.after
  if (caughtUp === undefined) return explain(protocol, found)
  const before = explain(protocol, found).filter(({ command }) => settling.includes(command))
  return explain(protocol, caughtUp).map((one) =>
    one.open ? one : (before.find(({ command, open }) => open && command === one.command) ?? one),
  )
}
