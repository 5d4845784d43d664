import { SpanKind } from '@opentelemetry/api'
import type { Delivery } from '../desk/delivery.ts'
import { attribute, attributesOfEntry } from './attribute.ts'
import type { Tracing } from './tracing.ts'
import { contextOf, inSpan } from './tracing.ts'

/**
 * The same handler, each delivery in a consumer span of its own, linked to the span of the command that wrote the entry,
 * whichever process that was in. What the handler throws is thrown on.
 */
export function tracedHandler<D extends Delivery>(
  { tracer, spans, caseIds }: Tracing,
  handler: (delivery: D) => unknown,
): (delivery: D) => Promise<unknown> {
  return (delivery) => {
    const { subscription, entry, attempt } = delivery
    const made = contextOf(entry.traceparent) ?? spans.recall(entry)
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
