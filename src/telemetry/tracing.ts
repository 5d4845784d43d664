import type { Span, SpanContext, SpanOptions, Tracer } from '@opentelemetry/api'
import { context, isSpanContextValid, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Entry } from '../machine/case.ts'
import { attribute, errorType } from './attribute.ts'

/** How a desk is traced. */
export interface Tracing {
  readonly tracer: Tracer
  readonly spans: SpansOfEntries
  /** Whether the ids of cases are told. */
  readonly caseIds: boolean
}

/** The spans of what the desk sent by itself: known in the process that did, of the newest entries. */
export interface SpansOfEntries {
  remember(entry: Entry, made: SpanContext): void
  recall(entry: Entry): SpanContext | undefined
}

const REMEMBERED = 10_000

/** Remembers the spans of the newest entries, so many and no more. */
export function createSpansOfEntries(limit = REMEMBERED): SpansOfEntries {
  const spans = new Map<string, SpanContext>()
  const keyOf = ({ caseId, version, commandId }: Entry) => `${version} ${caseId} ${commandId}`
  return {
    remember(entry, made) {
      if (!isSpanContextValid(made)) return
      spans.set(keyOf(entry), made)
      if (spans.size <= limit) return
      const [oldest = ''] = spans.keys()
      spans.delete(oldest)
    },
    recall: (entry) => spans.get(keyOf(entry)),
  }
}

/** A span as a log entry keeps it, in the words of W3C; none where nobody records spans. */
export function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string | undefined {
  if (!isSpanContextValid({ traceId, spanId, traceFlags })) return undefined
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}

/** The span that a log entry was written in, of any process. */
export function contextOf(traceparent: string | undefined): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags = ''] = traceparent?.split('-') ?? []
  const made = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
  return isSpanContextValid(made) ? made : undefined
}

/** Does something in a span of its own. An error is told by its kind alone, and thrown on. */
export async function inSpan<T>(
  tracer: Tracer,
  name: string,
  options: SpanOptions,
  work: (span: Span) => T | PromiseLike<T>,
): Promise<T> {
  const span = tracer.startSpan(name, options)
  const within = trace.setSpan(context.active(), span)
  try {
    return await context.with(within, work, undefined, span)
  } catch (error) {
    span.setAttribute(attribute.errorType, errorType(error))
    span.setStatus({ code: SpanStatusCode.ERROR })
    throw error
  } finally {
    span.end()
  }
}
