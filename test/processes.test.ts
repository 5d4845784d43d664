import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Case, Entry, Store } from 'redress'
import { createDesk, fold, pocock } from 'redress'
import { aComplaint, example } from 'redress/testing'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { type Place, storeAt } from './fixtures/place.ts'
import type { Told, Work } from './fixtures/writer.ts'

const LONG = process.env['LONG'] !== undefined
const KILLS = LONG ? 200 : 8
const CROWD = LONG ? { processes: 8, cases: 64, sends: 2_500 } : { processes: 4, cases: 16, sends: 200 }

const folder = mkdtempSync(join(tmpdir(), 'redress-processes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const places: Readonly<Record<string, (name: string) => Place>> = {
  SQLite: (name) => ({ path: join(folder, `${name}.db`) }),
  PostgreSQL: (name) => ({ url: inject('databaseUrl'), schema: `${name}_${process.pid}` }),
}

const now = () => new Date('2026-03-02T09:00:00.000Z')
const times = <T>(count: number, one: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => one(index))

interface Started {
  readonly child: ChildProcess
  readonly exited: Promise<number | null>
}

/** Starts a writer; what it was told to be stored goes into `told`. */
async function start(work: Work, told: Told[]): Promise<Started> {
  const writer = fileURLToPath(new URL('fixtures/writer.ts', import.meta.url))
  const child = fork(writer, { execPath: process.execPath, execArgv: ['--disable-warning=ExperimentalWarning'] })
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  await once(child, 'message')
  child.on('message', (one: Told) => told.push(one))
  child.send(work)
  return { child, exited }
}

async function open(store: Store, cases: readonly string[]): Promise<void> {
  const desk = createDesk({ store, now })
  for (const caseId of cases) {
    await desk.open({ ...aComplaint, caseId })
    await desk.send(caseId, example('own'))
  }
}

/** What holds whatever was killed when: logs without gaps, folds that are the states, and in them what was told, once. */
async function isSound(store: Store, cases: readonly string[], told: readonly Told[]): Promise<readonly Entry[]> {
  const all: Entry[] = []
  for (const caseId of cases) {
    const log: Entry[] = []
    for await (const entry of store.log('default', caseId)) log.push(entry)
    expect(log.map(({ version }) => version)).toEqual(log.map((_, index) => index + 1))
    const stored = (await store.load('default', caseId)) as Case
    expect(fold(pocock, log as [Entry, ...Entry[]])).toEqual(stored)
    const byId = Map.groupBy(log, ({ commandId }) => commandId)
    for (const { id, versions } of told.filter((one) => one.caseId === caseId)) {
      expect(byId.get(id)?.map(({ version }) => version)).toEqual(versions)
    }
    // Nothing half: a batch of two is there as two, or not at all.
    for (const { id, versions } of told) if (byId.has(id)) expect(byId.get(id)).toHaveLength(versions.length)
    all.push(...log)
  }
  const due = await store.claimDue('default', {
    by: '9999-01-01T00:00:00.000Z',
    limit: cases.length,
    now: '9998-01-01T00:00:00.000Z',
    until: '9998-01-01T00:00:00.000Z',
  })
  const open = await Promise.all(
    cases.map(async (caseId) =>
      (await store.load('default', caseId))?.facts.promises.filter((one) => one.state === 'open'),
    ),
  )
  expect(due.length).toBe(open.flat().length)
  return all
}

describe.each(Object.entries(places))('many processes at one %s', (_, placeOf) => {
  it('lose nothing and store nothing twice, duplicate ids among them', { timeout: 600_000 }, async () => {
    const place = placeOf('crowd')
    const { store, close } = storeAt(place)
    const cases = times(CROWD.cases, (index) => `case-${index}`)
    await open(store, cases)
    const shared = times(Math.floor(CROWD.sends / 20), (index) => `shared-${index}`)
    const told: Told[] = []
    const work = { place, cases, sends: CROWD.sends, hands: 4, shared }
    const children = await Promise.all(times(CROWD.processes, (index) => start({ ...work, name: `w${index}` }, told)))
    expect(await Promise.all(children.map(({ exited }) => exited))).toEqual(children.map(() => 0))

    expect(told.length).toBe(CROWD.processes * CROWD.sends)
    const log = await isSound(store, cases, told)
    const fresh = told.filter(({ repeated }) => !repeated)
    expect(new Set(fresh.map(({ id }) => id)).size).toBe(fresh.length)
    expect(log.length).toBe(2 * cases.length + fresh.flatMap(({ versions }) => versions).length)
    expect(told.length - fresh.length).toBeGreaterThan(shared.length)
    await close()
  })

  it(`lose nothing that was answered when they are killed, ${KILLS} times`, { timeout: 600_000 }, async () => {
    const place = placeOf('killed')
    const { store, close } = storeAt(place)
    const cases = times(4, (index) => `case-${index}`)
    await open(store, cases)
    const told: Told[] = []
    const answered: number[] = []
    for (let kill = 0; kill < KILLS; kill += 2) {
      const before = told.length
      const children = await Promise.all(
        times(2, (index) =>
          start({ place, cases, name: `k${kill}-${index}`, sends: 1_000_000, hands: 4, shared: [] }, told),
        ),
      )
      for (let waits = 0; told.length === before && waits < 4_000; waits++) await pause(5)
      await pause(Math.random() * 60)
      for (const { child } of children) child.kill('SIGKILL')
      await Promise.all(children.map(({ exited }) => exited))
      answered.push(told.length - before)
    }
    expect(Math.min(...answered)).toBeGreaterThan(0)
    const ids = new Set((await isSound(store, cases, told)).map(({ commandId }) => commandId))
    // What was on its way when its process was killed may be there, too.
    expect(ids.size).toBeGreaterThanOrEqual(2 * cases.length + new Set(told.map(({ id }) => id)).size)
    await close()
  })
})
