import { memoryStore, type Opening, type Store, type Transition } from 'redress'
import { dice } from './dice.ts'
import { type File, fileFor } from './file.ts'
import { type Ledger, openLedger } from './ledger.ts'
import { type Office, openOffices, YEAR_START } from './office.ts'
import { arrivals } from './opening.ts'

/** All that there is in a year: one store, its offices, the files of the cases that will come, and what was seen. */
export interface World {
  now: number
  readonly seed: number
  readonly store: Store
  readonly offices: readonly Office[]
  readonly files: readonly File[]
  readonly openings: ReadonlyMap<string, Opening>
  readonly ledger: Ledger
  /** What the listeners were told and nobody has looked at yet. */
  readonly heard: Transition[]
  /** Every breach of an invariant, as a sentence. */
  readonly breaches: string[]
}

/** A world with so many cases to come. The same seed makes the same one. */
export function createWorld({ seed, cases }: { readonly seed: number; readonly cases: number }): World {
  const store = memoryStore()
  const offices = openOffices(store, () => new Date(world.now))
  const coming = arrivals(offices, cases, dice(seed))
  const world: World = {
    now: YEAR_START,
    seed,
    store,
    offices,
    files: coming.map((one, index) => fileFor(one, dice(seed * 100_003 + index))),
    openings: new Map(coming.map(({ caseId, opening }) => [caseId, opening])),
    ledger: openLedger(),
    heard: [],
    breaches: [],
  }
  const { heard, breaches } = world
  for (const { desk } of offices) {
    desk.on('accepted', (told) => heard.push(told))
    desk.on('listener-error', ({ error }) => breaches.push(`a listener failed: ${error}`))
    desk.on('desk-error', ({ during, caseId, error }) => breaches.push(`${caseId}: ${during} failed: ${error}`))
  }
  return world
}
