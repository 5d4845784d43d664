import { createQueue } from './queue.ts'

/** Something that happened to a complaint: when, which promise it is about, and by when that is to be kept, where these are known. */
export interface PromiseDeed<Time> {
  /** The command that it is in a protocol. */
  readonly name: string
  readonly at?: Time | undefined
  readonly promise?: string | undefined
  readonly due?: Time | undefined
  /** Which event told it, where one event may tell several deeds: it makes one promise. */
  readonly event?: number | undefined
}

/** A promise as names and times tell it. */
export interface PromiseTold<Time> {
  /** The name that it was given, or `p1`, `p2`, … in the order in which they were made. */
  readonly id: string
  readonly due?: Time | undefined
  readonly state: 'open' | 'kept' | 'broken'
  /** Of one that was broken: how many of the deeds came before that. */
  readonly brokeAfter?: number | undefined
}

/** The commands that can make a promise. */
export const makesPromise: readonly string[] = ['agree', 'makePromise']

/**
 * The promises of a complaint of which only names and times are known, in the order of the times; instants or epoch
 * milliseconds. One that falls due before it was kept or moved is broken, and stays so. A name is that of one promise: to
 * make it again sets its due time anew while it is open, and what was kept or broken stays so. A deed that names none is
 * about the open one that falls due first, those without a due time last; `deliver` keeps all that are open. An `agree`
 * makes a promise where it has a due time or a name. What is broken was made, seen or not.
 */
export function promisesTold<Time extends number | string>(
  deeds: readonly PromiseDeed<Time>[],
  until?: Time,
): readonly PromiseTold<Time>[] {
  const told: Ledgered<Time>[] = []
  const byId = new Map<string, Ledgered<Time>>()
  const dues = createQueue<Due<Time>>(fallsDueFirst)
  // They broke as their time passed, in that order, and nobody has said so yet.
  const unsaid = new Set<Ledgered<Time>>()
  let lastMaking: number | undefined

  const date = (promise: Ledgered<Time>, due: Time | undefined) => {
    promise.due = due
    dues.add({ promise, due })
  }
  const enter = (name: string | undefined): Ledgered<Time> => {
    const number = told.length + 1
    const promise: Ledgered<Time> = { id: name ?? `p${number}`, number, isNamed: name !== undefined, state: 'open' }
    told.push(promise)
    if (name !== undefined || !byId.has(promise.id)) byId.set(promise.id, promise)
    return promise
  }
  const firstDue = (): Ledgered<Time> | undefined => {
    for (let first = dues.first(); first !== undefined; first = dues.first()) {
      // What was kept, broken or moved since is still in the queue as it was.
      if (first.promise.state === 'open' && first.promise.due === first.due) return first.promise
      dues.take()
    }
    return undefined
  }
  const breach = (promise: Ledgered<Time>, after: number) => {
    promise.state = 'broken'
    promise.brokeAfter = after
  }
  const lapse = (at: Time | undefined, after: number) => {
    if (at === undefined) return
    for (let next = firstDue(); next?.due !== undefined && next.due < at; next = firstDue()) {
      breach(next, after)
      unsaid.add(next)
    }
  }
  const make = ({ promise, due }: PromiseDeed<Time>) => {
    const known = promise === undefined ? undefined : byId.get(promise)
    if (known === undefined || !known.isNamed) date(enter(promise), due)
    else if (known.state === 'open' && due !== undefined) date(known, due)
  }
  const sayBroken = ({ promise, due }: PromiseDeed<Time>, after: number) => {
    const late = promise === undefined ? unsaid.values().next().value : byId.get(promise)
    if (late !== undefined && unsaid.delete(late)) return
    const about = promise === undefined ? firstDue() : late
    if (about === undefined) breach(Object.assign(enter(promise), { due }), after)
    else if (about.state === 'open') breach(about, after)
  }
  for (const [index, deed] of deeds.entries()) {
    const { name, at, promise, due, event } = deed
    lapse(at, index)
    if (makesPromise.includes(name)) {
      const tellsNone = name === 'agree' && promise === undefined && due === undefined
      if (tellsNone || (event !== undefined && event === lastMaking)) continue
      make(deed)
      lastMaking = event
    } else if (name === 'breakPromise') sayBroken(deed, index)
    else if (name === 'deliver' && promise === undefined) {
      for (let next = firstDue(); next !== undefined; next = firstDue()) next.state = 'kept'
    } else if (name === 'keepPromise' || name === 'deliver' || name === 'movePromise') {
      const about = promise === undefined ? firstDue() : byId.get(promise)
      if (about?.state !== 'open') continue
      if (name !== 'movePromise') about.state = 'kept'
      else if (due !== undefined) date(about, due)
    }
  }
  lapse(until, deeds.length)
  return told.map(({ id, due, state, brokeAfter }) => ({ id, due, state, brokeAfter }))
}

/** A promise as it changes. */
interface Ledgered<Time extends number | string> {
  readonly id: string
  /** Which one it is, in the order in which they were made. */
  readonly number: number
  readonly isNamed: boolean
  due?: Time | undefined
  state: PromiseTold<Time>['state']
  brokeAfter?: number | undefined
}

/** When a promise was to be kept, as it was said last or before. */
interface Due<Time extends number | string> {
  readonly promise: Ledgered<Time>
  readonly due: Time | undefined
}

function fallsDueFirst<Time extends number | string>(one: Due<Time>, other: Due<Time>): boolean {
  if (one.due === other.due) return one.promise.number < other.promise.number
  return one.due !== undefined && (other.due === undefined || one.due < other.due)
}
