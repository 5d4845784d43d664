import type { Case, Entry, StateName } from '../../machine/case.ts'
import { nameOf } from '../../machine/case.ts'
import { fold } from '../../machine/fold.ts'
import type { Happening } from '../../machine/order.ts'
import { protocols } from '../../protocol/catalogue.ts'
import type { Means } from '../../protocol/meaning.ts'
import type { Protocol } from '../../protocol/protocol.ts'
import { isProtocol, misuse } from '../misuse.ts'
import type { Told } from './happened.ts'
import { readList } from './happened.ts'
import type { MatcherTerms } from './terms.ts'
import { meansIn, readTerms } from './terms.ts'

/** What a matcher was handed, with the protocol to read it by and what the host's names mean there. */
export type Subject = OfCase | OfLog | OfList

interface Known {
  readonly protocol: Protocol
  readonly means: ReadonlyMap<string, Means>
}

/** A case of ours. */
export interface OfCase extends Known {
  readonly kind: 'case'
  readonly case: Case
}

/** The log of one. */
export interface OfLog extends Known {
  readonly kind: 'log'
  readonly log: readonly [Entry, ...Entry[]]
}

/** A list of a host's own: of it nothing is known but names, times and promises. */
export interface OfList extends Known {
  readonly kind: 'list'
  readonly list: readonly Told[]
}

/** Reads what a matcher was handed; throws `input-invalid`, saying what would do, where it is none of it. */
export function subjectOf(received: unknown, terms: MatcherTerms): Subject {
  const { protocol: asked, names } = readTerms(terms)
  const { found, known } = find(received)
  const protocol = asked ?? known ?? protocolOf(found)
  const means = meansIn(protocol, names)
  if (!Array.isArray(found)) return { kind: 'case', case: found as Case, protocol, means }
  if (isLog(found)) return { kind: 'log', log: found, protocol, means }
  return { kind: 'list', list: readList(found, means, protocol), protocol, means }
}

/** The case, the log or the list in what was handed over; of a scenario the protocol, too. */
function find(received: unknown): { readonly found: Case | readonly unknown[]; readonly known?: Protocol } {
  if (isRecord(received)) {
    const { log, case: inside, protocol } = received
    if (Array.isArray(log) && isProtocol(protocol)) return { found: log, known: protocol }
    if (isCase(inside)) return { found: inside }
    if (isCase(received)) return { found: received }
    if (Symbol.iterator in received) return { found: [...(received as unknown as Iterable<unknown>)] }
  }
  throw misuse(
    'This matcher takes a case, an answer that was accepted, a scenario, a log, or a list of names and times: [{ name: "listen", at: "2026-03-02T09:00:00Z" }, …].',
  )
}

/** The protocol of a case among those that are shipped; of a list `pocock`. */
function protocolOf(found: Case | readonly unknown[]): Protocol {
  if (Array.isArray(found) && !isLog(found)) return protocols[0]
  const name = isLog(found) ? found[0].protocol : (found as Case).protocol
  const shipped = shippedAs(name)
  if (shipped !== undefined) return shipped
  throw misuse(`This is a case of ${name}, which is not shipped: give it, as in { protocol: ours }.`)
}

/** Where a case stands of which the protocol is not known, nor are its states, and what that protocol is called. */
export function placeUnshipped(received: unknown): { readonly protocol: string; readonly state: string } | undefined {
  const { found, known } = find(received)
  if (known !== undefined || (Array.isArray(found) && !isLog(found))) return undefined
  const { protocol, state } = isLog(found)
    ? { protocol: found[0].protocol, state: (found.at(-1) as Entry).to }
    : (found as Case)
  return shippedAs(protocol) === undefined ? { protocol, state } : undefined
}

/** The protocol that something has in its field `protocol`, itself or by its name, where it is known. */
export function protocolTold(one: unknown): Protocol | undefined {
  const told = isRecord(one) ? one['protocol'] : undefined
  return isProtocol(told) ? told : shippedAs(told)
}

const shippedAs = (name: unknown): Protocol | undefined => protocols.find((one) => nameOf(one) === name)

/** The case that a subject is; of a list nothing is known but its order. */
export const caseOf = (subject: OfCase | OfLog): Case =>
  subject.kind === 'case' ? subject.case : fold(subject.protocol, subject.log)

/** What happened, by name: of a log its commands, between the states where they stand. */
export const happeningsOf = (subject: OfLog | OfList): readonly Happening[] =>
  subject.kind === 'list'
    ? subject.list
    : subject.log
        .filter(({ from }) => from !== null)
        .map(({ command: { type, at }, from, to }) => ({ name: type, at, from, to }))

/** A state of the protocol; throws `input-invalid` with those that there are, where it is none. */
export function stateIn(protocol: Protocol, state: string): StateName {
  const states = ['received', ...protocol.steps.slice(1).map(({ phase, name }) => `${phase}.${name}`), 'closed']
  if (!states.includes(state)) throw misuse(`${protocol.id} has no state “${state}”; it has ${states.join(', ')}.`)
  return state as StateName
}

const isRecord = (one: unknown): one is Readonly<Record<string, unknown>> => typeof one === 'object' && one !== null
const isCase = (one: unknown): one is Case =>
  isRecord(one) && typeof one['state'] === 'string' && isRecord(one['facts']) && typeof one['protocol'] === 'string'
const isLog = (one: unknown): one is readonly [Entry, ...Entry[]] =>
  Array.isArray(one) && one.length > 0 && one.every(isEntry)
const isEntry = (one: unknown): boolean =>
  isRecord(one) && isRecord(one['command']) && typeof one['to'] === 'string' && typeof one['version'] === 'number'
