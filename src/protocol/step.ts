import type * as z from 'zod'
import type { CommandDefinition } from './command.ts'
import type { StepPhase } from './place.ts'

/** A step of a protocol: the command of its name, when it is due, settles it. */
export interface Step<
  Name extends string = string,
  Evidence extends z.ZodObject = z.ZodObject,
  In extends 'received' | StepPhase = 'received' | StepPhase,
> extends CommandDefinition<Name, Evidence> {
  /** The phase that it belongs to; a protocol can't put it in another. */
  readonly phase: In
}

/** One or more steps of a phase, in their order. */
export type Steps<In extends StepPhase = StepPhase> = readonly [
  Step<string, z.ZodObject, In>,
  ...Step<string, z.ZodObject, In>[],
]

/**
 * Defines a step: its phase, and the evidence that it must bring.
 *
 * `step({ name: 'inspect', phase: 'person', summary: 'look at the thing', evidence: z.object({ found: Words }) })`
 */
export const step = <const Name extends string, Evidence extends z.ZodObject, const In extends 'received' | StepPhase>(
  definition: Step<Name, Evidence, In>,
): Step<Name, Evidence, In> => ({ leads: ['on'], ...definition })
