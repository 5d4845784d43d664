import type { Case } from '../machine/case.ts'
import type { Option } from '../machine/explain.ts'
import { explain } from '../machine/explain.ts'
import type { Overdue } from '../machine/judge.ts'
import { catchUp } from '../machine/judge.ts'
import { broken, missed } from '../machine/overdue.ts'
import type { Clocks } from '../protocol/clock.ts'
import { passedBy } from '../protocol/clock.ts'
import { namedBy } from '../protocol/promise.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Instant } from '../protocol/words.ts'

/**
 * Finds what the clock has not recorded yet when a command is. Late news are as late as they say, so that what was done
 * in time counts; but whoever is quicker than the clock can't put off what has passed by dating a command back.
 */
export const overdueAt =
  (protocol: Protocol, recorded: Instant): Overdue =>
  ({ facts }, command) => {
    if (command?.type === 'missDeadline') return undefined
    const isLateNews = command !== undefined && protocol.commands.get(command.type)?.postpones !== true
    const by = isLateNews || (command !== undefined && command.at > recorded) ? command.at : recorded
    const [deadline] = passedBy(facts, by)
    if (deadline !== undefined) return missed(deadline.name, deadline.due, by)
    const broke = command?.type === 'breakPromise' ? namedBy(command)[0] : undefined
    const unkept = facts.promises.find(
      ({ id, state, due }) => state === 'open' && due !== undefined && due < by && id !== broke,
    )
    return unkept && broken(unkept.id, by)
  }

/** Lists every command of a case, as it would be judged at a moment. */
export function optionsAt(protocol: Protocol, found: Case, clocks: Clocks | undefined, at: Instant): readonly Option[] {
  const caughtUp = catchUp(protocol, found, clocks, overdueAt(protocol, at)).at(-1)?.after
  if (caughtUp === undefined) return explain(protocol, found)
  // One that fell due may be said to be broken by hand, too.
  const byHand = explain(protocol, found).find(({ command, open }) => command === 'breakPromise' && open)
  return explain(protocol, caughtUp).map((one) =>
    byHand !== undefined && one.command === byHand.command ? byHand : one,
  )
}
