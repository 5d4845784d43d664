import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineIn } from '../src/cli/line.ts'

type Keys = readonly (string | number)[]

/** Every place in a value, by the keys that lead to it. */
const placesIn = (value: unknown, keys: Keys = []): readonly Keys[] =>
  typeof value !== 'object' || value === null
    ? [keys]
    : [
        keys,
        ...Object.entries(value).flatMap(([key, inner]) =>
          placesIn(inner, [...keys, Array.isArray(value) ? Number(key) : key]),
        ),
      ]

const MARK = '\u0001here\u0001'

/** A value with a mark in one place. */
const markedAt = (value: unknown, [key, ...inner]: Keys): unknown => {
  if (key === undefined) return MARK
  const copy = structuredClone(value) as Record<string | number, unknown>
  copy[key] = markedAt(copy[key], inner)
  return copy
}

describe('the line of a place in a JSON text', () => {
  it('is that on which it stands, or what it should be in, whatever stands around it', () =>
    fc.assert(
      fc.property(
        fc
          .json({ depthSize: 'medium' })
          .map((json): unknown => ({ map: JSON.parse(json) }))
          .chain((value) => fc.tuple(fc.constant(value), fc.constantFrom(...placesIn(value).slice(1)))),
        ([value, keys]) => {
          const text = JSON.stringify(markedAt(value, keys), null, 1)
          const line = text.split('\n').findIndex((one) => one.includes(JSON.stringify(MARK))) + 1
          expect([lineIn(text, keys), lineIn(text, [...keys, 'gone']), lineIn(text, ['gone'])]).toEqual([
            line,
            line,
            undefined,
          ])
        },
      ),
    ))
})
