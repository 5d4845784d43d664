import type { MeaningGiven, Means } from '../../protocol/meaning.ts'
import { Meaning, meansOf } from '../../protocol/meaning.ts'
import type { Protocol } from '../../protocol/protocol.ts'
import type { Instant } from '../../protocol/words.ts'
import { misuse, protocolGiven } from '../misuse.ts'

/** How a matcher reads what is expected of. */
export interface MatcherTerms {
  /** The protocol to read it by: for cases of a host's own protocol. Otherwise that of the case, or `pocock`. */
  readonly protocol?: Protocol
  /**
   * What happenings of the host's are called here: `{ 'ticket.assigned': 'own' }`. As in the map of an audit it may be
   * several commands in their order, `ignore`, or with `again` something else where the case has had it before:
   * `{ is: 'own', again: 'ignore' }`. `close` and `within` are the audit’s alone. What has no name here is passed over.
   */
  readonly names?: Readonly<Record<string, MeaningGiven>>
  /** Where a list of the host's begins, if in the middle: `person.listen`. */
  readonly from?: string
  /** Nobody is known who complained: the list goes from `own` to the system. */
  readonly anonymous?: boolean
  /** By when promises are looked at: an open one that was due before is not kept. Default: the last that happened. */
  readonly until?: Instant | Date
}

const known = ['protocol', 'names', 'from', 'anonymous', 'until'] satisfies readonly (keyof MatcherTerms)[]

/** Reads the terms of a matcher; throws `input-invalid` where they are none, or have a field that there is not. */
export function readTerms(terms: unknown): MatcherTerms {
  const wrong = typeof terms !== 'object' || terms === null ? [typeof terms] : strange(terms)
  if (wrong.length > 0) {
    throw misuse(`A matcher takes { ${known.join(', ')} } last, and was given ${wrong.slice(0, 5).join(', ')}.`)
  }
  const { protocol } = terms as MatcherTerms
  if (protocol !== undefined) protocolGiven(protocol, 'protocol')
  return terms as MatcherTerms
}

const strange = (terms: object): readonly string[] =>
  Object.keys(terms).filter((key) => !(known as readonly string[]).includes(key))

/** What the host's names mean, by name; throws `input-invalid` with those that mean no command of the protocol. */
export function meansIn(
  protocol: Protocol,
  names: Readonly<Record<string, MeaningGiven>> = {},
): ReadonlyMap<string, Means> {
  const faults: string[] = []
  const means = Object.entries(names).map(([said, meaning]): readonly [string, Means] => {
    const { success, error, data } = Meaning.safeParse(meaning)
    if (!success) {
      faults.push(`“${said}”: ${error.issues.map(({ message }) => message).join('; ')}`)
      return [said, { first: [], again: [] }]
    }
    const read = meansOf(data)
    for (const name of new Set([...read.first, ...read.again])) {
      if (!protocol.commands.has(name)) {
        faults.push(`“${said}”: “${name}” is no command of ${protocol.id}, nor \`ignore\``)
      }
    }
    return [said, read]
  })
  if (faults.length > 0) {
    const steps = protocol.steps.map(({ name }) => name).join(', ')
    throw misuse(`The names can’t be used:\n  ${faults.join('\n  ')}\n${protocol.id} has the steps ${steps}.`)
  }
  return new Map(means)
}
