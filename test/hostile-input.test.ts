import { DatabaseSync } from 'node:sqlite'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import type { Answer, Clocks, Desk, Entry, Refusal, Store } from 'redress'
import {
  courteous,
  createDesk,
  machine,
  memoryStore,
  Opening,
  officeHours,
  person,
  pocock,
  RedressError,
} from 'redress'
import { temporalWorkingTime } from 'redress/clocks'
import { sqliteStore } from 'redress/sqlite'
import { aComplaint, ana, cleo, example } from 'redress/testing'
import 'redress/vitest'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { note, unlimited } from './fixtures/unlimited.ts'

/** What no refusal and no error may repeat. */
const SECRET = 'Zaharova of 12 Elm Street'
const fiveMegabytes = SECRET + 'x'.repeat(5_000_000)

const askWhy = { type: 'askWhy', by: ana, saidBy: cleo, words: 'Why?' }
const agree = example('agree') as unknown as { readonly promises: readonly object[] }
const [promised] = agree.promises

const boom = (): never => {
  throw new Error(SECRET)
}
const throwing = { get: boom, has: boom, ownKeys: boom, getPrototypeOf: boom, getOwnPropertyDescriptor: boom }

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

function withGetter(field: string, get: () => unknown): unknown {
  return Object.defineProperty({ ...askWhy }, field, { enumerable: true, get })
}

function cycle(): unknown {
  const input: Record<string, unknown> = { ...askWhy }
  input['words'] = { again: input }
  return input
}

function nested(levels: number): unknown {
  let input: unknown = SECRET
  for (let level = 0; level < levels; level++) input = level % 2 === 0 ? [input] : { deeper: input }
  return input
}

const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`field${index}`, 1]))
const from = (json: string): unknown => JSON.parse(json)

class Complaint {
  readonly type = 'askWhy'
  readonly by = ana
  readonly words = SECRET
}

type Bad = readonly [name: string, input: () => unknown, field: string | RegExp]

/** What is sent as a command, and the field that its refusal names: '' where it is the whole of it. */
// biome-ignore format: a table
const notCommands: readonly Bad[] = [
  ['undefined', () => undefined, ''],
  ['null', () => null, ''],
  ['a string', () => SECRET, ''],
  ['the name of a command', () => 'askWhy', ''],
  ['a number', () => 7, ''],
  ['NaN', () => Number.NaN, ''],
  ['a boolean', () => true, ''],
  ['a bigint', () => 7n, ''],
  ['a symbol', () => Symbol(SECRET), ''],
  ['a function', () => Object.assign(() => SECRET, askWhy), ''],
  ['a date', () => new Date(), ''],
  ['a map', () => new Map(Object.entries(askWhy)), ''],
  ['a promise', () => Promise.resolve(askWhy), ''],
  ['an error', () => Object.assign(new Error(SECRET), askWhy), ''],
  ['bytes', () => new TextEncoder().encode(SECRET), ''],
  ['an instance of a class', () => new Complaint(), ''],
  ['an object that inherits its fields', () => Object.create(askWhy), ''],
  ['a proxy that throws', () => new Proxy({ ...askWhy }, throwing), ''],
  ['a revoked proxy', () => revoked({ ...askWhy }), ''],

  ['an empty object', () => ({}), 'type'],
  ['no type', () => ({ by: ana, words: SECRET }), 'type'],
  ['an unknown type', () => ({ type: SECRET, by: ana }), 'type'],
  ['a type of 5 MB', () => ({ type: fiveMegabytes, by: ana }), 'type'],
  ['a type that turns into a string', () => ({ ...askWhy, type: { toString: () => 'askWhy' } }), 'type.toString'],
  ['a type in a list', () => ({ ...askWhy, type: ['askWhy'] }), 'type'],
  ['a type that throws', () => withGetter('type', boom), 'type'],
  ['XState’s start', () => ({ type: 'xstate.init', by: ana }), 'type'],
  ['XState’s stop', () => ({ type: 'xstate.stop', by: ana }), 'type'],
  ['XState’s delay', () => ({ type: 'xstate.after.50.recovery.person', by: ana }), 'type'],
  ['XState’s done', () => ({ type: 'xstate.done.state.recovery.system', by: ana }), 'type'],
  ['a wildcard', () => ({ type: '*', by: ana }), 'type'],
  ['the opening again', () => ({ type: 'open', ...aComplaint }), 'type'],
  ['the type __proto__', () => ({ ...askWhy, type: '__proto__' }), 'type'],
  ['the type constructor', () => ({ ...askWhy, type: 'constructor' }), 'type'],
  ['the type toString', () => ({ ...askWhy, type: 'toString' }), 'type'],

  ['nobody', () => ({ type: 'askWhy', saidBy: cleo, words: SECRET }), 'by'],
  ['somebody of an unknown kind', () => ({ ...askWhy, by: { kind: SECRET, id: 'ana' } }), 'by.kind'],
  ['somebody with a name', () => ({ ...askWhy, by: { ...ana, name: SECRET } }), 'by.name'],
  ['an id of two lines', () => ({ ...askWhy, by: person(`${SECRET}\n${SECRET}`) }), 'by.id'],

  ['blank words', () => ({ ...askWhy, words: ' \n\u2003' }), 'words'],
  ['words of 60,000 characters', () => ({ ...askWhy, words: SECRET.padEnd(60_000, 'x') }), 'words'],
  ['words of 5 MB', () => ({ ...askWhy, words: fiveMegabytes }), 'words'],
  ['half a surrogate pair', () => ({ ...askWhy, words: `${SECRET}\uD83D` }), 'words'],
  ['a NUL', () => ({ ...askWhy, words: `${SECRET}\0` }), 'words'],
  ['a number for words', () => ({ ...askWhy, words: 7 }), 'words'],
  ['a string object for words', () => ({ ...askWhy, words: Object(SECRET) }), 'words'],
  ['a date for words', () => ({ ...askWhy, words: new Date() }), 'words'],
  ['a bigint for words', () => ({ ...askWhy, words: 7n }), 'words'],
  ['a symbol for words', () => ({ ...askWhy, words: Symbol(SECRET) }), 'words'],
  ['a function for words', () => ({ ...askWhy, words: () => SECRET }), 'words'],
  ['a proxy that throws for words', () => ({ ...askWhy, words: new Proxy({}, throwing) }), 'words'],
  ['a revoked list for words', () => ({ ...askWhy, words: revoked([]) }), 'words'],
  ['words that throw', () => withGetter('words', boom), 'words'],
  ['a cycle', cycle, Array(10).fill('words.again').join('.')],
  ['100,000 levels', () => ({ ...askWhy, words: nested(100_000) }), /^words\.deeper\.0\.deeper/],
  ['a toJSON', () => ({ ...askWhy, toJSON: () => example('own') }), 'toJSON'],
  ['a toJSON for words', () => ({ ...askWhy, words: { toJSON: () => SECRET } }), 'words.toJSON'],
  ['a then', () => Object.fromEntries([...Object.entries(askWhy), ['then', boom]]), 'then'],

  ['an unknown field', () => ({ ...askWhy, mood: SECRET }), 'mood'],
  ['an unknown field whose name says a lot', () => ({ ...askWhy, [SECRET]: 1 }), '…'],
  ['an unknown field with a name of 5 MB', () => ({ ...askWhy, [fiveMegabytes]: 1 }), '…'],
  ['an unknown field with a NUL in its name', () => ({ ...askWhy, [`${SECRET}\0`]: 1 }), '…'],
  ['15,000 unknown fields', () => ({ ...askWhy, ...fields(15_000) }), 'field0'],
  ['30,000 unknown fields', () => ({ ...askWhy, ...fields(30_000) }), /^field\d+$/],

  ['a __proto__', () => from('{"type":"askWhy","by":{"kind":"person","id":"ana"},"words":"x","__proto__":{"polluted":1}}'), '__proto__'],
  ['a nested __proto__', () => from('{"type":"askWhy","by":{"kind":"person","id":"ana","__proto__":{"polluted":1}}}'), 'by.__proto__'],
  ['a buried __proto__', () => from('{"type":"askWhy","x":[{"constructor":{"prototype":{"__proto__":{"polluted":1}}}}]}'), 'x.0.constructor.prototype.__proto__'],
  ['a __proto__ of nothing known', () => from('{"type":"polluted","__proto__":{"polluted":1}}'), '__proto__'],
  ['a constructor', () => ({ ...askWhy, constructor: { prototype: { polluted: 1 } } }), 'constructor'],
  ['a prototype', () => ({ ...askWhy, prototype: { polluted: 1 } }), 'prototype'],
  ['a nested constructor', () => ({ ...askWhy, by: { ...ana, constructor: { prototype: { polluted: 1 } } } }), 'by.constructor'],

  ['a sparse list', () => ({ ...agree, promises: Object.assign(new Array(2), { 1: promised }) }), 'promises.0'],
  ['a list as long as lists get', () => ({ ...agree, promises: new Array(2 ** 32 - 1) }), 'promises.0'],
  ['30,000 promises', () => ({ ...agree, promises: Array(30_000).fill(1) }), /^promises\.\d+$/],
  ['51 promises', () => ({ ...agree, promises: Array(51).fill(promised) }), 'promises'],
  ['an object for a list', () => ({ ...agree, promises: { 0: promised, length: 1 } }), 'promises'],
  ['NaN seconds', () => example('listen', { talk: { customerSeconds: Number.NaN, ourSeconds: 1 } }), 'talk.customerSeconds'],
  ['endless seconds', () => example('listen', { talk: { customerSeconds: 1, ourSeconds: Infinity } }), 'talk.ourSeconds'],
  ['seconds below nothing', () => example('listen', { talk: { customerSeconds: -1, ourSeconds: 1 } }), 'talk.customerSeconds'],
  ['an answer that is none', () => example('reflect', { customer: { answer: SECRET } }), 'customer.answer'],
]

const notBatches: readonly Bad[] = [
  ['an empty batch', () => [], ''],
  ['a batch of 101', () => Array(101).fill(askWhy), ''],
  ['a batch as long as lists get', () => new Array(2 ** 32 - 1), ''],
  ['a batch of holes', () => new Array(2), ''],
  ['a batch in a batch', () => [[askWhy]], 'type'],
  ['a revoked batch', () => revoked([askWhy]), ''],
  ['a batch that throws', () => new Proxy([askWhy], throwing), ''],
  ['a batch of no length', () => new Proxy([askWhy], { get: () => Number.NaN }), ''],
  ['a batch of symbolic length', () => new Proxy([askWhy], { get: () => Symbol(SECRET) }), ''],
]

const notOptions: readonly Bad[] = [
  ['null', () => null, 'options'],
  ['a string', () => SECRET, 'options'],
  ['a list', () => [], 'options'],
  ['a map', () => new Map([['id', SECRET]]), 'options'],
  ['a proxy that throws', () => new Proxy({}, throwing), 'options'],
  ['an id that is a number', () => ({ id: 5 }), 'options.id'],
  ['an empty id', () => ({ id: '' }), 'options.id'],
  ['an id of 5 MB', () => ({ id: fiveMegabytes }), 'options.id'],
  ['an id with a NUL', () => ({ id: `${SECRET}\0` }), 'options.id'],
  ['an id of two lines', () => ({ id: `${SECRET}\n${SECRET}` }), 'options.id'],
  ['half a surrogate pair', () => ({ id: `${SECRET}\uDC00` }), 'options.id'],
  ['an id that throws', () => withGetter('id', boom), 'options.id'],
  ['a version that is a string', () => ({ expectedVersion: 'x' }), 'options.expectedVersion'],
  ['a version below nothing', () => ({ expectedVersion: -1 }), 'options.expectedVersion'],
  ['a version and a half', () => ({ expectedVersion: 1.5 }), 'options.expectedVersion'],
  ['a version that is NaN', () => ({ expectedVersion: Number.NaN }), 'options.expectedVersion'],
  ['a version that is null', () => ({ expectedVersion: null }), 'options.expectedVersion'],
  ['a version that is a bigint', () => ({ expectedVersion: 1n }), 'options.expectedVersion'],
  ['an unknown option', () => ({ force: SECRET }), 'options.force'],
  ['an unknown option whose name says a lot', () => ({ [SECRET]: true }), 'options.…'],
  ['a __proto__', () => from('{"__proto__":{"expectedVersion":1}}'), 'options.__proto__'],
  ['a constructor', () => ({ constructor: SECRET }), 'options.constructor'],
]

const notIds: readonly (readonly [name: string, id: unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['a number', 5],
  ['a bigint', 5n],
  ['a symbol', Symbol(SECRET)],
  ['an object', { toString: boom, valueOf: boom }],
  ['a proxy that throws', new Proxy({}, throwing)],
  ['a list', ['case-1']],
  ['a string object', Object('case-1')],
  ['an empty string', ''],
  ['a space before', ' case-1'],
  ['a NUL after', 'case-1\0'],
  ['a line after', 'case-1\n'],
  ['half a surrogate pair', 'case-\uD83D'],
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
  ['5 MB', fiveMegabytes],
  ['SQL', "case-1' OR '1'='1"],
  ['somebody’s address', SECRET],
]

const notInstants: readonly unknown[] = [
  ...['', 'yesterday', 'now', 'NaN', '0', SECRET, '2026', '2026-03-02', '2026-03-02T09:00:00', '02.03.2026 09:00'],
  ...['2026-02-30T09:00:00Z', '2025-02-29T09:00:00Z', '2026-13-01T09:00:00Z', '2026-00-10T09:00:00Z'],
  ...['2026-03-02T24:00:00Z', '2026-03-02T09:60:00Z', '2026-03-02T09:00:60Z', '2026-03-02T09:00:00+25:00'],
  // Years that no four digits hold, once they are in UTC: as strings they would not compare as moments.
  ...['+012026-03-02T09:00:00Z', '0000-01-01T00:00:00+01:00', '9999-12-31T23:59:59-01:00'],
  ...['2026-03-02T09:00:00Z\n', ' 2026-03-02T09:00:00Z', '2026-03-02T09:00:00Z; DROP TABLE redress_case'],
  ...[
    0,
    1_772_442_000_000,
    Number.NaN,
    7n,
    null,
    true,
    new Date(),
    { toISOString: () => SECRET },
    ['2026-03-02T09:00:00Z'],
  ],
]

/** Where a command, or the opening, says a time. */
const instants: readonly (readonly [field: string, input: (instant: unknown) => object])[] = [
  ['at', (at) => ({ ...askWhy, at })],
  ['promises.0.latest', (latest) => ({ ...agree, promises: [{ ...promised, latest }] })],
  ['promises.0.earliest', (earliest) => ({ ...agree, promises: [{ ...promised, earliest }] })],
  ['promise.nextUpdateBy', (nextUpdateBy) => example('makePromise', { promise: { ...promised, nextUpdateBy } })],
  ['latest', (latest) => example('movePromise', { latest })],
  ['changes.0.due', (due) => example('improve', { changes: [{ text: 'a new scale', owner: ana, due }] })],
]

const anything = fc.anything({
  maxDepth: 4,
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withObjectString: true,
  withTypedArray: true,
  withSparseArray: true,
  withUnicodeString: true,
  key: fc.oneof(fc.string(), fc.constantFrom('type', 'by', 'at', 'words', '__proto__', 'constructor', 'toJSON', 'id')),
})

/** Anything at all, or a sound command with one field spoilt. */
const almostACommand = fc.oneof(
  anything,
  fc.jsonValue(),
  fc
    .tuple(fc.constantFrom(...pocock.commands.keys()), fc.nat(), anything, fc.boolean())
    .map(([type, choice, value, added]) => {
      const command: object = example(type)
      const names = Object.keys(command)
      const name = added ? `${names[choice % names.length]}s` : names[choice % names.length]
      return { ...command, [name as string]: value }
    }),
)
const almostOptions = fc.oneof(
  fc.constant(undefined),
  anything,
  fc.record(
    { id: fc.oneof(fc.string(), anything), expectedVersion: fc.oneof(fc.nat(), anything) },
    { requiredKeys: [] },
  ),
)
const almostAnOpening = fc.oneof(
  anything,
  fc.jsonValue(),
  fc
    .tuple(fc.constantFrom(...Object.keys(Opening.shape), 'more'), fc.oneof(anything, fc.string()))
    .map(([name, value]) => ({ ...aComplaint, [name]: value })),
)

/** What falls due sends them, or another case does: never a caller. */
const desksOwn = [...pocock.commands.values()].filter((one) => one.internal === true).map((one) => one.name)

const now = () => new Date('2026-03-02T09:00:00Z')
const clocks: Clocks = {
  policies: [courteous],
  calendars: { default: officeHours('Europe/London') },
  workingTime: temporalWorkingTime,
}

/** A store, and all that it holds as one text. */
interface Opened {
  readonly store: Store
  dump(): string
}

const stores: Readonly<Record<string, () => Opened>> = {
  memory: () => ({ store: memoryStore(), dump: () => '' }),
  sqlite: () => {
    const db = new DatabaseSync(':memory:')
    const tables = () => db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
    return {
      store: sqliteStore(db),
      dump: () => JSON.stringify(tables().map(({ name }) => db.prepare(`SELECT * FROM ${name}`).all())),
    }
  },
}

const unhandled: unknown[] = []
const hearUnhandled = (reason: unknown) => unhandled.push(reason)
process.on('unhandledRejection', hearUnhandled)
afterAll(() => {
  process.off('unhandledRejection', hearUnhandled)
  expect(unhandled).toEqual([])
})

const objectPrototype = Object.getOwnPropertyNames(Object.prototype)
afterEach(() => {
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(objectPrototype)
  expect(({} as { readonly polluted?: unknown }).polluted).toBeUndefined()
})

for (const [name, openStore] of Object.entries(stores)) {
  describe(`a desk on the ${name} store, sent what it can’t read`, () => {
    let store: Store
    let dump: () => string
    let desk: Desk
    let told: Refusal[]

    beforeEach(async () => {
      ;({ store, dump } = openStore())
      desk = createDesk({ store, clocks, now })
      told = []
      desk.on('refused', ({ refusal }) => told.push(refusal))
      await desk.open({ ...aComplaint, caseId: 'case-1' })
    })
    afterEach(() => store.close())

    async function logOf(caseId: string): Promise<readonly Entry[]> {
      const entries: Entry[] = []
      for await (const entry of desk.log(caseId)) entries.push(entry)
      return entries
    }
    const kept = async () => ({ view: await desk.look('case-1'), log: await logOf('case-1') })

    /** Sees that it is refused, that nothing was stored, and that nothing that was sent is said again. */
    async function refused(act: () => Promise<Answer>, field: string | RegExp, index = 0): Promise<void> {
      const before = await kept()
      const answer = await act()
      expect(answer).toBeRefused('malformed')
      if (answer.accepted) return
      expect(answer.refusal).toMatchObject({ code: 'malformed', index })
      const paths = answer.refusal.issues.map((issue) => issue.path)
      if (typeof field === 'string') expect(paths[0]).toBe(field)
      else expect(paths[0]).toMatch(field)
      expect(told.at(-1)).toEqual(answer.refusal)
      saysLittle(answer.refusal)
      expect(await kept()).toEqual(before)
      expect(dump()).not.toContain('Zaharova')
    }

    it.each(notCommands)('refuses %s as a command, and names the field', async (_, input, field) => {
      await refused(() => desk.send('case-1', input()), field)
      await refused(() => desk.send('case-1', [askWhy, input(), askWhy], { id: 'batch' }), field, 1)
      expect(await desk.explain('case-1', input())).toEqual({ accepted: false, refusal: told[0] })
      // The id of a send that was refused is free.
      expect(await desk.send('case-1', askWhy, { id: 'batch' })).toMatchObject({ accepted: true, repeated: false })
    })

    it.each(notBatches)('refuses %s', async (_, input, field) => {
      await refused(() => desk.send('case-1', input()), field)
      expect(await desk.explain('case-1', input())).toEqual({ accepted: false, refusal: told[0] })
    })

    it('takes a batch of 100', async () => {
      expect(await desk.send('case-1', Array(100).fill(askWhy))).toMatchObject({
        accepted: true,
        case: { version: 101 },
      })
    })

    it.each(notOptions)('refuses %s as options, and names the option', async (_, options, field) => {
      await refused(() => desk.send('case-1', askWhy, options() as never), field)
      await refused(() => desk.open({ ...aComplaint, caseId: 'case-2' }, options() as never), field)
      expect(await store.load('default', 'case-2')).toBeUndefined()
    })

    it.each(desksOwn)('refuses “%s”, which the desk alone sends', async (type) => {
      for (const by of [ana, machine('desk'), machine('clock')]) {
        await refused(() => desk.send('case-1', { ...example(type), by }), 'type')
      }
    })

    const sendable = [...pocock.commands.values()].filter((one) => one.internal !== true).map((one) => one.name)

    it.each(sendable)('refuses “%s” with a field missing, spoilt or too many', async (type) => {
      const command: object = example(type)
      const option = (await desk.explain('case-1')).find((one) => one.command === type)
      const needs = option?.needs ?? []
      expect(needs.map((need) => need.field)).toEqual(expect.arrayContaining(evidenceOf(command)))
      for (const { field, optional } of [...needs, { field: 'by', optional: false }]) {
        const { [field]: _, ...without } = command as Record<string, unknown>
        if (!optional) await refused(() => desk.send('case-1', without), field)
        for (const spoilt of [null, [[SECRET]], { [SECRET]: SECRET }, () => SECRET, fiveMegabytes, 7n]) {
          await refused(() => desk.send('case-1', { ...command, [field]: spoilt }), new RegExp(`^${field}(\\.|$)`))
        }
      }
      await refused(() => desk.send('case-1', { ...command, mood: SECRET }), 'mood')
    })

    it.each(instants)('refuses what is no moment in “%s”', async (field, input) => {
      for (const instant of notInstants) {
        await refused(() => desk.send('case-1', input(instant)), new RegExp(`^${field.replaceAll('.', '\\.')}(\\.|$)`))
      }
    })

    it.each(Object.keys(Opening.shape))('refuses an opening with “%s” spoilt', async (field) => {
      const complaint: Readonly<Record<string, unknown>> = { ...aComplaint, caseId: 'case-2' }
      const spoilt = [null, 7, 7n, '', ' ', '\0', '\uD800', [SECRET], { [SECRET]: 1 }, () => SECRET, fiveMegabytes]
      for (const value of [...spoilt, ...(field === 'at' ? notInstants : [])]) {
        await refused(() => desk.open({ ...complaint, [field]: value }), new RegExp(`^${field}(\\.|$)`))
      }
      expect(await store.load('default', 'case-2')).toBeUndefined()
    })

    it.each(notCommands.filter(([, , field]) => field === ''))('refuses %s as an opening', (_, input, field) =>
      refused(() => desk.open(input()), field),
    )

    it('refuses an opening with an unknown field, a __proto__ or a field missing', async () => {
      await refused(() => desk.open({ ...aComplaint, mood: SECRET }), 'mood')
      await refused(() => desk.open(from('{"customer":"c-1","__proto__":{"by":1}}')), '__proto__')
      for (const field of ['by', 'customer', 'channel', 'words']) {
        const { [field]: _, ...without } = { ...aComplaint } as Record<string, unknown>
        await refused(() => desk.open(without), field)
      }
    })

    it('says of a protocol that it does not have which it has, and not what was asked for', async () => {
      const error = await thrownBy(() => desk.open({ ...aComplaint, protocol: SECRET }))
      expect(error).toMatchObject({ code: 'protocol-unknown', stored: false })
      expect(error.message).toMatch(/`protocol`.*pocock@1/)
      saysLittle(error)
    })

    it.each(notIds)('knows no case under %s', async (_, id) => {
      const before = await kept()
      const calls = [
        () => desk.send(id as string, askWhy),
        () => desk.look(id as string),
        () => desk.explain(id as string),
        () => desk.explain(id as string, askWhy),
        () => logOf(id as string),
      ]
      for (const call of calls) {
        const error = await thrownBy(call)
        expect(error.code).toBe('case-unknown')
        saysLittle(error)
      }
      expect(await kept()).toEqual(before)
    })

    it.each(['x', '1', Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY, 1n, null, {}, true])(
      'reads no log after version %s',
      async (after) => {
        const error = await thrownBy(async () => {
          for await (const _ of desk.log('case-1', after as never)) expect.unreachable()
        })
        expect(error.code).toBe('input-invalid')
        expect(error.message).toContain('`after`')
      },
    )

    it.each([...notCommands.filter(([, , field]) => field === ''), ...notBatches])(
      'erases nothing on the word of %s',
      (_, input) => refused(() => desk.erase('case-1', input()), /^(type)?$/),
    )

    it('erases nothing on a request with a field missing, spoilt or too many, nor on several requests', async () => {
      const request = { by: ana, reason: 'asked for' }
      await refused(() => desk.erase('case-1', { by: ana }), 'reason')
      await refused(() => desk.erase('case-1', { reason: 'asked for' }), 'by')
      await refused(() => desk.erase('case-1', { ...request, reason: SECRET.repeat(20) }), 'reason')
      await refused(() => desk.erase('case-1', { ...request, everything: SECRET }), 'everything')
      await refused(() => desk.erase('case-1', from(`{"by":{"kind":"person","id":"ana"},"__proto__":{}}`)), '__proto__')
      await refused(() => desk.erase('case-1', [request, request]), '')
      for (const [, options, field] of notOptions) {
        await refused(() => desk.erase('case-1', request, options() as never), field)
      }
      for (const [, id] of notIds) {
        expect((await thrownBy(() => desk.erase(id as string, request))).code).toBe('case-unknown')
      }
    })

    it.each([new Date('yesterday'), 'now', null, 0, 1n, {}])('does not tick at %s', async (at) => {
      const error = await thrownBy(() => desk.tick(at as never))
      expect(error.code).toBe('input-invalid')
      expect(error.message).toContain('`at`')
    })

    it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, '1000', null])(
      'does not run every %s ms',
      async (everyMs) => {
        const error = await thrownBy(() => desk.run({ signal: AbortSignal.timeout(1000), everyMs: everyMs as never }))
        expect(error.code).toBe('input-invalid')
        expect(error.message).toContain('`everyMs`')
      },
    )

    it.each([undefined, null, 0, 1, {}, [], Promise.resolve(undefined)])(
      'takes it for a no where the host, asked whether an actor may, says %s',
      async (said) => {
        const strict = createDesk({ store, clocks, now, authorize: () => said as never })
        const before = await kept()
        expect(await strict.send('case-1', askWhy)).toMatchObject({ refusal: { code: 'forbidden', issues: [] } })
        expect(await kept()).toEqual(before)
      },
    )

    it('judges and stores a command as it was when it was sent', async () => {
      const command = { ...askWhy, words: 'first' }
      const batch = [{ ...askWhy, words: 'second' }, command]
      const options = { id: 'one', expectedVersion: 1 }
      const answers = [desk.send('case-1', command, options), desk.send('case-1', batch)]
      command.words = `${SECRET}\0`
      batch.length = 0
      options.expectedVersion = 7
      for (const answer of await Promise.all(answers)) expect(answer).toBeAccepted()
      const words = (await logOf('case-1')).map((entry) => (entry.command as { readonly words?: unknown }).words)
      expect(words).toEqual([aComplaint.words, 'first', 'second', 'first'])
    })

    it('reads each field once, so that none is one value when judged and another when stored', async () => {
      let reads = 0
      const command = withGetter('words', () => (reads++ === 0 ? 'Why?' : `${SECRET}\0`))
      expect(await desk.send('case-1', command)).toBeAccepted()
      expect(reads).toBe(1)
      expect((await logOf('case-1')).at(-1)?.command).toMatchObject({ words: 'Why?' })
    })

    it('reads what another realm, or an object without a prototype, holds', async () => {
      const elsewhere = runInNewContext(
        '({ type: "askWhy", by: { kind: "person", id: "ana" }, saidBy: { kind: "customer", id: "cleo" }, words: "Why?" })',
      )
      expect(await desk.send('case-1', elsewhere)).toBeAccepted()
      expect(await desk.send('case-1', Object.assign(Object.create(null), askWhy))).toBeAccepted()
    })

    it('holds to JSON where a host’s own evidence sets no limits', async () => {
      const lax = createDesk({ store, protocols: [unlimited], now })
      lax.on('refused', ({ refusal }) => told.push(refusal))
      await lax.open({ ...aComplaint, caseId: 'case-3' })
      await lax.send('case-3', example('own'))
      await refused(() => lax.send('case-3', note({}, fiveMegabytes)), 'text')
      const data = [
        new Date(),
        () => SECRET,
        7n,
        new Map(),
        [undefined],
        { deeper: Number.NaN },
        nested(50),
        fields(30_000),
      ]
      for (const value of [...data, from('{"__proto__":{"polluted":1}}'), { [`${SECRET}\0`]: 1 }]) {
        await refused(() => lax.send('case-3', note(value)), /^data(\.|$)/)
      }
      expect((await lax.look('case-3')).version).toBe(2)
      let kept = 0
      await fc.assert(
        fc.asyncProperty(fc.jsonValue(), async (value) => {
          const answer = await lax.send('case-3', note(value))
          // JSON has keys that nothing of ours has.
          if (!answer.accepted) {
            expect(answer.refusal.issues[0]?.path).toMatch(/^data/)
            return
          }
          const { version } = await lax.look('case-3')
          expect(await toArray(lax.log('case-3', version - 1))).toEqual(answer.entries)
          kept += 1
        }),
        { numRuns: 50 },
      )
      expect(kept).toBeGreaterThan(40)
    })

    it('answers whatever is sent, and changes a case only by what it accepts', async () => {
      await fc.assert(
        fc.asyncProperty(almostACommand, almostOptions, async (command, options) => {
          const before = await desk.look('case-1')
          const answer = await answerOf(() => desk.send('case-1', command, options as never))
          const after = await desk.look('case-1')
          if (answer?.accepted === true) {
            expect(after.version).toBe(before.version + (answer.repeated ? 0 : answer.entries.length))
            for await (const entry of desk.log('case-1', after.version - 1)) expect(entry.to).toBe(after.state)
          } else {
            expect(after).toEqual(before)
            expect((await toArray(desk.log('case-1', before.version))).length).toBe(0)
          }
          expect(await answerOf(() => desk.explain('case-1', command) as Promise<Answer>)).toBeDefined()
        }),
        { numRuns: 500 },
      )
      expect((await logOf('case-1')).map((entry) => entry.version)).toEqual(
        Array.from({ length: (await desk.look('case-1')).version }, (_, index) => index + 1),
      )
    })

    it('answers whatever is sent as an opening, as options or as an id', async () => {
      const before = await kept()
      let opened = 0
      desk.on('opened', () => opened++)
      await fc.assert(
        fc.asyncProperty(almostAnOpening, almostOptions, anything, async (complaint, options, id) => {
          const known = opened
          const answer = await answerOf(() => desk.open(complaint, options as never))
          if (answer?.accepted === true && !answer.repeated) {
            expect(opened).toBe(known + 1)
            expect(await desk.look(answer.case.caseId)).toMatchObject({ version: 1, state: 'received' })
          } else expect(opened).toBe(known)
          await answerOf(() => desk.send(id as string, askWhy, options as never))
          await answerOf(() => desk.look(id as string) as never)
        }),
        { numRuns: 500 },
      )
      expect(await kept()).toEqual(before)
    })
  })
}

const evidenceOf = (command: object) => Object.keys(command).filter((field) => field !== 'type' && field !== 'by')

/** The answer, or nothing where a RedressError was thrown; any other error is one too many. */
async function answerOf(act: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await act()
  } catch (error) {
    expect(error).toBeInstanceOf(RedressError)
    return undefined
  }
}

async function thrownBy(act: () => Promise<unknown>): Promise<RedressError> {
  const error = await act().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(RedressError)
  return error as RedressError
}

/** Nothing of what was sent is said again, and not much is said at all. */
function saysLittle(said: Refusal | RedressError): void {
  const text =
    said instanceof RedressError
      ? [said.message, said.stack, String(said.cause), JSON.stringify(said.facts)].join('\n')
      : JSON.stringify(said)
  expect(text.length).toBeLessThan(10_000)
  expect(text.includes('Zaharova')).toBe(false)
  expect(text.includes('xxxxxxxxxx')).toBe(false)
}

async function toArray<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
