import pg from 'pg'
import { createDesk } from 'redress'
import { postgresStore } from 'redress/postgres'
import { database, waitsForTheDisk } from './database.ts'
import { emmett, openEvents } from './emmett.ts'
import { deskUnder, type Load, warmUp } from './load.ts'
import { raw, textbook, writtenTo } from './postgres-peers.ts'
import type { Benchmark } from './round.ts'

const CONNECTIONS = 8
/** Steps of a `raw-batch` statement. */
const BATCH = 16
const SEED: Load = { concurrent: 64, cases: 128 }

interface Terms {
  /** How many steps may share a statement; the desk's default, if left out. */
  readonly coalesce?: number
  /** How long the server waits before it writes to the disk. */
  readonly flushMs?: number
}

/** Durable steps a second on a real server, each with about 1 KB of evidence. */
const stepsOf = (load: Load, note: string, { coalesce, flushMs }: Terms = {}): Benchmark => ({
  name: `durable-step/postgres/${load.concurrent}${flushMs === undefined ? '' : '/slow-disk'}`,
  unit: 'steps/s',
  note,
  rounds: 5,
  turns: 2,
  async setUp() {
    const server = await database(flushMs)
    const pool = new pg.Pool({ connectionString: server.url, max: CONNECTIONS })
    pool.on('error', () => {})
    await waitsForTheDisk(pool)
    const store = postgresStore(pool)
    const desk = createDesk({ store, ...(coalesce === undefined ? {} : { coalesce }) })
    const tables = {
      'raw-cte': await writtenTo(pool, 'raw_cte'),
      'raw-batch': await writtenTo(pool, 'raw_batch'),
      textbook: await writtenTo(pool, 'textbook'),
    }
    const events = await openEvents(server.url, CONNECTIONS)
    const waits: number[] = []
    await warmUp()
    const under = (load: Load) => ({
      ours: deskUnder(desk, load, waits),
      peers: {
        'raw-cte': raw(pool, tables['raw-cte'], load, 1),
        ...(load.concurrent >= BATCH ? { 'raw-batch': raw(pool, tables['raw-batch'], load, BATCH) } : {}),
        textbook: textbook(pool, tables.textbook, load),
        emmett: emmett(events, load),
      },
    })
    // A server plans by what its tables hold; empty ones would teach it plans that nobody meets.
    const { ours, peers } = under(SEED)
    for (const side of [ours, ...Object.values(peers)]) await side()
    await pool.query('ANALYZE')
    return {
      ...under(load),
      waits,
      async close() {
        await store.close()
        await events.close()
        await pool.end()
        await server.stop()
      },
    }
  },
})

/** One case at a time, eight as they come, on a slower disk as well, and 64 that share their writes. */
export const durableStepsInPostgres: readonly Benchmark[] = [
  stepsOf({ concurrent: 1, cases: 3 }, 'one case at a time in PostgreSQL; more is better'),
  stepsOf(
    { concurrent: 8, cases: 64 },
    'eight cases at a time, each step a statement of its own; at least 0.85 of raw-cte',
    { coalesce: 1 },
  ),
  stepsOf(
    { concurrent: 8, cases: 64 },
    'the same, where the log takes 1.5 ms more to reach the disk; at least 0.85 of raw-cte',
    { coalesce: 1, flushMs: 1.5 },
  ),
  stepsOf(
    { concurrent: 64, cases: 256 },
    '64 cases at a time, which share their writes; at least 1.5 of raw-cte, 0.5 of raw-batch, 6 of textbook, 5 of emmett',
  ),
]
