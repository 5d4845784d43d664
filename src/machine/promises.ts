/** Something that happened to a complaint: when, which promise it is about, and by when that is to be kept, where these are known. */
export interface PromiseDeed<Time> {
  /** The command that it is in a protocol. */
  readonly name: string
  readonly at?: Time | undefined
  readonly promise?: string | undefined
  readonly due?: Time | undefined
}

/** A promise as names and times tell it. */
export interface PromiseTold<Time> {
  /** The name that it was given, or `p1`, `p2`, … in the order in which they were made. */
  readonly id: string
  readonly due?: Time | undefined
  readonly state: 'open' | 'kept' | 'broken'
}

/** The commands that can make a promise. */
export const makesPromise: readonly string[] = ['agree', 'makePromise']

/**
 * The promises of a complaint of which only names and times are known, in the order of the times; instants or epoch
 * milliseconds. One that falls due before it was kept or moved is broken, and stays so. A deed that names no promise is
 * about the oldest that is open; `deliver` keeps all that are. What is broken was made, seen or not.
 */
export function promisesTold<Time extends number | string>(
  deeds: readonly PromiseDeed<Time>[],
  until?: Time,
): readonly PromiseTold<Time>[] {
  const told: PromiseTold<Time>[] = []
  let open: readonly number[] = []
  // They broke as their time passed, and nobody has said so yet.
  let unsaid: readonly number[] = []
  const change = (index: number, to: Partial<PromiseTold<Time>>) => {
    told[index] = { ...(told[index] as PromiseTold<Time>), ...to }
    if (to.state !== undefined) open = open.filter((one) => one !== index)
  }
  const lapse = (at: Time | undefined) => {
    if (at === undefined) return
    for (const index of open) {
      const due = told[index]?.due
      if (due === undefined || due >= at) continue
      change(index, { state: 'broken' })
      unsaid = [...unsaid, index]
    }
  }
  for (const { name, at, promise, due } of deeds) {
    lapse(at)
    const isMeant = (index: number) => promise === undefined || told[index]?.id === promise
    const about = open.find(isMeant)
    if (makesPromise.includes(name)) {
      open = [...open, told.length]
      told.push({ id: promise ?? `p${told.length + 1}`, due, state: 'open' })
    } else if (name === 'breakPromise') {
      const late = unsaid.find(isMeant)
      if (late !== undefined) unsaid = unsaid.filter((one) => one !== late)
      else if (about !== undefined) change(about, { state: 'broken' })
      else told.push({ id: promise ?? `p${told.length + 1}`, due, state: 'broken' })
    } else if (name === 'deliver' && promise === undefined) {
      for (const index of open) change(index, { state: 'kept' })
    } else if (about !== undefined && (name === 'keepPromise' || name === 'deliver')) {
      change(about, { state: 'kept' })
    } else if (about !== undefined && name === 'movePromise') {
      change(about, { due: due ?? told[about]?.due })
    }
  }
  lapse(until)
  return told
}
