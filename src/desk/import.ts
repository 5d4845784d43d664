import { RedressError } from '../errors.ts'
import type { Case, Opened } from '../machine/case.ts'
import { openedCase } from '../machine/fold.ts'
import type { HistoryVerdict } from '../machine/history.ts'
import { judgeHistory } from '../machine/history.ts'
import type { Refused } from '../machine/judge.ts'
import { openNow } from '../machine/open.ts'
import type { Refusal } from '../machine/refusal.ts'
import { malformed, refusedWith } from '../machine/refusal.ts'
import type { Clocks } from '../protocol/clock.ts'
import type { AnyCommand } from '../protocol/command.ts'
import { frozenCopyOf } from '../protocol/plain.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Id, Instant } from '../protocol/words.ts'
import type { Guard, Store } from '../stores/store.ts'
import type { Accepted, Answer, ImportAnswer, Imported, ImportReport } from './answer.ts'
import type { AuthorityOptions } from './authority.ts'
import { lacksRole, openingForbiddenBy, takesAuthority } from './authority.ts'
import type { ReadHistory, ReadHistoryCommands } from './history.ts'
import { readHistoryCommands } from './history.ts'
import { timeOrderedId } from './identity.ts'
import type { Letter, ReadLetter } from './letter.ts'
import type { Listeners } from './listeners.ts'
import { ahead, aheadOf, isAhead } from './moment.ts'
import { alreadyOpen, unknownTime } from './opening.ts'
import type { Known } from './references.ts'
import { caseNamedBy, faultOfReference, guardOf, readKnown } from './references.ts'
import type { Shelf } from './shelf.ts'
import type { Step, Writer } from './writer.ts'
import { entriesOf } from './writer.ts'

/** What an import goes through: the parts of a passage. */
export interface ImportParts extends AuthorityOptions {
  readonly store: Store
  readonly tenant: string
  readonly shelf: Shelf
  readonly listeners: Listeners
  readonly clocks: Clocks | undefined
  readonly writer: Writer
  readonly now: () => Date
  refuse(caseId: string, before: undefined, refused: Refused): Promise<Refused>
  /** Remembers the case that was written. */
  keep(written: Case): void
}

const MAX_ATTEMPTS = 20

/**
 * The way of a history through the house: each command of it is judged as any other is, at its own time, and all that
 * passes is one write.
 */
export function createImport(parts: ImportParts): (reading: ReadLetter<ReadHistory>) => Promise<ImportAnswer> {
  const { store, tenant, shelf, listeners, clocks, writer, refuse } = parts

  /** One try; undefined where a case that the history names was written to meanwhile. */
  async function importOnce(letter: Letter<ReadHistory>, now: Date): Promise<Answer | Imported | undefined> {
    const { by, opening, until, commands, dryRun } = letter.content
    const at = now.toISOString()
    const { caseId = timeOrderedId(now), protocol: wanted } = opening
    const protocol = shelf.choose(wanted)
    const opened = openedBy(opening)
    const refused = (await openingForbiddenBy(parts, { type: 'import', by, at })) ?? faultOf(opened, until, clocks, at)
    if (refused !== undefined) return refused
    const before = openedCase(protocol, caseId, opened, clocks)
    const told = readHistoryCommands(protocol, commands, at)
    const others = await namedIn(protocol, told, caseId)
    const powerless = await withoutRole(protocol, told)
    const verdict = judgeHistory(protocol, before, told.read, {
      until: endOf(until, at),
      clocks,
      against: (before, command) =>
        againstIt(
          protocol,
          before,
          command,
          others.get(caseNamedBy(protocol, command) ?? '')?.at(command.at),
          powerless.has(command),
        ),
    })
    const steps: readonly Step[] = [{ command: opened, from: null, after: before }, ...verdict.steps]
    const after = (steps.at(-1) as Step).after
    const imported = (): Imported => ({
      accepted: true,
      ...frozenCopyOf({ case: after, entries: entriesOf(letter, steps, at), report: reportOf(told, verdict) }),
      repeated: false,
    })
    if (dryRun) return (await writer.seenBefore(letter, caseId)) ?? (await thereAlready(caseId)) ?? imported()
    const guards = guardsOf(protocol, verdict, others)
    const outcome = await writer.commit(letter, undefined, steps, at, { guards })
    if (outcome !== 'written') return outcome ?? thereAlready(caseId)
    parts.keep(after)
    const answer = imported()
    const { case: given, entries, report } = answer
    listeners.tell('imported', { caseId, case: given, entries, report })
    return answer
  }

  const thereAlready = async (caseId: Id): Promise<Refused | undefined> =>
    (await store.load(tenant, caseId)) === undefined ? undefined : alreadyOpen

  /** The other cases that the commands name, with their past. */
  async function namedIn(protocol: Protocol, { read }: ReadHistoryCommands, caseId: Id): Promise<Others> {
    const others = new Map<Id, Known>()
    for (const named of new Set(read.map(({ command }) => caseNamedBy(protocol, command)))) {
      if (named === undefined || named === caseId) continue
      const known = await readKnown(store, tenant, shelf, clocks, named)
      if (known !== undefined) others.set(named, known)
    }
    return others
  }

  /** The commands that take a role which their actor lacks. */
  async function withoutRole(protocol: Protocol, { read }: ReadHistoryCommands): Promise<ReadonlySet<AnyCommand>> {
    const powerless = new Set<AnyCommand>()
    for (const { command } of read) if (await lacksRole(parts, protocol, command)) powerless.add(command)
    return powerless
  }

  /** What a repetition is told: what the first import wrote, and the report on it. */
  function again({ opening, until, commands }: ReadHistory, answer: Accepted): Imported {
    const { case: now, entries } = answer
    const recordedAt = entries[0]?.recordedAt as Instant
    const protocol = shelf.exact(now.protocol)
    const told = readHistoryCommands(protocol, commands, recordedAt)
    const logged = new Set(entries.map(({ command }) => stampOf(protocol, command)))
    const verdict = judgeHistory(protocol, openedCase(protocol, now.caseId, openedBy(opening), clocks), told.read, {
      until: endOf(until, recordedAt),
      clocks,
      // The log knows what passed then, whatever other cases and roles have come to since.
      against: (before, command) =>
        logged.has(stampOf(protocol, command))
          ? undefined
          : againstIt(protocol, before, command, undefined, protocol.commands.get(command.type)?.needs !== undefined),
    })
    return { ...answer, report: reportOf(told, verdict) }
  }

  return async (reading) => {
    if (!reading.read) return refuse('', undefined, reading)
    const { letter } = reading
    const { opening, named, dryRun } = letter.content
    for (let tries = 0; tries < MAX_ATTEMPTS; tries++) {
      const answer = await importOnce(letter, parts.now())
      if (answer === undefined) continue
      if (answer.accepted) return 'report' in answer ? answer : again(letter.content, answer)
      // The id was the desk’s own: the case was imported from another history.
      const refused = answer.refusal.code === 'command-id-reused' && !named ? alreadyOpen : answer
      return dryRun ? refused : refuse(opening.caseId ?? '', undefined, refused)
    }
    throw new RedressError(
      'contended',
      `A case that the history names was written to ${MAX_ATTEMPTS} times meanwhile. Nothing was stored; it can be imported again.`,
    )
  }
}

type Others = ReadonlyMap<Id, Known>

const openedBy = ({ caseId: _, protocol: __, by, at, ...complaint }: ReadHistory['opening']): Opened => ({
  type: 'open',
  by,
  at,
  ...complaint,
})

/** The history ends when it says so, and no later than now. */
const endOf = (until: Instant | undefined, now: Instant): Instant => (until !== undefined && until < now ? until : now)

/** The refusal of an opening that can’t stand, or of a history that goes on in the future. */
function faultOf(
  opened: Opened,
  until: Instant | undefined,
  clocks: Clocks | undefined,
  now: Instant,
): Refused | undefined {
  const faults = aheadOf(now, [opened]) ?? unknownTime(clocks, opened)
  const issues = [
    ...(faults?.refusal.issues.map(({ path, message }) => ({ path: `opening.${path}`, message })) ?? []),
    ...(until !== undefined && isAhead(until, now) ? [{ path: 'until', message: ahead.message }] : []),
  ]
  return issues.length === 0 ? undefined : { accepted: false, refusal: malformed('import', issues) }
}

/** What speaks against a command besides the rules: a case or an entry that it names, or a role that its actor lacks. */
function againstIt(
  protocol: Protocol,
  before: Case,
  command: AnyCommand,
  other: Case | undefined,
  isPowerless: boolean,
): Refusal | undefined {
  const { type } = command
  const fault = faultOfReference(protocol, before, before.version, command, other)
  if (fault !== undefined) return malformed(type, [fault], openNow(protocol, before))
  return isPowerless ? refusedWith('forbidden', type, takesAuthority(type), openNow(protocol, before)) : undefined
}

/** The other cases on which what passed rests: the write must not rest on what they no longer are. */
const guardsOf = (protocol: Protocol, { steps }: HistoryVerdict, others: Others): readonly Guard[] =>
  [...new Set(steps.map(({ command }) => others.get(caseNamedBy(protocol, command) ?? '')))].flatMap((known) =>
    known === undefined ? [] : [guardOf(known.now)],
  )

/** A command without its words, which may have been erased. */
const stampOf = (protocol: Protocol, command: AnyCommand): string =>
  JSON.stringify([command.type, command.at, command.by.kind, command.by.id, caseNamedBy(protocol, command)])

const reportOf = (
  { read, unread }: ReadHistoryCommands,
  { steps, refused, reordered }: HistoryVerdict,
): ImportReport => {
  const applied = steps.filter(({ index }) => index !== undefined).length
  return {
    given: read.length + unread.length,
    applied,
    fellDue: steps.length - applied,
    refused: [...unread, ...refused].sort((one, other) => one.index - other.index),
    reordered,
  }
}
