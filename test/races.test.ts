import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { Accepted, Answer, Entry, Store } from 'redress'
import { createDesk, fold, memoryStore, pocock } from 'redress'
import { postgresStore } from 'redress/postgres'
import { sqliteStore } from 'redress/sqlite'
import { aComplaint, ana, EXAMPLE_START, example } from 'redress/testing'
import { afterAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { Errand, Report } from './fixtures/sender.ts'

const now = () => new Date(EXAMPLE_START)
const opening = { ...aComplaint, caseId: 'case-1' }
const times = <T>(count: number, one: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => one(index))
const accepted = (answers: readonly Answer[]) => answers.filter((answer) => answer.accepted)
const fresh = (answers: readonly Answer[]) => accepted(answers).filter((answer) => !answer.repeated)
const codes = (answers: readonly Answer[]) => answers.flatMap((answer) => (answer.accepted ? [] : answer.refusal.code))

async function logOf(store: Store, caseId = 'case-1'): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for await (const entry of store.log('default', caseId)) entries.push(entry)
  return entries
}

/** What holds whatever raced: a log without gaps, its fold the stored case, each fresh answer in it and nothing else. */
async function soundAfter(store: Store, answers: readonly Answer[]): Promise<readonly Entry[]> {
  const log = await logOf(store)
  expect(log.map((entry) => entry.version)).toEqual(times(log.length, (index) => index + 1))
  expect(fold(pocock, log as [Entry, ...Entry[]])).toEqual(await store.load('default', 'case-1'))
  const written = fresh(answers).flatMap((answer) => answer.entries)
  const ids = new Set(written.map((entry) => entry.commandId))
  const inTheLog = log.filter((entry) => ids.has(entry.commandId))
  expect(inTheLog).toEqual([...written].sort((one, other) => one.version - other.version))
  return log
}

describe('two processes at one SQLite database', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redress-races-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** Runs errands, each list in a process of its own; the first of all begin at one moment, then the second, and so on. */
  async function together(processes: readonly (readonly Omit<Errand, 'begin'>[])[]): Promise<readonly Report[][]> {
    const sender = fileURLToPath(new URL('fixtures/sender.ts', import.meta.url))
    const children = processes.map(() =>
      fork(sender, { execPath: process.execPath, execArgv: ['--disable-warning=ExperimentalWarning'] }),
    )
    try {
      await Promise.all(children.map((child) => once(child, 'message')))
      const begin = Date.now() + 50
      return await Promise.all(
        children.map(async (child, number) => {
          child.send((processes[number] ?? []).map((errand, index) => ({ ...errand, begin: begin + index * 80 })))
          const [reports] = (await once(child, 'message')) as [Report[]]
          for (const report of reports) expect(report.error).toBeUndefined()
          return reports
        }),
      )
    } finally {
      for (const child of children) child.kill()
    }
  }

  it('logs every command of 50 sends that it accepted exactly once, in versions without a gap', async () => {
    const path = join(folder, 'sends.db')
    const store = sqliteStore(path)
    const desk = createDesk({ store, now })
    await desk.open(opening)
    await desk.send('case-1', example('own'))

    const caseId = 'case-1'
    const sendsOf = (who: string): Errand['sends'] => [
      ...times(17, (index) => ({
        caseId,
        command: example(index % 2 === 0 ? 'askWhy' : 'makePromise'),
        options: { id: `${who}-${index}` },
      })),
      // The same command under the same id, from both.
      ...times(5, (index) => ({ caseId, command: example('askWhy'), options: { id: `shared-${index}` } })),
      // One id for two things.
      { caseId, command: example('askWhy', { words: who }), options: { id: 'taken' } },
      // A step has one turn.
      { caseId, command: example('listen'), options: { id: `${who}-listen` } },
      { caseId, command: [example('askWhy'), example('makePromise')], options: { id: `${who}-batch` } },
    ]
    const reports = await together(['one', 'other'].map((who) => [{ path, sends: sendsOf(who) }]))
    const [one, other] = reports.map(([report]) => report?.answers) as [readonly Answer[], readonly Answer[]]
    expect([one.length, other.length]).toEqual([25, 25])

    const log = await soundAfter(store, [...one, ...other])
    // opened and owned · 17 of their own each · 5 shared · 1 taken · 1 listen · 2 batches of 2
    expect(log.length).toBe(2 + 34 + 5 + 1 + 1 + 4)
    expect(new Set(log.map((entry) => entry.commandId)).size).toBe(log.length - 2)
    expect(fresh([...one, ...other]).length).toBe(34 + 5 + 1 + 1 + 2)
    for (const answer of [...one.slice(0, 17), ...other.slice(0, 17)]) {
      expect(answer).toMatchObject({ accepted: true, repeated: false })
    }
    for (const index of times(5, (index) => 17 + index)) {
      const [first, second] = [one[index], other[index]] as [Accepted, Accepted]
      expect([first.repeated, second.repeated].sort()).toEqual([false, true])
      expect(first.entries).toEqual(second.entries)
    }
    const pair = (index: number) => [one[index], other[index]] as Answer[]
    expect(fresh(pair(22)).length).toBe(1)
    expect(codes(pair(22))).toEqual(['command-id-reused'])
    expect(fresh(pair(23)).length).toBe(1)
    expect(codes(pair(23))).toEqual(['out-of-order'])
    for (const answer of pair(24) as Accepted[]) {
      const [first, second] = answer.entries.map((entry) => entry.version) as [number, number]
      expect(second).toBe(first + 1)
    }
    await store.close()
  })

  it('makes the tables once and opens a case once, however many start at once on a new file', async () => {
    const rounds = times(25, (round) => join(folder, `new-${round}.db`))
    const sends = ['own', 'askWhy'].map((type) => ({ caseId: 'case-1', command: example(type) }))
    const reports = await together(times(4, () => rounds.map((path) => ({ path, opening, sends }))))
    for (const [round, path] of rounds.entries()) {
      const reported = reports.flatMap((all) => all[round] ?? [])
      const opened = reported.flatMap((report) => report.opened ?? [])
      expect(fresh(opened).length).toBe(1)
      expect(codes(opened)).toEqual(['already-open', 'already-open', 'already-open'])
      const store = sqliteStore(path)
      const log = await soundAfter(store, [...opened, ...reported.flatMap((report) => report.answers)])
      expect(log.map((entry) => entry.command.type).sort()).toEqual([...Array(4).fill('askWhy'), 'open', 'own'])
      await store.close()
    }
  })
})

/** A store that lets others in between any two of its answers, as one across a network does. */
function slowly(store: Store): Store {
  return {
    ...store,
    load: (...asked) => nextTurn().then(() => store.load(...asked)),
    commit: (...asked) => nextTurn().then(() => store.commit(...asked)),
    remembered: (...asked) => nextTurn().then(() => store.remembered(...asked)),
  }
}

const pool = new pg.Pool({ connectionString: inject('databaseUrl'), max: 8 })
afterAll(() => pool.end())
let schemas = 0

const stores: Readonly<Record<string, () => Store>> = {
  memory: memoryStore,
  PostgreSQL: () => postgresStore(pool, { schema: `races_${process.pid}_${++schemas}` }),
  sqlite: () => sqliteStore(':memory:'),
  'slow memory': () => slowly(memoryStore()),
}

for (const [name, openStore] of Object.entries(stores)) {
  describe(`one process and the ${name} store`, () => {
    let store: Store
    /** Two desks at one store do not know of each other: they meet at its version check alone. */
    let desks: readonly [ReturnType<typeof createDesk>, ReturnType<typeof createDesk>]
    const desk = (index: number) => desks[index % 2 === 0 ? 0 : 1]

    beforeEach(async () => {
      store = openStore()
      desks = [createDesk({ store, now }), createDesk({ store, now })]
      await desks[0].open(opening)
    })

    it.each([1, 2])('accepts a step once, of 50 sent at once through %i desks', async (count) => {
      const answers = await Promise.all(
        times(50, (index) => desk(index % count).send('case-1', example('own'), { id: `own-${index}` })),
      )
      expect(fresh(answers).length).toBe(1)
      expect(codes(answers)).toEqual(Array(49).fill('out-of-order'))
      expect((await soundAfter(store, answers)).length).toBe(2)
    })

    it('takes what one desk is sent in the order in which it was sent', async () => {
      const answers = await Promise.all(
        times(50, (index) => desks[0].send('case-1', example('askWhy', { words: `${index}` }))),
      )
      const log = await soundAfter(store, answers)
      expect(log.slice(1).map((entry) => (entry.command as { readonly words?: string }).words)).toEqual(
        times(50, String),
      )
    })

    it('loses none of 50 sent at once through two desks', async () => {
      const answers = await Promise.all(times(50, (index) => desk(index).send('case-1', example('askWhy'))))
      expect(fresh(answers).length).toBe(50)
      expect((await soundAfter(store, answers)).length).toBe(51)
    })

    it('gives each repetition the first answer, of 50 sent at once under one id through two desks', async () => {
      const answers = await Promise.all(
        times(50, (index) => desk(index).send('case-1', example('own'), { id: 'only-one' })),
      )
      const [first] = fresh(answers)
      expect(fresh(answers).length).toBe(1)
      expect(accepted(answers).length).toBe(50)
      for (const answer of accepted(answers)) expect(answer.entries).toEqual(first?.entries)
      expect((await soundAfter(store, answers)).length).toBe(2)
    })

    it('refuses an id that something else came under, in the same case and in another', async () => {
      await desks[0].open({ ...opening, caseId: 'case-2' })
      const first = await desks[0].send('case-1', example('askWhy'), { id: 'taken' })
      const answers = await Promise.all([
        desks[1].send('case-1', example('askWhy', { words: 'Why, though?' }), { id: 'taken' }),
        desks[1].send('case-2', example('askWhy'), { id: 'taken' }),
        desks[0].open({ ...opening, caseId: 'case-3' }, { id: 'taken' }),
      ])
      expect(fresh([first, ...answers])).toEqual([first])
      expect(codes(answers)).toEqual(Array(3).fill('command-id-reused'))
      const logs = await Promise.all(['case-1', 'case-2', 'case-3'].map((caseId) => logOf(store, caseId)))
      expect(logs.flat().filter((entry) => entry.commandId === 'taken').length).toBe(1)
    })

    it('does not take a send for the repetition of one to another case, whose words were erased', async () => {
      await desks[0].open({ ...opening, caseId: 'case-2' })
      const first = await desks[0].send('case-1', example('own'), { id: 'taken' })
      await desks[0].erase('case-1', { by: ana, reason: 'asked for' })
      const again = await desks[1].send('case-1', example('own'), { id: 'taken' })
      expect(again).toMatchObject({ accepted: true, repeated: true, entries: [{ version: 2 }] })
      const others = [
        await desks[1].send('case-2', example('own'), { id: 'taken' }),
        await desks[1].send('case-2', example('agree'), { id: 'taken' }),
        await desks[1].open({ ...opening, caseId: 'case-3' }, { id: 'taken' }),
      ]
      expect(codes(others)).toEqual(Array(3).fill('command-id-reused'))
      expect([first.accepted, (await logOf(store, 'case-2')).length]).toEqual([true, 1])
    })

    it('breaks each promise once, of 20 that fall due while two desks tick at once', async () => {
      await desks[0].send('case-1', example('own'))
      const { latest } = (example('makePromise') as { readonly promise: { readonly latest: string } }).promise
      for (const caseId of times(20, (index) => `due-${index}`)) {
        await desks[0].open({ ...opening, caseId })
        await desks[0].send(caseId, [example('own'), example('makePromise')])
      }
      const by = new Date(Date.parse(latest) + 1)
      const later = [0, 1].map(() => createDesk({ store, now: () => by })) as [(typeof desks)[0], (typeof desks)[0]]
      const handled = await Promise.all([later[0].tick(), later[1].tick(), later[0].tick()])
      expect(handled.reduce((sum, one) => sum + one, 0)).toBe(20)
      for (const caseId of times(20, (index) => `due-${index}`)) {
        const types = (await logOf(store, caseId)).map((entry) => entry.command.type)
        expect(types).toEqual(['open', 'own', 'makePromise', 'breakPromise'])
      }
    })

    it('accepts one of 50 that expect the same version, and tells the others which it is', async () => {
      const answers = await Promise.all(
        times(50, (index) => desk(index).send('case-1', example('askWhy'), { expectedVersion: 1 })),
      )
      expect(fresh(answers).length).toBe(1)
      expect(codes(answers)).toEqual(Array(49).fill('conflict'))
      for (const answer of answers) {
        if (!answer.accepted) expect(answer.refusal.sentence).toContain('at version 2, not 1')
      }
      expect((await soundAfter(store, answers)).length).toBe(2)
    })

    it('opens a case once, of 50 openings at once, and tells the others that it is there', async () => {
      const answers = await Promise.all(
        times(50, (index) => desk(index).open({ ...opening, caseId: 'case-2', words: `${index}` })),
      )
      expect(fresh(answers).length).toBe(1)
      expect(codes(answers)).toEqual(Array(49).fill('already-open'))
      expect((await logOf(store, 'case-2')).map((entry) => entry.commandId)).toEqual(
        fresh(answers).flatMap((answer) => answer.entries.map((entry) => entry.commandId)),
      )
    })

    it('opens one case for 50 openings at once under one id, though none says which', async () => {
      const answers = await Promise.all(times(50, (index) => desk(index).open(aComplaint, { id: 'the-call' })))
      expect(fresh(answers).length).toBe(1)
      expect(new Set(accepted(answers).map((answer) => answer.case.caseId)).size).toBe(1)
      expect(accepted(answers).length).toBe(50)
    })
  })
}

describe('a store at which others always come first', () => {
  it('ends in an error that says so, after a bounded number of tries', async () => {
    const store = memoryStore()
    let tries = 0
    const desk = createDesk({
      store: {
        ...store,
        commit: (batch) => (batch[0]?.expectedVersion === 0 ? store.commit(batch) : lost(batch)),
      },
    })
    const lost = async (batch: readonly unknown[]) => {
      tries++
      return batch.map(() => ({ outcome: 'conflict' as const, actual: 9 }))
    }
    await desk.open(opening)
    await expect(desk.send('case-1', example('own'))).rejects.toMatchObject({ code: 'contended', stored: false })
    expect(tries).toBe(20)
    expect((await logOf(store)).length).toBe(1)
    // The case is not blocked by it.
    await expect(desk.send('case-1', example('own'))).rejects.toMatchObject({ code: 'contended' })
  })
})
