import type { Case } from '../machine/case.ts'
import { compare } from './memory-insights.ts'
import type { CasesAsked, Due, Listing, PlaceInList, Tie } from './store.ts'

/** A case as the memory store lists it. */
interface Listed {
  readonly state: Case
  readonly listing: Listing
  readonly deadlines: readonly Omit<Due, 'caseId'>[]
  readonly ties: readonly Tie[]
}

/** A page of the cases that are looked for: what an adapter's queries are compared with. */
export function inList<T extends Listed>(all: readonly T[], asked: CasesAsked): readonly T[] {
  const { after, newestFirst, limit } = asked
  const inOrder = newestFirst
    ? (one: PlaceInList, other: PlaceInList) => byPlace(other, one)
    : (one: PlaceInList, other: PlaceInList) => byPlace(one, other)
  return all
    .filter((one) => isAsked(one, asked) && (after === undefined || inOrder(after, placeInList(one)) < 0))
    .sort((one, other) => inOrder(placeInList(one), placeInList(other)))
    .slice(0, limit)
}

function isAsked({ listing, deadlines, ties }: Listed, asked: CasesAsked): boolean {
  const { phases, step, owner, overdueBy, tied = [], openedFrom, openedTo } = asked
  return (
    (phases === undefined || phases.includes(listing.phase)) &&
    (step === undefined || listing.step === step) &&
    (owner === undefined || listing.owner === owner) &&
    (overdueBy === undefined || listing.lateSince !== undefined || deadlines.some(({ due }) => due <= overdueBy)) &&
    (openedFrom === undefined || listing.openedAt >= openedFrom) &&
    (openedTo === undefined || listing.openedAt < openedTo) &&
    tied.every((name) => ties.some(({ kind, key }) => kind === name.kind && key === name.key))
  )
}

const placeInList = ({ state, listing }: Listed): PlaceInList => ({ caseId: state.caseId, openedAt: listing.openedAt })

const byPlace = (one: PlaceInList, other: PlaceInList): number =>
  compare(one.openedAt, other.openedAt) || compare(one.caseId, other.caseId)
