import { createHash } from 'node:crypto'
import { type File, logOf, wordsBack } from './file.ts'
import { createHand } from './hand.ts'
import { createInspector } from './inspector.ts'
import type { Ledger } from './ledger.ts'
import { YEAR_END } from './office.ts'
import { createWorld, type World } from './world.ts'

const MINUTE_MS = 60_000
const MAX_TURNS = 70
const MAX_BREACHES = 20
/** However far a case has gone astray, somebody who does their duty brings it to its end in so many turns. */
const MAX_TURNS_TO_THE_END = 80

/** A year that was lived: what was counted, every breach of an invariant, and a digest of all cases and logs. */
export interface Year {
  readonly ledger: Ledger
  readonly breaches: readonly string[]
  readonly digest: string
}

/** Lives a year of so many cases on a simulated clock, and checks every invariant after every step. */
export async function liveYear(plan: { readonly seed: number; readonly cases: number }): Promise<Year> {
  const world = createWorld(plan)
  const { offices, files, ledger, breaches } = world
  const inspector = createInspector(world)
  const hand = createHand(world, inspector)

  while (breaches.length < MAX_BREACHES) {
    const file = files.reduce((first, one) => (one.next < first.next ? one : first))
    if (file.next >= YEAR_END) break
    world.now = file.next
    // Irregularly: now and then somebody is quicker than the clock.
    if (file.dice.chance(0.6)) await inspector.tick(file.office)
    await (file.known === undefined ? hand.open(file) : hand.act(file))
    file.turns += 1
    file.next = nextOf(file, world.now)
  }

  world.now = YEAR_END
  for (const office of offices) await inspector.tick(office)
  for (const file of files) {
    for (let left = MAX_TURNS_TO_THE_END; left > 0 && isOpen(file) && breaches.length < MAX_BREACHES; left--) {
      world.now += MINUTE_MS
      await hand.doDuty(file)
      file.turns += 1
    }
    if (isOpen(file)) inspector.note(file, [`found no way to its end from ${file.known?.state}`])
    if (!carries(files, file)) inspector.note(file, ['was merged, and nobody carries its system phase'])
    inspector.note(file, await wordsBack(file, world.store))
  }
  for (const { log } of files) ledger.count('entries', 'all', log.length)
  return { ledger, breaches, digest: await digestOf(world) }
}

const isOpen = ({ known }: File): boolean => known !== undefined && known.state !== 'closed'

/** Minutes, hours, days or weeks later; never again, once it rests. */
function nextOf({ known, dice, turns }: File, now: number): number {
  if (turns > MAX_TURNS || (known?.state === 'closed' && dice.chance(0.4))) return Number.POSITIVE_INFINITY
  const minutes = dice.weighted([
    [6, 20],
    [6, 6 * 60],
    [5, 3 * 24 * 60],
    [1, 24 * 24 * 60],
  ])
  return now + (1 + dice.below(minutes)) * MINUTE_MS
}

async function digestOf({ files, store }: World): Promise<string> {
  const digest = createHash('sha256')
  for (const file of files) digest.update(JSON.stringify([file.known, await logOf(store, file)]))
  return digest.digest('hex')
}

/** Whether a chain of merged cases ends in one that was merged into none. */
function carries(files: readonly File[], file: File, seen: readonly File[] = []): boolean {
  const into = file.known?.facts.mergedInto
  if (into === undefined) return true
  const next = files.find((one) => one.office === file.office && one.caseId === into)
  return next !== undefined && !seen.includes(next) && carries(files, next, [...seen, file])
}
