import type { Answer, Commit, Store } from 'redress'
import { createDesk, memoryStore, RedressError } from 'redress'
import { aComplaint, EXAMPLE_START, example } from 'redress/testing'
import { expect, it } from 'vitest'

const now = () => new Date(EXAMPLE_START)
const cases = Array.from({ length: 20 }, (_, index) => `case-${index}`)

/** A store that gains by shared writes, and says how many commits each write had; `refuses` makes a write fail. */
async function grouping(
  coalesce: number,
  refuses: (batch: readonly Commit[]) => RedressError | undefined = () => undefined,
) {
  const memory = memoryStore()
  const sizes: number[] = []
  const store: Store = {
    ...memory,
    grouping: { most: 8, atOnce: 1 },
    commit: async (batch) => {
      sizes.push(batch.length)
      const refused = refuses(batch)
      if (refused !== undefined) throw refused
      return memory.commit(batch)
    },
  }
  const desk = createDesk({ store, now, coalesce })
  for (const caseId of cases) await createDesk({ store: memory, now }).open({ ...aComplaint, caseId })
  return { desk, sizes }
}

const ofCase3 = (batch: readonly Commit[]) => batch.some(({ caseId }) => caseId === 'case-3')

it('what is sent at the same time shares writes, as many as the store takes', async () => {
  const { desk, sizes } = await grouping(64)
  const answers = await Promise.all(cases.map((caseId) => desk.send(caseId, example('own'))))
  expect(answers.every(({ accepted }) => accepted)).toBe(true)
  expect(sizes).toEqual([8, 8, 4])
})

it('no more of it shares a write than the host lets', async () => {
  const { desk, sizes } = await grouping(1)
  await Promise.all(cases.map((caseId) => desk.send(caseId, example('own'))))
  expect(sizes).toEqual(cases.map(() => 1))
})

it('one that can’t be stored fails by itself, and not those who shared its write', async () => {
  const { desk } = await grouping(64, (batch) => (ofCase3(batch) ? new RedressError('store-failed', 'No.') : undefined))
  const settled = await Promise.allSettled(cases.map((caseId) => desk.send(caseId, example('own'))))
  const failed = cases.filter((_, index) => settled[index]?.status === 'rejected')
  expect(failed).toEqual(['case-3'])
})

it('a write of which nobody knows is not tried again by the desk', async () => {
  const unknown = new RedressError('store-failed', 'Who knows?', { stored: 'unknown' })
  const { desk, sizes } = await grouping(64, (batch) => (ofCase3(batch) ? unknown : undefined))
  const settled = await Promise.allSettled(cases.map((caseId): Promise<Answer> => desk.send(caseId, example('own'))))
  expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(8)
  expect(sizes).toEqual([8, 8, 4])
})
