import * as z from 'zod'
import { Label } from './words.ts'

/** What a name can mean besides the commands of a protocol: nothing that it knows. */
export const IGNORE = 'ignore'

/** What a name of another system means: a command of the protocol, or several in their order. */
export const Names = z.union([Label, z.array(Label).min(1).max(20)], 'the name of a command, or a list of them')

/** The same for what means something else where a case has had it before. */
export const Recurring = z.strictObject({
  is: Names.describe('what it means'),
  again: Names.optional().describe('what it means where the case has had it before'),
})

/** What a name of another system means in a protocol. */
export const Meaning = z.union(
  [Names, Recurring],
  'a command of the protocol, a list of them, `ignore`, or an object with `is`',
)
export type Meaning = z.infer<typeof Meaning>

/** The commands that a name means, the first time and again. */
export interface Means {
  readonly first: readonly string[]
  readonly again: readonly string[]
}

/** Reads what a name means; what is ignored means no command. */
export function meansOf(meaning: Meaning): Means {
  const { is, again = is } = typeof meaning === 'string' || Array.isArray(meaning) ? { is: meaning } : meaning
  return { first: commandsOf(is), again: commandsOf(again) }
}

const commandsOf = (names: string | readonly string[]): readonly string[] =>
  [names].flat().filter((name) => name !== IGNORE)
