import type { Case, Entry, StateName } from '../../machine/case.ts'
import { nameOf } from '../../machine/case.ts'
import { fold } from '../../machine/fold.ts'
import type { Happening } from '../../machine/order.ts'
import { protocols } from '../../protocol/catalogue.ts'
import type { Protocol } from '../../protocol/protocol.ts'
import type { Instant } from '../../protocol/words.ts'

/** Something of a host's own system that happened: its name, or that with its time and what else it knows. */
export type Happened =
  | string
  | readonly [name: string, at: Instant | Date | number]
  | {
      readonly name?: string
      readonly type?: string
      readonly at?: Instant | Date | number | undefined
      /** The host's name of the promise that it makes, keeps, moves or breaks. */
      readonly promise?: unknown
      /** By when that promise is to be kept. */
      readonly due?: Instant | Date | number | undefined
    }

/** How what is expected of is read. */
export interface Reading {
  /** The protocol to read it by: for cases of a host's own protocol. Otherwise that of the case, or `pocock`. */
  readonly protocol?: Protocol
  /** What happenings of the host's are called here: `{ 'ticket.assigned': 'own' }`. What has no name here is passed over. */
  readonly names?: Readonly<Record<string, string>>
  /** Where a list of the host's begins, if in the middle: `person.listen`. */
  readonly from?: string
  /** Nobody is known who complained: the list goes from `own` to the system. */
  readonly anonymous?: boolean
  /** By when promises are looked at: an open one that was due before is not kept. Default: the last that happened. */
  readonly until?: Instant | Date
}

/** Something that happened, with its time as an instant and what else the host knows of it. */
export interface Told extends Happening {
  readonly promise?: unknown
  readonly due?: Instant | undefined
  /** What the host calls it. */
  readonly said: string
}

/** What a matcher was handed: a case of ours, its log, or a list of a host's own. */
export type Subject =
  | { readonly kind: 'case'; readonly case: Case; readonly known?: Protocol | undefined }
  | { readonly kind: 'log'; readonly log: readonly [Entry, ...Entry[]]; readonly known?: Protocol | undefined }
  | { readonly kind: 'list'; readonly list: readonly Told[] }

/** Reads what a matcher was handed; throws a TypeError that says what would do, where it is none of it. */
export function subjectOf(received: unknown, { names = {} }: Reading = {}): Subject {
  if (isRecord(received)) {
    const { log, case: inside, protocol } = received
    if (Array.isArray(log) && isRecord(protocol))
      return { ...readList(log, names), known: protocol as never } as Subject
    if (isCase(inside)) return { kind: 'case', case: inside }
    if (isCase(received)) return { kind: 'case', case: received }
    if (Symbol.iterator in received) return readList([...(received as unknown as Iterable<unknown>)], names)
  }
  throw new TypeError(
    'This matcher takes a case, an answer that was accepted, a scenario, a log, or a list of names and times: [{ name: "listen", at: "2026-03-02T09:00:00Z" }, …].',
  )
}

function readList(list: readonly unknown[], names: Readonly<Record<string, string>>): Subject {
  if (list.length > 0 && list.every(isEntry))
    return { kind: 'log', log: list as unknown as readonly [Entry, ...Entry[]] }
  const told = list.map((one, index) => readHappened(one as Happened, index, names))
  const timed = told.every(({ at }) => at !== undefined)
  // Those of one time keep their order.
  return { kind: 'list', list: timed ? told.toSorted((one, other) => compare(one.at, other.at)) : told }
}

const compare = (one = '', other = ''): number => (one < other ? -1 : one > other ? 1 : 0)

function readHappened(one: Happened, index: number, names: Readonly<Record<string, string>>): Told {
  const given = typeof one === 'string' ? { name: one } : isPair(one) ? { name: one[0], at: one[1] } : one
  const said = isRecord(given) ? (given.name ?? given.type) : undefined
  if (typeof said !== 'string') {
    throw new TypeError(`What happened at place ${index} has no name: give a string, [name, time], or { name, at }.`)
  }
  const { promise } = given as { readonly promise?: unknown }
  return {
    said,
    name: Object.hasOwn(names, said) ? (names[said] as string) : said,
    at: instantOf((given as Exclude<Happened, string | readonly unknown[]>).at, said),
    ...(promise === undefined ? {} : { promise }),
    due: instantOf((given as { readonly due?: Instant }).due, said),
  }
}

/** A time as an instant; throws a TypeError where it is none. */
export function instantOf(at: Instant | Date | number | undefined, of: string): Instant | undefined {
  if (at === undefined) return undefined
  const time = new Date(at)
  if (Number.isNaN(time.getTime())) throw new TypeError(`“${of}” has a time that can’t be read.`)
  return time.toISOString()
}

/** The protocol by which it is read: the one that is asked for, that of the case among those that are shipped, or `pocock`. */
export function protocolOf(subject: Subject, { protocol }: Reading = {}): Protocol {
  if (protocol !== undefined) return protocol
  if (subject.kind === 'list') return protocols[0]
  if (subject.known !== undefined) return subject.known
  const name = subject.kind === 'case' ? subject.case.protocol : subject.log[0].protocol
  const found = protocols.find((one) => nameOf(one) === name)
  if (found === undefined) {
    throw new TypeError(`This is a case of ${name}, which is not shipped: give it, as in { protocol: ours }.`)
  }
  return found
}

/** The case that a subject is; of a list nothing is known but its order. */
export const caseOf = (subject: Exclude<Subject, { kind: 'list' }>, protocol: Protocol): Case =>
  subject.kind === 'case' ? subject.case : fold(protocol, subject.log)

/** What happened, by name: of a log its commands, between the states where they stand. */
export const happeningsOf = (subject: Exclude<Subject, { kind: 'case' }>): readonly Happening[] =>
  subject.kind === 'list'
    ? subject.list
    : subject.log
        .filter(({ from }) => from !== null)
        .map(({ command: { type, at }, from, to }) => ({ name: type, at, from, to }))

/** A state of the protocol; throws a TypeError with those that there are, where it is none. */
export function stateIn(protocol: Protocol, state: string): StateName {
  const states = ['received', ...protocol.steps.slice(1).map(({ phase, name }) => `${phase}.${name}`), 'closed']
  if (!states.includes(state))
    throw new TypeError(`${protocol.id} has no state “${state}”; it has ${states.join(', ')}.`)
  return state as StateName
}

const isRecord = (one: unknown): one is Readonly<Record<string, unknown>> => typeof one === 'object' && one !== null
const isPair = (one: unknown): one is readonly [string, Instant] => Array.isArray(one)
const isCase = (one: unknown): one is Case =>
  isRecord(one) && typeof one['state'] === 'string' && isRecord(one['facts']) && typeof one['protocol'] === 'string'
const isEntry = (one: unknown): boolean =>
  isRecord(one) && isRecord(one['command']) && typeof one['to'] === 'string' && typeof one['version'] === 'number'
