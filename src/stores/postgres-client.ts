import { createHash } from 'node:crypto'
import { RedressError } from '../errors.ts'

/** A `Pool`, `Client` or `PoolClient` of `pg`, as far as the store needs one. */
export interface PgClient {
  query(config: { readonly name?: string; readonly text: string; readonly values: unknown[] }): PromiseLike<{
    readonly rows: unknown[]
  }>
}

/** A `postgres` (porsager) connection or transaction, as far as the store needs one. */
export interface PostgresJsClient {
  unsafe(text: string, values: never[], options: { readonly prepare: boolean }): PromiseLike<readonly unknown[]>
}

/** A PGlite, or a transaction of one, as far as the store needs one. */
export interface PgliteClient {
  query(text: string, values: unknown[]): PromiseLike<{ readonly rows: unknown[] }>
  exec(text: string): PromiseLike<unknown>
}

/** What the store asks: a pool or a connection of the host's own, which stays the host's to close. */
export type PostgresClient = PgClient | PostgresJsClient | PgliteClient

/** Asks the database: a statement with parameters; the rows. One with a name is asked often, and worth preparing. */
export type Ask = <Row>(name: string | undefined, sql: string, values: readonly unknown[]) => Promise<readonly Row[]>

/** The way to ask a client, whichever it is. Statements are prepared once a connection, unless told otherwise. */
export function askOf(client: PostgresClient, prepare: boolean): Ask {
  const names = new Map<string, string>()
  const nameOf = (name: string, sql: string): string => {
    const known = names.get(sql) ?? `redress_${name}_${digitsOf(sql)}`
    names.set(sql, known)
    return known
  }
  const rowsOf = (name: string | undefined, text: string, values: unknown[]) => {
    const named = prepare && name !== undefined
    if ('unsafe' in client) return client.unsafe(text, values as never[], { prepare: named })
    const result = isPglite(client)
      ? client.query(text, values)
      : client.query({ ...(named ? { name: nameOf(name, text) } : {}), text, values })
    return result.then(({ rows }) => rows)
  }
  return async <Row>(name: string | undefined, sql: string, values: readonly unknown[]) => {
    try {
      return (await rowsOf(name, sql, [...values])) as readonly Row[]
    } catch (cause) {
      throw failed(cause)
    }
  }
}

/** A digest that tells statements apart: stores with other tables may share a connection, and names are short. */
const digitsOf = (sql: string): string => createHash('sha256').update(sql).digest('hex').slice(0, 16)

/**
 * A client in a transaction, handed over as anything. Throws `input-invalid` where it is none, or where it hands out
 * connections: a pool, or the root of `postgres` or PGlite, would write beside the transaction.
 */
export function clientOf(handed: unknown): PostgresClient {
  const { query, unsafe, totalCount, begin, transaction } = (handed ?? {}) as Readonly<Record<string, unknown>>
  const isClient = typeof query === 'function' || typeof unsafe === 'function'
  const isRoot = totalCount !== undefined || typeof begin === 'function' || typeof transaction === 'function'
  if (isClient && !isRoot) return handed as PostgresClient
  throw new RedressError('input-invalid', 'A transaction is a client of `pg`, `postgres` or PGlite after its `BEGIN`.')
}

const isPglite = (client: PgClient | PgliteClient): client is PgliteClient => 'exec' in client

/** The SQLSTATE of an error, where the server said one. */
export const sqlState = (error: unknown): string | undefined => {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  // Node's own codes begin with an E (EPIPE), as no SQLSTATE does.
  return typeof code === 'string' && /^(?!E)[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** A server that shuts down (57P…), or a connection that broke (08…), took the answer with it: nobody knows what became of it. */
const unsure = /^(?:08|57P)/

function failed(cause: unknown): RedressError {
  const state = sqlState(cause)
  if (state === 'RD001') {
    const message = 'The database has a newer schema than this release knows. Nothing was changed. Upgrade redress.'
    return new RedressError('store-newer', message, { cause })
  }
  if (state === 'RD002') {
    const message =
      'The database has an older schema than this release needs, or none. Nothing was changed. Run what `postgresMigrations` gives.'
    return new RedressError('store-older', message, { cause })
  }
  if (state !== undefined && !unsure.test(state)) {
    const message = `PostgreSQL refused a statement (${state}); nothing of it was stored. It can be sent again.`
    return new RedressError('store-failed', message, { facts: { sqlState: state }, cause })
  }
  const message =
    'The connection to PostgreSQL failed before it answered; whether anything was stored is not known. Sent again under the same id, it will tell.'
  return new RedressError('store-failed', message, { stored: 'unknown', cause })
}
