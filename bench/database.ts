import pg from 'pg'
import { startPostgres } from '../test/postgres/server.ts'

/**
 * A database of the bench's own: on the server that `DATABASE_URL` names, or on one that is gone afterwards. With `flushMs`
 * always on such a one, which waits so long before it writes its log to the disk: as long as a disk takes that is reached
 * through a network.
 */
export async function database(flushMs?: number): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const given = flushMs === undefined ? process.env['DATABASE_URL'] : undefined
  if (given === undefined) {
    const slow = flushMs === undefined ? [] : ['-c', `commit_delay=${flushMs * 1_000}`, '-c', 'commit_siblings=0']
    const server = await startPostgres([...QUIET, ...slow])
    await fillTheLog(server.url)
    return server
  }
  const name = `redress_bench_${process.pid}_${Date.now()}`
  const there = new pg.Client(given)
  await there.connect()
  await there.query(`CREATE DATABASE ${name}`)
  return {
    url: Object.assign(new URL(given), { pathname: `/${name}` }).href,
    async stop() {
      await there.query(`DROP DATABASE ${name} WITH (FORCE)`)
      await there.end()
    },
  }
}

const LOG_MB = 2_000
/** No checkpoint falls into the turn of one side, to slow it and the next one down, and no other. */
const QUIET = ['-c', 'checkpoint_timeout=1h', '-c', 'max_wal_size=16GB', '-c', `min_wal_size=${LOG_MB}MB`]

/**
 * A server that has run for a while writes its log into files that it has and uses again. A new one makes each of them
 * first, and all who write wait meanwhile: the quicker a side, the more of its time it would take.
 */
async function fillTheLog(url: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(
      `SELECT pg_logical_emit_message(false, 'bench', repeat('x', 1000000)) FROM generate_series(1, ${LOG_MB})`,
    )
    await client.query('CHECKPOINT')
  } finally {
    await client.end()
  }
}

/** A server that answers before the disk has it would prove nothing. */
export async function waitsForTheDisk(pool: pg.Pool): Promise<void> {
  for (const setting of ['fsync', 'synchronous_commit']) {
    const { rows } = await pool.query('SELECT current_setting($1) AS value', [setting])
    if (rows[0].value !== 'on') throw new Error(`The bench’s server runs with ${setting} = ${rows[0].value}`)
  }
}
