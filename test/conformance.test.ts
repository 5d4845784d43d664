import { createDesk, memoryStore, type Store } from 'redress'
import { sqliteStore } from 'redress/sqlite'
import {
  aComplaint,
  type ConformanceCase,
  type ConformanceResult,
  capabilities,
  conform,
  conformance,
  example,
  type StoreUnderTest,
  storeConformance,
} from 'redress/testing'
import 'redress/vitest'
import { afterAll, describe, expect, it } from 'vitest'
import { tryClause } from '../src/testing/conformance/trial.ts'
import { broken } from './conformance/broken.ts'
import { sqliteFiles, sqliteInMemory } from './conformance/sqlite.ts'

const files = sqliteFiles('node:sqlite')
const betterFiles = sqliteFiles('better-sqlite3')
afterAll(() => {
  files.end()
  betterFiles.end()
})

const runner = { describe, it }
conform('memory', { open: memoryStore, has: ['insights', 'subscriptions'] }, runner)
conform('SQLite by a path', { open: () => sqliteStore(':memory:'), has: ['insights', 'subscriptions'] }, runner)
conform('node:sqlite in memory', sqliteInMemory('node:sqlite'), runner)
conform('node:sqlite in a file', files, runner)
conform('better-sqlite3 in memory', sqliteInMemory('better-sqlite3'), runner)
conform('better-sqlite3 in a file', betterFiles, runner)

async function resultsOf(
  subject: StoreUnderTest | StoreUnderTest['open'],
  limitMs?: number,
): Promise<readonly ConformanceResult[]> {
  const results: ConformanceResult[] = []
  for await (const one of conformance(subject, limitMs === undefined ? {} : { limitMs })) results.push(one)
  return results
}

const namesOf = (results: readonly ConformanceResult[], outcome: ConformanceResult['outcome']) =>
  results.filter((one) => one.outcome === outcome).map(({ name }) => name)

describe('a clause of the contract finds out a store that breaks it', () => {
  it('each with a broken store of its own', () => {
    expect(Object.keys(broken).sort()).toEqual(storeConformance.map(({ name }) => name).sort())
  })

  it.each(storeConformance)('$name', async (clause) => {
    const { name, requires } = clause
    const sound = requires.some((one) => one !== 'insights' && one !== 'subscriptions') ? files : { open: memoryStore }
    const handles = new Map<string, number>()
    const subject: StoreUnderTest = {
      ...sound,
      has: ['insights', ...requires],
      async open(place) {
        const handle = (handles.get(place) ?? 0) + 1
        handles.set(place, handle)
        const store = await sound.open(place)
        return { ...store, ...broken[name]?.(store, handle) }
      },
    }
    await expect(tryClause(subject, clause)).rejects.toThrow()
  })
})

/** A store whose calls are some others. */
const memoryWith = (calls: (store: Store) => Partial<Store>): StoreUnderTest => ({
  open: () => {
    const store = memoryStore()
    return { ...store, ...calls(store) }
  },
})

describe('a store that is tried', () => {
  it('has the clauses skipped that require what it does not have, each saying what', async () => {
    const results = await resultsOf({ open: memoryStore })
    const skipped = results.filter((one) => one.outcome === 'skipped')
    const requiring = storeConformance.filter(({ requires }) => requires.length > 0)
    expect(skipped.map(({ name, lacks }) => [name, lacks])).toEqual(
      requiring.map(({ name, requires }) => [name, requires]),
    )
    expect(namesOf(results, 'passed')).toHaveLength(storeConformance.length - skipped.length)
    expect(new Set(skipped.flatMap(({ lacks }) => lacks))).toEqual(new Set(Object.keys(capabilities)))
  })

  it('can’t leave out versions, repetitions, tenants or one atomic write, whatever it says it has', () => {
    const always = storeConformance.filter(({ requires }) => requires.length === 0).map(({ name }) => name)
    expect(always).toEqual(
      expect.arrayContaining([
        'of two commits at one version exactly one wins',
        'a conflict says the version that is there, and writes nothing',
        'a command id seen before returns its first receipt and writes nothing',
        'tenants do not see each other, even under the same ids',
        'what is committed is loaded and logged as it was written',
      ]),
    )
  })

  it('fails by what it throws, and the others are tried all the same', async () => {
    const results = await resultsOf(
      memoryWith(() => ({
        claimDue: async () => {
          throw new Error('no such table')
        },
      })),
    )
    const failed = results.filter((one) => one.outcome === 'failed')
    expect(failed.map(({ name }) => name)).toContain('a claim changes no case')
    expect(failed[0]?.error).toMatchObject({ message: 'no such table' })
    expect(namesOf(results, 'passed').length).toBeGreaterThan(20)
  })

  it('fails where it does not answer, and nobody waits for it', async () => {
    const results = await resultsOf(
      memoryWith(() => ({ tied: () => new Promise<never>(() => {}) })),
      50,
    )
    const failed = results.filter((one) => one.outcome === 'failed')
    expect(failed.map(({ name }) => name)).toContain('cases are found by what ties them, within their tenant')
    expect(String(failed[0]?.error)).toMatch(/did not answer within 0.05 seconds/)
  })

  it('fails where it can’t be closed, but what went wrong before comes first', async () => {
    const close = async () => {
      throw new Error('it does not close')
    }
    const clause = storeConformance.find(({ name }) => name === 'a claim changes no case') as ConformanceCase
    const closing = memoryWith(() => ({ close }))
    await expect(tryClause(closing, clause)).rejects.toThrow('it does not close')
    const both = memoryWith(() => ({ close, load: async () => undefined }))
    await expect(tryClause(both, clause)).rejects.toThrow(/^state: expected/)
  })

  it('is opened empty for each clause, closed and removed after it, pass or fail', async () => {
    const life: string[] = []
    const subject: StoreUnderTest = {
      open: (name) => {
        life.push(`open ${name}`)
        const store = memoryStore()
        return { ...store, tied: async () => [], close: async () => void life.push(`close ${name}`) }
      },
      remove: (name) => void life.push(`remove ${name}`),
    }
    const results = await resultsOf(subject)
    expect(namesOf(results, 'failed').length).toBeGreaterThan(0)
    const names = [...new Set(life.map((one) => one.split(' ')[1] ?? ''))]
    expect(names).toHaveLength(results.filter(({ outcome }) => outcome !== 'skipped').length + 1)
    expect(life).toEqual(names.flatMap((name) => [`open ${name}`, `close ${name}`, `remove ${name}`]))
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]{0,39}$/)
  })

  it.each([
    ['nothing', undefined, /`open` is needed/],
    ['a number', 7, /`open` is needed/],
    ['a store itself', memoryStore(), /`open` is needed/],
    ['one that has what there is not', { open: memoryStore, has: ['speed'] }, /`has` knows durable, .*, not speed/],
    ['transactions that nobody begins', { open: memoryStore, has: ['transactions'] }, /needs `transaction`/],
    ['what opens no store', { open: () => ({ load() {} }) }, /it lacks `commit`, `log`/],
    ['what opens nothing', () => undefined, /it lacks `load`/],
    ['a report that is not there', { open: () => withoutReport(), has: ['insights'] }, /it lacks `insights`, `note`/],
  ])('is refused where it is none: %s', async (_, subject, sentence) => {
    await expect(resultsOf(subject as never)).rejects.toMatchObject({ code: 'input-invalid' })
    await expect(resultsOf(subject as never)).rejects.toThrow(sentence)
  })

  it('is a function, too, that opens one', async () => {
    expect(namesOf(await resultsOf(memoryStore), 'failed')).toEqual([])
  })
})

const withoutReport = (): Store => {
  const { insights: _, note: __, ...store } = memoryStore()
  return store
}

describe('a store without a report', () => {
  it('keeps the contract, and its desk says so', async () => {
    expect(namesOf(await resultsOf({ open: withoutReport }), 'failed')).toEqual([])
    const desk = createDesk({ store: withoutReport() })
    const errors: unknown[] = []
    desk.on('desk-error', ({ error }) => errors.push(error))
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    expect(await desk.send('case-1', example('agree'))).toBeRefused()
    expect(errors).toEqual([])
    const period = { from: '2026-03-01T00:00:00Z', to: '2026-04-01T00:00:00Z' }
    await expect(desk.insights(period)).rejects.toMatchObject({ code: 'input-invalid' })
    await expect(desk.insights(period)).rejects.toThrow(/no report/)
  })
})

describe('the contract in a runner', () => {
  it('is a test a clause, under the store’s name, and what is skipped says what it requires', async () => {
    const lines: string[] = []
    const tests: (() => Promise<void>)[] = []
    const its = (name: string, test: () => Promise<void>) => {
      lines.push(name)
      tests.push(test)
    }
    const skip = (name: string) => void lines.push(`skipped: ${name}`)
    const describes = (name: string, define: () => void) => {
      lines.push(name)
      define()
    }
    conform('ours', { open: memoryStore }, { describe: describes, it: Object.assign(its, { skip }) })
    const [head, ...clauses] = lines
    expect(head).toBe('ours: the contract of a store')
    expect(clauses).toEqual(
      storeConformance.map(({ name, requires }) =>
        requires.length === 0 ? name : `skipped: ${name} (requires ${requires.join(', ')})`,
      ),
    )
    for (const test of tests) await test()
  })

  it('refuses at once what is no store', () => {
    expect(() => conform('ours', {} as never, runner)).toThrow(/`open` is needed/)
  })
})
