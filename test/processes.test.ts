import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Entry } from 'redress'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { hire } from './fixtures/crew.ts'
import { allIsQuiet, type Place, storeAt } from './fixtures/place.ts'
import { isSound, openCases } from './fixtures/sound.ts'
import type { Told } from './fixtures/writer.ts'

const LONG = process.env['LONG'] !== undefined
const KILLS = LONG ? 200 : 8
const CROWD = LONG
  ? { processes: 8, cases: 64, sends: 2_500, contested: 15 }
  : { processes: 4, cases: 16, sends: 200, contested: 3 }

const folder = mkdtempSync(join(tmpdir(), 'redress-processes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const places: Readonly<Record<string, (name: string) => Place>> = {
  SQLite: (name) => ({ path: join(folder, `${name}.db`) }),
  PostgreSQL: (name) => ({ url: inject('databaseUrl'), schema: `${name}_${process.pid}` }),
}

const times = <T>(count: number, one: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => one(index))

describe.each(Object.entries(places))('many processes at one %s', (_, placeOf) => {
  it('lose nothing and store nothing twice, duplicate ids among them', { timeout: 600_000 }, async () => {
    const place = placeOf('crowd')
    const { store, close } = storeAt(place)
    const cases = times(CROWD.cases, (index) => `case-${index}`)
    await openCases(store, cases)
    const shared = times(Math.floor(CROWD.sends / 20), (index) => `shared-${index}`)
    const told: Told[] = []
    const { sends, contested } = CROWD
    const work = { place, cases, sends, hands: 4, shared, contested }
    const children = await Promise.all(times(CROWD.processes, (index) => hire({ ...work, name: `w${index}` }, told)))
    expect(await Promise.all(children.map(({ exited }) => exited))).toEqual(children.map(() => 0))

    expect(told.length).toBe(CROWD.processes * CROWD.sends)
    const log = await isSound(store, cases, told)
    const refused = told.filter(({ versions }) => versions.length === 0)
    const fresh = told.filter(({ versions, repeated }) => versions.length > 0 && !repeated)
    expect(new Set(fresh.map(({ id }) => id)).size).toBe(fresh.length)
    expect(log.length).toBe(2 * cases.length + fresh.flatMap(({ versions }) => versions).length)
    expect(told.length - fresh.length - refused.length).toBeGreaterThan(shared.length)
    // A promise is kept once, by whoever came first; the others were judged again, and refused.
    const kept = log.filter(({ command }) => command.type === 'keepPromise')
    const promiseOf = ({ caseId, command }: Entry) => `${caseId} ${(command as { promise?: string }).promise}`
    expect(new Set(kept.map(promiseOf)).size).toBe(kept.length)
    expect(kept.length).toBeGreaterThan(cases.length)
    expect(refused.length).toBeGreaterThan(cases.length)
    await close()
  })

  it(`lose nothing that was answered when they are killed, ${KILLS} times`, { timeout: 600_000 }, async () => {
    const place = placeOf('killed')
    const { store, close } = storeAt(place)
    const cases = times(4, (index) => `case-${index}`)
    await openCases(store, cases)
    const told: Told[] = []
    const answered: number[] = []
    for (let kill = 0; kill < KILLS; kill += 2) {
      const before = told.length
      const children = await Promise.all(
        times(2, (index) =>
          hire({ place, cases, name: `k${kill}-${index}`, sends: 1_000_000, hands: 4, shared: [] }, told),
        ),
      )
      for (let waits = 0; told.length === before && waits < 4_000; waits++) await pause(5)
      await pause(Math.random() * 60)
      for (const { child } of children) child.kill('SIGKILL')
      await Promise.all(children.map(({ exited }) => exited))
      answered.push(told.length - before)
    }
    await allIsQuiet(place)
    expect(Math.min(...answered)).toBeGreaterThan(0)
    const ids = new Set((await isSound(store, cases, told)).map(({ commandId }) => commandId))
    // What was on its way when its process was killed may be there, too.
    expect(ids.size).toBeGreaterThanOrEqual(2 * cases.length + new Set(told.map(({ id }) => id)).size)
    await close()
  })
})
