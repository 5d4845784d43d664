import type { Delivery, DeliveryHandler } from './delivery.ts'
import { DeliveryError } from './delivery.ts'

/** How long a handler that was told to stop may take to do so. */
const STOPPING_MS = 1_000
/** The longest that a lane is put off, whoever asks for it. */
export const LONGEST_RETRY_MS = 86_400_000

/** How one try ended. One that was `abandoned` may still be at work. */
export type Attempt =
  | { readonly ended: 'delivered' | 'stopped' | 'abandoned' }
  | { readonly ended: 'failed'; readonly error: unknown }

/** Hands an entry to its handler, once. Whatever the handler does, it ends: by itself, after its time, or after `stop`. */
export async function attempt(
  handler: DeliveryHandler,
  delivery: Omit<Delivery, 'signal'>,
  timeoutMs: number,
  stop: AbortSignal,
): Promise<Attempt> {
  const own = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let onStop = () => {}
  const cutShort = new Promise<Attempt>((resolve) => {
    timer = setTimeout(() => {
      const error = new DeliveryError(`The handler took longer than ${timeoutMs} ms.`)
      own.abort(error)
      resolve({ ended: 'failed', error })
    }, timeoutMs)
    onStop = () => {
      own.abort(stop.reason)
      clearTimeout(timer)
      timer = setTimeout(() => resolve({ ended: 'abandoned' }), STOPPING_MS)
    }
  })
  stop.addEventListener('abort', onStop)
  if (stop.aborted) onStop()
  const done = Promise.resolve({ ...delivery, signal: own.signal })
    .then(handler)
    .then(
      (): Attempt => ({ ended: 'delivered' }),
      (error: unknown): Attempt => (stop.aborted ? { ended: 'stopped' } : { ended: 'failed', error }),
    )
  try {
    return await Promise.race([done, cutShort])
  } finally {
    clearTimeout(timer)
    stop.removeEventListener('abort', onStop)
  }
}

/** How long to wait after so many tries: exponential, with full jitter, so that what failed together is not tried together. */
export function waitAfter(
  tries: number,
  error: unknown,
  { firstRetryMs, maxRetryMs }: { readonly firstRetryMs: number; readonly maxRetryMs: number },
): number {
  const longest = Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(tries - 1, 40))
  const least = error instanceof DeliveryError ? (error.retryAfterMs ?? 0) : 0
  return Math.min(LONGEST_RETRY_MS, Math.max(least, Math.random() * longest))
}

/** What is kept of an error in sight: its code, or else its name; never its message, in which anything may stand. */
export function codeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown }
  const isWord = (value: unknown): value is string => typeof value === 'string' && /^[\w.-]{1,60}$/.test(value)
  return isWord(code) ? code : isWord(name) ? name : 'Error'
}
