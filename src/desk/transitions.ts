import { RedressError } from '../errors.ts'
import type { Listeners, Transition } from './listeners.ts'
import { Signal } from './signal.ts'

/** How transitions are followed. */
export interface TransitionsOptions {
  /** Ends them, and drops what still waits. */
  readonly signal?: AbortSignal | undefined
  /** How many may wait for their consumer. Default: 1,000. */
  readonly buffer?: number | undefined
}

const BUFFER = 1_000

interface Missed {
  readonly count: number
  readonly first: Transition
}

/** One consumer of what `accepted` tells, with a bounded buffer of its own; it ends once all that was told before `closed` was had. */
export function transitionsFrom(
  listeners: Pick<Listeners, 'on'>,
  options: TransitionsOptions = {},
  closed?: AbortSignal,
): AsyncIterableIterator<Transition> {
  const { signal, buffer } = readOptions(options)
  const waiting: Transition[] = []
  const asked: ((result: IteratorResult<Transition>) => void)[] = []
  let missed: Missed | undefined
  let ended = false

  const stop = listeners.on('accepted', (transition) => {
    const answer = asked.shift()
    if (answer !== undefined) answer({ done: false, value: transition })
    // Nothing is put behind a gap: whoever reads on would not know that it is there.
    else if (missed === undefined && waiting.length < buffer) waiting.push(transition)
    else missed = { count: (missed?.count ?? 0) + 1, first: missed?.first ?? transition }
  })

  /** No more will come; what waits can still be had. */
  function finish() {
    stop()
    signal?.removeEventListener('abort', end)
    closed?.removeEventListener('abort', finish)
    ended = true
    for (const answer of asked.splice(0)) answer(done)
  }

  function end() {
    missed = undefined
    waiting.length = 0
    finish()
  }

  if (signal?.aborted) end()
  else signal?.addEventListener('abort', end)
  closed?.addEventListener('abort', finish)

  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      const transition = waiting.shift()
      if (transition !== undefined) return { done: false, value: transition }
      if (missed !== undefined) {
        const error = overflowed(missed, buffer)
        end()
        throw error
      }
      return ended ? done : new Promise((resolve) => asked.push(resolve))
    },
    async return() {
      end()
      return done
    },
  }
}

const done = { done: true, value: undefined } as const

function overflowed({ count, first: { caseId, entry } }: Missed, buffer: number): RedressError {
  return new RedressError(
    'overflowed',
    `The consumer fell behind: ${buffer} transitions waited, and ${count} more were missed. They are in the logs of their cases.`,
    { facts: { missed: count, caseId, version: entry.version } },
  )
}

function readOptions({ signal, buffer = BUFFER }: TransitionsOptions) {
  if (!Number.isSafeInteger(buffer) || buffer < 1) {
    throw new RedressError('input-invalid', 'Transitions wait in a buffer: `buffer` is a whole number, 1 or more.')
  }
  if (!Signal.optional().safeParse(signal).success) {
    throw new RedressError('input-invalid', 'Transitions end with a signal: `signal` is an AbortSignal, or left out.')
  }
  return { signal, buffer }
}
