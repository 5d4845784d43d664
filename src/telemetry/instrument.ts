import type { MeterProvider, Span, TracerProvider } from '@opentelemetry/api'
import { metrics, trace } from '@opentelemetry/api'
import type { Answer } from '../desk/answer.ts'
import type { Calls } from '../desk/calls.ts'
import type { DeliveryHandler } from '../desk/delivery.ts'
import type { Desk, DeskWithin } from '../desk/desk.ts'
import type { SubscribeOptions } from '../desk/subscription.ts'
import type { Entry } from '../machine/case.ts'
import type { Refusal } from '../machine/refusal.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Standing } from './attribute.ts'
import { attribute, attributesOf, attributesOfEntry } from './attribute.ts'
import { tracedHandler } from './handler.ts'
import { measure } from './metrics.ts'
import type { Tracing } from './tracing.ts'
import { createSpansOfEntries, inSpan, traceparentOf } from './tracing.ts'

/** Where spans and metrics go. */
export interface InstrumentOptions {
  /** Default: the one that the host has registered with `@opentelemetry/api`. */
  readonly tracerProvider?: TracerProvider
  /** Default: the one that the host has registered with `@opentelemetry/api`. */
  readonly meterProvider?: MeterProvider
  /** Whether spans tell the ids of cases (`redress.case.id`); metrics never do. They may be personal. Default: false. */
  readonly caseIds?: boolean
}

const SCOPE = 'redress'

/**
 * The same desk, traced and measured with OpenTelemetry: a span for each `open`, `import`, `send`, `erase` and `tick`, also
 * `within` a transaction, for each command that the desk sends by itself, and for each delivery to who subscribes, linked
 * to the command's; metrics of all that it tells, and of how far subscriptions are behind. To be called once for a desk:
 * what it returns is what the host goes on with.
 */
export function instrument<P extends Protocol>(desk: Desk<P>, options: InstrumentOptions = {}): Desk<P> {
  const { tracerProvider = trace, meterProvider = metrics, caseIds = false } = options
  const tracing: Tracing = { tracer: tracerProvider.getTracer(SCOPE), spans: createSpansOfEntries(), caseIds }
  measure(desk, meterProvider.getMeter(SCOPE))
  const standings = new WeakMap<Refusal, Standing>()
  desk.on('refused', ({ refusal, protocol, state }) => standings.set(refusal, { protocol, state }))
  desk.on('accepted', ({ entry }) => {
    if (isOwn(entry)) tracing.spans.remember(entry, spanOfOwn(tracing, entry).spanContext())
  })

  return {
    ...desk,
    ...tracedCalls(tracing, desk as Calls, standings),
    within(tx: unknown) {
      const inside = desk.within(tx)
      return { ...inside, ...tracedCalls(tracing, inside as Calls, standings) } as DeskWithin<P>
    },
    tick: (...of: Parameters<Desk['tick']>) =>
      inSpan(tracing.tracer, 'redress tick', { attributes: { [attribute.operation]: 'tick' } }, async (span) => {
        const handled = await desk.tick(...of)
        span.setAttribute(attribute.tickHandled, handled)
        return handled
      }),
    subscribe: (name: string, options: SubscribeOptions, handler: DeliveryHandler) =>
      desk.subscribe(name, options as never, typeof handler === 'function' ? tracedHandler(tracing, handler) : handler),
  } as Desk<P>
}

type Commands = Pick<Calls, 'open' | 'import' | 'send' | 'erase'>

function tracedCalls(tracing: Tracing, calls: Calls, standings: WeakMap<Refusal, Standing>): Commands {
  const traced = <A extends Answer>(
    operation: keyof Commands,
    input: unknown,
    caseId: unknown,
    call: (span: Span) => Promise<A>,
  ): Promise<A> =>
    inSpan(
      tracing.tracer,
      `redress ${operation}`,
      { attributes: { [attribute.operation]: operation } },
      async (span) => {
        if (tracing.caseIds && typeof caseId === 'string') span.setAttribute(attribute.caseId, caseId)
        const answer = await call(span)
        if (operation === 'send') nameSend(span, input, answer)
        span.setAttributes(attributesOf(answer, answer.accepted ? undefined : standings.get(answer.refusal)))
        if (answer.accepted && tracing.caseIds) span.setAttribute(attribute.caseId, answer.case.caseId)
        return answer
      },
    )

  return {
    open: (input, asked) => traced('open', input, undefined, (span) => calls.open(input, tracedIn(span, asked))),
    import: (input, asked) => traced('import', input, undefined, () => calls.import(input, asked)),
    send: (caseId, input, asked) =>
      traced('send', input, caseId, (span) => calls.send(caseId, input, tracedIn(span, asked))),
    erase: (caseId, input, asked) =>
      traced('erase', input, caseId, (span) => calls.erase(caseId, input, tracedIn(span, asked))),
  }
}

/** The options of a call, with the span that it is made in, so that its entries keep it. */
function tracedIn(span: Span, asked: unknown): unknown {
  const traceparent = traceparentOf(span.spanContext())
  // What is no options is refused as it came.
  if (traceparent === undefined || (asked !== undefined && Object.prototype.toString.call(asked) !== '[object Object]'))
    return asked
  return { ...(asked as object | undefined), traceparent }
}

/** A send is named after its command once the desk has read it: before that, its type may be anybody’s words. */
function nameSend(span: Span, input: unknown, answer: Answer): void {
  const size = sizeOf(input)
  const type = answer.accepted ? answer.entries.at(-1)?.command.type : answer.refusal.command
  if (size !== 1) span.updateName('redress send batch').setAttribute(attribute.batchSize, size)
  else if (type !== undefined) span.updateName(`redress send ${type}`)
}

function sizeOf(input: unknown): number {
  try {
    return Array.isArray(input) ? input.length : 1
  } catch {
    return 1
  }
}

/** Whether the desk sent it by itself: what fell due, what another case means for this one. */
const isOwn = ({ commandId, caseId, command }: Entry): boolean =>
  command.by.kind === 'machine' && commandId.startsWith(`desk:${caseId}:`)

/** What the desk sends by itself is heard of when it is done: a span without duration, under the call that it came with. */
function spanOfOwn({ tracer, caseIds }: Tracing, entry: Entry): Span {
  const attributes = {
    [attribute.operation]: 'desk',
    ...attributesOfEntry(entry),
    [attribute.verdict]: 'accepted',
    ...(caseIds ? { [attribute.caseId]: entry.caseId } : {}),
  }
  const span = tracer.startSpan(`redress desk ${entry.command.type}`, { attributes })
  span.end()
  return span
}
