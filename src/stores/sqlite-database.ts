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

/** How a SQLite store is opened. */
export interface SqliteOptions {
  /** How long a write waits for another process's, in milliseconds. Default: 5,000. */
  readonly busyTimeoutMs?: number
  /** Whether a commit waits for the disk. Default: `full`. */
  readonly synchronous?: 'full' | 'normal'
}

/** 16 MB of them, four times SQLite's own measure: pages that are written again and again are carried over less often. */
const PAGES_A_CHECKPOINT = 4000

/** Settles how a connection writes. */
export function prepareDatabase(db: SqliteDatabase, { busyTimeoutMs: wait = 5000, synchronous }: SqliteOptions): void {
  const busyTimeoutMs = Math.trunc(wait)
  asked(() => {
    db.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
    useWriteAheadLog(db, busyTimeoutMs)
    db.exec(`PRAGMA synchronous = ${synchronous === 'normal' ? 'NORMAL' : 'FULL'}`)
    db.exec(`PRAGMA wal_autocheckpoint = ${PAGES_A_CHECKPOINT}`)
  })
}

/** In the file, and not only unlinked; each connection is told by itself. */
export const OVERWRITE_WHAT_IS_ERASED = 'PRAGMA secure_delete = ON'

/** Where several processes open a new file at once, SQLite refuses this one lock without waiting for it: we wait. */
function useWriteAheadLog(db: SqliteDatabase, busyTimeoutMs: number): void {
  const end = Date.now() + busyTimeoutMs
  for (;;) {
    try {
      db.exec('PRAGMA journal_mode = WAL')
      db.exec(OVERWRITE_WHAT_IS_ERASED)
      return
    } catch (error) {
      if (Date.now() >= end || !/locked|busy/i.test((error as Error).message)) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1 + Math.random() * 9)
    }
  }
}

/** What SQLite is asked, by itself; an error of its own is one of ours. */
export function asked<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof RedressError) throw cause
    const message = 'SQLite reported an error; nothing was stored. It can be asked again.'
    throw new RedressError('store-failed', message, { cause })
  }
}

/** A connection that was handed over as anything. Throws `input-invalid` where it is none. */
export function databaseOf(handed: unknown): SqliteDatabase {
  const { prepare, exec, isTransaction, inTransaction } = (handed ?? {}) as Readonly<Record<string, unknown>>
  const isDatabase = typeof prepare === 'function' && typeof exec === 'function'
  // The first is said by `node:sqlite`, the second by `better-sqlite3`.
  if (isDatabase && isTransaction !== false && inTransaction !== false) return handed as SqliteDatabase
  throw new RedressError('input-invalid', 'A transaction is a connection to the same database after its `BEGIN`.')
}
