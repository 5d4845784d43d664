import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hire } from './fixtures/crew.ts'
import { storeAt } from './fixtures/place.ts'
import { isSound, openCases } from './fixtures/sound.ts'
import type { Failed, Told } from './fixtures/writer.ts'
import { type Server, startPostgres } from './postgres/server.ts'

const LONG = process.env['LONG'] !== undefined
const KILLS = LONG ? 20 : 2
const WRITERS = 3

let server: Server
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

/** Waits until it is so; whoever waits in vain is told by the test's own time. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(5)
}

it(`PostgreSQL itself is killed ${KILLS} times, and nothing that was answered is lost or there twice`, {
  timeout: 600_000,
}, async () => {
  const place = { url: server.url, schema: 'killed' }
  const cases = Array.from({ length: 16 }, (_, index) => `case-${index}`)
  const opener = storeAt(place)
  await openCases(opener.store, cases)
  await opener.close()

  const told: Told[] = []
  const failed: Failed[] = []
  const work = { place, cases, sends: 1_000_000, hands: 4, shared: [], contested: 100, patient: true }
  const writers = await Promise.all(
    Array.from({ length: WRITERS }, (_, index) => hire({ ...work, name: `w${index}` }, told, failed)),
  )
  for (let kill = 0; kill < KILLS; kill++) {
    const answered = told.length
    const failures = failed.length
    await until(() => told.length > answered + 20)
    await pause(Math.random() * 200)
    await server.kill()
    await until(() => failed.length > failures)
    // They wait, so that what is read is read at one moment.
    for (const { child } of writers) child.kill('SIGSTOP')
    await server.start()
    const { store, close } = storeAt(place)
    await isSound(store, cases, told)
    await close()
    for (const { child } of writers) child.kill('SIGCONT')
  }
  const answered = told.length
  await until(() => told.length > answered + 20)
  expect(await Promise.all(writers.map((writer) => writer.enough()))).toEqual(writers.map(() => 0))

  const { store, close } = storeAt(place)
  const log = await isSound(store, cases, told)
  await close()
  // All were patient: each send was answered in the end, so that there is nothing in the log but what was told.
  expect(log.length).toBe(2 * cases.length + told.flatMap(({ versions }) => versions).length)
  expect(new Set(told.map(({ id }) => id)).size).toBe(told.length)
  expect(new Set(failed.map(({ code }) => code))).toEqual(new Set(['store-failed']))
  const doubted = told.filter(({ doubts }) => doubts > 0)
  expect(doubted.length).toBeGreaterThanOrEqual(KILLS)
  if (LONG) {
    const stored = doubted.filter(({ repeated }) => repeated).length
    console.info(`${told.length} answers, ${doubted.length} after a doubt, of which ${stored} had been stored`)
  }
})
