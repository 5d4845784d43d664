import type * as z from 'zod'
import { RedressError } from '../errors.ts'
import { makesPromise } from '../machine/promises.ts'
import type { Calendar, Span } from '../protocol/calendar.ts'
import { pocock, protocols } from '../protocol/catalogue.ts'
import type { Means } from '../protocol/meaning.ts'
import { IGNORE, meansOf } from '../protocol/meaning.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Costs } from './align.ts'
import { faultsIn, type MapFault, meant, unusable } from './fault.ts'
import { LogMap, type Meaning, type Wait } from './map.ts'
import { CLOSE, OPENING } from './meaning.ts'
import type { ReadTime } from './moment.ts'
import { timeReader } from './moment.ts'
import type { ActivitySeen } from './report.ts'

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

/**
 * Reads a map, for this protocol or else the one that it names. Throws `input-invalid`, naming each thing that is wrong
 * with it, or `protocol-unknown`, if that is all.
 */
export function readMap(input: unknown, given: Protocol | undefined): Legend {
  const parsed = LogMap.safeParse(input)
  const named = LogMap.shape.protocol.safeParse((input as { readonly protocol?: unknown } | null)?.protocol).data
  const protocol = given ?? (named === undefined ? pocock : protocols.find(({ id }) => id === named))
  const unknown: readonly MapFault[] =
    protocol === undefined
      ? [{ keys: ['protocol'], message: `“${named}” is none of those that are shipped${meant(`${named}`, ids)}` }]
      : []
  if (!parsed.success) throw unusable([...unknown, ...faultsIn(parsed.error, input)])
  const map = parsed.data
  const means = new Map(Object.entries(map.activities).map(([activity, meaning]) => [activity, readMeaning(meaning)]))
  const visible = new Set([...means.values()].flatMap(({ first, again }) => [...first, ...again]))
  const readTime = timeReader(map.time)
  const faults = [
    ...faultsOfForm(map, readTime),
    ...faultsOfMeanings(map, means),
    ...faultsOfWaits(map.waits ?? [], visible),
    ...(protocol === undefined ? [] : faultsOfCommands(map, means, protocol as Protocol)),
  ]
  if (protocol === undefined && faults.length === 0) {
    throw new RedressError(
      'protocol-unknown',
      `The map names the protocol “${named}”, which is none of those that are shipped: ${ids.join(', ')}. Give one of your own as \`protocol\`.`,
    )
  }
  if (protocol === undefined || faults.length > 0 || readTime === undefined) throw unusable([...unknown, ...faults])
  return {
    protocol: protocol as Protocol,
    map,
    means,
    visible,
    unseen: (protocol as Protocol).steps.map(({ name }) => name).filter((name) => !visible.has(name)),
    closes: visible.has(CLOSE),
    waits: (map.waits ?? usualWaits(protocol as Protocol, visible)).map((wait) => ({ ...wait, to: [wait.to].flat() })),
    hopLimit: map.hops.limit ?? protocol.hopLimit,
    costs: costsOf(map, visible),
    calendar: map.calendar,
    readTime,
  }
}

/** The activities of a map that mean something, and that are not among those of a log. */
export function absentFrom(seen: readonly ActivitySeen[], { means }: Legend): readonly string[] {
  const occur = new Set(seen.map(({ activity }) => activity))
  return [...means]
    .filter(([activity, { first, again }]) => first.length + again.length > 0 && !occur.has(activity))
    .map(([activity]) => activity)
}

const ids = protocols.map(({ id }) => id)

const readMeaning = (meaning: Meaning): ActivityMeans => ({
  ...meansOf(meaning),
  within: typeof meaning === 'string' || Array.isArray(meaning) ? undefined : meaning.within,
})

/** What is measured where the map names no waits: how long until somebody owned it, it was delivered, it was closed. */
const usualWaits = (protocol: Protocol, visible: ReadonlySet<string>): readonly z.output<typeof Wait>[] =>
  ['own', protocol.person[0].name, 'deliver', CLOSE]
    .filter((to, index, all) => visible.has(to) && all.indexOf(to) === index)
    .map((to) => ({ name: `until ${to}`, from: OPENING, to, pausable: false }))

type ReadMap = z.output<typeof LogMap>

/** What is wrong with how the log is written, whatever it says. */
function faultsOfForm(
  { time, encoding, columns, format, hops }: ReadMap,
  readTime: ReadTime | undefined,
): readonly MapFault[] {
  const faults: MapFault[] = []
  if (readTime === undefined) {
    faults.push({ keys: ['time', 'format'], message: `“${time.format}” is no pattern that can be read` })
  }
  if (encoding !== undefined && !isEncoding(encoding)) {
    faults.push({ keys: ['encoding'], message: `“${encoding}” is none that this Node knows` })
  }
  if (hops.on !== undefined && columns !== undefined && columns.resource === undefined) {
    faults.push({ keys: ['hops'], message: 'there is no `resource` among the columns' })
  }
  if (columns === undefined && format !== undefined && format !== 'xes') faults.push(noColumns)
  return faults
}

function isEncoding(name: string): boolean {
  try {
    return new TextDecoder(name) !== undefined
  } catch {
    return false
  }
}

/** What is wrong with a map without columns, for a log that has no names of its own for them. */
export const noColumns: MapFault = {
  keys: ['columns'],
  message: 'is missing: which columns hold case, activity and time?',
}

/** What says when a promise is due. */
const datesPromise: readonly string[] = [...makesPromise, 'movePromise']

function faultsOfMeanings({ columns, hops }: ReadMap, means: Legend['means']): readonly MapFault[] {
  const faults: MapFault[] = []
  for (const [activity, { first, within }] of means) {
    if (within !== undefined && !first.some((name) => datesPromise.includes(name))) {
      const message = `\`within\` is for what makes or moves a promise: ${datesPromise.join(', ')}`
      faults.push({ keys: ['activities', activity], message })
    }
  }
  const makes = [...means.values()].flatMap(({ first, again }) => [...first, ...again])
  if (columns?.due !== undefined && !makes.some((name) => makesPromise.includes(name))) {
    const message = `nothing has a due time where no activity means ${makesPromise.join(' or ')}`
    faults.push({ keys: ['columns', 'due'], message })
  }
  for (const [index, activity] of (hops.on ?? []).entries()) {
    if (means.has(activity)) continue
    faults.push({
      keys: ['hops', 'on', index],
      message: `“${activity}” is no activity of the map${meant(activity, means.keys())}`,
    })
  }
  return faults
}

const faultsOfWaits = (waits: readonly z.output<typeof Wait>[], visible: ReadonlySet<string>): readonly MapFault[] =>
  waits.flatMap(({ name, from, to }, index) => [
    ...[from, ...[to].flat()]
      .filter((one) => one !== OPENING && !visible.has(one))
      .map((one) => ({
        keys: ['waits', index],
        message: `no activity of the map means “${one}”${meant(one, visible)}`,
      })),
    ...(waits.findIndex((other) => other.name === name) < index
      ? [{ keys: ['waits', index], message: `there is another wait called “${name}”` }]
      : []),
  ])

/** What a protocol does not know. */
function faultsOfCommands({ costs }: ReadMap, means: Legend['means'], { id, commands }: Protocol): readonly MapFault[] {
  const isKnown = (name: string) => name === CLOSE || commands.has(name)
  const known = [...commands.keys(), CLOSE, IGNORE]
  return [
    ...[...means].flatMap(([activity, { first, again }]) =>
      [...new Set([...first, ...again])]
        .filter((name) => !isKnown(name))
        .map((name) => ({
          keys: ['activities', activity],
          message: `“${name}” is no command of ${id}, nor \`close\` or \`ignore\`${meant(name, known)}`,
        })),
    ),
    ...Object.keys(costs)
      .filter((name) => !isKnown(name))
      .map((name) => ({ keys: ['costs', name], message: `no command of ${id}${meant(name, known)}` })),
  ]
}

function costsOf({ costs }: z.output<typeof LogMap>, visible: ReadonlySet<string>): Costs {
  const of = new Map(Object.entries(costs))
  return {
    unexpected: (command) => of.get(command)?.unexpected ?? 1,
    missing: (step) => (visible.has(step) ? (of.get(step)?.missing ?? 1) : 0),
  }
}
