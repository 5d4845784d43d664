import { RedressError } from '../errors.ts'

/** A prepared statement, as far as the store needs one. */
export interface SqliteStatement {
  run(...parameters: unknown[]): { readonly changes: number | bigint }
  get(...parameters: unknown[]): unknown
  iterate(...parameters: unknown[]): Iterable<unknown>
}

/** A SQLite connection, as far as the store needs one: `DatabaseSync` of `node:sqlite` and `better-sqlite3` fit. */
export interface SqliteDatabase {
  exec(sql: string): unknown
  prepare(sql: string): SqliteStatement
  close(): unknown
}

/** Opens a file, or `:memory:`, with Node's own SQLite. Throws `sqlite-missing` where Node has none. */
export function openDatabase(path: string): SqliteDatabase {
  const sqlite = process.getBuiltinModule?.('node:sqlite')
  if (sqlite === undefined) {
    throw new RedressError(
      'sqlite-missing',
      `This Node (${process.version}) has no node:sqlite. Use Node 22.13 or newer, or give sqliteStore a better-sqlite3 connection.`,
    )
  }
  try {
    return new sqlite.DatabaseSync(path)
  } catch (cause) {
    throw new RedressError(
      'store-failed',
      'SQLite can’t open the database. Nothing was stored. Is there such a folder?',
      {
        cause,
      },
    )
  }
}

/** Undoes what was begun. */
export function rollback(db: SqliteDatabase, undo: string): void {
  try {
    db.exec(undo)
  } catch {
    // SQLite has rolled back by itself (a full disk, say); the first error is the one to tell.
  }
}
