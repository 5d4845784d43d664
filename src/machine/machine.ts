import type { AnyActorRef, StateMachine } from 'xstate'
import { assign, setup } from 'xstate'
import type { AnyCommand, CommandDefinition, Judged, Lead } from '../protocol/command.ts'
import type { Facts } from '../protocol/facts.ts'
import { noFacts } from '../protocol/facts.ts'
import { isRead } from '../protocol/parse.ts'
import type { Place, StepPhase } from '../protocol/place.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Command, StateValueOf } from './case.ts'
import { evolve } from './evolve.ts'
import { brokenRules, leadOf } from './ruling.ts'

/** A protocol as an XState machine: its states, events, evidence and context typed exactly. */
export type RecoveryMachine<P extends Protocol = Protocol> = StateMachine<
  Facts,
  Command<P>,
  Record<string, AnyActorRef | undefined>,
  never,
  never,
  never,
  never,
  StateValueOf<P>,
  never,
  Partial<Facts> | undefined,
  unknown,
  // biome-ignore-start lint/suspicious/noExplicitAny: XState's own slots for what this machine does not have
  any,
  any,
  any
  // biome-ignore-end lint/suspicious/noExplicitAny: as above
>

/** Between which places a command leads where, if the rules let it pass. */
export interface Arrow {
  readonly lead: Lead
  readonly at: Place
  /** Into the system phase at its first open step: the arrow is for this one. */
  readonly resumes?: string
  /** For cases with a person to talk to, or for those without. */
  readonly anonymous?: boolean
}

/**
 * A protocol as an XState 5 machine: `received`, the steps of the three phases, each state named after the step that is
 * due, and `closed`. Its guards are the protocol's rules, its context the case's facts.
 *
 * It takes commands as read, `by` and `at` included (`parseCommand` makes one of anything), and ignores, as XState does,
 * an event that is none. What is known of the case beforehand comes as `input`:
 * `createActor(machine, { input: { customer: 'c-17' } })`.
 */
export function createRecoveryMachine<P extends Protocol>(protocol: P): RecoveryMachine<P> {
  const read = new WeakSet<AnyCommand>()
  return buildMachine(protocol, (event) => {
    // A command meets a guard for each arrow that it might take.
    if (!read.has(event) && isRead(protocol, event)) read.add(event)
    return read.has(event)
  })
}

/** The same machine for whoever knows that its events were read. */
export function buildMachine<P extends Protocol>(
  protocol: P,
  isCommand: (event: AnyCommand) => boolean = () => true,
): RecoveryMachine<P> {
  const machine = setup({
    types: { context: {} as Facts, events: {} as AnyCommand, input: {} as Partial<Facts> | undefined },
    guards: {
      allowed: ({ context, event }, arrow: Arrow) =>
        isCommand(event) && passes(arrow, { facts: context, command: event, at: arrow.at, protocol }),
    },
    actions: {
      record: assign(({ context, event }, { lead, at }: Arrow) => {
        const definition = protocol.commandAt(event.type, at) as CommandDefinition
        return evolve(definition, { facts: context, command: event, at, protocol }, lead)
      }),
    },
  }).createMachine({
    id: 'recovery',
    context: ({ input }) => ({ ...noFacts, ...input }),
    initial: 'received',
    states: {
      received: { on: arrows(protocol, { phase: 'received', step: 'own' }, toThePerson) },
      person: phase(protocol, 'person', to('problem')),
      problem: phase(protocol, 'problem', intoSystem(protocol)),
      system: phase(protocol, 'system', to('closed')),
      closed: { on: arrows(protocol, { phase: 'closed', step: undefined }, []) },
    },
  })
  // The one cast: `setup` can't be generic (TS2353), so the machine is wide inside and exact from here on.
  return machine as unknown as RecoveryMachine<P>
}

type Road = Pick<Arrow, 'resumes' | 'anonymous'> & { readonly target?: string }

const to = (place: string): readonly Road[] => [{ target: `#recovery.${place}` }]

const intoSystem = (protocol: Protocol): readonly Road[] =>
  protocol.system.map((step) => ({ target: `#recovery.system.${step.name}`, resumes: step.name }))

/** Where there is one to talk to. */
const toThePerson: readonly Road[] = to('person').map((road) => ({ ...road, anonymous: false }))

/** From the person and problem phases any case can lapse; one that was just received has nobody to talk to. */
const lapsing = (protocol: Protocol, { phase }: Place): readonly Road[] =>
  phase === 'received' ? intoSystem(protocol).map((road) => ({ ...road, anonymous: true })) : intoSystem(protocol)

/** With nobody to talk to, what is left of a new round is the system: where it stands, or from its beginning. */
function anew(protocol: Protocol, { phase }: Place): readonly Road[] {
  if (phase === 'system') return [...toThePerson, { anonymous: true }]
  if (phase === 'closed')
    return [...toThePerson, { target: `#recovery.system.${protocol.system[0].name}`, anonymous: true }]
  return to('person')
}

function phase(protocol: Protocol, name: StepPhase, exit: readonly Road[]) {
  const steps = protocol[name]
  const states = steps.map((step, index) => {
    const next = steps[index + 1]
    return [
      step.name,
      { on: arrows(protocol, { phase: name, step: step.name }, next ? to(`${name}.${next.name}`) : exit) },
    ]
  })
  return { initial: steps[0].name, states: Object.fromEntries(states) }
}

function arrows(protocol: Protocol, at: Place, on: readonly Road[]) {
  const phaseSteps = protocol.steps.filter((step) => step.phase === at.phase).map((step) => step.name)
  const behind = phaseSteps.slice(0, Math.max(phaseSteps.indexOf(at.step ?? ''), 0))
  const roads: Readonly<Record<Lead, (definition: CommandDefinition) => readonly Road[]>> = {
    stays: () => [{}],
    on: () => on,
    back: ({ backTo = '' }) => (behind.includes(backTo) ? to(`${at.phase}.${backTo}`) : []),
    anew: () => (at.phase === 'received' ? [{}] : anew(protocol, at)),
    lapses: () => lapsing(protocol, at),
    ends: () => to('closed'),
    again: () => to(`system.${protocol.again}`),
  }
  const arrowsOf = (definition: CommandDefinition) =>
    leadsOf(definition, protocol, at).flatMap((lead) =>
      roads[lead](definition).map(({ target, ...only }) => {
        const arrow: Arrow = { lead, at, ...only }
        return {
          guard: { type: 'allowed' as const, params: arrow },
          actions: { type: 'record' as const, params: arrow },
          ...(target === undefined ? {} : { target }),
        }
      }),
    )
  const inTurn = [...protocol.commands.keys()].flatMap((name) => protocol.commandAt(name, at) ?? [])
  return Object.fromEntries(inTurn.map((definition) => [definition.name, arrowsOf(definition)]))
}

/** All places that a command may lead to from here. In the person phase a merged case ends with its last step only. */
function leadsOf({ name, leads = [] }: CommandDefinition, protocol: Protocol, at: Place): readonly Lead[] {
  if (at.phase !== 'person') return leads
  const others = leads.filter((lead) => lead !== 'ends')
  return leads.includes('on') && protocol.settlesLastOf('person', name, at) ? [...others, 'ends'] : others
}

function passes(arrow: Arrow, judged: Judged): boolean {
  if (!isFor(arrow, judged)) return false
  const definition = judged.protocol.commandAt(judged.command.type, arrow.at) as CommandDefinition
  return leadOf(definition, judged) === arrow.lead && brokenRules(judged).length === 0
}

/** Whether an arrow is there for a case like this one. */
export const isFor = (
  { anonymous, resumes }: Arrow,
  { facts, protocol }: Pick<Judged, 'facts' | 'protocol'>,
): boolean =>
  (anonymous === undefined || anonymous === (facts.anonymous === true)) &&
  (resumes === undefined || resumes === protocol.firstOpenOf('system', facts))
