import { RedressError } from '../errors.ts'
import { fallen } from '../machine/overdue.ts'
import type { Instant } from '../protocol/words.ts'
import type { Claim, Due, Store } from '../stores/store.ts'
import { ownLetter } from './letter.ts'
import type { Listeners } from './listeners.ts'
import { MAX_AHEAD_MS } from './moment.ts'
import type { Passage } from './passage.ts'
import type { Signalled } from './signal.ts'
import { Signal } from './signal.ts'

const DUE_AT_ONCE = 100
/** As long as this, nobody else takes what a process has claimed: far longer than handling it takes. */
const LEASE_MS = 30_000
/** With the default `pollMs` of subscriptions an idle desk asks its store once a second. */
const DEFAULT_EVERY_MS = 3_000
/** A longer pause than timers can hold ends at once. */
const MAX_EVERY_MS = 2 ** 31 - 1

/** Turns what falls due into commands, and sends them through the passage like any other. */
export interface Timekeeper {
  tick(at?: Date, options?: Signalled): Promise<number>
  run(options: { readonly signal: AbortSignal; readonly everyMs?: number | undefined }): Promise<void>
}

/** Keeps the time of one desk. */
export function createTimekeeper(
  store: Store,
  tenant: string,
  passage: Passage,
  listeners: Listeners,
  now: () => Date,
  closing: AbortSignal,
): Timekeeper {
  /** One case that can't be handled holds up no other. */
  async function handle({ caseId, name, due }: Due, at: Instant): Promise<boolean> {
    try {
      const command = fallen(name, due, at)
      const answer = await passage.send(caseId, (_, before) => ownLetter(command, before), { own: true })
      return answer.accepted
    } catch (error) {
      listeners.tell('desk-error', { during: 'tick', caseId, error })
      return false
    }
  }

  async function tick(asked?: Date, options?: Signalled): Promise<number> {
    const signal = options?.signal
    // Read once: between two readings the clock may be set back.
    const started = now()
    const at = asked === undefined ? started : asked
    if (!(at instanceof Date) || Number.isNaN(at.getTime())) {
      throw new RedressError('input-invalid', 'A desk ticks at a moment: `at` is a valid Date, or left out.')
    }
    if (at.getTime() > started.getTime() + MAX_AHEAD_MS) {
      throw new RedressError('input-invalid', 'A desk ticks by its clock: `at` is a moment that has come by its `now`.')
    }
    const by = at.toISOString()
    for (let handled = 0; ; ) {
      if (closing.aborted || signal?.aborted) return handled
      const claimed = await store.claimDue(tenant, { by, limit: DUE_AT_ONCE, ...leaseFrom(now()) })
      if (claimed.length === 0) return handled
      // A row that a newer command has overtaken does nothing; it goes with the next commit, or comes back after the lease.
      for (const row of claimed) if (await handle(row, by)) handled += 1
    }
  }

  return {
    tick,
    async run(options) {
      const { signal, everyMs = DEFAULT_EVERY_MS } = options ?? {}
      if (!Signal.safeParse(signal).success) {
        throw new RedressError('input-invalid', 'A desk runs until it is told to stop: `signal` is an AbortSignal.')
      }
      if (typeof everyMs !== 'number' || !(everyMs >= 1 && everyMs <= MAX_EVERY_MS)) {
        throw new RedressError('input-invalid', `A desk ticks every so often: \`everyMs\` is 1 to ${MAX_EVERY_MS}.`)
      }
      const ended = AbortSignal.any([signal, closing])
      while (!ended.aborted) {
        try {
          await tick(undefined, { signal: ended })
        } catch (error) {
          listeners.tell('desk-error', { during: 'tick', caseId: undefined, error })
        }
        await pause(everyMs, ended)
      }
    },
  }
}

/** A lease from now on. Another’s may end as much later as clocks lie apart. */
function leaseFrom(now: Date): Pick<Claim, 'now' | 'until' | 'latest'> {
  const after = (ms: number) => new Date(now.getTime() + ms).toISOString()
  return { now: after(0), until: after(LEASE_MS), latest: after(LEASE_MS + MAX_AHEAD_MS) }
}

/** Waits, or until a signal aborts. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    if (signal.aborted) done()
    else signal.addEventListener('abort', done)
  })
