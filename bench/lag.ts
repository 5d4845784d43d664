import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { createDesk, type Desk } from 'redress'
import { postgresStore } from 'redress/postgres'
import { database, waitsForTheDisk } from './database.ts'
import { atOnce, warmUp } from './load.ts'
import { caseOf, complaint } from './recovery.ts'
import type { Benchmark } from './round.ts'

const CASES = 500
const A_SECOND = 1_000
const SECONDS = 5
const POLL_MS = 50
/** What arrives at once, and then nothing until the next lot: in ten milliseconds. */
const LOT = A_SECOND / 100

const praise = { type: 'praise', by: complaint.by, whom: complaint.by.id, words: complaint.words } as const

/** From the answer to a send, which is behind its commit, to the handler of another desk in the same process. */
export const lagInPostgres: Benchmark = {
  name: 'lag/postgres',
  unit: 'steps/s',
  note: `one worker, ${A_SECOND} transitions a second arriving, \`pollMs\` ${POLL_MS}; p99 from commit to handler under ${POLL_MS + 50} ms`,
  rounds: 3,
  turns: 1,
  async setUp() {
    const server = await database()
    const pools = [1, 2].map(() => new pg.Pool({ connectionString: server.url, max: 8 }))
    for (const pool of pools) pool.on('error', () => {})
    const [sending, hearing] = pools.map((pool) => createDesk({ store: postgresStore(pool) })) as [Desk, Desk]
    await waitsForTheDisk(pools[0] as pg.Pool)
    await warmUp()
    const cases = await atOnce(
      { concurrent: 64, cases: CASES },
      async () => caseOf(await sending.open(complaint)).caseId,
    )
    const committed = new Map<string, number>()
    const handled = new Map<string, number>()
    const waits: number[] = []
    await hearing.subscribe('bench', { pollMs: POLL_MS, concurrency: 64 }, ({ caseId, entry }) => {
      handled.set(`${caseId} ${entry.version}`, performance.now())
    })

    async function send(index: number): Promise<void> {
      const caseId = cases[index % CASES] as string
      const { version } = caseOf(await sending.send(caseId, praise, { id: crypto.randomUUID() }))
      committed.set(`${caseId} ${version}`, performance.now())
    }

    return {
      waits,
      peers: {},
      async ours() {
        const begun = performance.now()
        const sends: Promise<void>[] = []
        for (let lot = 0; lot < (A_SECOND * SECONDS) / LOT; lot++) {
          for (let one = 0; one < LOT; one++) sends.push(send(lot * LOT + one))
          await pause(Math.max(begun + ((lot + 1) * LOT * 1_000) / A_SECOND - performance.now(), 0))
        }
        await Promise.all(sends)
        while (handled.size < committed.size) await pause(5)
        const took = (performance.now() - begun) / 1_000
        for (const [entry, at] of committed) waits.push(Math.max((handled.get(entry) as number) - at, 0))
        committed.clear()
        handled.clear()
        return sends.length / took
      },
      async close() {
        await hearing.close()
        await sending.close()
        for (const pool of pools) await pool.end()
        await server.stop()
      },
    }
  },
}
