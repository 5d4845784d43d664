import { type Actor, type Case, customer, type Facts, machine, type Protocol, person, representative } from 'redress'
import { exampleOf } from 'redress/testing'
import type { Dice } from './dice.ts'

const HOUR_MS = 3_600_000

/** The people of every office. */
export const staff = ['ana', 'ben', 'cem', 'dee', 'eli', 'fay'].map(person)
export const bot = machine('bot')

/** What an agent sees of a case when it is its turn, and what it needs to write a command. */
export interface Scene {
  readonly dice: Dice
  readonly now: number
  readonly case: Case
  readonly facts: Facts
  readonly protocol: Protocol
  /** The step that is due, none where the case is closed. */
  readonly due: string | undefined
  readonly owner: Actor
  /** Somebody else than the owner. */
  readonly second: Actor
  readonly complainant: Actor
  /** Other cases of the office. */
  readonly others: readonly string[]
  /** A moment so many hours from now, or ago. */
  at(hours: number): string
  /** A command as a conversation would bring it, said by the owner, with words that nobody else ever says. */
  say(type: string, other?: object): object
  /** Evidence with this scene's mark on its words. */
  marked(evidence: object): object
}

/** The scene of a case; `mark` goes into every word of its commands, so that erased words can be looked for. */
export function sceneOf(
  seen: Case,
  protocol: Protocol,
  dice: Dice,
  now: number,
  others: readonly string[],
  mark: string,
): Scene {
  const { facts, state } = seen
  const owner = person(facts.owner ?? dice.pick(staff).id)
  const speaker = facts.owner === undefined && facts.handOff !== undefined ? person(facts.handOff.to) : owner
  return {
    dice,
    now,
    case: seen,
    facts,
    protocol,
    due: state === 'received' ? 'own' : state === 'closed' ? undefined : state.slice(state.indexOf('.') + 1),
    owner,
    second: dice.pick(staff.filter((one) => one.id !== owner.id)),
    complainant:
      facts.authority === 'given' && dice.chance(0.5)
        ? representative('rosa')
        : customer(facts.customer ?? 'nobody-knows'),
    others,
    at: (hours) => new Date(now + Math.round(hours * HOUR_MS)).toISOString(),
    say: (type, other = {}) => withMark({ ...exampleOf(protocol, type), by: speaker, ...other }, mark) as object,
    marked: (evidence) => withMark(evidence, mark) as object,
  }
}

/** The same with a mark on every word: examples have spaces in words, and none in ids, labels and choices. */
function withMark(value: unknown, mark: string): unknown {
  if (typeof value === 'string') return value.trim().includes(' ') ? `${value} ${mark}` : value
  if (Array.isArray(value)) return value.map((one) => withMark(one, mark))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withMark(one, mark)]))
}
