import { RedressError } from '../../errors.ts'
import type { Store } from '../../stores/store.ts'
import type { Capability } from './clause.ts'
import { capabilities } from './clause.ts'

/** A store under test: how it is opened, and what it can do beyond what every store must. */
export interface StoreUnderTest {
  /**
   * Opens what is kept under a name: lower case letters, digits and underscores, 40 at most, fit for a file or a schema.
   * Each clause takes a name of its own, and must find it empty. Under the same name again it is another handle on the
   * same data; a store that is neither `durable` nor `shared` is opened once a name, and may leave it unread.
   */
  open(name: string): Store | Promise<Store>
  /** What it can do. Clauses that require more are skipped. Default: nothing. */
  readonly has?: readonly Capability[]
  /**
   * Does work in a transaction of the host's, for a store that has `transactions`: begins one on what is kept under the
   * name, hands it over as `within` takes it, commits once the work is done, and where it throws rolls back and throws
   * the same.
   */
  transaction?(work: (tx: unknown) => Promise<void>, name: string): Promise<void>
  /** Removes what is kept under a name: a clause is over, and its handles are closed. */
  remove?(name: string): void | Promise<void>
}

/** What makes a store one, whatever it leaves out. */
const port = [
  'load',
  'commit',
  'log',
  'remembered',
  'claimDue',
  'tied',
  'find',
  'keys',
  'mark',
  'recurrences',
  'close',
] as const

const ofCapability: Readonly<Partial<Record<Capability, readonly (keyof Store)[]>>> = {
  transactions: ['within'],
  insights: ['insights', 'note'],
  subscriptions: ['lanes'],
}

/** A store under test that was handed over as anything; a function alone opens one. Throws `input-invalid`, saying why. */
export function readSubject(handed: unknown): StoreUnderTest {
  const subject = (typeof handed === 'function' ? { open: handed } : (handed ?? {})) as Partial<StoreUnderTest>
  const { open, has = [], transaction, remove } = subject
  const faults: string[] = []
  if (typeof open !== 'function') faults.push('`open` is needed, a function that opens a store')
  if (!Array.isArray(has)) faults.push('`has` is a list')
  else {
    const unknown = has.filter((one) => !Object.hasOwn(capabilities, one))
    const known = Object.keys(capabilities).join(', ')
    if (unknown.length > 0) faults.push(`\`has\` knows ${known}, not ${unknown.map(String).join(', ')}`)
    if (has.includes('transactions') && typeof transaction !== 'function') {
      faults.push('a store that has `transactions` needs `transaction`, a function that begins one')
    }
  }
  if (remove !== undefined && typeof remove !== 'function') faults.push('`remove` is a function')
  if (faults.length > 0) {
    throw new RedressError('input-invalid', `This is no store under test: ${faults.join('; ')}.`)
  }
  return subject as StoreUnderTest
}

/** Opens a store under a name. Throws `input-invalid` where what was opened lacks a call of the port. */
export async function openStore(subject: StoreUnderTest, name: string): Promise<Store> {
  const opened = (await subject.open(name)) as Partial<Store> | null | undefined
  const needed = [...port, ...(subject.has ?? []).flatMap((one) => ofCapability[one] ?? [])]
  const missing = needed.filter((call) => typeof opened?.[call] !== (call === 'lanes' ? 'object' : 'function'))
  if (missing.length === 0) return opened as Store
  const list = missing.map((call) => `\`${call}\``).join(', ')
  throw new RedressError('input-invalid', `What \`open\` gave is no such store: it lacks ${list}.`)
}
