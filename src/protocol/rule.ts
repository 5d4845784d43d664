import type { AnyCommand, Judged } from './command.ts'

/**
 * A reason to refuse: one sentence, one predicate, one source. A rule reads the stored case and the command's evidence,
 * never a clock or a database.
 */
export interface Rule<C = AnyCommand> {
  readonly id: string
  /** Why, in one sentence fit to show the one who was refused. */
  readonly because: string
  /** Who says so. */
  readonly source: string
  /** The commands that it judges: by name, `said` (all that say something to the customer) or `every`. */
  readonly on?: 'every' | 'said' | readonly string[]
  /**
   * What its predicate looks at. A rule on the `case` alone tells, before there is any evidence, that a command is not
   * open; one on the `evidence` waits until it is brought. Default: `evidence`.
   */
  readonly reads?: 'case' | 'evidence'
  /** True when the command may pass. */
  holds(judged: Judged<C>): boolean
}

/** Defines a rule that judges the commands named in `on`: `rule<CommandOf<typeof thank>>({ … })` types its evidence. */
export const rule = <C = AnyCommand>(definition: Rule<C> & Required<Pick<Rule<C>, 'on'>>): Rule<C> => definition
