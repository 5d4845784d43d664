import { RedressError } from '../errors.ts'
import type { CommandDefinition } from './command.ts'
import { commonCommands, deskCommands } from './common.ts'
import { commonRules, inOrder } from './common-rules.ts'
import type { Facts } from './facts.ts'
import { faultsOf } from './fault.ts'
import { own } from './ownership.ts'
import type { Place, StepPhase } from './place.ts'
import type { QuestionId } from './question.ts'
import type { Rule } from './rule.ts'
import type { Step, Steps } from './step.ts'

const DEFAULT_HOP_LIMIT = 2

/** What a host writes to define a protocol: three phases of steps, a source, and the rules beside the common ones. */
export interface ProtocolDefinition<
  Person extends Steps<'person'> = Steps<'person'>,
  Problem extends Steps<'problem'> = Steps<'problem'>,
  System extends Steps<'system'> = Steps<'system'>,
> {
  /** Lower case and dashes: `pocock`. */
  readonly id: string
  /** A whole number, one higher whenever the steps or their evidence change. Cases stay on the one they began with. */
  readonly version: number
  /** Where the method comes from. */
  readonly source: string
  readonly person: Person
  readonly problem: Problem
  readonly system: System
  /** Rules beside the common ones; one with a common rule's id takes its place. */
  readonly rules?: readonly Rule[]
  /** Ids of rules that this protocol does without. `in-order` can't be among them. */
  readonly without?: readonly string[]
  /** Which of the 25 questions must be answered. Default: none. */
  readonly requires?: readonly QuestionId[]
  /** Other texts for questions, a translation say; their ids stay. */
  readonly texts?: Partial<Readonly<Record<QuestionId, string>>>
  /** After how many hand-offs a case is escalated. Default: 2. */
  readonly hopLimit?: number
}

/** A protocol, checked and ready: the method as data, with its commands and rules at hand. */
export interface Protocol<
  Person extends Steps<'person'> = Steps<'person'>,
  Problem extends Steps<'problem'> = Steps<'problem'>,
  System extends Steps<'system'> = Steps<'system'>,
> {
  readonly id: string
  readonly version: number
  readonly source: string
  readonly person: Person
  readonly problem: Problem
  readonly system: System
  /** The rules that it has beside the common ones. */
  readonly rules: readonly Rule[]
  readonly without: readonly string[]
  /** All rules by which it judges, the common ones and those of its steps among them. */
  readonly judgedBy: readonly Rule[]
  readonly requires: readonly QuestionId[]
  readonly texts: Partial<Readonly<Record<QuestionId, string>>>
  readonly hopLimit: number
  /** Where the system work begins again when a change did not hold. */
  readonly again: string
  /** Every step in its order, `own` first. */
  readonly steps: readonly Step[]
  /** Every command by its name: the steps and the common ones. */
  readonly commands: ReadonlyMap<string, CommandDefinition>
  /** What a command means here: the step of its name where that is due, or the common command. None out of its turn. */
  commandAt(command: string, at: Place): CommandDefinition | undefined
  /** The rules that judge a command. */
  rulesOn(command: string): readonly Rule[]
  /** Whether a command's turn has come: a step when it is due, another in the phases that it belongs to. */
  inTurn(command: string, at: Place): boolean
  /** Whether the first step comes after the second; false where either is no step of this protocol. */
  isAfter(step: string, other: string): boolean
  /** Whether a command (the step, a waiver, a shared step) settles the last step of a phase, so that the case leaves it. */
  settlesLastOf(phase: StepPhase, command: string, at: Place): boolean
  /** The first step of a phase that is neither done, waived nor lapsed. */
  firstOpenOf(phase: StepPhase, facts: Facts): string | undefined
}

type Repeated<All extends readonly unknown[], Seen extends string = never> = All extends readonly [
  infer First extends Step,
  ...infer Rest,
]
  ? string extends First['name']
    ? never
    : First['name'] extends Seen
      ? First['name']
      : Repeated<Rest, Seen | First['name']>
  : never

type NoStepTwice<All extends readonly unknown[]> = [Repeated<All>] extends [never]
  ? unknown
  : { readonly id: `the step “${Repeated<All>}” is there twice` }

/**
 * Defines a protocol. A wrong one does not compile where types can see it, and always throws `protocol-faulty` with
 * every fault named: an empty phase, a step twice, a step of one phase in another, evidence that can't be stored as
 * JSON, a step with no way on, an unknown rule.
 */
export function defineProtocol<
  const Person extends Steps<'person'>,
  const Problem extends Steps<'problem'>,
  const System extends Steps<'system'>,
>(
  definition: ProtocolDefinition<Person, Problem, System> & NoStepTwice<[...Person, ...Problem, ...System]>,
): Protocol<Person, Problem, System> {
  const faults = faultsOf(definition)
  if (faults.length > 0) {
    throw new RedressError(
      'protocol-faulty',
      `The protocol “${String(definition?.id)}” is not defined: ${faults.join('; ')}. Mend the definition.`,
      { facts: { faults } },
    )
  }
  const steps: readonly Step[] = [own, ...definition.person, ...definition.problem, ...definition.system]
  const common = new Map<string, CommandDefinition>(
    [...commonCommands, ...deskCommands].map((one) => [one.name, one as CommandDefinition]),
  )
  const stepByName = new Map<string, CommandDefinition>(steps.map((step) => [step.name, step]))
  const commands = new Map([...stepByName, ...common])
  const rules = rulesOf(definition)
  const commandAt = (name: string, at: Place): CommandDefinition | undefined => {
    if (at.step === name) return stepByName.get(name)
    const one = common.get(name)
    return one?.during?.includes(at.phase) === true ? one : undefined
  }
  // A command that everybody has, as LATTE's `explain` is, waits for no step: as a step itself it has its own turn.
  const index = new Map(steps.map((step, position) => [step.name, position]))
  for (const name of common.keys()) index.delete(name)
  const judges = new Map([...commands.values()].map((one) => [one.name, judging(one, rules)]))
  return {
    id: definition.id,
    version: definition.version,
    source: definition.source,
    person: definition.person,
    problem: definition.problem,
    system: definition.system,
    rules: definition.rules ?? [],
    without: definition.without ?? [],
    judgedBy: [...rules, ...steps.flatMap((step) => step.rules ?? [])],
    steps,
    commands,
    rulesOn: (command) => judges.get(command) ?? [inOrder],
    requires: definition.requires ?? [],
    texts: definition.texts ?? {},
    hopLimit: definition.hopLimit ?? DEFAULT_HOP_LIMIT,
    again: (definition.system.find((step) => step.name === 'improve') ?? definition.system[0]).name,
    commandAt,
    inTurn: (name, at) => commandAt(name, at) !== undefined,
    settlesLastOf: (phase, command, at) =>
      at.step === definition[phase].at(-1)?.name &&
      (command === at.step || common.get(command)?.leads?.includes('on') === true),
    firstOpenOf: (phase, facts) => definition[phase].find((step) => facts.steps[step.name] === undefined)?.name,
    isAfter: (step, other) => (index.get(step) ?? -1) > (index.get(other) ?? Number.POSITIVE_INFINITY),
  }
}

function rulesOf(definition: ProtocolDefinition): readonly Rule[] {
  const own = definition.rules ?? []
  const replaced = new Set([...own.map((one) => one.id), ...(definition.without ?? [])])
  const without = new Set(definition.without)
  return [...commonRules.filter((one) => !replaced.has(one.id)), ...own.filter((one) => !without.has(one.id))]
}

const judging = (command: CommandDefinition, rules: readonly Rule[]): readonly Rule[] => [
  ...rules.filter(
    ({ on }) => on === 'every' || (on === 'said' ? command.said === true : (on ?? []).includes(command.name)),
  ),
  ...(command.rules ?? []),
]
