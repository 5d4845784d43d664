import * as z from 'zod'
import { RedressError } from '../errors.ts'
import type { Case } from '../machine/case.ts'
import { placeOf } from '../machine/case.ts'
import { dueIn, lateSince } from '../protocol/clock.ts'
import { parseOrThrow } from '../protocol/parse.ts'
import { Period } from '../protocol/period.ts'
import { Phase } from '../protocol/place.ts'
import { Id, Instant } from '../protocol/words.ts'
import { versionIn } from '../stores/listing.ts'
import type { CasesAsked, PlaceInList, Store, TieName } from '../stores/store.ts'
import type { Lift } from './lift.ts'

const PAGE = 50
const MAX_PAGE = 500

/** Which cases are looked for. Each field narrows; none asks for all. */
export const Search = z.strictObject({
  phase: z
    .union([Phase, z.array(Phase).min(1)])
    .optional()
    .describe('the phase, or any of several'),
  step: z.string().min(1).max(200).optional().describe('the step that is due'),
  owner: Id.optional().describe('the id of who owns it'),
  customer: Id.optional().describe('the id of who complained'),
  overdue: z
    .literal(true)
    .optional()
    .describe('late: a deadline was missed, or something fell due, and is still not done'),
  cause: z.string().min(1).max(1000).optional().describe('the key of a cause that was found'),
  incident: Id.optional().describe('the incident that it is part of'),
  openedBetween: Period.optional().describe('opened from the first moment on, and before the second'),
  needsAttention: z.literal(true).optional().describe('what this desk can’t read, and somebody has to look after'),
  newestFirst: z.boolean().default(false).describe('those that were opened last first, instead of last'),
  limit: z.int().min(1).max(MAX_PAGE).default(PAGE).describe('how many at most'),
  after: z.string().max(1000).optional().describe('`next` of the page before'),
})
export type Search = z.input<typeof Search>

/** A search as it is read: `after` is the place where the page before ended. */
const ReadSearch = Search.extend({ after: Search.shape.after.unwrap().transform(placeIn).optional() })
type ReadSearch = z.output<typeof ReadSearch>

function placeIn(next: string, context: z.RefinementCtx): PlaceInList {
  const space = next.indexOf(' ')
  const [openedAt, caseId] = [next.slice(0, space), next.slice(space + 1)]
  if (Instant.safeParse(openedAt).success && Id.safeParse(caseId).success) return { openedAt, caseId }
  context.addIssue('`next` of a page that was found')
  return z.NEVER
}

/** A case as a list shows it: as it is stored. */
export interface CaseListed extends Case {
  readonly phase: Phase
  /** The step that is due; none once the case is closed. */
  readonly due: string | undefined
  /** What falls due, the next first; nothing of a case that this desk can’t read. */
  readonly deadlines: readonly { readonly name: string; readonly due: Instant }[]
  /** A deadline was missed and is still not met, or something fell due. A broken promise is a second failure, and over. */
  readonly overdue: boolean
  /** Whether this desk can’t read it, because it lacks its protocol or an upcaster. */
  readonly needsAttention: boolean
}

/** A page of cases. */
export interface CasesFound {
  readonly cases: readonly CaseListed[]
  /**
   * Asks for the next page, as `after`; none where this is the last. Of what needs attention a page may be short: what can
   * be read by now is left out of it.
   */
  readonly next: string | undefined
}

/** What finding goes through: the store as it is, and as the desk reads it. */
export interface Archive {
  readonly store: Store
  readonly tenant: string
  readonly lift: Lift
  readonly now: () => Date
}

/** Finds cases, asked by anything. Throws `input-invalid`, naming the field. */
export async function findIn(archive: Archive, input: unknown): Promise<CasesFound> {
  const search = parseOrThrow(ReadSearch, input ?? {}, 'These cases can’t be looked for')
  const { needsAttention, limit } = search
  const moment = archive.now().toISOString()
  // One more, which tells whether there is a next page.
  const asked = { ...askedBy(search, moment), limit: limit + 1 }
  const found =
    needsAttention === true ? await neglected(archive, asked) : await archive.store.find(archive.tenant, asked)
  const shown = found.slice(0, limit)
  const last = found.length > limit ? shown.at(-1) : undefined
  const listed = shown.map((one) => listedAs(one, archive.lift, moment))
  return {
    // What was marked may be readable by now.
    cases: needsAttention === true ? await stillNeglected(archive, listed) : listed,
    next: last && `${last.facts.openedAt ?? ''} ${last.caseId}`,
  }
}

function askedBy(search: ReadSearch, moment: Instant): Omit<CasesAsked, 'limit'> {
  const { phase, step, owner, customer, overdue, cause, incident, openedBetween, newestFirst, after } = search
  const tied: TieName[] = [
    ...(customer === undefined ? [] : [{ kind: 'customer' as const, key: customer }]),
    ...(incident === undefined ? [] : [{ kind: 'incident' as const, key: incident }]),
    ...(cause === undefined ? [] : [{ kind: 'cause' as const, key: cause }]),
  ]
  return {
    phases: typeof phase === 'string' ? [phase] : phase && [...new Set(phase)],
    step,
    owner,
    overdueBy: overdue && moment,
    tied: tied.length === 0 ? undefined : tied,
    openedFrom: openedBetween?.from,
    openedTo: openedBetween?.to,
    after,
    newestFirst,
  }
}

/** What was marked, and what a version wrote that this desk can't read: each in the order of the list, put together. */
async function neglected({ store, tenant, lift }: Archive, asked: CasesAsked): Promise<readonly Case[]> {
  const marks = await store.keys(tenant, 'attention')
  const versions = (await store.keys(tenant, 'version')).filter((key) => !lift.canRead(versionIn(key)))
  const names: readonly TieName[] = [
    ...marks.map((key) => ({ kind: 'attention' as const, key })),
    ...versions.map((key) => ({ kind: 'version' as const, key })),
  ]
  const pages = await Promise.all(
    names.map((name) => store.find(tenant, { ...asked, tied: [name, ...(asked.tied ?? [])] })),
  )
  const all = new Map(pages.flat().map((one) => [one.caseId, one]))
  const direction = asked.newestFirst ? -1 : 1
  return [...all.values()].sort((one, other) => direction * byOpening(one, other)).slice(0, asked.limit)
}

const byOpening = (one: Case, other: Case): number => {
  const [at, otherAt] = [one.facts.openedAt ?? '', other.facts.openedAt ?? '']
  if (at !== otherAt) return at < otherAt ? -1 : 1
  return one.caseId < other.caseId ? -1 : 1
}

async function stillNeglected({ store, tenant, lift }: Archive, listed: readonly CaseListed[]) {
  const reading = lift.over(store)
  const checked = await Promise.all(
    listed.map((one) =>
      reading.load(tenant, one.caseId).then(
        () => [],
        (error: unknown) => {
          if (error instanceof RedressError && /^(?:case-unreadable|protocol-unknown)$/.test(error.code)) {
            return [{ ...one, needsAttention: true }]
          }
          throw error
        },
      ),
    ),
  )
  return checked.flat()
}

function listedAs(found: Case, lift: Lift, moment: Instant): CaseListed {
  const { phase, step } = placeOf(found.state)
  const needsAttention = !lift.canRead(found)
  const deadlines = needsAttention ? [] : dueIn(found.facts)
  const isLate = !needsAttention && lateSince(found.facts) !== undefined
  return {
    ...found,
    phase,
    due: step,
    deadlines,
    overdue: isLate || (deadlines[0] !== undefined && deadlines[0].due <= moment),
    needsAttention,
  }
}
