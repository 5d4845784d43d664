import type { Clocks } from '../protocol/clock.ts'
import type { AnyCommand } from '../protocol/command.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Id, Instant } from '../protocol/words.ts'
import type { Case, StateName } from './case.ts'
import type { Passed } from './judge.ts'
import { catchUp, judge } from './judge.ts'
import { fellDue } from './overdue.ts'
import type { Refusal } from './refusal.ts'

/** A command of a history that was told elsewhere: its place in what was given, and the id that it had there. */
export interface HistoryCommand {
  readonly index: number
  readonly commandId?: Id | undefined
  readonly command: AnyCommand
}

/** A command that was given after a later one. It was judged in its own time. */
export interface Reordered {
  /** Its place among the commands that were given, from 0. */
  readonly index: number
  readonly commandId?: Id | undefined
  readonly type: string
  readonly at: Instant
  /** The place of the later command that was given before it; `opening` where it is older than the complaint. */
  readonly behind: number | 'opening'
}

/** A command of a history that could not be read, or that the rules refused: it was not applied. */
export interface RefusedCommand {
  /** Its place among the commands that were given, from 0. */
  readonly index: number
  readonly commandId?: Id | undefined
  /** Its type and its time, where they could be read. */
  readonly type: string | undefined
  readonly at: Instant | undefined
  /** Where the case stood when it was judged; none where it could not be read. */
  readonly state: StateName | undefined
  readonly refusal: Refusal
}

/** A command of a history that passed; without an index one that a clock would have recorded meanwhile. */
export type HistoryStep = Passed & Partial<Pick<HistoryCommand, 'index' | 'commandId'>>

/** What a history comes to: all that passed, and what was out of order in it. */
export interface HistoryVerdict {
  readonly steps: readonly HistoryStep[]
  readonly refused: readonly RefusedCommand[]
  readonly reordered: readonly Reordered[]
}

/** What else a history is judged with. */
export interface HistoryTerms {
  /** When it ends: what fell due before, and after its last command, is part of it. */
  readonly until: Instant
  readonly clocks?: Clocks | undefined
  /** What else may speak against a command that the rules let pass: another case that it names, say. */
  against?(now: Case, command: AnyCommand): Refusal | undefined
}

/**
 * Judges the commands of a history on the case that its opening made, each at its own time and in the order of times;
 * those of one time keep the order in which they were given. What the rules refuse is left out and told, and what comes
 * later is judged on what stands. What fell due in between is recorded for the moment when it did. Pure, as `judge` is.
 *
 * A promise may be named by the id of the command that made it: `ev-7`, or `ev-7/2` for its second. The ledger’s own ids
 * count what passed, and nobody knows beforehand what will.
 */
export function judgeHistory(
  protocol: Protocol,
  opened: Case,
  commands: readonly HistoryCommand[],
  { until, clocks, against }: HistoryTerms,
): HistoryVerdict {
  const steps: HistoryStep[] = []
  const refused: RefusedCommand[] = []
  const now = () => steps.at(-1)?.after ?? opened
  const overdue = fellDue(until)
  const made = new Map<string, Id>()
  for (const { index, commandId, command: told } of byTime(commands)) {
    const command = withPromises(told, made)
    steps.push(...catchUp(protocol, now(), clocks, overdue, command))
    const before = now()
    const verdict = judge(protocol, before, command, clocks)
    const refusal = verdict.accepted ? against?.(before, told) : verdict.refusal
    if (verdict.accepted && refusal === undefined) {
      steps.push({ ...verdict, index, commandId })
      const promises = verdict.after.facts.promises.slice(before.facts.promises.length)
      for (const [nth, { id }] of commandId === undefined ? [] : promises.entries()) {
        if (nth === 0) made.set(`${commandId}`, id)
        made.set(`${commandId}/${nth + 1}`, id)
      }
    } else if (refusal !== undefined) {
      const { type, at } = command
      refused.push({ index, commandId, type, at, state: before.state, refusal: { ...refusal, index } })
    }
  }
  steps.push(...catchUp(protocol, now(), clocks, overdue))
  return { steps, refused, reordered: reorderedIn(opened, commands) }
}

/** A command that names promises as the history does, with the ids that they have in the ledger. */
function withPromises(command: AnyCommand, made: ReadonlyMap<string, Id>): AnyCommand {
  const idOf = (name: Id) => made.get(name) ?? name
  const { promise, kept, basis } = command as NamesPromises
  return {
    ...command,
    ...(typeof promise === 'string' ? { promise: idOf(promise) } : {}),
    ...(Array.isArray(kept) ? { kept: kept.map(idOf) } : {}),
    ...(typeof basis?.promise === 'string' ? { basis: { promise: idOf(basis.promise) } } : {}),
  }
}

/** The fields in which a command names promises: what it is about, what it keeps, on what it rests. */
interface NamesPromises extends AnyCommand {
  readonly promise?: unknown
  readonly kept?: readonly Id[]
  readonly basis?: { readonly promise?: Id }
}

const byTime = (commands: readonly HistoryCommand[]): readonly HistoryCommand[] =>
  commands.toSorted(({ command: { at: one } }, { command: { at: other } }) => (one < other ? -1 : one > other ? 1 : 0))

function reorderedIn({ facts }: Case, commands: readonly HistoryCommand[]): readonly Reordered[] {
  const reordered: Reordered[] = []
  let latest: { readonly at: Instant; readonly behind: Reordered['behind'] } = {
    at: facts.openedAt ?? '',
    behind: 'opening',
  }
  for (const { index, commandId, command } of commands) {
    const { type, at } = command
    if (at < latest.at) reordered.push({ index, commandId, type, at, behind: latest.behind })
    else latest = { at, behind: index }
  }
  return reordered
}
