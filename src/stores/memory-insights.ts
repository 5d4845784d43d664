import type { Case, Entry } from '../machine/case.ts'
import type { Id, Instant } from '../protocol/words.ts'
import type { CauseInsights, Counts, Insights, InsightsAsked, Median, Milestone, Spend } from './insights.ts'
import { inOrder } from './insights.ts'
import type { NotedRefusal, Recurrence, Tie } from './store.ts'

/** A case as the memory store keeps it. */
export interface Kept {
  readonly state: Case
  readonly log: readonly Entry[]
  readonly ties: readonly Tie[]
}

/** The report as a fold over all cases: what an adapter's queries are compared with. */
export function foldInsights(
  all: readonly Kept[],
  refusals: readonly NotedRefusal[],
  { from, to, resolvedByDelivery }: InsightsAsked,
): Insights {
  const within = (at: Instant) => at >= from && at < to
  const complaints = all.filter((one) => within(openedAt(one)))
  const facts = complaints.map(({ state }) => state.facts)
  const entries = complaints.flatMap(({ log }) => log)
  const ofType = (type: string) => entries.filter(({ command }) => command.type === type)
  const closed = complaints.filter(({ state }) => state.state === 'closed')
  const promises = facts.flatMap((one) => one.promises)
  const inState = (state: string) => promises.filter((one) => one.state === state).length
  const noted = refusals.filter(({ at }) => within(at))
  const loud = complaints.filter(isLoud)
  return {
    from,
    to,
    complaints: complaints.length,
    praise: sum(facts.map((one) => one.praise)),
    closed: closed.length,
    outcomes: count(closed.flatMap(({ state }) => state.facts.outcome ?? [])),
    causes: causesOf(complaints, all),
    timeTo: medians(complaints, resolvedByDelivery),
    promises: {
      made: promises.length,
      kept: inState('kept'),
      broken: inState('broken'),
      open: inState('open'),
      moved: promises.filter((one) => (one.moves ?? 0) > 0).length,
    },
    secondFailures: count(facts.flatMap((one) => one.failures.map(({ kind }) => kind))),
    handOffs: { hops: sum(facts.map((one) => one.hops)), escalated: facts.filter((one) => one.escalated).length },
    waivers: count(facts.flatMap((one) => one.waivers.map(({ step }) => step))),
    missedDeadlines: count(ofType('missDeadline').map(({ command }) => (command as Evidence).deadline)),
    refusals: { byRule: count(noted.flatMap(({ rules }) => rules)), byCode: count(noted.map(({ code }) => code)) },
    remedies: { onTheLoud: spend(loud), onOthers: spend(complaints.filter((one) => !loud.includes(one))) },
    appreciation: {
      thanks: ofType('thank').length,
      surprises: ofType('surprise').length,
      bystanders: facts.flatMap((one) => one.bystanders ?? []).filter((one) => one.acknowledged).length,
    },
  }
}

/** The evidence that the report reads. */
type Evidence = Entry['command'] & {
  readonly deadline: string
  readonly resolved: string
  readonly reasons: readonly string[]
  readonly cause: string
}

/** When a case was opened. */
export const openedAt = ({ state }: Kept): Instant => state.facts.openedAt ?? ''

const sum = (numbers: readonly (number | undefined)[]): number =>
  numbers.reduce<number>((total, one) => total + (one ?? 0), 0)

const spend = (cases: readonly Kept[]): Spend => ({
  cases: cases.length,
  spent: sum(cases.map(({ state }) => state.facts.spent)),
})

function count<Name extends string>(names: readonly Name[]): Counts<Name> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return Object.fromEntries(counts) as Counts<Name>
}

const isLoud = ({ log }: Kept): boolean =>
  log.some(
    ({ command }) =>
      command.type === 'setPriority' &&
      (command as Evidence).reasons.some((reason) => reason === 'reach' || reason === 'volume'),
  )

// ── how long it took ────────────────────────────────────────────────────────────────────────────────────────────────

function medians(cases: readonly Kept[], delivered: readonly string[]): Readonly<Record<Milestone, Median>> {
  const timeTo = (reaches: (entry: Entry, protocol: string) => boolean): Median => {
    const times = cases.flatMap((one) => {
      const at = least(one.log.filter((entry) => reaches(entry, one.state.protocol)).map(({ command }) => command.at))
      return at === undefined ? [] : Math.max(Date.parse(at) - Date.parse(openedAt(one)), 0)
    })
    return { cases: times.length, medianMs: medianOf(times) }
  }
  const by = (type: string) => timeTo(({ command }) => command.type === type)
  return {
    own: by('own'),
    listen: by('listen'),
    apologize: by('apologize'),
    resolve: timeTo(({ command }, protocol) =>
      command.type === 'confirm'
        ? ['yes', 'partly'].includes((command as Evidence).resolved)
        : command.type === 'deliver' && delivered.includes(protocol),
    ),
    close: timeTo(({ from, to }) => to === 'closed' && from !== 'closed'),
  }
}

function medianOf(times: readonly number[]): number | undefined {
  const sorted = times.toSorted((one, other) => one - other)
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}

const least = (instants: readonly Instant[]): Instant | undefined => instants.toSorted()[0]

// ── causes ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What shows, among the cases of a cause, that its newest change did not hold; see the port. */
export function recurrenceOf(tied: readonly Kept[], cause: string, except?: Id): Recurrence | undefined {
  const changed = newest(tied, (one) => (one.state.caseId === except ? undefined : changeOf(one, cause)))
  const changedAt = changed && changeOf(changed, cause)
  if (changed === undefined || changedAt === undefined) return undefined
  const came = newest(tied, (one) => (isMember(one) || openedAt(one) <= changedAt ? undefined : openedAt(one)))
  return came && { cause, changed: changed.state.caseId, changedAt, came: came.state.caseId }
}

function causesOf(complaints: readonly Kept[], all: readonly Kept[]): readonly CauseInsights[] {
  const keys = new Set(complaints.flatMap(({ ties }) => ties.filter(({ kind }) => kind === 'cause').map(keyOf)))
  return inOrder(
    [...keys].map((key) => {
      const opened = complaints.filter((one) => hasCause(one, key)).map(openedAt)
      return { key, complaints: opened.length, change: changeTo(key, opened, all) }
    }),
  )
}

function changeTo(key: string, opened: readonly Instant[], all: readonly Kept[]): CauseInsights['change'] {
  const tied = all.filter((one) => hasCause(one, key))
  const changed = tied.filter((one) => changeOf(one, key) !== undefined)
  const firstAt = least(changed.flatMap((one) => at(one, 'verify') ?? at(one, 'improve') ?? changeOf(one, key) ?? []))
  const newestAt = changed
    .flatMap((one) => changeOf(one, key) ?? [])
    .toSorted()
    .at(-1)
  if (firstAt === undefined || newestAt === undefined) return undefined
  const after = opened.filter((one) => one > firstAt).length
  return {
    firstAt,
    before: opened.length - after,
    after,
    newestAt,
    held: recurrenceOf(tied, key) === undefined,
    failed: tied.flatMap(({ log }) => log).filter(({ command }) => isFailure(command, key)).length,
  }
}

const keyOf = ({ key }: Tie): string => key

const hasCause = ({ ties }: Kept, cause: string): boolean =>
  ties.some(({ kind, key }) => kind === 'cause' && key === cause)

const changeOf = ({ ties }: Kept, cause: string): Instant | undefined =>
  ties.find(({ kind, key }) => kind === 'cause' && key === cause)?.changedAt

const isMember = ({ ties }: Kept): boolean => ties.some(({ kind }) => kind === 'incident')

const isFailure = (command: Entry['command'], key: string): boolean =>
  command.type === 'changeFailed' && (command as Evidence).cause === key

/** When it was first done. A check that leads back to the improving verified nothing. */
const at = ({ log }: Kept, type: 'improve' | 'verify'): Instant | undefined =>
  least(
    log
      .filter(({ command, to }) => command.type === type && (type === 'improve' || to !== 'system.improve'))
      .map(({ command }) => command.at),
  )

/** Of equals the one whose id comes first. */
function newest(cases: readonly Kept[], timeOf: (one: Kept) => Instant | undefined): Kept | undefined {
  let best: Kept | undefined
  let latest: Instant = ''
  for (const one of cases) {
    const time = timeOf(one)
    if (time === undefined || time < latest) continue
    if (best !== undefined && time === latest && one.state.caseId > best.state.caseId) continue
    best = one
    latest = time
  }
  return best
}

/** Which of two ids or instants comes first. */
export const compare = (one: Id, other: Id): number => (one < other ? -1 : one > other ? 1 : 0)
