import { makesPromise } from '../machine/promises.ts'
import type { FindingId } from './finding.ts'
import type { Legend } from './legend.ts'
import { personSteps, problemSteps } from './turn.ts'

/** What a log turned out to hold of what findings are judged by. */
export interface Evidence {
  /** Promises with a due time, and without one. */
  readonly promises: { readonly made: number; readonly undated: number }
  /** Cases of which an event says who did it. */
  readonly owned: number
}

/** Why there is nothing to judge a finding by, in half a sentence; null where there is something. */
export function unjudged(
  { protocol, visible, unseen, waits, map, means }: Legend,
  { promises, owned }: Evidence,
): Readonly<Record<FindingId, string | null>> {
  const shows = (names: readonly string[]) => names.some((name) => visible.has(name))
  const noneMeans = (names: readonly string[]) => `no activity of the map means ${names.join(' or ')}`
  const canBeDue = map.columns?.due !== undefined || [...means.values()].some(({ within }) => within !== undefined)
  return {
    'problem-first': !shows(problemSteps(protocol))
      ? noneMeans(problemSteps(protocol))
      : !shows(personSteps(protocol))
        ? noneMeans(personSteps(protocol))
        : null,
    'skipped-steps': unseen.length === protocol.steps.length ? 'no activity of the map means a step' : null,
    'broken-promises':
      promises.made > 0
        ? null
        : !shows(makesPromise)
          ? noneMeans(makesPromise)
          : promises.undated > 0 || !canBeDue
            ? 'no promise in it has a due time, neither by a column `due` nor by `within`'
            : null,
    'waited-too-long': waits.some(({ within }) => within !== undefined)
      ? null
      : 'no wait of the map says how long it may take (`within`)',
    'hopped-owners':
      owned > 0
        ? null
        : `no event ${map.hops.on === undefined ? '' : 'that the map counts '}says who did it (\`resource\`)`,
  }
}
