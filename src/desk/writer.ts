import type { Case, Entry } from '../machine/case.ts'
import { refusedWith } from '../machine/refusal.ts'
import { dueIn } from '../protocol/clock.ts'
import type { AnyCommand } from '../protocol/command.ts'
import type { Id, Instant } from '../protocol/words.ts'
import { areTiedAlike, listingOf, tiesOf } from '../stores/listing.ts'
import type { Guard, Receipt, Store } from '../stores/store.ts'
import type { Answer } from './answer.ts'
import type { Letter } from './letter.ts'
import { sharedWrites } from './shared-writes.ts'
import { checkAborted } from './signal.ts'

/** A command that was judged and passed, between two states; the opening comes from none. */
export interface Step {
  readonly command: AnyCommand
  readonly from: Case['state'] | null
  readonly after: Case
  /** The id that it had where it was imported from. */
  readonly commandId?: Id | undefined
}

/** What a write does and rests on besides. */
export interface Besides {
  readonly redacted?: readonly Entry[] | undefined
  readonly guards?: readonly Guard[]
  /** The case was stored by an older version, and is from now on judged by this one. */
  readonly lifted?: boolean
}

/** The one place where a desk writes. */
export interface Writer {
  /**
   * Commits what passed, whole or not at all. Says whether it was written, or what a repetition is to be told; nothing
   * where another writer came first, so that the command is judged again.
   */
  commit(
    letter: Letter<unknown>,
    before: Case | undefined,
    steps: readonly Step[],
    at: Instant,
    besides?: Besides,
  ): Promise<'written' | Answer | undefined>
  /** What the first send to this case under this id was told, when there was one. */
  seenBefore(letter: Letter<unknown>, caseId: Id | undefined): Promise<Answer | undefined>
}

/** A writer for one tenant of a store. */
export function createWriter(store: Store, tenant: string, coalesce: number): Writer {
  const write = sharedWrites(store, coalesce)

  async function repeated({ caseId, first, last }: Receipt): Promise<Answer | undefined> {
    const now = await store.load(tenant, caseId)
    const entries: Entry[] = []
    for await (const entry of store.log(tenant, caseId, first - 1)) {
      entries.push(entry)
      if (entry.version === last) break
    }
    return now && { accepted: true, case: now, entries, repeated: true }
  }

  const reused = (letter: Letter<unknown>): Answer => ({
    accepted: false,
    refusal: refusedWith(
      'command-id-reused',
      letter.type,
      'This id was used for something else before. Nothing was stored; send it under an id of its own.',
    ),
  })

  return {
    async commit(letter, before, steps, at, besides = {}) {
      const last = steps.at(-1)
      if (last === undefined) return undefined
      checkAborted(letter.signal)
      const { caseId, version } = last.after
      const expectedVersion = before?.version ?? 0
      const result = await write({
        tenant,
        caseId,
        expectedVersion,
        entries: entriesOf(letter, steps, at),
        state: last.after,
        deadlines: dueIn(last.after.facts),
        listing: listingOf(last.after),
        ties:
          before !== undefined && besides.lifted !== true && areTiedAlike(before, last.after)
            ? undefined
            : tiesOf(last.after),
        redacted: besides.redacted,
        guards: besides.guards?.length === 0 ? undefined : besides.guards,
        commandId: letter.id,
        commandHash: letter.hash,
        receipt: { caseId, first: expectedVersion + 1, last: version },
      })
      switch (result?.outcome) {
        case 'committed':
          return 'written'
        case 'duplicate':
          // Digests are erased with a case's words. Then the receipt alone tells one case's send from another's.
          return isOf(result.receipt, before?.caseId) ? repeated(result.receipt) : reused(letter)
        case 'command-id-reused':
          return reused(letter)
        default:
          return undefined
      }
    },

    async seenBefore(letter, caseId) {
      if (letter.hash === undefined) return undefined
      const seen = await store.remembered(tenant, letter.id)
      if (seen === undefined) return undefined
      const same = seen.commandHash === letter.hash || (seen.commandHash === '' && isOf(seen.receipt, caseId))
      return same ? repeated(seen.receipt) : reused(letter)
    },
  }
}

/** The log entries of steps. */
export const entriesOf = (letter: Letter<unknown>, steps: readonly Step[], at: Instant): readonly Entry[] =>
  steps.map(({ command, from, commandId = letter.id, after: { caseId, version, protocol, machine, state } }) => ({
    caseId,
    version,
    protocol,
    machine,
    commandId,
    command,
    from,
    to: state,
    recordedAt: at,
    ...(letter.importedBy === undefined ? {} : { importedBy: letter.importedBy }),
    ...(letter.traceparent === undefined ? {} : { traceparent: letter.traceparent }),
  }))

/** Whether a receipt is of a send to this case; of an opening where there is none yet. */
const isOf = ({ caseId, first }: Receipt, sentTo: Id | undefined): boolean =>
  sentTo === undefined ? first === 1 : caseId === sentTo
