import * as z from 'zod'

/** The three phases that hold steps, in the order that nothing can change: first the person, then the problem, finally the system (Pocock). */
export const phases = ['person', 'problem', 'system'] as const

/** Where a case can be, from its opening to its end. */
export const Phase = z.enum(['received', ...phases, 'closed'])
export type Phase = z.infer<typeof Phase>

/** A phase that is made of a protocol's steps. */
export type StepPhase = (typeof phases)[number]

/** Where a case stands: its phase and the step that is due (none once it is closed). */
export interface Place {
  readonly phase: Phase
  readonly step: string | undefined
}
