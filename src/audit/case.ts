import type { Alignment } from './align.ts'
import { align } from './align.ts'
import type { Deviation } from './deviation.ts'
import { deviationsIn } from './deviation.ts'
import type { FindingId } from './finding.ts'
import type { Hours } from './hours.ts'
import type { Legend } from './legend.ts'
import { CLOSE } from './meaning.ts'
import { modelOf } from './model.ts'
import type { PromisesSeen } from './promises.ts'
import { ledgerOf, promisesIn } from './promises.ts'
import type { Story } from './story.ts'
import type { ProblemFirst } from './turn.ts'
import { problemFirstIn } from './turn.ts'
import type { Waited } from './wait.ts'
import { waitsIn } from './wait.ts'

/** What the audit has to say of one case. */
export interface CaseAudit {
  readonly caseId: string
  readonly events: number
  /** Whether it is over; of a case that is under way only what it left out on the way counts. */
  readonly isOver: boolean
  readonly findings: readonly FindingId[]
  /** 1 where it kept to a path of the protocol, 0 where nothing of it did. */
  readonly fitness: number
  /** What its deviations cost together, and what the worst would have. */
  readonly cost: number
  readonly worst: number
  readonly deviations: readonly Deviation[]
  readonly problemFirst?: ProblemFirst
  readonly promises: PromisesSeen
  readonly waits: readonly Waited[]
  /** How often it changed hands. */
  readonly hops: number
}

/** Judges the cases of a log, one by one. Pure, but for remembering alignments of what came before. */
export function createJudge(legend: Legend, hours: Hours, until: number): (story: Story) => CaseAudit {
  const aligned = createAligner(legend)
  return (story) => {
    const { deeds, events, caseId } = story
    const isOver = !legend.closes || deeds.some(({ command }) => command === CLOSE)
    const { alignment, deviations } = aligned(
      deeds.map(({ command }) => command),
      isOver,
    )
    const ledger = ledgerOf(deeds, hours, until)
    const promises = promisesIn(ledger)
    const problemFirst = problemFirstIn(story, legend, ledger)
    const waits = waitsIn(story, isOver, legend, hours, until)
    const hops = hopsIn(story, legend)
    const found: Readonly<Record<FindingId, boolean>> = {
      'problem-first': problemFirst !== undefined,
      'skipped-steps': deviations.some(({ kind }) => kind === 'skipped'),
      'broken-promises': promises.broken > 0,
      'waited-too-long': waits.some(({ late }) => late),
      'hopped-owners': hops > legend.hopLimit,
    }
    return {
      caseId,
      events: events.length,
      isOver,
      findings: (Object.keys(found) as FindingId[]).filter((id) => found[id]),
      fitness: fitnessOf(alignment.cost, alignment.worst),
      cost: alignment.cost,
      worst: alignment.worst,
      deviations,
      ...(problemFirst === undefined ? {} : { problemFirst }),
      promises,
      waits,
      hops,
    }
  }
}

/** How much of what could have gone wrong did not. */
export const fitnessOf = (cost: number, worst: number): number => (worst === 0 ? 1 : 1 - cost / worst)

/** How often the resource changed from one event to the next, of those that have one. */
function hopsIn(story: Story, legend: Legend): number {
  let owner: string | undefined
  let hops = 0
  for (const one of ownersIn(story, legend)) {
    if (owner !== undefined && one !== owner) hops++
    owner = one
  }
  return hops
}

/** Who owned a case, event by event, as far as its log says. */
export const ownersIn = ({ events }: Story, { map }: Legend): readonly string[] =>
  events.flatMap(([, , activity, , resource]) =>
    resource === undefined || resource === null || map.hops.on?.includes(activity) === false ? [] : [resource],
  )

const REMEMBERED = 5_000
const LONGEST_REMEMBERED = 200

interface Aligned {
  readonly alignment: Alignment
  readonly deviations: readonly Deviation[]
}

/** Cases that did the same stray in the same way: most of a log is few variants. */
function createAligner({ protocol, costs }: Legend): (commands: readonly string[], isOver: boolean) => Aligned {
  const model = modelOf(protocol)
  const known = new Map<string, Aligned>()
  return (commands, isOver) => {
    const key = `${isOver} ${commands.join(' ')}`
    const found = known.get(key)
    if (found !== undefined) return found
    const alignment = align(model, commands, costs, isOver)
    const aligned = { alignment, deviations: deviationsIn(alignment.moves) }
    if (known.size >= REMEMBERED) known.clear()
    if (commands.length <= LONGEST_REMEMBERED) known.set(key, aligned)
    return aligned
  }
}
