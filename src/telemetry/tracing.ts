import type { Context, Span, SpanContext, SpanOptions, Tracer } from '@opentelemetry/api'
import { context, createContextKey, isSpanContextValid, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Entry } from '../machine/case.ts'
import { attribute, errorType } from './attribute.ts'

/** How a desk is traced. */
export interface Tracing {
  readonly tracer: Tracer
  readonly spans: SpansOfEntries
  /** Whether the ids of cases are told. */
  readonly caseIds: boolean
}

/** Which span wrote an entry: known in the process that wrote it, of the newest entries. */
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

const ours = createContextKey('redress.span')

/** The span of ours that is active: a call of the desk is under way in it. */
export const activeSpan = (): Span | undefined => context.active().getValue(ours) as Span | undefined

/** Does something in a span of its own. An error is told by its kind alone, and thrown on. */
export async function inSpan<T>(
  tracer: Tracer,
  name: string,
  options: SpanOptions,
  work: (span: Span) => T | PromiseLike<T>,
): Promise<T> {
  const span = tracer.startSpan(name, options)
  const within: Context = trace.setSpan(context.active(), span).setValue(ours, span)
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

/** How each desk that is instrumented is traced. */
export const tracings = new WeakMap<object, Tracing>()
