import { createRecoveryMachine, explain, fold, Id, Instant, judge, Label, parseCommand, pocock, Words } from 'redress'
import { aComplaint, ana, EXAMPLE_START, example, given, owned, upTo } from 'redress/testing'
import { describe, expect, it } from 'vitest'
import { createActor } from 'xstate'
import type * as z from 'zod'
import { noFacts } from '../src/protocol/facts.ts'
import { Meaning, meansOf } from '../src/protocol/meaning.ts'
import { isRead, valueOrThrow } from '../src/protocol/parse.ts'
import { copyOf, frozenCopyOf, plainJson } from '../src/protocol/plain.ts'

describe('the edges of what can be read', () => {
  const issuesOf = (input: unknown) => {
    const parsed = parseCommand(pocock, input)
    return parsed.ok ? [] : parsed.issues.map(({ path, message }) => `${path}: ${message}`)
  }

  it('a command has the name of one', () => {
    for (const nothing of [null, 7, 'own', true]) expect(issuesOf(nothing)).toEqual([': the name of a command'])
    expect(issuesOf(undefined)).toEqual([': nothing was given'])
    for (const nameless of [{}, { type: 7 }, []]) expect(issuesOf(nameless)).toEqual(['type: the name of a command'])
    expect(issuesOf({ type: 'dance' })).toEqual(['type: no command of this protocol'])
    expect(issuesOf({ type: 'erase', by: ana, reason: 'x' })).toEqual(['type: no command of this protocol'])
    expect(isRead(pocock, { type: 'dance', by: ana, at: EXAMPLE_START } as never)).toBe(false)
    const snapshot = createActor(createRecoveryMachine(pocock)).getSnapshot()
    expect(snapshot.can({ type: 'dance', by: ana, at: EXAMPLE_START } as never)).toBe(false)
  })

  it('each field that is missing, wrong or too much is named', () => {
    expect(issuesOf(example('listen'))).toEqual([])
    expect(issuesOf({ ...example('own'), introduced: undefined })).toEqual(['introduced: is missing'])
    expect(issuesOf({ ...example('own'), mood: 'grim', 'two words': 1 })).toEqual([
      'mood: a field that it does not have',
      '…: a field that it does not have',
    ])
    expect(issuesOf({ ...example('own'), owner: { ...ana, mood: 'grim' } })).toEqual([
      'owner.mood: a field that it does not have',
    ])
    expect(issuesOf({ ...example('own'), introduced: 7 })).toEqual([
      expect.stringMatching(/^introduced: (?!is missing)/),
    ])
    const fields = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`field${index}`, index]))
    expect(issuesOf({ ...example('own'), ...fields })).toHaveLength(20)
  })

  it('what was read is given, or what was wrong with it thrown', () => {
    expect(valueOrThrow({ ok: true, value: 7 }, 'It can’t be read')).toBe(7)
    const issues = [
      { path: '', message: 'all wrong' },
      { path: 'by', message: 'is missing' },
    ]
    expect(() => valueOrThrow({ ok: false, issues }, 'It can’t be read')).toThrow(
      expect.objectContaining({
        code: 'input-invalid',
        message: 'It can’t be read: all wrong; `by`: is missing.',
        facts: { issues },
      }),
    )
  })

  it('ids, words, labels and moments end where they are said to', () => {
    const fits = (schema: z.ZodType, ...inputs: readonly string[]) => inputs.map((one) => schema.safeParse(one).success)
    expect(fits(Id, 'a', 'a b', 'é', 'a'.repeat(200))).toEqual([true, true, true, true])
    expect(fits(Id, '', ' ', ' a', 'a ', 'a\nb', 'a'.repeat(201))).toEqual([false, false, false, false, false, false])
    expect(fits(Words, 'a', ' a ', 'a'.repeat(50_000))).toEqual([true, true, true])
    expect(fits(Words, '', ' \n', 'a'.repeat(50_001))).toEqual([false, false, false])
    expect(fits(Label, 'a', 'a'.repeat(200))).toEqual([true, true])
    expect(fits(Label, '', ' ', 'a'.repeat(201))).toEqual([false, false, false])
    const utc = (text: string) => Instant.safeParse(text).data
    expect(utc('2026-03-02T09:00:00.000Z')).toBe('2026-03-02T09:00:00.000Z')
    expect(utc('2026-03-02T09:00:00Z')).toBe('2026-03-02T09:00:00.000Z')
    expect(utc('2026-03-02T09:00:00.5+02:00')).toBe('2026-03-02T07:00:00.500Z')
    expect(utc('2026-03-02T09:00:00.123456Z')).toBe('2026-03-02T09:00:00.123Z')
    expect(utc('2026-03-02T09:00:00+02:00')).toBe('2026-03-02T07:00:00.000Z')
    expect(utc('2026-03-02T09:00:00.0Z')).toBe('2026-03-02T09:00:00.000Z')
    for (const none of [
      '',
      'nonsense',
      '2026-02-30T09:00:00Z',
      '9999-12-31T23:59:59-01:00',
      '0000-01-01T00:00:00+01:00',
    ]) {
      expect(utc(none)).toBeUndefined()
    }
  })
})

describe('the edges of plain values', () => {
  const faultOf = (input: unknown) => {
    const copied = plainJson(input)
    return copied.ok ? undefined : copied.issues.map(({ path, message }) => `${path}: ${message}`).join()
  }
  const nested = (depth: number, innermost: unknown = 1): unknown =>
    depth === 0 ? innermost : { in: nested(depth - 1, innermost) }

  it('are given back as they were', () => {
    const value = {
      text: 'a',
      number: 1.5,
      none: null,
      yes: true,
      no: false,
      list: [1, [2], { deep: 'b' }],
      left: undefined,
    }
    expect(plainJson(value)).toEqual({ ok: true, value })
    const { value: copied } = plainJson(value) as { readonly value: typeof value }
    expect([copied === value, copied.list === value.list]).toEqual([false, false])
    expect(Object.keys(copied)).toEqual(Object.keys(value))
    expect(Object.is((plainJson(-0) as { readonly value: number }).value, 0)).toBe(true)
    for (const bare of [Object.create(null), Object.create(Object.create(null))]) expect(faultOf(bare)).toBeUndefined()
  })

  it('are no more, no longer and no deeper than a store takes', () => {
    expect(faultOf('a'.repeat(200_000))).toBeUndefined()
    expect(faultOf('a'.repeat(200_001))).toBe(': at most 200000 characters')
    expect(faultOf(nested(20))).toBeUndefined()
    expect(faultOf(nested(20, {}))).toMatch(/^(in\.){19}in: nested deeper than 20$/)
    expect(faultOf(nested(20, null))).toBeUndefined()
    expect(faultOf(Array.from({ length: 19_999 }, () => 1))).toBeUndefined()
    expect(faultOf(Array.from({ length: 20_000 }, () => 1))).toBe('19999: more than 20000 values')
  })

  it('are none that JSON or a database would not give back', () => {
    class Thing {}
    const faults: readonly (readonly [unknown, string])[] = [
      [Number.NaN, ': a number that is finite'],
      [Number.POSITIVE_INFINITY, ': a number that is finite'],
      [{ at: [1, undefined] }, 'at.1: nothing was given'],
      [() => 1, ': a JSON value, not a function'],
      [{ n: 1n }, 'n: a JSON value, not a bigint'],
      [new Thing(), ': a plain object'],
      [{ when: new Date(0) }, 'when: a plain object'],
      ['\ud800', ': half a character (a lone surrogate)'],
      [{ text: 'a\0b' }, 'text: a NUL character'],
      [{ 'a\0b': 1 }, '…: a NUL character'],
      [{ $one_2: { 'two words': '\0' } }, '$one_2.…: a NUL character'],
      [JSON.parse('{ "in": { "__proto__": 1 } }'), 'in.__proto__: a field that nothing has'],
      [
        {
          in: {
            get no() {
              throw new Error('no')
            },
          },
        },
        'in.no: a value that can be read',
      ],
    ]
    for (const [value, fault] of faults) expect(faultOf(value)).toBe(fault)
  })

  it('are copied to the innermost, and frozen on request', () => {
    const value = { list: [{ deep: { a: 1 } }, null, 'b'], none: null, text: 'c', in: { side: { b: 2 } } }
    for (const copy of [copyOf(value), frozenCopyOf(value)]) {
      expect(copy).toEqual(value)
      expect(copy.list).not.toBe(value.list)
      expect(copy.list[0]).not.toBe(value.list[0])
      expect(copy.in.side).not.toBe(value.in.side)
    }
    const frozen = frozenCopyOf(value)
    for (const part of [frozen, frozen.list, frozen.list[0], frozen.in, frozen.in.side]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
    expect(Object.isFrozen(copyOf(value).in)).toBe(false)
    for (const simple of [null, 'a', 7]) expect([copyOf(simple), frozenCopyOf(simple)]).toEqual([simple, simple])
  })
})

describe('the edges of a case', () => {
  it('has what its opening says, and nothing that it does not', () => {
    const { at, by: _, channel: __, words: ___, ...said } = aComplaint
    const facts = { ...noFacts, openedAt: at, lastAt: at }
    expect(given().case.facts).toStrictEqual({ ...facts, ...said })
    const about = { ...aComplaint, representative: 'dora', about: 'carl', policy: 'courteous', calendar: 'india' }
    expect(given(about).case.facts).toStrictEqual({
      ...facts,
      ...said,
      representative: 'dora',
      authority: 'needed',
      excluded: ['carl'],
      policy: 'courteous',
      calendar: 'india',
    })
  })

  it('is what its log comes to', () => {
    for (const step of ['own', 'agree', 'closed']) {
      const { log, case: now } = given(upTo(step))
      expect(fold(pocock, log as never)).toEqual(now)
    }
    const { log, case: now } = given(owned, example('withdraw'))
    expect(fold(pocock, log as never)).toEqual(now)
  })

  it('stands where its protocol has a place, or is not judged', () => {
    const lost = { ...given(owned).case, state: 'person.dance' }
    expect(() => judge(pocock, lost as never, { ...owned, at: EXAMPLE_START })).toThrow(
      expect.objectContaining({
        code: 'case-unreadable',
        message: expect.stringContaining('“person.dance”, which the protocol pocock@1 does not have'),
        facts: { state: 'person.dance', protocol: 'pocock@1' },
      }),
    )
  })

  it('is explained: what each command brings, which rules judge that, and why another is closed', () => {
    const options = explain(pocock, given(owned).case)
    const of = (name: string) => options.find(({ command }) => command === name)
    const listening = of('listen')
    expect(listening).toMatchObject({ open: true, summary: 'hear the customer’s account out' })
    expect(listening?.needs.map(({ field, optional }) => [field, optional])).toEqual([
      ['account', false],
      ['outcome', false],
      ['talk', false],
      ['answers', true],
    ])
    expect(listening?.needs[3]?.what).toBe('answers to WHAT questions')
    const rules = listening?.open === true ? listening.rules.map(({ id }) => id) : []
    expect(rules).toContain('listen-twice-as-long')
    expect(rules).not.toContain('in-order')
    const agreeing = of('agree')
    expect(agreeing).toMatchObject({
      open: false,
      refusal: { command: 'agree', skipped: ['listen', 'reflect', 'apologize', 'empathize'] },
    })
    const ids = agreeing?.open === false ? agreeing.refusal.rules.map(({ id }) => id) : []
    expect(ids).toEqual(['in-order'])
    const kept = explain(pocock, given(owned, example('makePromise'), example('keepPromise')).case)
    expect(kept.find(({ command }) => command === 'movePromise')?.open).toBe(false)
  })

  it('what a name of another system means is a command, several, none, or another one again', () => {
    const read = (input: unknown) => {
      const parsed = Meaning.safeParse(input)
      return parsed.success ? meansOf(parsed.data) : undefined
    }
    expect(read('own')).toEqual({ first: ['own'], again: ['own'] })
    expect(read(['own', 'ignore', 'listen'])).toEqual({ first: ['own', 'listen'], again: ['own', 'listen'] })
    expect(read('ignore')).toEqual({ first: [], again: [] })
    expect(read({ is: 'own' })).toEqual({ first: ['own'], again: ['own'] })
    expect(read({ is: ['own'], again: 'ignore' })).toEqual({ first: ['own'], again: [] })
    expect(read(Array(20).fill('own'))?.first).toHaveLength(20)
    for (const none of [7, '', [], Array(21).fill('own'), {}, { again: 'own' }, { is: 'own', or: 'listen' }]) {
      expect(read(none)).toBeUndefined()
    }
  })
})
