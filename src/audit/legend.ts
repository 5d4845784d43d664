import type * as z from 'zod'
import { RedressError } from '../errors.ts'
import { makesPromise } from '../machine/promises.ts'
import type { Calendar, Span } from '../protocol/calendar.ts'
import type { Means } from '../protocol/meaning.ts'
import { meansOf } from '../protocol/meaning.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Costs } from './align.ts'
import { LogMap, type Meaning, type Wait } from './map.ts'
import { CLOSE, OPENING } from './meaning.ts'
import type { ReadTime } from './moment.ts'
import { timeReader } from './moment.ts'

/** What an activity means, and when the promise that it makes is due. */
export interface ActivityMeans extends Means {
  readonly within: Span | undefined
}

/** A map that was read, with its protocol: all that is needed to make sense of a log. */
export interface Legend {
  readonly protocol: Protocol
  readonly map: z.output<typeof LogMap>
  readonly means: ReadonlyMap<string, ActivityMeans>
  /** The commands that the log can show. Of others it says nothing, and nothing is held against it. */
  readonly visible: ReadonlySet<string>
  /** The steps that it can’t show. */
  readonly unseen: readonly string[]
  /** Cases are over with what closes them; where nothing does, all are. */
  readonly closes: boolean
  readonly waits: readonly ReadWait[]
  readonly hopLimit: number
  readonly costs: Costs
  readonly calendar: Calendar | undefined
  readonly readTime: ReadTime
}

/** A wait as it is measured. */
export type ReadWait = Omit<z.output<typeof Wait>, 'to'> & { readonly to: readonly string[] }

/** Reads a map for a protocol; throws `input-invalid`, naming each thing that is wrong with it. */
export function readMap(input: unknown, protocol: Protocol): Legend {
  const parsed = LogMap.safeParse(input)
  if (!parsed.success) {
    throw wrong(parsed.error.issues.map(({ path, message }) => [path.map(String).join(' › '), message] as const))
  }
  const map = parsed.data
  const means = new Map(Object.entries(map.activities).map(([activity, meaning]) => [activity, readMeaning(meaning)]))
  const visible = new Set([...means.values()].flatMap(({ first, again }) => [...first, ...again]))
  const readTime = timeReader(map.time)
  const waits = (map.waits ?? usualWaits(protocol, visible)).map((wait) => ({ ...wait, to: [wait.to].flat() }))
  const faults = [
    ...faultsOfMeanings(map, means, protocol),
    ...faultsOfWaits(waits, visible),
    ...faultsOfCosts(map, protocol),
  ]
  if (readTime === undefined) faults.push(['time › format', `“${map.time.format}” is no pattern that can be read`])
  if (faults.length > 0 || readTime === undefined) throw wrong(faults)
  return {
    protocol,
    map,
    means,
    visible,
    unseen: protocol.steps.map(({ name }) => name).filter((name) => !visible.has(name)),
    closes: visible.has(CLOSE),
    waits,
    hopLimit: map.hops.limit ?? protocol.hopLimit,
    costs: costsOf(map, visible),
    calendar: map.calendar,
    readTime,
  }
}

type Fault = readonly [path: string, message: string]

function wrong(faults: readonly Fault[]): RedressError {
  const issues = faults.map(([path, message]) => ({ path, message }))
  const said = faults.map(([path, message]) => (path === '' ? message : `${path}: ${message}`))
  return new RedressError('input-invalid', `The map can’t be used:\n  ${said.join('\n  ')}`, { facts: { issues } })
}

const readMeaning = (meaning: Meaning): ActivityMeans => ({
  ...meansOf(meaning),
  within: typeof meaning === 'string' || Array.isArray(meaning) ? undefined : meaning.within,
})

/** What is measured where the map names no waits: how long until somebody owned it, it was delivered, it was closed. */
const usualWaits = (protocol: Protocol, visible: ReadonlySet<string>): readonly z.output<typeof Wait>[] =>
  ['own', protocol.person[0].name, 'deliver', CLOSE]
    .filter((to, index, all) => visible.has(to) && all.indexOf(to) === index)
    .map((to) => ({ name: `until ${to}`, from: OPENING, to, pausable: false }))

function faultsOfMeanings(map: z.output<typeof LogMap>, means: Legend['means'], protocol: Protocol): Fault[] {
  const faults: Fault[] = []
  for (const [activity, { first, again, within }] of means) {
    for (const name of new Set([...first, ...again])) {
      if (name === CLOSE || protocol.commands.has(name)) continue
      faults.push([
        `activities › ${activity}`,
        `“${name}” is no command of ${protocol.id}, nor \`close\` or \`ignore\``,
      ])
    }
    if (within !== undefined && !first.some((name) => makesPromise.includes(name))) {
      faults.push([`activities › ${activity}`, `\`within\` is for what makes a promise: ${makesPromise.join(', ')}`])
    }
  }
  for (const activity of map.hops.on ?? []) {
    if (!means.has(activity)) faults.push(['hops › on', `“${activity}” is no activity of the map`])
  }
  if (map.hops.on !== undefined && map.columns !== undefined && map.columns.resource === undefined) {
    faults.push(['hops', 'there is no `resource` among the columns'])
  }
  if (map.columns === undefined && map.format !== undefined && map.format !== 'xes') {
    faults.push(['columns', 'which columns hold case, activity and time'])
  }
  return faults
}

function faultsOfWaits(waits: readonly ReadWait[], visible: ReadonlySet<string>): readonly Fault[] {
  return waits.flatMap(({ name, from, to }, index) => [
    ...[from, ...to]
      .filter((one) => one !== OPENING && !visible.has(one))
      .map((one): Fault => [`waits › ${index}`, `no activity of the map means “${one}”`]),
    ...(waits.findIndex((other) => other.name === name) < index
      ? [[`waits › ${index}`, `there is another wait called “${name}”`] as const]
      : []),
  ])
}

const faultsOfCosts = (map: z.output<typeof LogMap>, protocol: Protocol): readonly Fault[] =>
  Object.keys(map.costs)
    .filter((name) => name !== CLOSE && !protocol.commands.has(name))
    .map((name): Fault => [`costs › ${name}`, `no command of ${protocol.id}`])

function costsOf({ costs }: z.output<typeof LogMap>, visible: ReadonlySet<string>): Costs {
  const of = new Map(Object.entries(costs))
  return {
    unexpected: (command) => of.get(command)?.unexpected ?? 1,
    missing: (step) => (visible.has(step) ? (of.get(step)?.missing ?? 1) : 0),
  }
}
