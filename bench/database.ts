import pg from 'pg'
import { startPostgres } from '../test/postgres/server.ts'

/** A database of the bench's own: on the server that `DATABASE_URL` names, or on one that is gone afterwards. */
export async function database(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const given = process.env['DATABASE_URL']
  if (given === undefined) return startPostgres()
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

/** A server that answers before the disk has it would prove nothing. */
export async function waitsForTheDisk(pool: pg.Pool): Promise<void> {
  for (const setting of ['fsync', 'synchronous_commit']) {
    const { rows } = await pool.query('SELECT current_setting($1) AS value', [setting])
    if (rows[0].value !== 'on') throw new Error(`The bench’s server runs with ${setting} = ${rows[0].value}`)
  }
}
