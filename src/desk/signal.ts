import * as z from 'zod'
import { RedressError } from '../errors.ts'
import type { Parsed } from '../protocol/parse.ts'
import { parsePlain } from '../protocol/parse.ts'
import { plainJson } from '../protocol/plain.ts'

/** What calls work off. Known by what it does, since one of another realm is of another class. */
export const Signal = z.custom<AbortSignal>(
  (value) => typeof (value as AbortSignal | undefined)?.addEventListener === 'function',
  'an AbortSignal',
)

/** How a call is taken that a signal can end. */
export interface Signalled {
  readonly signal?: AbortSignal | undefined
}

/** Reads options that are JSON, but for their `signal`. */
export function parseSignalled<S extends z.ZodType>(schema: S, options: unknown): Parsed<z.output<S>> {
  const { rest, signal } = apart(options)
  const plain = plainJson(rest)
  if (!plain.ok) return plain
  return parsePlain(schema, signal === undefined ? plain.value : { ...(plain.value as object), signal })
}

/** Throws `aborted` where it has been. Not for the moments after a write was begun: from then on the write decides. */
export function checkAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return
  throw new RedressError(
    'aborted',
    'It was called off by its signal. Nothing was stored by it; it can be called again.',
    {
      cause: signal.reason,
    },
  )
}

function apart(options: unknown): { readonly rest: unknown; readonly signal?: unknown } {
  try {
    if (typeof options !== 'object' || options === null || !Object.hasOwn(options, 'signal')) return { rest: options }
    const { signal, ...rest } = options as { readonly signal?: unknown }
    return { rest, signal }
  } catch {
    // What can't be taken apart can't be read either, and is refused for that.
    return { rest: options }
  }
}
