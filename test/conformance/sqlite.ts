import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import Database from 'better-sqlite3'
import { type SqliteDatabase, sqliteStore } from 'redress/sqlite'
import type { StoreUnderTest } from 'redress/testing'

const drivers = {
  'node:sqlite': (path: string): SqliteDatabase => new DatabaseSync(path),
  'better-sqlite3': (path: string): SqliteDatabase => new Database(path),
}
export type SqliteDriver = keyof typeof drivers

/** SQLite in memory, on a connection of the host's. */
export const sqliteInMemory = (driver: SqliteDriver): StoreUnderTest => ({
  has: ['insights', 'subscriptions'],
  open: () => {
    const connection = drivers[driver](':memory:')
    return { ...sqliteStore(connection), close: async () => void connection.close() }
  },
})

/** SQLite files in a folder of their own; `end` removes it. */
export function sqliteFiles(driver: SqliteDriver): StoreUnderTest & { readonly end: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'redress-conformance-'))
  const connect = (name: string) => drivers[driver](join(folder, `${name}.db`))
  return {
    has: ['durable', 'shared', 'transactions', 'insights', 'subscriptions'],
    open: (name) => {
      const connection = connect(name)
      return { ...sqliteStore(connection), close: async () => void connection.close() }
    },
    async transaction(work, name) {
      const connection = connect(name)
      connection.exec('BEGIN')
      try {
        await work(connection)
        connection.exec('COMMIT')
      } catch (error) {
        connection.exec('ROLLBACK')
        throw error
      } finally {
        connection.close()
      }
    },
    end: () => rmSync(folder, { recursive: true }),
  }
}
