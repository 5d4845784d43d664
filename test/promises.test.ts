import fc from 'fast-check'
import { pocock } from 'redress'
import { given, upTo } from 'redress/testing'
import { type Happened, matchers } from 'redress/vitest'
import { describe, expect, it } from 'vitest'
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
  return one?.promises
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
        const { made, broken } = (await audited(rows)) ?? {}
        expect(await isKept(rows)).toBe(made === 0 ? undefined : broken === 0)
      }),
      { numRuns: 300 },
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
  ] as const)('counts what was %s', async (_, rows, [made, kept, broken]) => {
    const list = rows.map(
      ([type, at, due, promise]): Row => ({ type, at: day(at), due: due === undefined ? undefined : day(due), promise }),
    )
    expect(await audited(list)).toEqual({ made, kept, broken })
    expect(await isKept(list)).toBe(made === 0 ? undefined : broken === 0)
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
