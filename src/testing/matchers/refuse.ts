import type { Case } from '../../machine/case.ts'
import { placeOf } from '../../machine/case.ts'
import { closedBy } from '../../machine/open.ts'
import type { CommandDefinition } from '../../protocol/command.ts'
import type { Protocol } from '../../protocol/protocol.ts'
import { misuse } from '../misuse.ts'
import { minutesAfter, tried } from '../tried.ts'
import { orderOf } from './follow.ts'
import type { Found } from './found.ts'
import { commandsOf } from './happened.ts'
import type { OfList, Subject } from './subject.ts'
import { caseOf, subjectOf } from './subject.ts'
import type { MatcherTerms } from './terms.ts'

/** What became of a command: the rules that refuse it, and how that is said; or where it leads. */
interface Tried {
  readonly refused: boolean
  readonly rules: readonly string[]
  readonly said: string
}

/**
 * Whether a command would be refused now, by this rule among others perhaps; without a rule, by any. A name alone asks
 * what is refused whatever evidence it brings; it may be the host's own. Of a list only the order is known, and that is
 * `in-order`.
 */
export function toRefuse(received: unknown, command: string | object, rule?: string, terms: MatcherTerms = {}): Found {
  const subject = subjectOf(received, terms)
  const { protocol } = subject
  const known = [...new Set(protocol.judgedBy.map(({ id }) => id))]
  if (rule !== undefined && !known.includes(rule)) {
    throw misuse(`${protocol.id} has no rule “${rule}”; it has ${known.join(', ')}.`)
  }
  const type = typeOf(command)
  const names = namesOf(type, subject)
  const { refused, rules, said } =
    subject.kind === 'list'
      ? tryOnList(subject, type, names, rule, terms)
      : tryOn(protocol, caseOf(subject), command, oneOf(type, names))
  const pass = refused && (rule === undefined || rules.includes(rule))
  const who = rule === undefined ? `“${type}” ` : `“${rule}” to refuse “${type}”`
  const expected = rule === undefined ? `Expected ${who}to be refused` : `Expected ${who}`
  if (pass)
    return {
      pass,
      message: `${expected.replace(' to ', ' not to ')}, but it ${rule === undefined ? 'is' : 'does'}: ${said}`,
    }
  if (!refused) return { pass, message: `${expected}, but it passes${said}.` }
  return { pass, message: `${expected}, but ${rules.join(', ')} refused it: ${said}` }
}

function typeOf(command: unknown): string {
  const type = typeof command === 'string' ? command : (command as { type?: unknown } | null | undefined)?.type
  if (typeof type === 'string') return type
  throw misuse("toRefuse takes a command, or its name: toRefuse('agree', 'in-order').")
}

/** The commands that a name means, were it to happen now. */
function namesOf(said: string, subject: Subject): readonly string[] {
  const isAgain = subject.kind === 'list' && subject.list.some((one) => one.said === said)
  const names = commandsOf(said, subject.means, isAgain)
  if (names.length === 0) throw misuse(`“${said}” means no command (\`ignore\`): nothing could refuse it.`)
  for (const name of names) {
    if (!subject.protocol.commands.has(name)) throw misuse(`${subject.protocol.id} has no command “${name}”.`)
  }
  return names
}

/** What is asked of a case is one command: nobody knows what evidence would take it on to the next. */
function oneOf(said: string, [name = said, ...others]: readonly string[]): string {
  if (others.length === 0) return name
  throw misuse(`“${said}” means ${[name, ...others].join(', ')}: ask a case for one of them.`)
}

function tryOn(protocol: Protocol, now: Case, command: string | object, type: string): Tried {
  if (typeof command === 'string') {
    const broken = closedBy(protocol, now, protocol.commands.get(type) as CommandDefinition)
    return {
      refused: broken.length > 0,
      rules: broken.map(({ id }) => id),
      said: broken.map(({ because }) => because).join(' '),
    }
  }
  const ground = { protocol, case: now, next: minutesAfter(now.facts.lastAt ?? '1970-01-01') }
  const { verdict } = tried(ground, [{ ...command, type }])
  if (verdict.accepted) return { refused: false, rules: [], said: `, into ${verdict.steps.at(-1)?.after.state}` }
  const { code, rules, sentence } = verdict.refusal
  if (code === 'malformed') throw misuse(`No rule was asked: ${sentence} Ask with its evidence, or for its name alone.`)
  return { refused: true, rules: rules.map(({ id }) => id), said: sentence }
}

function tryOnList(
  subject: OfList,
  said: string,
  names: readonly string[],
  rule: string | undefined,
  terms: MatcherTerms,
): Tried {
  if (rule !== undefined && rule !== 'in-order') {
    throw misuse(`Of a list of names only the order is known: “in-order” can refuse, “${rule}” needs a case.`)
  }
  const after: OfList = { ...subject, list: [...subject.list, ...names.map((name) => ({ name, said }))] }
  const { turns, state } = orderOf(after, terms)
  const refused = turns.slice(-names.length).find(({ came }) => came === 'out-of-turn')
  if (refused !== undefined) return { refused: true, rules: ['in-order'], said: refused.sentence ?? '' }
  const { step } = placeOf(state)
  return { refused: false, rules: [], said: `, ${step === undefined ? 'to the end' : `to where ${step} is due`}` }
}
