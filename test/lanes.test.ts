import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Entry } from 'redress'
import { afterAll, describe, expect, inject, it, vi } from 'vitest'
import { hire } from './fixtures/crew.ts'
import { type Heard, notebookAt } from './fixtures/notebook.ts'
import { type LaneRow, lanesIn, type Place, storeAt } from './fixtures/place.ts'
import { isSound, openCases } from './fixtures/sound.ts'
import type { Hearing, Lost } from './fixtures/subscriber.ts'
import type { Told } from './fixtures/writer.ts'

const LONG = process.env['LONG'] !== undefined
const SHORT = { writers: 2, workers: 3, cases: 40, sends: 250 }
// SQLite has one writer at a time: more of them prove nothing but that they wait.
const crowdAt = (where: string) =>
  !LONG ? SHORT : where === 'SQLite' ? { ...SHORT, sends: 2_000 } : { writers: 8, workers: 8, cases: 500, sends: 6_250 }
const KILL_EVERY_MS = LONG ? 1_000 : 400

const folder = mkdtempSync(join(tmpdir(), 'redress-lanes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const places: Readonly<Record<string, (name: string) => Place>> = {
  SQLite: (name) => ({ path: join(folder, `${name}.db`) }),
  PostgreSQL: (name) => ({ url: inject('databaseUrl'), schema: `lanes_${name}_${process.pid}` }),
}

const times = <T>(count: number, one: (index: number) => T): T[] => Array.from({ length: count }, (_, n) => one(n))

interface Listener {
  readonly name: string
  readonly child: ChildProcess
  readonly exited: Promise<unknown>
}

async function listen(hearing: Hearing, lost: Lost[]): Promise<Listener> {
  const path = fileURLToPath(new URL('fixtures/subscriber.ts', import.meta.url))
  const child = fork(path, { execPath: process.execPath, execArgv: ['--disable-warning=ExperimentalWarning'] })
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  await once(child, 'message')
  child.send(hearing)
  await Promise.race([once(child, 'message'), exited])
  child.on('message', (one: Lost) => lost.push(one))
  return { name: hearing.name, child, exited }
}

/**
 * Nothing lost, nothing before what comes before it, and twice only what a worker that was killed had heard, or one that
 * knows that it lost the lane.
 */
function isHeardInOrder(
  heard: readonly Heard[],
  written: readonly string[],
  killed: ReadonlySet<string>,
  lost: readonly Lost[],
): number {
  const newest = new Map<string, number>()
  const by = new Map<string, string[]>()
  let repeated = 0
  for (const { worker, caseId, version } of heard) {
    const entry = `${caseId} ${version}`
    const before = newest.get(caseId) ?? 0
    if (version > before + 1) expect.fail(`${entry} came right behind ${before}`)
    newest.set(caseId, Math.max(before, version))
    const earlier = by.get(entry) ?? []
    if (earlier.length > 0) repeated++
    for (const one of earlier) {
      const isExcused = killed.has(one) || lost.some((other) => other.worker === one && other.caseId === caseId)
      if (!isExcused) expect.fail(`${entry} came twice, and ${one} lived`)
    }
    by.set(entry, [...earlier, worker])
  }
  expect([...by.keys()].sort()).toEqual([...written].sort())
  return repeated
}

/** The lanes agree with the log: each has delivered all of its case, and nothing is in hand, put off or parked. */
async function agree(place: Place, log: readonly Entry[]): Promise<void> {
  const newest = new Map(log.map(({ caseId, version }) => [caseId, version]))
  const expected = [...newest].map(([caseId, version]) => ({ caseId, next: version + 1, newest: version, ...idle }))
  const inOrder = (rows: readonly LaneRow[]) => rows.toSorted((one, other) => (one.caseId < other.caseId ? -1 : 1))
  expect(inOrder(await lanesIn(place))).toEqual(inOrder(expected))
}

const idle = { due: null, parked: null, attempts: 0 }

interface Scene {
  readonly failsOneIn: number
  readonly kills: boolean
  readonly joins: boolean
}

describe.each(Object.entries(places))('many processes that subscribe at one %s', (where, placeOf) => {
  const crowd = crowdAt(where)

  const isPostgres = where === 'PostgreSQL'

  async function scene(name: string, { failsOneIn, kills, joins }: Scene) {
    const lease = kills ? { leaseMs: 5_000, timeoutMs: 2_000 } : { leaseMs: 30_000, timeoutMs: 20_000 }
    const options = { ...lease, firstRetryMs: 20, maxRetryMs: 200, pollMs: 100 }
    const place = placeOf(name)
    const { store, close } = storeAt(place)
    const cases = times(crowd.cases, (index) => `case-${index}`)
    await openCases(store, cases)
    const notebook = notebookAt(place)
    await notebook.create?.()
    let hired = 0
    const lost: Lost[] = []
    const hearing = () => listen({ place, name: `l${++hired}`, failsOneIn, joins, options }, lost)
    const workers = await Promise.all(times(crowd.workers, hearing))
    const told: Told[] = []
    const writers = await Promise.all(
      times(crowd.writers, (index) =>
        hire({ place, cases, name: `w${index}`, sends: crowd.sends, hands: 4, shared: [], beside: isPostgres }, told),
      ),
    )
    let isWritten = false
    const writing = Promise.all(writers.map(({ exited }) => exited)).then((codes) => {
      isWritten = true
      return codes
    })
    const killed = new Set<string>()
    while (kills && (!isWritten || killed.size < 3)) {
      await pause(KILL_EVERY_MS)
      const [victim] = workers.splice(Math.floor(Math.random() * workers.length), 1) as [Listener]
      victim.child.kill('SIGKILL')
      killed.add(victim.name)
      await victim.exited
      workers.push(await hearing())
    }
    expect(await writing).toEqual(writers.map(() => 0))
    const log = await isSound(store, cases, told)
    const written = log.map(({ caseId, version }) => `${caseId} ${version}`)
    const allIn = async () => new Set((await notebook.all()).map(({ caseId, version }) => `${caseId} ${version}`))
    for (let waits = 0; (await allIn()).size < written.length && waits < 400; waits++) await pause(250)
    // Whoever was killed behind its last commit leaves a lane to its lease, which somebody has to take up yet.
    await vi.waitFor(() => agree(place, log), { timeout: 30_000, interval: 250 })
    for (const { child } of workers) child.send('enough')
    expect(await Promise.all(workers.map(({ exited }) => exited))).toEqual(workers.map(() => 0))
    const heard = await notebook.all()
    // SQLite has a process wait for its lock with all that it does: longer than a lease, where many write.
    const repeated = isHeardInOrder(heard, written, killed, isPostgres ? [] : lost)
    const tickets = await notebook.tickets?.()
    if (tickets !== undefined) expect(tickets.toSorted()).toEqual(told.map(({ id }) => id).toSorted())
    console.log(`${where}, ${name}: ${written.length} entries, ${killed.size} killed, ${repeated} heard again`)
    await notebook.close()
    await close()
    return { heard, killed, repeated }
  }

  it('miss nothing, each case in its order, each entry once', { timeout: 900_000 }, async () => {
    await scene('crowd', { failsOneIn: 0, kills: false, joins: false })
  })

  it('miss nothing when they are killed and one try in ten fails', { timeout: 900_000 }, async () => {
    const { heard, killed } = await scene('killed', { failsOneIn: 10, kills: true, joins: false })
    expect(killed.size).toBeGreaterThan(2)
    expect(heard.some(({ attempt }) => attempt > 1)).toBe(true)
  })

  // SQLite's one writer would be at work in two files.
  it.runIf(isPostgres)(
    'do the work of each entry once where it joins their transaction, though they are killed and fail',
    { timeout: 900_000 },
    async () => {
      const { killed, heard, repeated } = await scene('joined', { failsOneIn: 10, kills: true, joins: true })
      expect(killed.size).toBeGreaterThan(2)
      expect(heard.some(({ attempt }) => attempt > 1)).toBe(true)
      expect(repeated).toBe(0)
    },
  )
})
