import { RedressError } from '../errors.ts'
import { nameOf } from '../machine/case.ts'
import { parseOrThrow } from '../protocol/parse.ts'
import { Period } from '../protocol/period.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Insights } from '../stores/insights.ts'
import type { Store } from '../stores/store.ts'

/**
 * Asks the store for the report on a period, read from anything. Throws `input-invalid`, naming the field, or where the
 * store has no report.
 */
export async function insightsInto(
  store: Store,
  tenant: string,
  protocols: readonly Protocol[],
  input: unknown,
): Promise<Insights> {
  const period = parseOrThrow(
    Period,
    input,
    'Insights are asked for as { from, to }, two instants of ISO 8601 with an offset',
  )
  if (store.insights === undefined) {
    throw new RedressError('input-invalid', 'This store has no report on many cases. One with `insights` has.')
  }
  return store.insights(tenant, {
    ...period,
    resolvedByDelivery: protocols.filter(isResolvedByDelivery).map(nameOf),
  })
}

const isResolvedByDelivery = ({ problem }: Protocol): boolean => problem.every((step) => step.name !== 'confirm')
