import type { Case } from '../../machine/case.ts'
import { nameOf, placeOf } from '../../machine/case.ts'
import type { OrderVerdict, Turn } from '../../machine/order.ts'
import { judgeOrder } from '../../machine/order.ts'
import type { Protocol } from '../../protocol/protocol.ts'
import { misuse, protocolGiven } from '../misuse.ts'
import type { Found } from './found.ts'
import type { OfList, OfLog } from './subject.ts'
import { happeningsOf, placeUnshipped, stateIn, subjectOf } from './subject.ts'
import { sideBySide, table } from './table.ts'
import type { MatcherTerms } from './terms.ts'
import { readTerms } from './terms.ts'

/** What the names and times of a log or a list come to, in a protocol. */
export function orderOf(subject: OfLog | OfList, { anonymous: isAnonymous, from: begins }: MatcherTerms): OrderVerdict {
  const { protocol } = subject
  const anonymous = subject.kind === 'log' ? (subject.log[0].command as { anonymous?: true }).anonymous : isAnonymous
  const from = begins === undefined ? undefined : stateIn(protocol, begins)
  return judgeOrder(protocol, happeningsOf(subject), { from, anonymous })
}

/** The same; throws `input-invalid` for a list in which nothing is of the order, so that nothing could be out of it. */
export function judgedOrder(subject: OfLog | OfList, terms: MatcherTerms): OrderVerdict {
  const order = orderOf(subject, terms)
  const { protocol } = subject
  const isOfOrder = ({ name, came, state }: Turn, index: number) =>
    came === 'out-of-turn' || isStep(protocol, name) || state !== (order.turns[index + 1]?.state ?? order.state)
  if (subject.kind === 'log' || order.turns.some(isOfOrder)) return order
  const names = [...new Set(subject.list.map(({ said }) => `“${said}”`))].join(', ')
  throw misuse(
    `Nothing in the list is of the order of ${protocol.id}: ${names} may come at any time. Nothing can be expected of its order.`,
  )
}

const isStep = (protocol: Protocol, name: string): boolean => protocol.steps.some((step) => step.name === name)

/** Whether a case, a log or a list went through a protocol in its order, as far as it has come. */
export function toFollow(received: unknown, protocol: Protocol, terms: MatcherTerms = {}): Found {
  const subject = subjectOf(received, { ...readTerms(terms), protocol: protocolGiven(protocol, 'toFollow') })
  if (subject.kind !== 'list') {
    const name = subject.kind === 'case' ? subject.case.protocol : subject.log[0].protocol
    if (name !== nameOf(protocol)) {
      const message = `Expected the case to follow ${nameOf(protocol)}, but it is one of ${name}.`
      return { pass: false, message }
    }
  }
  if (subject.kind === 'case') return caseFollows(subject.case, protocol)
  const { turns, state } = judgedOrder(subject, terms)
  const wrong = turns.filter(
    ({ came, name }) => came === 'out-of-turn' || (subject.kind === 'log' && came !== 'in-turn' && name !== 'open'),
  )
  const [first] = wrong
  const shown = sideBySide(turns, placeOf(state).step ?? '')
  if (first === undefined) {
    return { pass: true, message: `Expected the order not to follow ${protocol.id}, but it does:\n\n${shown}` }
  }
  const others = wrong.length > 1 ? ` (${wrong.length} in all came out of their turn)` : ''
  const message = `Expected the order to follow ${protocol.id}, but it does not. ${first.sentence ?? `It has no “${first.name}”.`}${others}\n\n${shown}`
  return { pass: false, message }
}

function caseFollows(now: Case, protocol: Protocol): Found {
  const state = stateIn(protocol, now.state)
  const missed = passedBy(now, protocol).filter((name) => now.facts.steps[name] === undefined)
  const rows = protocol.steps.map(({ name }) => [
    missed.includes(name) ? '✗' : ' ',
    name,
    now.facts.steps[name] ?? (name === placeOf(state).step ? 'due' : ''),
  ])
  const shown = table([' ', protocol.id, 'here'], rows)
  return missed.length === 0
    ? { pass: true, message: `Expected the case not to follow ${protocol.id}, but it does, in ${state}:\n\n${shown}` }
    : {
        pass: false,
        message: `Expected the case to follow ${protocol.id}, but it stands in ${state} without ${missed.join(', ')}:\n\n${shown}`,
      }
}

/** The steps that lie behind a case where it stands. */
export function passedBy({ state }: Pick<Case, 'state'>, protocol: Protocol): readonly string[] {
  const names = protocol.steps.map(({ name }) => name)
  const { phase, step } = placeOf(state)
  return phase === 'closed' ? names : names.slice(0, Math.max(names.indexOf(step ?? ''), 0))
}

/** Whether a case stands there; of a list, where its names have led. */
export function toBeIn(received: unknown, state: string, terms: MatcherTerms = {}): Found {
  const place = readTerms(terms).protocol === undefined ? placeUnshipped(received) : undefined
  if (place !== undefined) return standsUnshipped(place, state)
  const subject = subjectOf(received, terms)
  const { protocol } = subject
  const wanted = stateIn(protocol, state)
  if (subject.kind === 'list') {
    const order = orderOf(subject, terms)
    const shown = sideBySide(order.turns, placeOf(order.state).step ?? '')
    return order.state === wanted
      ? { pass: true, message: `Expected it not to be in ${state}, but that is where it has led:\n\n${shown}` }
      : { pass: false, message: `Expected it to be in ${state}, but it has led to ${order.state}:\n\n${shown}` }
  }
  return standsIn(subject.kind === 'case' ? subject.case.state : subject.log.at(-1)?.to, wanted)
}

const standsIn = (found: string | undefined, wanted: string): Found =>
  found === wanted
    ? { pass: true, message: `Expected the case not to be in ${wanted}, but it is.` }
    : { pass: false, message: `Expected the case to be in ${wanted}, but it is in ${found}.` }

/** Of a protocol that nobody knows here it can’t be told whether a state is misspelt or another one. */
function standsUnshipped({ protocol, state }: { protocol: string; state: string }, wanted: string): Found {
  if (state === wanted || inEveryProtocol.includes(wanted)) return standsIn(state, wanted)
  throw misuse(
    `The case is in ${state}. Whether ${protocol} has a state “${wanted}” is not known: it is not shipped. Give it, as in { protocol: ours }.`,
  )
}

const inEveryProtocol = ['received', 'closed']
