import type { Refusal } from '../../machine/refusal.ts'
import { protocols } from '../../protocol/catalogue.ts'
import type { Protocol } from '../../protocol/protocol.ts'
import { misuse } from '../misuse.ts'
import { judgedOrder, passedBy } from './follow.ts'
import type { Found } from './found.ts'
import { caseOf, protocolTold, subjectOf } from './subject.ts'
import type { MatcherTerms } from './terms.ts'
import { readTerms } from './terms.ts'

/**
 * Whether just these steps were passed by without having been done: waived, lapsed, or skipped by something that came out
 * of its turn. Without a list: whether any was. A refusal tells which ones it would have skipped.
 */
export function toHaveSkipped(received: unknown, steps?: readonly string[], terms: MatcherTerms = {}): Found {
  if (steps !== undefined && !Array.isArray(steps)) throw misuse("toHaveSkipped takes a list of steps: ['listen'].")
  const { skipped, known } = skippedIn(received, readTerms(terms))
  for (const name of steps ?? []) {
    if (!known.steps.includes(name)) {
      throw misuse(`${known.by} has no step “${name}”; it has ${known.steps.join(', ')}.`)
    }
  }
  const pass = steps === undefined ? skipped.length > 0 : [...steps].sort().join() === [...skipped].sort().join()
  const wanted = steps === undefined ? 'any step' : steps.join(', ') || 'nothing'
  const found = skipped.join(', ') || 'nothing'
  const width = Math.max(wanted.length, found.length)
  const beside = steps === undefined ? '' : `\n\n  expected  ${wanted.padEnd(width)}\n  skipped   ${found}`
  return pass
    ? { pass, message: `Expected it not to have skipped ${wanted}, but it skipped ${found}.` }
    : { pass, message: `Expected it to have skipped ${wanted}, but it skipped ${found}.${beside}` }
}

/** What was skipped, and which steps could have been. */
interface Skipped {
  readonly skipped: readonly string[]
  readonly known: { readonly by: string; readonly steps: readonly string[] }
}

function skippedIn(received: unknown, terms: MatcherTerms): Skipped {
  const refusal = refusalIn(received)
  if (refusal !== undefined) {
    if (refusal.code === 'malformed') throw misuse(`Its order was not asked: ${refusal.sentence}`)
    const protocol = terms.protocol ?? protocolTold(received)
    return {
      skipped: refusal.skipped,
      known: protocol === undefined ? shippedSteps(refusal.skipped) : stepsOf(protocol),
    }
  }
  const subject = subjectOf(received, terms)
  const { protocol } = subject
  const known = stepsOf(protocol)
  if (subject.kind !== 'list') {
    const now = caseOf(subject)
    return { skipped: passedBy(now, protocol).filter((name) => now.facts.steps[name] !== 'done'), known }
  }
  const { turns, state, facts } = judgedOrder(subject, terms)
  const jumped = new Set(turns.flatMap((turn) => turn.skipped))
  const behind = passedBy({ state }, protocol)
  const wasSkipped = (name: string) => jumped.has(name) || (behind.includes(name) && facts.steps[name] !== 'done')
  return { skipped: known.steps.filter(wasSkipped), known }
}

const stepsOf = ({ id, steps }: Protocol): Skipped['known'] => ({ by: id, steps: steps.map(({ name }) => name) })

/** A refusal by itself doesn’t tell its protocol: its step is one that is shipped, or one that it names. */
const shippedSteps = (named: readonly string[]): Skipped['known'] => {
  const shipped = protocols.flatMap(({ steps }) => steps.map(({ name }) => name))
  return { by: 'What is shipped', steps: [...new Set([...shipped, ...named])] }
}

/** The refusal of an answer, a verdict or an expectation, or one by itself. */
function refusalIn(received: unknown): Refusal | undefined {
  const one = received as { refusal?: object; verdict?: { refusal?: object } } | null
  if (typeof one !== 'object' || one === null) return undefined
  const found = one.verdict?.refusal ?? one.refusal ?? one
  return Array.isArray((found as Partial<Refusal>).skipped) ? (found as Refusal) : undefined
}
