import type { Case, Entry } from '../machine/case.ts'
import { placeOf } from '../machine/case.ts'
import { fold } from '../machine/fold.ts'
import type { Refused } from '../machine/judge.ts'
import { malformed } from '../machine/refusal.ts'
import type { Clocks } from '../protocol/clock.ts'
import type { AnyCommand } from '../protocol/command.ts'
import type { Issue } from '../protocol/parse.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Id, Instant } from '../protocol/words.ts'
import type { Guard, Store } from '../stores/store.ts'
import type { Shelf } from './shelf.ts'

/** The other case that a command names; none where it names none. */
export function caseNamedBy(protocol: Protocol, command: AnyCommand): Id | undefined {
  const { refersTo } = protocol.commands.get(command.type) ?? {}
  return refersTo && (command as unknown as Readonly<Record<string, Id>>)[refersTo.field]
}

/**
 * What is wrong with what a command refers to, once the log has so many entries: the entry that it cites, or the other
 * case that it names, which is not there (none is the case itself) or does not fit.
 */
export function faultOfReference(
  protocol: Protocol,
  { facts }: Case,
  entries: number,
  command: AnyCommand,
  other: Case | undefined,
): Issue | undefined {
  const { refersTo, cites } = protocol.commands.get(command.type) ?? {}
  if (cites !== undefined && (cites.entry(command as never) ?? 0) > entries) {
    return { path: cites.field, message: 'an entry of this case’s log' }
  }
  if (refersTo === undefined) return undefined
  const { field, what, fits } = refersTo
  const fitting = other !== undefined && fits({ phase: placeOf(other.state).phase, facts: other.facts }, facts)
  return fitting ? undefined : { path: field, message: what }
}

/** The refusal of what names another case, or an entry of the log, that is not there or does not fit. */
export async function misreferred(
  load: (caseId: Id) => Promise<Case | undefined>,
  protocol: Protocol,
  before: Case,
  commands: readonly AnyCommand[],
  guards: Guard[],
): Promise<Refused | undefined> {
  for (const [index, command] of commands.entries()) {
    const named = caseNamedBy(protocol, command)
    const other = named === undefined || named === before.caseId ? undefined : await load(named)
    // Whatever becomes of it before the write, the write must not rest on what it no longer is.
    if (other !== undefined) guards.push(guardOf(other))
    const issue = faultOfReference(protocol, before, before.version + index, command, other)
    if (issue !== undefined) {
      return { accepted: false, refusal: { ...malformed(command.type, [issue]), index } }
    }
  }
  return undefined
}

/** A case by the version at which it was read. */
export const guardOf = ({ caseId, version }: Case): Guard => ({ caseId, version })

/** A case as it is, and as it was. */
export interface Known {
  readonly now: Case
  /** As it stood at a moment; none where it was not there yet. */
  at(moment: Instant): Case | undefined
}

/** Reads a case with its past; none where there is no such case. */
export async function readKnown(
  store: Store,
  tenant: string,
  shelf: Shelf,
  clocks: Clocks | undefined,
  caseId: Id,
): Promise<Known | undefined> {
  const now = await store.load(tenant, caseId)
  if (now === undefined) return undefined
  const log: Entry[] = []
  for await (const entry of store.log(tenant, caseId)) if (entry.version <= now.version) log.push(entry)
  return {
    now,
    at(moment) {
      const later = log.findIndex(({ command }) => command.at > moment)
      if (later < 0) return now
      const [opening, ...entries] = log.slice(0, later)
      return opening && fold(shelf.exact(now.protocol), [opening, ...entries], clocks)
    },
  }
}
