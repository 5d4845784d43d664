import type { Case, Entry } from '../machine/case.ts'
import { byDue } from '../protocol/clock.ts'
import { copyOf } from '../protocol/plain.ts'
import type { Id, Instant } from '../protocol/words.ts'
import { inList } from './memory-find.ts'
import { compare, foldInsights, openedAt, recurrenceOf } from './memory-insights.ts'
import type { KeptSubscription } from './memory-lanes.ts'
import { memoryLanes } from './memory-lanes.ts'
import type { Commit, CommitResult, Due, Listing, NotedRefusal, Remembered, Store, Tie, TieName } from './store.ts'

interface Kept {
  state: Case
  readonly log: Entry[]
  deadlines: readonly Omit<Due, 'caseId'>[]
  ties: readonly Tie[]
  listing: Listing
  leasedUntil?: Instant | undefined
}

interface Shelf {
  readonly cases: Map<Id, Kept>
  /** The ids of the cases that a tie holds together. */
  readonly tied: Map<string, Set<Id>>
  readonly commands: Map<Id, Remembered>
  readonly refusals: NotedRefusal[]
  /** Every entry of every case, in the order in which they were committed. */
  readonly written: Entry[]
  readonly subscriptions: Map<Id, KeptSubscription>
}

/** A store in the memory of the process, for tests and trials: the semantics of the others, and gone with the process. */
export function memoryStore(): Store {
  const shelves = new Map<string, Shelf>()

  const shelfOf = (tenant: string): Shelf => {
    const shelf = shelves.get(tenant) ?? {
      cases: new Map(),
      tied: new Map(),
      commands: new Map(),
      refusals: [],
      written: [],
      subscriptions: new Map(),
    }
    shelves.set(tenant, shelf)
    return shelf
  }

  const commitOne = (commit: Commit): CommitResult => {
    const { caseId, commandId, commandHash } = commit
    const { cases, tied, commands, written } = shelfOf(commit.tenant)
    const seen = commandHash === undefined ? undefined : commands.get(commandId)
    if (seen !== undefined) {
      return seen.commandHash === commandHash || seen.commandHash === ''
        ? { outcome: 'duplicate', receipt: copyOf(seen.receipt) }
        : { outcome: 'command-id-reused' }
    }
    const kept = cases.get(caseId)
    const actual = kept?.state.version ?? 0
    const stands = commit.guards?.every(({ caseId, version }) => cases.get(caseId)?.state.version === version) ?? true
    if (actual !== commit.expectedVersion || !stands) return { outcome: 'conflict', actual }
    const { state, entries, deadlines, listing, ties = kept?.ties ?? [] } = commit
    tieAnew(tied, caseId, kept?.ties ?? [], ties)
    if (kept === undefined) {
      cases.set(caseId, { state, log: [...entries], deadlines, ties, listing })
    } else {
      kept.state = state
      kept.deadlines = deadlines
      kept.ties = ties
      kept.listing = listing
      kept.leasedUntil = undefined
      kept.log.push(...entries)
      for (const entry of commit.redacted ?? []) kept.log[entry.version - 1] = entry
      if (commit.redacted !== undefined) forgetDigests(commands, caseId)
    }
    written.push(...entries)
    if (commandHash !== undefined) commands.set(commandId, { commandHash, receipt: commit.receipt })
    return { outcome: 'committed' }
  }

  return {
    async load(tenant, caseId) {
      return copyOf(shelfOf(tenant).cases.get(caseId)?.state)
    },
    async commit(batch) {
      return batch.map(commitOne)
    },
    async *log(tenant, caseId, after = 0) {
      for (const entry of shelfOf(tenant).cases.get(caseId)?.log.slice(after) ?? []) yield copyOf(entry)
    },
    async remembered(tenant, commandId) {
      return copyOf(shelfOf(tenant).commands.get(commandId))
    },
    async claimDue(tenant, { by, limit, now, until, latest = leasedForEver }) {
      const { cases } = shelfOf(tenant)
      const due = [...cases].flatMap(([caseId, { deadlines, leasedUntil }]) =>
        leasedUntil !== undefined && leasedUntil > now && leasedUntil <= latest
          ? []
          : deadlines.filter((one) => one.due <= by).map((one) => ({ caseId, ...one })),
      )
      const claimed = new Set([...new Set(due.sort(byDue).map(({ caseId }) => caseId))].slice(0, limit))
      for (const caseId of claimed) (cases.get(caseId) as Kept).leasedUntil = until
      return due.filter(({ caseId }) => claimed.has(caseId))
    },
    async tied(tenant, tie) {
      return tiedBy(shelfOf(tenant), tie)
        .sort((one, other) => compare(openedAt(one), openedAt(other)) || compare(one.state.caseId, other.state.caseId))
        .map(({ state }) => state.caseId)
    },
    async find(tenant, asked) {
      const shelf = shelfOf(tenant)
      const found = asked.tied === undefined ? [...shelf.cases.values()] : tiedBy(shelf, asked.tied[0] as TieName)
      return copyOf(inList(found, asked).map(({ state }) => state))
    },
    async keys(tenant, kind) {
      const { cases } = shelfOf(tenant)
      const keys = [...cases.values()].flatMap(({ ties }) =>
        ties.filter((one) => one.kind === kind).map(({ key }) => key),
      )
      return [...new Set(keys)].sort(compare)
    },
    async mark(tenant, caseId, why) {
      const { cases, tied } = shelfOf(tenant)
      const kept = cases.get(caseId)
      if (kept === undefined) return
      const ties: readonly Tie[] = [...kept.ties, { kind: 'attention', key: why }]
      tieAnew(tied, caseId, kept.ties, ties)
      kept.ties = ties
    },
    async recurrences(tenant, causes, except) {
      const shelf = shelfOf(tenant)
      return causes.flatMap((key) => recurrenceOf(tiedBy(shelf, { kind: 'cause', key }), key, except) ?? [])
    },
    async insights(tenant, asked) {
      const { cases, refusals } = shelfOf(tenant)
      return foldInsights([...cases.values()], refusals, asked)
    },
    async note(tenant, refusal) {
      shelfOf(tenant).refusals.push(refusal)
    },
    lanes: memoryLanes(shelfOf),
    async close() {},
  }
}

/** Later than any moment. */
const leasedForEver = '~'

const knotOf = ({ kind, key }: TieName): string => `${kind} ${key}`

const tiedBy = ({ cases, tied }: Shelf, tie: TieName): Kept[] =>
  [...(tied.get(knotOf(tie)) ?? [])].flatMap((caseId) => cases.get(caseId) ?? [])

/** Ties a case to what it is tied to now. */
function tieAnew(tied: Map<string, Set<Id>>, caseId: Id, before: readonly Tie[], ties: readonly Tie[]): void {
  const knots = ties.map(knotOf)
  for (const knot of knots) tied.set(knot, (tied.get(knot) ?? new Set()).add(caseId))
  for (const tie of before) if (!knots.includes(knotOf(tie))) tied.get(knotOf(tie))?.delete(caseId)
}

/** Digests of words are forgotten with the words; their ids stay known. */
function forgetDigests(commands: Map<Id, Remembered>, caseId: Id): void {
  for (const [id, remembered] of commands) {
    if (remembered.receipt.caseId === caseId) commands.set(id, { ...remembered, commandHash: '' })
  }
}
