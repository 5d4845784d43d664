import type * as z from 'zod'
import type { Actor } from './actor.ts'
import type { Clocks } from './clock.ts'
import type { Facts, SecondFailure, Settled } from './facts.ts'
import type { Phase, Place } from './place.ts'
import type { Protocol } from './protocol.ts'
import type { Rule } from './rule.ts'
import type { Instant } from './words.ts'

/** What every command carries: its type, who did it, and when it happened. */
export interface Stamp<Type extends string = string> {
  readonly type: Type
  readonly by: Actor
  readonly at: Instant
}

/** Any command, its evidence not yet narrowed. */
export type AnyCommand = Stamp

/** A command with its evidence, where and on what it is judged. Rules, leads and effects read nothing else. */
export interface Judged<C = AnyCommand> {
  readonly facts: Facts
  readonly command: C
  readonly at: Place
  readonly protocol: Protocol
  /** What deadlines are counted with; none where nobody counts. */
  readonly clocks?: Clocks | undefined
}

/**
 * Where an accepted command takes the case:
 * `stays` where it is · `on` to the next step · `back` to an earlier step of the phase (`backTo`) · `anew` to the person
 * phase with the round counted, because it is a second failure · `lapses` to the system phase, the open steps before it
 * lapsed · `ends` in `closed`, whatever is open lapsed, because another case carries it · `again` to `improve`, because
 * the change did not hold.
 */
export type Lead = 'stays' | 'on' | 'back' | 'anew' | 'lapses' | 'ends' | 'again'

/** What a second person must have, to waive a step or to approve a remedy. */
export type Role = 'authority'

/** Another case that a command names. */
export interface Reference {
  /** The field of its evidence that names it. */
  readonly field: string
  /** What may be named, as a refusal says it. */
  readonly what: string
  /** Whether the other case may be named on this one. */
  fits(other: { readonly phase: Phase; readonly facts: Facts }, facts: Facts): boolean
}

/** A command that anybody can send: its name, the evidence it must bring, and what it does to the facts. */
export interface CommandDefinition<Name extends string = string, Evidence extends z.ZodObject = z.ZodObject> {
  readonly name: Name
  /** What it is for, as a clerk would say it. */
  readonly summary: string
  readonly evidence: Evidence
  /** Something is said to the customer by it, so that somebody must own the case. */
  readonly said?: boolean
  /** The customer has a part in it: a pause that waited for them ends. */
  readonly heard?: boolean
  /** The other case that its evidence names; the desk sees to it that there is one, and that it fits. */
  readonly refersTo?: Reference
  /** The entry of the case's log that its evidence names, in which field, by its version; the desk sees to it that there is one. */
  readonly cites?: {
    readonly field: string
    entry(command: Stamp<Name> & z.output<Evidence>): number | undefined
  }
  /** It puts off what falls due: decided when it is recorded, whatever time it says. */
  readonly postpones?: true
  /** The role that it takes, where the desk knows roles. */
  readonly needs?: Role
  /** Only the desk itself sends it; at the door it is no command. */
  readonly internal?: true
  /** The phases in which it can be sent. A step has none: it can be sent when it is due. */
  readonly during?: readonly Phase[]
  /** Rules of its own, beside those of the protocol. */
  readonly rules?: readonly Rule<Stamp<Name> & z.output<Evidence>>[]
  /** All places that it can lead to; a step leads `on`, any other command `stays`. */
  readonly leads?: readonly Lead[]
  /** The step to which `back` leads. */
  readonly backTo?: string
  /** How it settles the due step where it leads `on`. */
  readonly settles?: Settled
  /** The second failure that it is where it leads `anew`. */
  readonly failure?: SecondFailure['kind']
  /** Which of `leads` this one takes. */
  lead?(judged: Judged<Stamp<Name> & z.output<Evidence>>): Lead
  /** What else becomes of the facts. */
  effect?(facts: Facts, judged: Judged<Stamp<Name> & z.output<Evidence>>): Facts
}

/** The parsed command of a definition: `CommandOf<typeof apologize>`. */
export type CommandOf<D> =
  D extends CommandDefinition<infer Name, infer Evidence> ? Stamp<Name> & z.output<Evidence> : never

/** What a caller sends for a definition: as parsed, but `at` may be left out, and means now. */
export type CommandInputOf<D> =
  D extends CommandDefinition<infer Name, infer Evidence>
    ? { readonly type: Name; readonly by: Actor; readonly at?: Instant } & z.input<Evidence>
    : never

/** Defines a command that belongs to no phase; a step of a protocol is defined with `step`. */
export const command = <const Name extends string, Evidence extends z.ZodObject>(
  definition: CommandDefinition<Name, Evidence>,
): CommandDefinition<Name, Evidence> => ({ during: whileOpen, leads: ['stays'], ...definition })

const whileOpen: readonly Phase[] = ['received', 'person', 'problem', 'system']
