import type { Entry, Period } from 'redress'
import { causeKey } from 'redress'

/** A command with the evidence that is counted. */
interface Said {
  readonly type: string
  readonly at: string
  readonly promises: readonly { readonly cost?: number }[]
  readonly kept?: readonly string[]
  readonly cost?: number
  readonly reasons: readonly string[]
  readonly resolved: string
  readonly deadline: string
  readonly promise: string
  readonly step: string
  readonly before: number
  readonly after: number
  readonly bystander: string
  readonly cause: string
  readonly causes: readonly unknown[]
}

/** One case as its log tells it. */
export interface Told {
  readonly protocol: string
  readonly outcome: string | undefined
  readonly log: readonly Entry[]
}

/** The report, counted by hand from all logs: no facts, no ties, no queries. */
export function tally(
  all: readonly Told[],
  refused: readonly Refused[],
  { from, to }: Period,
  delivered: readonly string[],
) {
  const opened = ({ log }: Told) => log[0]?.command.at ?? ''
  const cases = all.filter((one) => opened(one) >= from && opened(one) < to)
  const say = (one: Told, type: string) =>
    one.log.map(({ command }) => command as unknown as Said).filter((c) => c.type === type)
  const said = (type: string) => cases.flatMap((one) => say(one, type))
  const closed = cases.filter(({ log }) => log.at(-1)?.to === 'closed')
  const made = [...said('agree').flatMap((c) => c.promises), ...said('makePromise')].length
  const kept = said('keepPromise').length + said('deliver').flatMap((c) => c.kept ?? []).length
  const broken = said('breakPromise').length
  const times = (at: (one: Told) => readonly string[]) => {
    const ms = cases
      .flatMap((one) =>
        at(one)
          .toSorted()
          .slice(0, 1)
          .map((first) => Math.max(Date.parse(first) - Date.parse(opened(one)), 0)),
      )
      .sort((one, other) => one - other)
    const half = ms.length / 2
    const middle = ms.length % 2 === 1 ? [Math.floor(half)] : [half - 1, half]
    return { cases: ms.length, medianMs: ms.length === 0 ? undefined : mean(middle.map((index) => ms[index] ?? 0)) }
  }
  const timeOf = (type: string) => times((one) => say(one, type).map((c) => c.at))
  const spentIn = (some: readonly Told[]) => ({
    cases: some.length,
    spent: some
      .flatMap((one) => [...keepable(one), ...say(one, 'surprise')])
      .reduce((sum, c) => sum + (c.cost ?? 0), 0),
  })
  /** The promises that were not broken: by their places, from `p1` on. */
  const keepable = (one: Told) => {
    const broken = say(one, 'breakPromise').map((c) => c.promise)
    return one.log
      .map(({ command }) => command as unknown as Said)
      .flatMap((c) => (c.type === 'agree' ? c.promises : c.type === 'makePromise' ? [{}] : []))
      .filter((_, index) => !broken.includes(`p${index + 1}`))
  }
  const isLoud = (one: Told) => say(one, 'setPriority').some((c) => /reach|volume/.test(JSON.stringify(c.reasons)))
  const failures = [
    ...said('breakPromise').map(() => 'promise-broken'),
    ...said('reopen').map(() => 'reopened'),
    ...said('remedyFailed').map(() => 'remedy-failed'),
    ...said('confirm').flatMap((c) => (c.resolved === 'no' ? 'remedy-failed' : [])),
    ...said('missDeadline').flatMap((c) => (c.deadline === 'answer' ? 'contact-unanswered' : [])),
  ]
  const noted = refused.filter((one) => one.at >= from && one.at < to)
  return {
    from,
    to,
    complaints: cases.length,
    praise: said('praise').length,
    closed: closed.length,
    outcomes: count(closed.flatMap((one) => one.outcome ?? [])),
    causes: causes(cases, all, opened, say),
    timeTo: {
      own: timeOf('own'),
      listen: timeOf('listen'),
      apologize: timeOf('apologize'),
      resolve: times((one) => [
        ...say(one, 'confirm').flatMap((c) => (c.resolved === 'no' ? [] : c.at)),
        ...(delivered.includes(one.protocol) ? say(one, 'deliver').map((c) => c.at) : []),
      ]),
      close: times(({ log }) => log.flatMap((e) => (e.to === 'closed' && e.from !== 'closed' ? e.command.at : []))),
    },
    promises: {
      made,
      kept,
      broken,
      open: made - kept - broken,
      moved: new Set(cases.flatMap((one, index) => say(one, 'movePromise').map((c) => `${index} ${c.promise}`))).size,
    },
    secondFailures: count(failures),
    handOffs: {
      hops: said('acceptHandOff').length,
      escalated: cases.filter((one) => say(one, 'acceptHandOff').length > 2).length,
    },
    waivers: count(said('waive').map((c) => c.step)),
    missedDeadlines: count(said('missDeadline').map((c) => c.deadline)),
    refusals: { byRule: count(noted.flatMap((one) => one.rules)), byCode: count(noted.map((one) => one.code)) },
    remedies: { onTheLoud: spentIn(cases.filter(isLoud)), onOthers: spentIn(cases.filter((one) => !isLoud(one))) },
    appreciation: {
      thanks: said('thank').length,
      surprises: said('surprise').length,
      bystanders: new Set(
        cases.flatMap((one, index) => say(one, 'acknowledgeBystander').map((c) => `${index} ${c.bystander}`)),
      ).size,
    },
  }
}

/** A refusal, as a listener heard it. */
export interface Refused {
  readonly at: string
  readonly code: string
  readonly rules: readonly string[]
}

function causes(
  cases: readonly Told[],
  all: readonly Told[],
  opened: (one: Told) => string,
  say: (one: Told, type: string) => readonly Said[],
) {
  const keysOf = (one: Told) => [
    ...say(one, 'investigate').flatMap((c) => (c.causes as { part: string; stage: string }[]).map(causeKey)),
    ...say(one, 'shareStep').flatMap((c) => c.causes as string[]),
  ]
  return [...new Set(cases.flatMap(keysOf))]
    .map((key) => {
      const mine = cases.filter((one) => keysOf(one).includes(key))
      const tied = all.filter((one) => keysOf(one).includes(key))
      const verified = (one: Told) => say(one, 'verify').filter((c) => c.after < c.before)
      const firstAt = tied
        .flatMap((one) => (verified(one).length > 0 ? verified(one) : say(one, 'improve')).map((c) => c.at))
        .toSorted()[0]
      // The last one in each log is the one that stands there.
      const newestAt = tied
        .flatMap((one) => {
          const said = one.log.map(({ command }) => command as unknown as Said)
          return said.findLast((c) => c.type === 'improve' || verified(one).includes(c))?.at ?? []
        })
        .toSorted()
        .at(-1)
      const alone = tied.filter((one) => say(one, 'joinIncident').length === 0)
      return {
        key,
        complaints: mine.length,
        change:
          firstAt === undefined || newestAt === undefined
            ? undefined
            : {
                firstAt,
                before: mine.filter((one) => opened(one) <= firstAt).length,
                after: mine.filter((one) => opened(one) > firstAt).length,
                newestAt,
                held: !alone.some((one) => opened(one) > newestAt),
                failed: tied.flatMap((one) => say(one, 'changeFailed')).filter((c) => c.cause === key).length,
              },
      }
    })
    .sort((one, other) => other.complaints - one.complaints || (one.key < other.key ? -1 : 1))
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length

function count(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
