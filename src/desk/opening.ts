import type { Opened } from '../machine/case.ts'
import type { Refused } from '../machine/judge.ts'
import { malformed, refusedWith } from '../machine/refusal.ts'
import type { Clocks } from '../protocol/clock.ts'

/** The refusal of a case that is there already. */
export const alreadyOpen: Refused = {
  accepted: false,
  refusal: refusedWith(
    'already-open',
    'open',
    'There is a case under this id already. Nothing was stored; send it a command, or open another.',
  ),
}

/** The refusal of an opening that names a policy or a calendar which the desk does not have. */
export function unknownTime(clocks: Clocks | undefined, { policy, calendar }: Opened): Refused | undefined {
  if (clocks === undefined) return undefined
  const issues = [
    ...(policy === undefined || clocks.policies.some((one) => one.id === policy) ? [] : ['policy']),
    ...(calendar === undefined || Object.hasOwn(clocks.calendars, calendar) ? [] : ['calendar']),
  ].map((path) => ({ path, message: `a ${path} of this desk` }))
  return issues.length === 0 ? undefined : { accepted: false, refusal: malformed('open', issues) }
}
