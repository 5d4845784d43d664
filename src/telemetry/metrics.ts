import type { BatchObservableResult, Meter } from '@opentelemetry/api'
import type { Desk } from '../desk/desk.ts'
import type { Entry } from '../machine/case.ts'
import { placeOf } from '../machine/case.ts'
import type { missDeadline } from '../protocol/clock.ts'
import type { CommandOf } from '../protocol/command.ts'
import type { Facts } from '../protocol/facts.ts'
import { promiseOf } from '../protocol/ledger.ts'
import { namedBy } from '../protocol/promise.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Backlog } from '../stores/lanes.ts'
import { attribute } from './attribute.ts'
import { createStays } from './stay.ts'

const MINUTE_SECONDS = 60
const HOUR_SECONDS = 60 * MINUTE_SECONDS
const DAY_SECONDS = 24 * HOUR_SECONDS

/** A phase takes minutes where it goes well, and weeks where it does not. */
const phaseBoundaries = [
  ...[1, 5, 15, 30].map((minutes) => minutes * MINUTE_SECONDS),
  ...[1, 2, 4, 8].map((hours) => hours * HOUR_SECONDS),
  ...[1, 2, 4, 7, 14, 28, 56].map((days) => days * DAY_SECONDS),
]

/** Measures what a desk tells. Histories that are imported are no news, and not measured. */
export function measure<P extends Protocol>(desk: Desk<P>, meter: Meter): void {
  const steps = meter.createCounter('redress.steps', { unit: '{step}', description: 'Commands that were accepted' })
  const refusals = meter.createCounter('redress.refusals', {
    unit: '{refusal}',
    description: 'Refused commands, once for each rule that was broken',
  })
  const promises = meter.createCounter('redress.promises', {
    unit: '{promise}',
    description: 'Promises that were kept or broken',
  })
  const missed = meter.createCounter('redress.deadlines.missed', {
    unit: '{deadline}',
    description: 'Deadlines that passed',
  })
  const durations = meter.createHistogram('redress.phase.duration', {
    unit: 's',
    description: 'Time from the command that entered a phase to the one that left it',
    advice: { explicitBucketBoundaries: phaseBoundaries },
  })
  const behind = meter.createObservableGauge('redress.lanes.behind', {
    unit: '{case}',
    description: 'Cases with something to deliver',
  })
  const parked = meter.createObservableGauge('redress.lanes.parked', {
    unit: '{case}',
    description: 'Cases of which nothing is delivered any more, until somebody retries or skips what failed',
  })
  const observe = async (result: BatchObservableResult) => {
    for (const { subscription, ...lanes } of await desk.subscriptions().catch(noneOf)) {
      const of = { [attribute.subscription]: subscription }
      result.observe(behind, lanes.behind, of)
      result.observe(parked, lanes.parked, of)
    }
  }
  meter.addBatchObservableCallback(observe, [behind, parked])
  const stays = createStays((caseId) => desk.log(caseId))

  desk.on('accepted', ({ entry, case: { facts } }) => {
    const { command, from, protocol } = entry as Entry
    const phase = placeOf(from ?? 'received').phase
    const of = { [attribute.protocol]: protocol }
    steps.add(1, { ...of, [attribute.phase]: phase, [attribute.command]: command.type })
    for (const state of settledBy(command, facts)) promises.add(1, { ...of, [attribute.promiseState]: state })
    if (command.type === 'missDeadline') {
      missed.add(1, { ...of, [attribute.deadline]: (command as CommandOf<typeof missDeadline>).deadline })
    }
  })
  // Apart from the rest: it may have to wait for the log, and fail.
  desk.on('accepted', async ({ entry }) => {
    const left = await stays.leave(entry)
    if (left === undefined) return
    durations.record(left.seconds, { [attribute.protocol]: entry.protocol, [attribute.phase]: left.phase })
  })
  desk.on('refused', ({ refusal: { code, command, rules }, protocol }) => {
    const of = {
      [attribute.refusalCode]: code,
      ...(command === undefined ? {} : { [attribute.command]: command }),
      ...(protocol === undefined ? {} : { [attribute.protocol]: protocol }),
    }
    if (rules.length === 0) refusals.add(1, of)
    for (const { id } of rules) refusals.add(1, { ...of, [attribute.refusalRule]: id })
  })
}

/** A store without lanes, or one that is away: nothing is known of any subscription, and the other metrics go on. */
const noneOf = (): readonly Backlog[] => []

/** What became of the promises that a command speaks of, where it settled them: those that it names were open before. */
function settledBy(command: Entry['command'], facts: Facts): readonly ('kept' | 'broken')[] {
  if (!settling.has(command.type)) return []
  return namedBy(command).flatMap((id) => {
    const { state } = promiseOf(facts, id) ?? {}
    return state === 'kept' || state === 'broken' ? [state] : []
  })
}

const settling: ReadonlySet<string> = new Set(['keepPromise', 'breakPromise', 'deliver'])
