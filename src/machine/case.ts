import type { Actor } from '../protocol/actor.ts'
import type { AnyCommand, CommandInputOf, CommandOf, Stamp } from '../protocol/command.ts'
import type { commonCommands, deskCommands } from '../protocol/common.ts'
import type { Facts } from '../protocol/facts.ts'
import type { own } from '../protocol/ownership.ts'
import type { Opening } from '../protocol/parse.ts'
import type { Place } from '../protocol/place.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Id, Instant } from '../protocol/words.ts'

type AnyStepOf<P extends Protocol> = P['person'][number] | P['problem'][number] | P['system'][number]
type Sendable<P extends Protocol> = typeof own | (typeof commonCommands)[number] | AnyStepOf<P>

/** Every command of a protocol, parsed: `Command<typeof pocock>`. */
export type Command<P extends Protocol = Protocol> = CommandOf<Sendable<P> | (typeof deskCommands)[number]>

/** Every command of a protocol, as a caller writes it. */
export type CommandInput<P extends Protocol = Protocol> = CommandInputOf<Sendable<P>>

/** The state of a protocol's machine, as XState says it: `{ person: 'listen' }`. */
export type StateValueOf<P extends Protocol> =
  | 'received'
  | { person: P['person'][number]['name'] }
  | { problem: P['problem'][number]['name'] }
  | { system: P['system'][number]['name'] }
  | 'closed'

/** The same as one word, as it is stored and said: `person.listen`. */
export type StateName<P extends Protocol = Protocol> =
  | 'received'
  | `person.${P['person'][number]['name']}`
  | `problem.${P['problem'][number]['name']}`
  | `system.${P['system'][number]['name']}`
  | 'closed'

/** The version of the lifecycle that every machine has: phases, arrows, facts. Stored with each case. */
export const MACHINE_VERSION = 1

/** A case as it is stored: the newest fold of its log. */
export interface Case<P extends Protocol = Protocol> {
  readonly caseId: Id
  /** `id@version` of the protocol with which it was opened, and on which it stays. */
  readonly protocol: string
  readonly machine: number
  readonly state: StateName<P>
  readonly facts: Facts
  /** How many entries its log has. */
  readonly version: number
}

/** What opened a case, as its log keeps it. */
export type Opened = Omit<Opening, 'caseId' | 'protocol' | 'at'> & Stamp<'open'>

/** One line of a case's log: a command that was accepted, between which states, and when it was recorded. */
export interface Entry {
  readonly caseId: Id
  /** 1 for the opening; contiguous within a case. */
  readonly version: number
  /** The versions of the protocol and of the lifecycle by which it was judged. */
  readonly protocol: string
  readonly machine: number
  /** The id of the send that brought it; of an imported one the id that it had where it came from, if it had one. */
  readonly commandId: Id
  readonly command: AnyCommand
  /** The state before; none for the opening. */
  readonly from: StateName | null
  readonly to: StateName
  /** When it was written; `command.at` says when it happened. */
  readonly recordedAt: Instant
  /** Who imported it; none where it was sent. */
  readonly importedBy?: Actor
  /** The W3C trace context of its send, where that had one. */
  readonly traceparent?: string
}

/** An entry as the protocol types it: its command what opened the case, or one that the protocol has. */
export interface EntryOf<P extends Protocol> extends Entry {
  readonly command: Opened | Command<P>
  readonly from: StateName<P> | null
  readonly to: StateName<P>
}

/** A protocol's name in a case: `pocock@1`. */
export const nameOf = (protocol: Protocol): string => `${protocol.id}@${protocol.version}`

const places = new Map<StateName, Place>()

/** The place that a state's name says: `person.listen` → the person phase, `listen` due. */
export function placeOf(state: StateName): Place {
  let place = places.get(state)
  if (place === undefined) {
    const [phase, step] = state.split('.') as [Place['phase'], string | undefined]
    place = { phase, step: phase === 'received' ? 'own' : step }
    places.set(state, place)
  }
  return place
}
