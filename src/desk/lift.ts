import { RedressError } from '../errors.ts'
import type { Case, Entry } from '../machine/case.ts'
import { MACHINE_VERSION } from '../machine/case.ts'
import { fold } from '../machine/fold.ts'
import type { Clocks } from '../protocol/clock.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Version } from '../stores/listing.ts'
import { versionKey } from '../stores/listing.ts'
import type { Store } from '../stores/store.ts'
import type { Shelf } from './shelf.ts'

/**
 * Says in the words of one version of a protocol what was written under another, so that a desk need not keep the old one.
 * A chain of them is unbroken or not used. What can’t be said is `undefined`: the case is marked when it is read first,
 * and waits for somebody who looks after it (`find({ needsAttention: true })`). Nothing is guessed, and nothing of what is
 * stored is changed; when the case was opened stays as it was.
 */
export interface Upcaster {
  /** The version that it knows, `ours@1`, and the one that it leads to, `ours@2`. */
  readonly from: string
  readonly to: string
  /** One line of the log: its `command`, `from` and `to`. The rest stays as it was, whatever is given back. */
  entry(entry: Entry): Entry | undefined
  /** The case: its `state` and `facts`. Left out, the log is read and folded anew. */
  state?(found: Case): Case | undefined
}

/** The same for versions of the lifecycle itself: from one to the next. */
export type LifecycleUpcaster = Pick<Upcaster, 'entry' | 'state'> & { readonly from: number }

/** What this release knows of older lifecycles: so far there is one. */
const lifecycleUpcasters: readonly LifecycleUpcaster[] = []

/** One step up. */
interface Rung extends Pick<Upcaster, 'entry' | 'state'> {
  readonly to: Version
}

/** Reads what older versions have written. */
export interface Lift {
  /** A store that hands out every case and every entry as this desk’s versions say them. */
  over(store: Store): Store
  /** One line of a log, as this desk's versions say it. Throws `case-unreadable`. */
  entry(entry: Entry): Entry
  /** Whether a case was handed out otherwise than it is stored. */
  isLifted(found: Case): boolean
  /** Whether what this version wrote can be read here: by itself, or lifted. */
  canRead(version: Version): boolean
}

/** Builds the lift of a desk. Throws `protocol-faulty` where its upcasters lead nowhere. */
export function createLift(
  shelf: Shelf,
  upcasters: readonly Upcaster[],
  tenant: string,
  clocks: Clocks | undefined,
  lifecycle = lifecycleUpcasters,
): Lift {
  checkUpcasters(upcasters)
  const lifted = new WeakSet<Case>()
  const ladders = new Map<string, readonly Rung[] | undefined>()

  const ladderFrom = (version: Version): readonly Rung[] | undefined => {
    const key = versionKey(version)
    if (!ladders.has(key)) ladders.set(key, climb(version))
    return ladders.get(key)
  }

  function climb(from: Version): readonly Rung[] | undefined {
    const rungs: Rung[] = []
    let { protocol, machine } = from
    for (; machine < MACHINE_VERSION; machine++) {
      const one = lifecycle.find((upcaster) => upcaster.from === machine)
      if (one === undefined) return undefined
      rungs.push({ ...one, to: { protocol, machine: machine + 1 } })
    }
    if (machine > MACHINE_VERSION) return undefined
    while (!shelf.has(protocol)) {
      const one = upcasters.find((upcaster) => upcaster.from === protocol)
      if (one === undefined) return undefined
      protocol = one.to
      rungs.push({ entry: one.entry, ...(one.state && { state: one.state }), to: { protocol, machine } })
    }
    return rungs
  }

  function entryUp(entry: Entry): Entry {
    const rungs = ladderFrom(entry)
    if (rungs?.length === 0) return entry
    const up = rungs?.reduce<Entry | undefined>((known, rung) => {
      const next = known && rung.entry(known)
      return next && { ...entry, command: next.command, from: next.from, to: next.to, ...rung.to }
    }, entry)
    return up ?? unreadable(entry)
  }

  /** The case up those rungs, folded anew from its log where it has to be. */
  function caseUp(found: Case, rungs: readonly Rung[], log: readonly Entry[] | undefined): Case {
    const up =
      log === undefined
        ? rungs.reduce<Case | undefined>((known, rung) => {
            const next = known && rung.state?.(known)
            return next && { ...next, caseId: found.caseId, version: found.version, ...rung.to }
          }, found)
        : fold(shelf.exact((rungs.at(-1) as Rung).to.protocol), log.map(entryUp) as [Entry, ...Entry[]], clocks)
    if (up === undefined || !hasState(shelf.exact(up.protocol), up)) return unreadable(found)
    // It is listed by when it was opened, whatever is made of that.
    const same = { ...up, facts: { ...up.facts, openedAt: found.facts.openedAt } }
    lifted.add(same)
    return same
  }

  async function logOf(store: Store, { caseId, version }: Case): Promise<readonly Entry[]> {
    const entries: Entry[] = []
    for await (const entry of store.log(tenant, caseId)) if (entry.version <= version) entries.push(entry)
    return entries
  }

  return {
    over: (store) => ({
      ...passedOn(store),
      async load(tenant, caseId) {
        const found = await store.load(tenant, caseId)
        if (found === undefined) return found
        const rungs = ladderFrom(found)
        if (rungs === undefined) throw shelf.unknown(found.protocol)
        if (rungs.length === 0) return found
        const log = rungs.every(({ state }) => state !== undefined) ? undefined : await logOf(store, found)
        try {
          return caseUp(found, rungs, log)
        } catch (error) {
          await store.mark(tenant, caseId, 'case-unreadable')
          throw error instanceof RedressError ? error : unreadableError(found, error)
        }
      },
      async *log(tenant, caseId, after) {
        for await (const entry of store.log(tenant, caseId, after)) yield entryUp(entry)
      },
    }),
    entry: entryUp,
    isLifted: (found) => lifted.has(found),
    canRead: (version) => ladderFrom(version) !== undefined,
  }
}

/** Every call as it is; a store may be anything that has them, an instance of a class as well. */
const passedOn = (store: Store): Store => ({
  ...(store.grouping && { grouping: store.grouping }),
  load: (...of) => store.load(...of),
  commit: (batch) => store.commit(batch),
  log: (...of) => store.log(...of),
  remembered: (...of) => store.remembered(...of),
  claimDue: (...of) => store.claimDue(...of),
  tied: (...of) => store.tied(...of),
  find: (...of) => store.find(...of),
  keys: (...of) => store.keys(...of),
  mark: (...of) => store.mark(...of),
  recurrences: (...of) => store.recurrences(...of),
  // A store may have no report.
  ...(store.insights && { insights: store.insights.bind(store) }),
  ...(store.lanes && { lanes: store.lanes }),
  ...(store.note && { note: store.note.bind(store) }),
  close: () => store.close(),
})

const hasState = ({ steps }: Protocol, { state }: Case): boolean =>
  state === 'received' || state === 'closed' || steps.some(({ phase, name }) => state === `${phase}.${name}`)

const unreadable = (of: Case | Entry): never => {
  throw unreadableError(of)
}

const unreadableError = ({ caseId, version, protocol, machine }: Case | Entry, cause?: unknown): RedressError =>
  new RedressError(
    'case-unreadable',
    `What ${protocol} wrote can’t be lifted to a version that this desk has. Nothing was changed, and the case is marked as one that needs attention. Give the desk that protocol, or an upcaster that can.`,
    { facts: { caseId, version, protocol, machine }, ...(cause === undefined ? {} : { cause }) },
  )

function checkUpcasters(upcasters: readonly Upcaster[]): void {
  const froms = upcasters.map(({ from }) => from)
  const faults = [
    ...froms.filter((from, index) => froms.indexOf(from) !== index).map((from) => `two begin at “${from}”`),
    ...upcasters
      .filter((one) => typeof one.entry !== 'function')
      .map(({ from }) => `that of “${from}” has no \`entry\``),
    ...froms.filter((from) => leadsBack(upcasters, from)).map((from) => `those of “${from}” lead back to it`),
  ]
  if (faults.length > 0) {
    throw new RedressError('protocol-faulty', `These upcasters can’t be used: ${faults.join('; ')}.`)
  }
}

function leadsBack(upcasters: readonly Upcaster[], from: string): boolean {
  let at: string | undefined = from
  for (let steps = 0; steps <= upcasters.length && at !== undefined; steps++) {
    at = upcasters.find((one) => one.from === at)?.to
    if (at === from) return true
  }
  return false
}
