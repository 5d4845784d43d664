import { SpanKind } from '@opentelemetry/api'
import type { DeliveryHandler } from '../desk/delivery.ts'
import { RedressError } from '../errors.ts'
import { attribute, attributesOfEntry } from './attribute.ts'
import { inSpan, tracings } from './tracing.ts'

/**
 * The same handler, each delivery in a consumer span of its own, linked to the span of the command that wrote the entry. The
 * link is known in the process that wrote it, for the newest 10,000 entries: no trace is stored in anybody's log. What the
 * handler throws is thrown on. Throws `input-invalid` for a desk that is not instrumented.
 */
export function tracedHandler(desk: object, handler: DeliveryHandler): DeliveryHandler {
  const tracing = tracings.get(desk)
  if (tracing === undefined) {
    throw new RedressError('input-invalid', 'Only the deliveries of a desk that `instrument` returned can be traced.')
  }
  const { tracer, spans, caseIds } = tracing
  return (delivery) => {
    const { subscription, entry, attempt } = delivery
    const made = spans.recall(entry)
    const attributes = {
      [attribute.operation]: 'deliver',
      [attribute.subscription]: subscription,
      [attribute.attempt]: attempt,
      ...attributesOfEntry(entry),
      ...(caseIds ? { [attribute.caseId]: entry.caseId } : {}),
    }
    const links = made === undefined ? [] : [{ context: made }]
    // A trace of its own: a retry may come hours after the command, or while another one is under way.
    const options = { kind: SpanKind.CONSUMER, root: true, links, attributes }
    return inSpan(tracer, `redress deliver ${subscription}`, options, () => handler(delivery))
  }
}
