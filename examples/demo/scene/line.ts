import type { Actor, CommandInput, CommandInputOf, deskCommands, full } from 'redress'
import type { When } from '../clock.ts'
import type { Complaint } from '../complaint.ts'

/** Any command of the stories; `full` has every step of the protocols that they are told in. */
export type Act = CommandInput<typeof full>

/** What the desk itself does. */
export type DeskAct = CommandInputOf<(typeof deskCommands)[number]>

/** One line of a story: when it happens, what is sent, and whether the desk is going to refuse it. */
export interface Line {
  readonly when: When
  act(now: Date): Act
  readonly refused?: true
}

/** Who plays in a story: the owner, a colleague who is quick with solutions, and somebody with authority. */
export interface Cast {
  readonly complaint: Complaint
  readonly owner: Actor
  readonly hasty: Actor
  readonly second: Actor
}

type Scene = (when: When, act: Act | ((now: Date) => Act)) => Line

/** A line that the desk lets pass. */
export const accepted: Scene = (when, act) => ({ when, act: typeof act === 'function' ? act : () => act })

/** A line that the desk refuses. */
export const refused: Scene = (when, act) => ({ ...accepted(when, act), refused: true })

/** An actor's name: `person('ana')` is Ana. */
export const nameOf = ({ id }: Actor): string => `${id.charAt(0).toUpperCase()}${id.slice(1)}`
