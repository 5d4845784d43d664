import fc from 'fast-check'
import { pocock } from 'redress'
import { given, upTo } from 'redress/testing'
import { type Happened, matchers } from 'redress/vitest'
import { describe, expect, it } from 'vitest'
import { promisesTold } from '../src/machine/promises.ts'
import { createQueue } from '../src/machine/queue.ts'
import { casesOf } from './audit/log.ts'

/** A day of March 2026. */
const day = (one: number) => `2026-03-${String(one).padStart(2, '0')}T09:00:00.000Z`

interface Row {
  readonly type: string
  readonly at: string
  readonly due?: string | undefined
  readonly promise?: string | undefined
}

/** One row a day, of anything that can be done about promises. */
const histories: fc.Arbitrary<readonly Row[]> = fc
  .array(
    fc.record({
      type: fc.constantFrom(
        'makePromise',
        'makePromise',
        'agree',
        'keepPromise',
        'movePromise',
        'breakPromise',
        'deliver',
        'contact',
      ),
      due: fc.option(fc.integer({ min: 1, max: 14 }).map(day), { nil: undefined }),
      promise: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((rows) => rows.map((row, index) => ({ ...row, at: day(index + 1) })))

const map = {
  columns: { case: 'case', activity: 'activity', time: 'time', due: 'due', promise: 'promise' },
  activities: Object.fromEntries(
    ['makePromise', 'agree', 'keepPromise', 'movePromise', 'breakPromise', 'deliver', 'contact'].map((one) => [
      one,
      one,
    ]),
  ),
}

/** What an audit has to say of the same rows, its log ending with the last of them. */
async function audited(rows: readonly Row[]) {
  const lines = rows.map(({ type, at, due = '', promise = '' }) => ['one', type, at, due, promise].join())
  const { one } = await casesOf(`case,activity,time,due,promise\n${lines.join('\n')}`, map)
  const { made = 0, kept = 0, broken = 0 } = one?.promises ?? {}
  return { made, kept, broken }
}

/** What a matcher has to say of them; nothing, where it throws that there is no promise that could be late. */
async function isKept(rows: readonly Happened[]): Promise<boolean | undefined> {
  try {
    return (await matchers.toHaveKeptItsPromises(rows)).pass
  } catch (error) {
    expect(error).toMatchObject({ code: 'input-invalid', message: expect.stringMatching(/promise/) })
    return undefined
  }
}

describe('what a list tells of promises', () => {
  it('is the same to a matcher and to an audit', () =>
    fc.assert(
      fc.asyncProperty(histories, async (rows) => {
        const { made, broken } = await audited(rows)
        expect(await isKept(rows)).toBe(made === 0 ? undefined : broken === 0)
      }),
      // What judges mutants is the same at every run.
      { numRuns: 300, ...(process.env['MUTATE'] === undefined ? {} : { seed: 1 }) },
    ))

  // biome-ignore format: a table
  it.each([
    ['moved once it was due', [['makePromise', 1, 5], ['movePromise', 9, 20], ['keepPromise', 10]], [1, 0, 1]],
    ['moved before, and kept', [['makePromise', 1, 5], ['movePromise', 4, 20], ['keepPromise', 10]], [1, 1, 0]],
    ['moved to no other time', [['makePromise', 1, 5], ['movePromise', 4], ['keepPromise', 10]], [1, 0, 1]],
    ['kept at the last moment', [['makePromise', 1, 5], ['keepPromise', 5]], [1, 1, 0]],
    ['said to be broken after it was', [['makePromise', 1, 5], ['makePromise', 1, 20], ['breakPromise', 6]], [2, 0, 1]],
    ['said to be broken before', [['makePromise', 1, 5], ['breakPromise', 3]], [1, 0, 1]],
    ['said to be broken, and never seen made', [['contact', 1], ['breakPromise', 3]], [1, 0, 1]],
    ['made without a time, and broken', [['agree', 1], ['breakPromise', 3]], [1, 0, 1]],
    ['made without a time, and kept', [['agree', 1], ['deliver', 3]], [0, 0, 0]],
    ['open still', [['makePromise', 1, 5], ['contact', 5]], [1, 0, 0]],
    ['delivered by its name alone', [['makePromise', 1, 5, 'a'], ['makePromise', 1, 5, 'b'], ['deliver', 3, undefined, 'a'], ['contact', 8]], [2, 1, 1]],
    ['agreed without a time, beside one that is kept', [['agree', 1], ['makePromise', 2, 5], ['keepPromise', 4], ['contact', 9]], [1, 1, 0]],
    ['kept first that was due first', [['makePromise', 1, 20], ['makePromise', 1, 5], ['keepPromise', 4], ['contact', 9]], [2, 1, 0]],
    ['kept that has a time, before one without', [['makePromise', 1], ['makePromise', 1, 5], ['keepPromise', 4], ['contact', 9]], [1, 1, 0]],
    ['moved first that was due first', [['makePromise', 1, 20], ['makePromise', 1, 5], ['movePromise', 4, 12], ['contact', 9]], [2, 0, 0]],
    ['moved to be due first', [['makePromise', 1, 20], ['makePromise', 1, 25], ['movePromise', 2, 8, 'p2'], ['keepPromise', 7], ['contact', 22]], [2, 1, 1]],
    ['said to be broken twice', [['makePromise', 1, 5, 'a'], ['breakPromise', 2, undefined, 'a'], ['breakPromise', 3, undefined, 'a']], [1, 0, 1]],
    ['said to be broken twice, and never seen made', [['breakPromise', 2, undefined, 'a'], ['breakPromise', 3, undefined, 'a']], [1, 0, 1]],
    ['kept, and said to be broken', [['makePromise', 1, 5, 'a'], ['keepPromise', 2, undefined, 'a'], ['breakPromise', 3, undefined, 'a']], [1, 1, 0]],
    ['told twice, and kept', [['makePromise', 1, 5, 'a'], ['makePromise', 1, 5, 'a'], ['keepPromise', 4, undefined, 'a'], ['contact', 9]], [1, 1, 0]],
    ['moved, told again, and kept', [['makePromise', 1, 5, 'a'], ['movePromise', 2, 9, 'a'], ['makePromise', 3, 9, 'a'], ['keepPromise', 8, undefined, 'a'], ['contact', 12]], [1, 1, 0]],
    ['made again for another time', [['makePromise', 1, 5, 'a'], ['makePromise', 3, 9, 'a'], ['contact', 8]], [1, 0, 0]],
    ['made again once it was broken', [['makePromise', 1, 5, 'a'], ['makePromise', 7, 9, 'a'], ['keepPromise', 8, undefined, 'a']], [1, 0, 1]],
    ['made under the name of none', [['makePromise', 1, 5], ['makePromise', 1, 5, 'p1'], ['keepPromise', 4, undefined, 'p1'], ['contact', 8]], [2, 1, 1]],
    ['made under a name that one without a name would have', [['makePromise', 1, 20, 'p2'], ['makePromise', 1, 5], ['keepPromise', 4, undefined, 'p2'], ['contact', 8]], [2, 1, 1]],
    ['moved behind another', [['makePromise', 1, 5, 'a'], ['makePromise', 1, 8, 'b'], ['movePromise', 2, 20, 'a'], ['contact', 10]], [2, 0, 1]],
    ['told again without its time', [['makePromise', 1, 5, 'a'], ['makePromise', 2, undefined, 'a'], ['contact', 8]], [1, 0, 1]],
  ] as const)('counts what was %s', async (_, rows, [made, kept, broken]) => {
    const list = rows.map(
      ([type, at, due, promise]): Row => ({ type, at: day(at), due: due === undefined ? undefined : day(due), promise }),
    )
    expect(await audited(list)).toEqual({ made, kept, broken })
    expect(await isKept(list)).toBe(made === 0 ? undefined : broken === 0)
  })

  it('is one promise where one event means both to agree and to promise', async () => {
    const both = { ...map, activities: { sign: ['agree', 'makePromise'], contact: 'contact' } }
    const log = (due: string) =>
      `case,activity,time,due,promise\none,sign,${day(1)},${due},\none,sign,${day(2)},${due},\none,contact,${day(9)},,`
    expect((await casesOf(log(day(5)), both))['one']?.promises).toEqual({ made: 2, kept: 0, broken: 2, undated: 0 })
    expect((await casesOf(log(''), both))['one']?.promises).toEqual({ made: 0, kept: 0, broken: 0, undated: 2 })
  })

  it('says of each promise when it was due, where anything tells', () => {
    const told = (...deeds: Parameters<typeof promisesTold<number>>[0]) =>
      promisesTold(deeds, 10).map(({ id, due, state }) => ({ id, due, state }))
    const made = { name: 'makePromise', at: 1, promise: 'a', due: 5 }
    expect(told(made, { name: 'keepPromise', at: 4, promise: 'a' }, { ...made, at: 6, due: 9 })).toEqual([
      { id: 'a', due: 5, state: 'kept' },
    ])
    expect(told({ name: 'agree', at: 1 })).toEqual([])
    expect(told({ name: 'agree', at: 1, promise: 'a' })).toEqual([{ id: 'a', due: undefined, state: 'open' }])
    expect(told({ name: 'breakPromise', at: 3, promise: 'b', due: 2 })).toEqual([{ id: 'b', due: 2, state: 'broken' }])
  })

  it('takes the one that was made first where two fall due together', () => {
    const made = ['a', 'b', 'c'].map((promise) => ({ name: 'makePromise', at: 1, promise, due: 5 }))
    const kept = promisesTold([...made, { name: 'keepPromise', at: 2 }, { name: 'keepPromise', at: 3 }], 4)
    expect(kept.map(({ state }) => state)).toEqual(['kept', 'kept', 'open'])
  })

  it('is told of as many promises as a case may have, in any order of their times', () => {
    const count = 20_000
    for (const due of [
      (n: number) => n + count,
      (n: number) => 2 * count - n,
      (n: number) => count + ((n * 7919) % count),
    ]) {
      const deeds = Array.from({ length: count }, (_, n) => ({ name: 'makePromise', at: n, due: due(n) }))
      expect(promisesTold(deeds, 3 * count).filter(({ state }) => state === 'broken')).toHaveLength(count)
      const kept = promisesTold([...deeds, ...deeds.map(() => ({ name: 'keepPromise', at: count }))], 3 * count)
      expect(kept.filter(({ state }) => state === 'kept')).toHaveLength(count)
    }
  })

  it('is found by few comparisons, in whatever order they were made', () => {
    const count = 20_000
    for (const due of [(n: number) => n, (n: number) => count - n, (n: number) => (n * 7919) % count]) {
      let compared = 0
      const queue = createQueue<number>((one, other) => {
        compared += 1
        return one < other
      })
      const dues = Array.from({ length: count }, (_, n) => due(n))
      for (const one of dues) queue.add(one)
      const taken = dues.map(() => [queue.first(), queue.take()])
      expect(taken).toEqual([...dues].sort((one, other) => one - other).map((one) => [one, one]))
      expect(queue.take()).toBeUndefined()
      expect(compared).toBeLessThan(4 * count * Math.log2(count))
    }
  })

  it('is what the rules of a case say', () => {
    const made = given(upTo('deliver'))
    const late = made.later({ days: 60 })
    const list = late.log.map(({ command: { type, at } }) => ({
      type,
      at,
      due: type === 'agree' ? made.case.facts.promises[0]?.due : undefined,
    }))
    expect(list.at(-1)?.type).toBe('breakPromise')
    expect(late).not.toHaveKeptItsPromises()
    expect(list).not.toHaveKeptItsPromises({ protocol: pocock })
    expect(made).toHaveKeptItsPromises()
    expect(list.slice(0, -1)).toHaveKeptItsPromises()
  })
})
