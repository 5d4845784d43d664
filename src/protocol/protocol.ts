import { RedressError } from '../errors.ts'
import type { CommandDefinition } from './command.ts'
import { commonCommands, own } from './common.ts'
import type { Facts } from './facts.ts'
import { faultsOf } from './fault.ts'
import type { Place, StepPhase } from './place.ts'
import type { Rule } from './rule.ts'
import { commonRules, inOrder } from './rules.ts'
import type { Step, Steps } from './step.ts'

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
  readonly rules: readonly Rule[]
  /** Every step in its order, `own` first. */
  readonly steps: readonly Step[]
  /** Every command by its name: the steps and the common ones. */
  readonly commands: ReadonlyMap<string, CommandDefinition>
  /** The rules that judge a command. */
  rulesOn(command: string): readonly Rule[]
  /** Whether a command's turn has come: a step when it is due, another in the phases that it belongs to. */
  inTurn(command: string, at: Place): boolean
  /** Whether the first step comes after the second; false where either is no step of this protocol. */
  isAfter(step: string, other: string): boolean
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
  const commands = new Map<string, CommandDefinition>()
  for (const one of [...steps, ...commonCommands]) commands.set(one.name, one as CommandDefinition)
  const rules = rulesOf(definition)
  const index = new Map(steps.map((step, position) => [step.name, position]))
  const judges = new Map([...commands.values()].map((one) => [one.name, judging(one, rules)]))
  return {
    id: definition.id,
    version: definition.version,
    source: definition.source,
    person: definition.person,
    problem: definition.problem,
    system: definition.system,
    rules: [...rules, ...steps.flatMap((step) => step.rules ?? [])],
    steps,
    commands,
    rulesOn: (command) => judges.get(command) ?? [inOrder],
    inTurn: (name, at) => at.step === name || (commands.get(name)?.during?.includes(at.phase) ?? false),
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
