import pg from 'pg'
import { createDesk } from 'redress'
import { postgresStore } from 'redress/postgres'
import { startPostgres } from '../test/postgres/server.ts'
import { type Bodies, bodiesOf, caseOf, complaint, recoveryAt } from './recovery.ts'
import type { Benchmark, Side } from './round.ts'

const CONNECTIONS = 8
/** Rows of a `raw-batch` statement. */
const BATCH = 16
const MORE_WORDS =
  ' And we say it once more, word by word, so that nobody has to ask again what was meant by it.'.repeat(7)

/** Durable steps a second on a real server, so many cases at a time, each step with about 1 KB of evidence. */
const stepsOf = (concurrent: number, cases: number, note: string, coalesce?: number): Benchmark => ({
  name: `durable-step/postgres/${concurrent}`,
  unit: 'steps/s',
  note,
  rounds: 10,
  async setUp() {
    const server = await startPostgres()
    const pool = new pg.Pool({ connectionString: server.url, max: CONNECTIONS })
    pool.on('error', () => {})
    const store = postgresStore(pool)
    const desk = createDesk({ store, ...(coalesce === undefined ? {} : { coalesce }) })
    const rows = await bodiesOf(longer(recoveryAt('any')))
    await createTables(pool)
    return {
      async ours() {
        const opened = await atOnce(concurrent, cases, async () => caseOf(await desk.open(complaint)).caseId)
        const recoveries = opened.map((id) => ({ id, recovery: longer(recoveryAt(id)) }))
        const start = performance.now()
        await atOnce(concurrent, cases, async (index) => {
          const { id, recovery } = recoveries[index] as (typeof recoveries)[number]
          for (const command of recovery) caseOf(await desk.send(id, command))
        })
        return (cases * rows.length) / ((performance.now() - start) / 1000)
      },
      peers: {
        'raw-cte': raw(pool, rows, concurrent, cases, 1),
        ...(concurrent >= BATCH ? { 'raw-batch': raw(pool, rows, concurrent, cases, BATCH) } : {}),
        textbook: textbook(pool, rows, concurrent, cases),
      },
      async close() {
        await store.close()
        await pool.end()
        await server.stop()
      },
    }
  },
})

/** One case at a time, eight as they come, and 64 that share their writes. */
export const durableStepsInPostgres: readonly Benchmark[] = [
  stepsOf(1, 3, 'one case at a time in PostgreSQL; more is better'),
  stepsOf(8, 16, 'eight cases at a time, each step a statement of its own; at least 0.85 of raw-cte', 1),
  stepsOf(
    64,
    64,
    '64 cases at a time, which share their writes; at least 1.5 of raw-cte, 0.5 of raw-batch, 6 of textbook',
  ),
]

const longer = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value), (key, one: unknown) =>
    typeof one === 'string' &&
    (key === 'words' || key === 'account' || key === 'heard' || key === 'text' || key === 'what')
      ? one + MORE_WORDS
      : one,
  )

async function createTables(pool: pg.Pool): Promise<void> {
  await pool.query(`
    CREATE TABLE raw_state (id uuid PRIMARY KEY, version int NOT NULL, body json NOT NULL) WITH (fillfactor = 70);
    CREATE TABLE raw_log (id uuid NOT NULL, version int NOT NULL, body json NOT NULL, PRIMARY KEY (id, version));`)
}

async function openRaw(pool: pg.Pool, rows: readonly Bodies[], cases: number): Promise<readonly string[]> {
  const ids = Array.from({ length: cases }, () => crypto.randomUUID())
  for (const id of ids) await pool.query('INSERT INTO raw_state VALUES ($1, 1, $2)', [id, rows[0]?.state])
  return ids
}

/** How one would tune it by hand, and nothing else: neither read nor judged, the bodies written beforehand. */
function raw(pool: pg.Pool, rows: readonly Bodies[], concurrent: number, cases: number, size: number): Side {
  const values = Array.from({ length: size }, (_, at) => {
    const [id, version, state, entry] = [1, 2, 3, 4].map((place) => at * 4 + place)
    return `($${id}::uuid, $${version}::int, $${state}::json, $${entry}::json)`
  })
  const text = `WITH input (id, version, state, entry) AS (VALUES ${values.join(', ')}),
    updated AS (
      UPDATE raw_state s SET version = i.version + 1, body = i.state FROM input i
      WHERE s.id = i.id AND s.version = i.version RETURNING s.id)
    INSERT INTO raw_log SELECT i.id, i.version + 1, i.entry FROM input i JOIN updated u ON u.id = i.id`
  return async () => {
    const ids = await openRaw(pool, rows, cases)
    const groups = Array.from({ length: cases / size }, (_, at) => ids.slice(at * size, (at + 1) * size))
    const start = performance.now()
    await atOnce(Math.max(concurrent / size, 1), groups.length, async (index) => {
      for (const [at, { state, entry }] of rows.entries()) {
        const parameters = (groups[index] ?? []).flatMap((id) => [id, at + 1, state, entry])
        const { rowCount } = await pool.query({ name: `raw_${size}`, text, values: parameters })
        if (rowCount !== size) throw new Error(`The bench wrote ${rowCount} rows instead of ${size}`)
      }
    })
    return (cases * rows.length) / ((performance.now() - start) / 1000)
  }
}

/** How the textbook has it: a transaction a step. */
function textbook(pool: pg.Pool, rows: readonly Bodies[], concurrent: number, cases: number): Side {
  return async () => {
    const ids = await openRaw(pool, rows, cases)
    const start = performance.now()
    await atOnce(Math.min(concurrent, CONNECTIONS), cases, async (index) => {
      const client = await pool.connect()
      try {
        const id = ids[index]
        for (const { state, entry } of rows) {
          await client.query('SELECT body FROM raw_state WHERE id = $1', [id])
          await client.query('BEGIN')
          const found = await client.query('SELECT version FROM raw_state WHERE id = $1 FOR UPDATE', [id])
          const { version } = found.rows[0] as { version: number }
          await client.query('UPDATE raw_state SET version = $2, body = $3 WHERE id = $1', [id, version + 1, state])
          await client.query('INSERT INTO raw_log VALUES ($1, $2, $3)', [id, version + 1, entry])
          await client.query('COMMIT')
        }
      } finally {
        client.release()
      }
    })
    return (cases * rows.length) / ((performance.now() - start) / 1000)
  }
}

/** Does so much work, so many pieces at a time. */
async function atOnce<T>(concurrent: number, pieces: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  let next = 0
  await Promise.all(
    Array.from({ length: Math.min(concurrent, pieces) }, async () => {
      for (let index = next++; index < pieces; index = next++) results[index] = await work(index)
    }),
  )
  return results
}
