import type { Case } from '../machine/case.ts'
import type { BatchVerdict, Passed } from '../machine/judge.ts'
import { judge } from '../machine/judge.ts'
import { machine } from '../protocol/actor.ts'
import type { Clocks, missDeadline } from '../protocol/clock.ts'
import { passedBy } from '../protocol/clock.ts'
import type { AnyCommand, CommandOf } from '../protocol/command.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Id, Instant } from '../protocol/words.ts'

/** Who sends what falls due. */
export const clock = machine('clock')

/** What records that a deadline passed. */
export const missed = (deadline: Id, due: Instant, at: Instant): CommandOf<typeof missDeadline> => ({
  type: 'missDeadline',
  by: clock,
  at,
  deadline,
  due,
})

/**
 * Judges commands in their order, all or none, and before each records what the clock has not: whoever is quicker than
 * it can't hide that a deadline has passed.
 */
export function judgeInTime(
  protocol: Protocol,
  before: Case,
  commands: readonly AnyCommand[],
  clocks: Clocks | undefined,
): BatchVerdict {
  const steps: Passed[] = []
  const now = () => steps.at(-1)?.after ?? before
  for (const [index, command] of commands.entries()) {
    for (let late = overdue(now(), command); late !== undefined; late = overdue(now(), command)) {
      const noted = judge(protocol, now(), late, clocks)
      if (!noted.accepted) break
      steps.push(noted)
    }
    const verdict = judge(protocol, now(), command, clocks)
    if (!verdict.accepted) return { accepted: false, refusal: { ...verdict.refusal, index } }
    steps.push(verdict)
  }
  return { accepted: true, steps }
}

function overdue({ facts }: Case, { type, at }: AnyCommand): AnyCommand | undefined {
  const [first] = type === 'missDeadline' ? [] : passedBy(facts, at)
  return first && missed(first.name, first.due, at)
}
