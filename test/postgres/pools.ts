import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { expect } from 'vitest'

/** Pools of one test file, known to the server by a name of their own. */
export interface Pools {
  open(options?: pg.PoolConfig): pg.Pool
  /** Sees that each connection is back in its pool, nobody waits for one, and the server knows of no other. */
  noneLeaks(): Promise<void>
  end(): Promise<void>
}

/** Counts what a test file has of connections, in its pools and at the server. */
export function poolsAt(url: string, name: string): Pools {
  const pools = new Set<pg.Pool>()
  const open = (options: pg.PoolConfig = {}) => {
    const pool = new pg.Pool({ connectionString: url, application_name: name, ...options })
    pool.on('error', () => {})
    pools.add(pool)
    return pool
  }
  const watch = new pg.Pool({ connectionString: url, max: 1 })
  watch.on('error', () => {})
  const known = async () => {
    const sql = 'SELECT state FROM pg_stat_activity WHERE application_name = $1'
    return (await watch.query(sql, [name])).rows.map(({ state }) => state as string)
  }
  return {
    open,
    async noneLeaks() {
      const held = () => {
        let total = 0
        for (const { totalCount, idleCount, waitingCount } of pools) {
          if (waitingCount > 0 || idleCount < totalCount) return undefined
          total += totalCount
        }
        return Array<string>(total).fill('idle')
      }
      // The server learns of the end of a connection a moment after its client.
      let [ours, theirs] = [held(), await known()]
      for (let waits = 0; waits < 100 && JSON.stringify(ours) !== JSON.stringify(theirs); waits++) {
        await pause(20)
        ;[ours, theirs] = [held(), await known()]
      }
      expect(ours, 'of connections that came back to their pools').toBeDefined()
      expect(theirs, 'of connections that the server knows').toEqual(ours)
    },
    async end() {
      await Promise.all([...pools].map((pool) => (pool.ended ? undefined : pool.end())))
      pools.clear()
      await this.noneLeaks()
      await watch.end()
    },
  }
}
