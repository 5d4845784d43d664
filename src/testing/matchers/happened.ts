import type { Happening } from '../../machine/order.ts'
import type { Means } from '../../protocol/meaning.ts'
import type { Protocol } from '../../protocol/protocol.ts'
import type { Instant } from '../../protocol/words.ts'
import { misuse } from '../misuse.ts'
import { instantRead } from '../moment.ts'

/** A time as the host writes it; without an offset it is UTC. What a database has not, it has as `null`. */
export type Time = Instant | Date | number | null | undefined

/** Something of a host's own system that happened: its name, or that with its time and what else it knows. */
export type Happened =
  | string
  | readonly [name: string, at: Time]
  | {
      readonly name?: string | null | undefined
      readonly type?: string | null | undefined
      readonly at?: Time
      /** The host's name of the promise that it makes, keeps, moves or breaks. */
      readonly promise?: unknown
      /** By when that promise is to be kept. */
      readonly due?: Time
    }

/** Something that happened, with its time as an instant and what else the host knows of it. */
export interface Told extends Happening {
  readonly promise?: string | undefined
  readonly due?: Instant | undefined
  /** What the host calls it. */
  readonly said: string
}

/** What is no command has no name in a protocol. */
const NOTHING = ''

/**
 * Reads a list of the host's: in the order of times, by what its names mean; what means several commands is each of them.
 * Throws `input-invalid` where nothing could be made of it: it is empty, only some of it has times, or no name is known.
 */
export function readList(
  list: readonly unknown[],
  means: ReadonlyMap<string, Means>,
  protocol: Protocol,
): readonly Told[] {
  if (list.length === 0) {
    throw misuse('The list is empty: nothing can be expected of what did not happen. Did the query find nothing?')
  }
  const happened = list.map((one, index) => readHappened(one as Happened, index))
  const said = [...new Set(happened.map((one) => one.said))]
  if (!said.some((one) => means.has(one) || protocol.commands.has(one))) {
    throw misuse(
      `Nothing in the list has a name that ${protocol.id} knows, but ${said.join(', ')}: say what they are called here, as in { names: { '${said[0]}': 'own' } }.`,
    )
  }
  const before = new Set<string>()
  return inOrder(happened).flatMap((one): readonly Told[] => {
    const commands = commandsOf(one.said, means, before.has(one.said))
    before.add(one.said)
    return commands.length === 0 ? [{ ...one, name: NOTHING }] : commands.map((name) => ({ ...one, name }))
  })
}

/** The commands that a name of the host's means, the first time or again. */
export function commandsOf(said: string, means: ReadonlyMap<string, Means>, isAgain: boolean): readonly string[] {
  const meant = means.get(said)
  if (meant === undefined) return [said]
  return isAgain ? meant.again : meant.first
}

/** Those of one time keep their order, and so does all where there are no times. */
function inOrder<One extends { readonly said: string; readonly at: Instant | undefined }>(
  happened: readonly One[],
): readonly One[] {
  const timeless = happened.findIndex(({ at }) => at === undefined)
  if (timeless < 0) return happened.toSorted((one, other) => compare(one.at, other.at))
  if (happened.some(({ at }) => at !== undefined)) {
    throw misuse(
      `“${happened[timeless]?.said}” at place ${timeless} has no time, and others have: without it nobody knows when its turn was. Give each its time (\`at\`), or none of them.`,
    )
  }
  return happened
}

const compare = (one = '', other = ''): number => (one < other ? -1 : one > other ? 1 : 0)

function readHappened(one: Happened, index: number): Omit<Told, 'name'> & { readonly at: Instant | undefined } {
  const given = typeof one === 'string' ? { name: one } : isPair(one) ? { name: one[0], at: one[1] } : one
  const { name, type, at, promise, due } = (given ?? {}) as Exclude<Happened, string | readonly unknown[]>
  const said = name ?? type
  if (typeof said !== 'string') {
    throw misuse(`What happened at place ${index} has no name: give a string, [name, time], or { name, at }.`)
  }
  return {
    said,
    at: instantOf(at, said),
    promise: promise === undefined || promise === null ? undefined : String(promise),
    due: instantOf(due, said),
  }
}

/** A time as an instant; throws `input-invalid` where it is none. */
export function instantOf(at: Time, of: string): Instant | undefined {
  if (at === undefined || at === null) return undefined
  const time = instantRead(at)
  if (time === undefined) {
    throw misuse(`“${of}” has a time that can’t be read: give it as ISO 8601, a Date, or epoch milliseconds.`)
  }
  return time
}

const isPair = (one: unknown): one is readonly [string, Time] => Array.isArray(one)
