// A store of your own: all cases in one JSON file, for one process. It keeps the contract that every store keeps.
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Case, Commit, CommitResult, Due, Entry, Listing, PlaceInList, Remembered, Store, Tie } from 'redress'
import { createDesk, heard, person } from 'redress'
import { conformance } from 'redress/testing'

interface Kept {
  readonly state: Case
  readonly log: readonly Entry[]
  readonly deadlines: readonly Omit<Due, 'caseId'>[]
  readonly listing: Listing
  readonly ties: readonly Tie[]
}

interface Shelf {
  readonly cases: Map<string, Kept>
  readonly commands: Map<string, Remembered>
}

// Every key is a tenant and an id. As JSON no two of them can be mistaken for each other.
const keyOf = (tenant: string, id: string) => JSON.stringify([tenant, id])
const openedAt = ({ listing }: Kept) => listing.openedAt
const order = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

function jsonFileStore(path: string): Store {
  let shelf = read(path)
  // Leases are for this process alone, and end with it.
  const leases = new Map<string, string>()

  const casesOf = (tenant: string) =>
    [...shelf.cases].filter(([key]) => JSON.parse(key)[0] === tenant).map(([, kept]) => kept)
  const tiedBy = (tenant: string, kind: Tie['kind'], key: string) =>
    casesOf(tenant).filter(({ ties }) => ties.some((tie) => tie.kind === kind && tie.key === key))

  return {
    // What is handed out is a copy: nobody changes the store from outside.
    load: async (tenant, caseId) => structuredClone(shelf.cases.get(keyOf(tenant, caseId))?.state),

    async commit(batch) {
      // On a shelf of its own: where the file can't be written, nothing has happened.
      const next = { cases: new Map(shelf.cases), commands: new Map(shelf.commands) }
      const results = batch.map((commit) => put(next, commit))
      write(path, next)
      shelf = next
      for (const [n, { tenant, caseId }] of batch.entries()) {
        if (results[n]?.outcome === 'committed') leases.delete(keyOf(tenant, caseId))
      }
      return results
    },

    async *log(tenant, caseId, after = 0) {
      for (const entry of shelf.cases.get(keyOf(tenant, caseId))?.log ?? []) {
        if (entry.version > after) yield structuredClone(entry)
      }
    },

    remembered: async (tenant, commandId) => structuredClone(shelf.commands.get(keyOf(tenant, commandId))),

    async claimDue(tenant, { by, limit, now, until }) {
      const due = casesOf(tenant)
        .filter(({ state }) => (leases.get(keyOf(tenant, state.caseId)) ?? now) <= now)
        .flatMap(({ state, deadlines }) => deadlines.map((one) => ({ caseId: state.caseId, ...one })))
        .filter((one) => one.due <= by)
        .sort((one, other) => order(one.due, other.due))
      const claimed = [...new Set(due.map(({ caseId }) => caseId))].slice(0, limit)
      for (const caseId of claimed) leases.set(keyOf(tenant, caseId), until)
      return due.filter(({ caseId }) => claimed.includes(caseId))
    },

    tied: async (tenant, { kind, key }) =>
      tiedBy(tenant, kind, key)
        .sort((one, other) => order(openedAt(one), openedAt(other)) || order(one.state.caseId, other.state.caseId))
        .map(({ state }) => state.caseId),

    async find(tenant, asked) {
      const { phases, step, owner, overdueBy, tied = [], openedFrom, openedTo, after, newestFirst, limit } = asked
      const inOrder = (one: PlaceInList, other: PlaceInList) =>
        (order(one.openedAt, other.openedAt) || order(one.caseId, other.caseId)) * (newestFirst ? -1 : 1)
      return casesOf(tenant)
        .map((kept) => ({ ...kept, place: { openedAt: openedAt(kept), caseId: kept.state.caseId } }))
        .filter(({ listing }) => (phases?.includes(listing.phase) ?? true) && (step ?? listing.step) === listing.step)
        .filter(({ listing }) => (owner ?? listing.owner) === listing.owner)
        .filter(({ place }) => place.openedAt >= (openedFrom ?? '') && !(openedTo && place.openedAt >= openedTo))
        .filter(({ ties }) => tied.every(({ kind, key }) => ties.some((tie) => tie.kind === kind && tie.key === key)))
        .filter(
          ({ listing, deadlines }) => !overdueBy || listing.lateSince || deadlines.some(({ due }) => due <= overdueBy),
        )
        .filter(({ place }) => !after || inOrder(after, place) < 0)
        .sort((one, other) => inOrder(one.place, other.place))
        .slice(0, limit)
        .map(({ state }) => structuredClone(state))
    },

    keys: async (tenant, kind) =>
      [
        ...new Set(
          casesOf(tenant).flatMap(({ ties }) => ties.filter((tie) => tie.kind === kind).map(({ key }) => key)),
        ),
      ].sort(),

    async mark(tenant, caseId, why) {
      const key = keyOf(tenant, caseId)
      const kept = shelf.cases.get(key)
      if (kept === undefined) return
      const ties: readonly Tie[] = [...kept.ties, { kind: 'attention', key: why }]
      const next = { ...shelf, cases: new Map(shelf.cases).set(key, { ...kept, ties }) }
      write(path, next)
      shelf = next
    },

    async recurrences(tenant, causes, except) {
      return causes.flatMap((cause) => {
        const byId = tiedBy(tenant, 'cause', cause).sort((one, other) => order(one.state.caseId, other.state.caseId))
        const [change] = byId
          .flatMap(({ state: { caseId }, ties }) =>
            ties.flatMap(({ key, changedAt }) => (key === cause && changedAt ? [{ changed: caseId, changedAt }] : [])),
          )
          .filter(({ changed }) => changed !== except)
          .sort((one, other) => order(other.changedAt, one.changedAt))
        const [arrival] = byId
          .filter((one) => change && openedAt(one) > change.changedAt)
          .filter(({ ties }) => ties.every(({ kind }) => kind !== 'incident'))
          .sort((one, other) => order(openedAt(other), openedAt(one)))
        return change && arrival ? [{ cause, ...change, came: arrival.state.caseId }] : []
      })
    },

    // Without `insights` and `note` a desk has no report; without `within` it joins no transaction.
    close: async () => {},
  }
}

/** One commit, whole or not at all: a repetition is told its receipt, and who comes too late the version that is there. */
function put({ cases, commands }: Shelf, commit: Commit): CommitResult {
  const { tenant, caseId, commandHash, state, deadlines, listing, redacted = [], guards = [] } = commit
  const seen = commandHash === undefined ? undefined : commands.get(keyOf(tenant, commit.commandId))
  if (seen !== undefined) {
    const isSame = seen.commandHash === commandHash || seen.commandHash === ''
    return isSame ? { outcome: 'duplicate', receipt: seen.receipt } : { outcome: 'command-id-reused' }
  }
  const versionOf = (id: string) => cases.get(keyOf(tenant, id))?.state.version ?? 0
  const stands = guards.every((guard) => versionOf(guard.caseId) === guard.version)
  const actual = versionOf(caseId)
  if (actual !== commit.expectedVersion || !stands) return { outcome: 'conflict', actual }

  if (commandHash !== undefined) {
    commands.set(keyOf(tenant, commit.commandId), { commandHash, receipt: commit.receipt })
  }
  // Erased words go from the log, and the digests that could be compared with them.
  const before = cases.get(keyOf(tenant, caseId))
  const log = [...(before?.log ?? []), ...commit.entries].map(
    (one) => redacted.find(({ version }) => version === one.version) ?? one,
  )
  if (commit.redacted !== undefined) {
    for (const [key, { receipt }] of commands) {
      if (JSON.parse(key)[0] === tenant && receipt.caseId === caseId) commands.set(key, { commandHash: '', receipt })
    }
  }
  // Ties that are left out have not changed.
  const ties = commit.ties ?? before?.ties ?? []
  cases.set(keyOf(tenant, caseId), { state, log, deadlines, listing, ties })
  return { outcome: 'committed' }
}

function read(path: string): Shelf {
  const { cases, commands } = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { cases: [], commands: [] }
  return { cases: new Map(cases), commands: new Map(commands) }
}

/** Beside the file, onto the disk, and then in its place: who looks finds the old one or the new one, never half of one. */
function write(path: string, { cases, commands }: Shelf): void {
  writeFileSync(`${path}.new`, JSON.stringify({ cases: [...cases], commands: [...commands] }), { flush: true })
  renameSync(`${path}.new`, path)
}

// The same in a test runner is one line: conform('JSON file', { has: ['durable'], open }, { describe, it }). And from a
// shell, of a module that exports it: npx redress conformance ./json-file-store.js
const folder = mkdtempSync(join(tmpdir(), 'redress-'))
const open = (name: string) => jsonFileStore(join(folder, `${name}.json`))

const outcomes = { passed: 0, failed: 0, skipped: 0 }
const lacks = new Set<string>()
for await (const result of conformance({ has: ['durable'], open })) {
  outcomes[result.outcome] += 1
  if (result.outcome === 'failed') console.log(result.name, result.error)
  if (result.outcome === 'skipped') for (const one of result.lacks) lacks.add(one)
}
console.log(
  `clauses that failed: ${outcomes.failed}; more passed than were skipped: ${outcomes.passed > outcomes.skipped}`,
)
console.log(`skipped is what requires: ${[...lacks].join(', ')}`)

// A desk on it, today and tomorrow.
const ana = person('ana')
const now = () => new Date('2026-03-02T09:00:00Z')
const desk = createDesk({ store: open('cases'), protocols: [heard], now })
await desk.open({ caseId: 'scan-9', by: ana, customer: 'c-9', channel: 'mail', words: 'Cancelled for the third time.' })
await desk.send('scan-9', { type: 'own', by: ana, owner: ana, introduced: 'I am Ana. This is mine.' })

const tomorrow = createDesk({ store: open('cases'), protocols: [heard], now })
const { state, version } = await tomorrow.look('scan-9')
console.log(`scan-9: ${state}, after ${version} entries`)

rmSync(folder, { recursive: true })

/* prints:
clauses that failed: 0; more passed than were skipped: true
skipped is what requires: shared, transactions, insights, subscriptions
scan-9: person.listen, after 2 entries
*/
