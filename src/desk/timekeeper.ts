import { machine } from '../protocol/actor.ts'
import type { ReadCommand } from '../protocol/parse.ts'
import type { Due, Store } from '../stores/store.ts'
import { ownLetter } from './letter.ts'
import type { Passage } from './passage.ts'

const DUE_AT_ONCE = 100
const DEFAULT_EVERY_MS = 1_000

/** Who sends what falls due. */
export const clock = machine('clock')

/** Turns what falls due into commands, and sends them through the passage like any other. */
export interface Timekeeper {
  tick(at: Date): Promise<number>
  run(options: { readonly signal: AbortSignal; readonly everyMs?: number }): Promise<void>
}

/** Keeps the time of one desk. */
export function createTimekeeper(store: Store, tenant: string, passage: Passage, now: () => Date): Timekeeper {
  async function tick(at: Date): Promise<number> {
    const instant = at.toISOString()
    const stale = new Set<string>()
    let handled = 0
    for (;;) {
      const rows = await store.due(tenant, instant, DUE_AT_ONCE + stale.size)
      const fresh = rows.filter((row) => !stale.has(nameOf(row)))
      if (fresh.length === 0) return handled
      for (const row of fresh) {
        const answer = await passage.send(row.caseId, () => ownLetter([commandFor(row, instant)]), { own: true })
        // A row that a newer command has overtaken does nothing; it is gone, or goes with the next commit.
        if (answer.accepted) handled += 1
        else stale.add(nameOf(row))
      }
    }
  }

  return {
    tick,
    async run({ signal, everyMs = DEFAULT_EVERY_MS }) {
      while (!signal.aborted) {
        await tick(now())
        await pause(everyMs, signal)
      }
    },
  }
}

const nameOf = ({ caseId, name, due }: Due): string => `${caseId}\n${name}\n${due}`

function commandFor({ name, due }: Due, at: string): ReadCommand {
  if (!name.startsWith('promise:')) return { type: 'missDeadline', by: clock, at, deadline: name, due } as ReadCommand
  return { type: 'breakPromise', by: clock, at, promise: name.slice('promise:'.length) } as ReadCommand
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
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
