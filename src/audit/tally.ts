import type { CaseAudit } from './case.ts'
import { fitnessOf, ownersIn } from './case.ts'
import type { Counts, Example, Tally } from './counts.ts'
import { createTally, examplesOf } from './counts.ts'
import type { DeviationKind } from './deviation.ts'
import { type FindingId, findings } from './finding.ts'
import { unjudged } from './judgeable.ts'
import type { Legend } from './legend.ts'
import { OPENING } from './meaning.ts'
import type { AuditReport } from './report.ts'
import { createSpread } from './spread.ts'
import type { Story } from './story.ts'

const MOST_HOPS = 20
const MILLIONTHS = 1_000_000

/** What is counted over all cases, one after the other. */
export function createCaseTally(legend: Legend, ways: Counts) {
  const { protocol, waits, unseen, hopLimit } = legend
  const found = new Map((Object.keys(findings) as FindingId[]).map((id) => [id, createTally()]))
  const strays = new Map<string, { readonly tally: Tally; times: number; cost: number }>()
  const spreads = waits.map(() => ({ spread: createSpread(), late: createTally(), open: 0, never: 0 }))
  const promises = { made: 0, kept: 0, broken: 0, open: 0, undated: 0 }
  const flow = new Map<string, number>()
  const hops = new Map<number, number>()
  const bars = new Array<number>(11).fill(0)
  const sum = { cases: 0, owned: 0, over: 0, sound: 0, conforming: 0, cost: 0, worst: 0, fitness: 0 }

  function countFitness({ fitness, cost, worst, isOver, deviations, findings }: CaseAudit): void {
    sum.cases++
    sum.cost += cost
    sum.worst += worst
    // In whole millionths, so that the sum is the same in whichever order cases come.
    sum.fitness += Math.round(fitness * MILLIONTHS)
    if (isOver) sum.over++
    if (cost === 0) sum.conforming++
    if (deviations.length === 0 && findings.length === 0) sum.sound++
    const bar = fitness === 1 ? 10 : Math.floor(fitness * 10)
    bars[bar] = (bars[bar] ?? 0) + 1
  }

  function countDeviations({ deviations }: CaseAudit, example: Example): void {
    const seen = new Set<string>()
    for (const { kind, command, cost } of deviations) {
      const key = `${kind} ${command}`
      let stray = strays.get(key)
      if (stray === undefined) {
        stray = { tally: createTally(), times: 0, cost: 0 }
        strays.set(key, stray)
      }
      if (!seen.has(key)) stray.tally.add(1, [example])
      seen.add(key)
      stray.times++
      stray.cost += cost
    }
  }

  function countWaits(audit: CaseAudit, example: Example): void {
    for (const { name, ms, ended, late } of audit.waits) {
      const index = waits.findIndex((wait) => wait.name === name)
      const one = spreads[index]
      if (one === undefined) continue
      if (ended === 'yes') one.spread.add(ms)
      else if (ended === 'not-yet') one.open++
      else one.never++
      if (late) one.late.add(1, [example])
    }
  }

  function countFlow({ deeds }: Story): void {
    const steps = [OPENING, ...deeds.map(({ command }) => command), 'end']
    for (let at = 1; at < steps.length; at++) {
      const key = `${steps[at - 1]} ${steps[at]}`
      flow.set(key, (flow.get(key) ?? 0) + 1)
    }
  }

  return {
    async add(story: Story, audit: CaseAudit, example: Example): Promise<void> {
      countFitness(audit)
      countDeviations(audit, example)
      countWaits(audit, example)
      countFlow(story)
      for (const id of audit.findings) found.get(id)?.add(1, [example])
      const { made, kept, broken, undated } = audit.promises
      promises.made += made
      promises.kept += kept
      promises.broken += broken
      promises.open += made - kept - broken
      promises.undated += undated
      if (ownersIn(story, legend).length > 0) sum.owned++
      const times = Math.min(audit.hops, MOST_HOPS)
      hops.set(times, (hops.get(times) ?? 0) + 1)
      const way = waysOf(audit)
      if (way.length > 0) await ways.add(way.join('\n'), example)
    },
    result: () => {
      const why = unjudged(legend, { promises, owned: sum.owned })
      return {
        protocol: `${protocol.id}@${protocol.version}`,
        steps: protocol.steps.map(({ name }) => name),
        cases: sum.cases,
        over: sum.over,
        underWay: sum.cases - sum.over,
        unseen,
        findings: [...found].map(([id, tally]) => ({ id, says: findings[id], unjudged: why[id], ...seen(tally) })),
        sound: sum.sound,
        fitness: {
          whole: fitnessOf(sum.cost, sum.worst),
          mean: sum.cases === 0 ? 1 : sum.fitness / sum.cases / MILLIONTHS,
          conforming: sum.conforming,
          bars,
        },
        deviations: [...strays]
          .map(([key, { tally, times, cost }]) => {
            const [kind, command] = key.split(' ') as [DeviationKind, string]
            return { kind, command, times, cost, ...seen(tally) }
          })
          .sort((one, other) => other.cost - one.cost || other.cases - one.cases || byName(one, other)),
        waits: waits.map(({ name, from, to, within }, index) => {
          const { spread, late, open, never } = spreads[index] as (typeof spreads)[number]
          const count = within === undefined ? null : late.count
          return { name, from, to, ...spread.result(), open, never, late: count, examples: examplesOf(late) }
        }),
        promises,
        hops: {
          limit: hopLimit,
          times: [...hops].map(([hops, cases]) => ({ hops, cases })).sort((one, other) => one.hops - other.hops),
        },
        flow: [...flow]
          .map(([key, times]) => {
            const [from, to] = key.split(' ') as [string, string]
            return { from, to, times }
          })
          .sort((one, other) => other.times - one.times || byName(one, other)),
      }
    },
  }
}

/** What is as many comes in the order of its names, whichever came first. */
const byName = (one: object, other: object): number => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)

const seen = (tally: Tally) => ({ cases: tally.count, examples: examplesOf(tally) })

/** Each way in which a case went wrong, once, so that cases which went wrong alike are counted together. */
function waysOf({ findings: ids, deviations }: CaseAudit): readonly string[] {
  const told = ids.filter((id) => id !== 'skipped-steps').map((id) => findings[id])
  const strayed = deviations.map(({ kind, command }) => `${kind.replaceAll('-', ' ')}: ${command}`)
  return [...told, ...[...new Set(strayed)].sort()]
}

/** The parts of a report that are counted over cases. */
export type CasesCounted = Omit<AuditReport, 'log' | 'variants' | 'activities' | 'waysOfGoingWrong'>
