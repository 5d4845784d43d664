import { createDesk, type Desk, memoryStore } from 'redress'
import { caseOf, complaint, longRecoveryAt } from './recovery.ts'
import type { Side } from './round.ts'

/** How much a durable side does in a turn: whole recoveries of so many cases, so many of them at a time. */
export interface Load {
  readonly concurrent: number
  readonly cases: number
}

/** Our side: each step is sent under an id, so that it leaves a receipt; `waits` gets what each took, in milliseconds. */
export function deskUnder(desk: Desk, load: Load, waits: number[]): Side {
  return async () => {
    const opened = await atOnce(load, async () => caseOf(await desk.open(complaint)).caseId)
    const recoveries = opened.map((id) => ({ id, recovery: longRecoveryAt(id) }))
    return stepsASecond(load, async (index) => {
      const { id, recovery } = recoveries[index] as (typeof recoveries)[number]
      for (const command of recovery) {
        const sent = performance.now()
        caseOf(await desk.send(id, command, { id: crypto.randomUUID() }))
        waits.push(performance.now() - sent)
      }
    })
  }
}

const WARM_UP: Load = { concurrent: 64, cases: 1_000 }

/** Has the desk run in memory until its code is compiled, as that of a host is which runs for days. */
export async function warmUp(): Promise<void> {
  await deskUnder(createDesk({ store: memoryStore() }), WARM_UP, [])()
}

/** Takes each case through its recovery; a `group` of them at once where a peer writes several in a statement. */
export async function stepsASecond(
  { concurrent, cases }: Load,
  recover: (index: number) => Promise<void>,
  group = 1,
): Promise<number> {
  // What the turn is given was made just now: it goes to where it stays before the clock starts, in two steps.
  for (let times = 0; times < 2; times++) globalThis.gc?.({ type: 'minor' })
  const start = performance.now()
  await atOnce({ concurrent: Math.max(concurrent / group, 1), cases: cases / group }, recover)
  return (cases * STEPS) / ((performance.now() - start) / 1000)
}

/** Does a piece of work for each case, so many at a time. */
export async function atOnce<T>({ concurrent, cases }: Load, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  let next = 0
  await Promise.all(
    Array.from({ length: Math.min(concurrent, cases) }, async () => {
      for (let index = next++; index < cases; index = next++) results[index] = await work(index)
    }),
  )
  return results
}

const STEPS = longRecoveryAt('any').length
