import { isDeepStrictEqual } from 'node:util'
import type { Calendar, Case, Entry, Policy, Protocol } from 'redress'
import { fold, type Store } from 'redress'
import type { Dice } from './dice.ts'
import type { Office } from './office.ts'
import type { Arrival } from './opening.ts'
import { orderInvariants } from './order.ts'
import { peopleInvariants } from './people.ts'
import { timeInvariants } from './time.ts'

/** All that is true after every step. */
export const invariants = [...orderInvariants, ...peopleInvariants, ...timeInvariants]

/** What the simulation itself knows of a case: the newest state and the log, as the listeners told them. */
export interface File {
  readonly caseId: string
  readonly office: Office
  readonly protocol: Protocol
  readonly policy: Policy
  readonly calendar: Calendar
  readonly dice: Dice
  known: Case | undefined
  log: Entry[]
  /** When something happens in it next. */
  next: number
  /** How many turns it had; each has its own mark. */
  turns: number
  refusedInARow: number
  /** All words of the turns up to this one were erased. */
  erasedTurns: number
  lastSend: { readonly id: string; readonly content: object | readonly object[] } | undefined
}

/** A file for a case that is going to come. */
export const fileFor = ({ office, protocol, caseId, at, opening }: Arrival, dice: Dice): File => ({
  caseId,
  office,
  protocol,
  policy: office.policyOf(opening.policy),
  calendar: office.calendarOf(opening.calendar),
  dice,
  known: undefined,
  log: [],
  next: at,
  turns: 0,
  refusedInARow: 0,
  erasedTurns: 0,
  lastSend: undefined,
})

/** The mark that the words of a case carry: all of its turns, or one of them. */
export const markOf = ({ caseId }: File, turn?: number): string => `«${caseId}/${turn === undefined ? '' : `${turn}»`}`

/** Checks every invariant on an entry that was heard, and files it. */
export function hear(file: File, entry: Entry, after: Case): readonly string[] {
  const { protocol, policy, calendar, known: before } = file
  const step = { protocol, policy, calendar, before, after, entry }
  file.known = after
  file.log.push(entry)
  return invariants.flatMap(({ name, breach }) => {
    const seen = breach(step)
    return seen === undefined ? [] : [`${name}: ${seen} (${entry.command.type}, v${entry.version})`]
  })
}

/** Whether what is stored is what was heard, and what its log folds to. */
export async function compare(file: File, store: Store): Promise<readonly string[]> {
  const { office, caseId, known, protocol } = file
  const stored = await store.load(office.tenant, caseId)
  const log = await logOf(store, file)
  if (!same(known, stored)) return [`what is stored is not what was heard, in ${different(known, stored)}`]
  if (!same(file.log, log)) return [`the log is not what was heard, in ${different(file.log, log)}`]
  const [opening, ...rest] = log
  if (opening === undefined) return known === undefined ? [] : ['the log is empty']
  const folded = fold(protocol, [opening, ...rest], office.clocks)
  return same(folded, stored) ? [] : [`the log folds to another case, in ${different(folded, stored)}`]
}

/** Whether two values are the same as JSON, whatever the order of their keys. */
function same(one: unknown, other: unknown): boolean {
  const [text, otherText] = [JSON.stringify(one), JSON.stringify(other)]
  return text === otherText || (text !== undefined && isDeepStrictEqual(JSON.parse(text), JSON.parse(otherText ?? '0')))
}

/** The fields in which two values differ, of the facts where these do. */
function different(one: unknown, other: unknown): string {
  const fields = (value: unknown) => Object.entries((value as Partial<Case>)?.facts ?? value ?? {})
  const odd = fields(one).filter(([key, value]) => !same(value, Object.fromEntries(fields(other))[key]))
  return JSON.stringify(Object.fromEntries(odd))
}

/** After an erasure: the words are gone, who did what and when is not, and the log goes on from there. */
export async function compareErased(file: File, store: Store): Promise<readonly string[]> {
  const { office, caseId } = file
  const log = await logOf(store, file)
  const left = `${JSON.stringify(await store.load(office.tenant, caseId))}${JSON.stringify(log)}`.includes(markOf(file))
  const trail = (entries: readonly Entry[]) =>
    JSON.stringify(entries.map(({ command: { type, by, at }, ...entry }) => ({ ...entry, command: { type, by, at } })))
  const kept = trail(log) === trail(file.log)
  file.log = [...log]
  file.erasedTurns = file.turns
  return [...(left ? ['words are left after an erasure'] : []), ...(kept ? [] : ['an erasure changed the trail'])]
}

/** Words that were erased once and are there again. */
export async function wordsBack(file: File, store: Store): Promise<readonly string[]> {
  const text = JSON.stringify(await logOf(store, file))
  const back = [...Array(file.erasedTurns).keys()].filter((turn) => text.includes(markOf(file, turn)))
  return back.map((turn) => `erased words are back, of turn ${turn}`)
}

/** The log as the store has it. */
export async function logOf(store: Store, { office, caseId }: File): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for await (const entry of store.log(office.tenant, caseId)) entries.push(entry)
  return entries
}
