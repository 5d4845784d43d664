import type { Store } from '../../stores/store.ts'
import type { Capability, ConformanceCase } from './clause.ts'
import type { StoreUnderTest } from './subject.ts'
import { openStore } from './subject.ts'

/** The longest that a clause may take: a store that never answers must not be waited for. */
const LIMIT_MS = 10_000

let named = 0
const run = `${Date.now().toString(36)}_${Math.random().toString(36).slice(2, 8)}`

/** A name that nothing was kept under before, in this run or another. */
export const freshName = (): string => `redress_${run}_${++named}`

/** What a clause requires and a store does not have. */
export const lackedBy = ({ has = [] }: StoreUnderTest, { requires }: ConformanceCase): readonly Capability[] =>
  requires.filter((one) => !has.includes(one))

/** Tries one clause on a store that is opened for it, and removed afterwards. Throws what the clause or the store throws. */
export async function tryClause(
  subject: StoreUnderTest,
  clause: ConformanceCase,
  limitMs: number = LIMIT_MS,
): Promise<void> {
  const name = freshName()
  const handles: Store[] = []
  const open = async (): Promise<Store> => {
    const store = await openStore(subject, name)
    handles.push(store)
    return store
  }
  const close = async () => {
    for (const handle of handles.splice(0)) await handle.close()
  }
  const trial = {
    another: open,
    async reopen() {
      await close()
      return open()
    },
    async transaction(work: (tx: unknown) => Promise<void>) {
      await subject.transaction?.(work, name)
    },
  }
  const failures: unknown[] = []
  const attempt = (work: () => Promise<unknown>) =>
    withinLimit(work(), limitMs).catch((error: unknown) => failures.push(error))
  await attempt(async () => clause.check(await open(), trial))
  // Whatever became of the clause, nothing of it stays; what went wrong first is what to tell.
  await attempt(close)
  await attempt(async () => subject.remove?.(name))
  if (failures.length > 0) throw failures[0]
}

/** Throws where work takes longer. */
export async function withinLimit(work: Promise<unknown>, limitMs: number = LIMIT_MS): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It did not answer within ${limitMs / 1000} seconds.`)), limitMs)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
