import { placeOf } from '../../machine/case.ts'
import { closedBy } from '../../machine/open.ts'
import type { Protocol } from '../../protocol/protocol.ts'
import { minutesAfter, tried } from '../tried.ts'
import { orderOf } from './follow.ts'
import type { Found } from './found.ts'
import type { Reading, Subject } from './reading.ts'
import { caseOf, protocolOf, subjectOf } from './reading.ts'

/** What became of a command: the rules that refuse it, and how that is said; or where it leads. */
interface Tried {
  readonly refused: boolean
  readonly rules: readonly string[]
  readonly said: string
}

/**
 * Whether a command would be refused now, by this rule among others perhaps; without a rule, by any. A name alone asks
 * what is refused whatever evidence it brings. Of a list only the order is known, and that is `in-order`.
 */
export function toRefuse(received: unknown, command: string | object, rule?: string, reading: Reading = {}): Found {
  const subject = subjectOf(received, reading)
  const protocol = protocolOf(subject, reading)
  const known = [...new Set(protocol.judgedBy.map(({ id }) => id))]
  if (rule !== undefined && !known.includes(rule)) {
    throw new TypeError(`${protocol.id} has no rule “${rule}”; it has ${known.join(', ')}.`)
  }
  const type = typeof command === 'string' ? command : String((command as { type?: unknown }).type)
  if (!protocol.commands.has(type)) throw new TypeError(`${protocol.id} has no command “${type}”.`)
  const { refused, rules, said } = tryOn(subject, protocol, command, rule, reading)
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

function tryOn(
  subject: Subject,
  protocol: Protocol,
  command: string | object,
  rule: string | undefined,
  reading: Reading,
): Tried {
  if (subject.kind === 'list') return tryOnList(subject, protocol, command, rule, reading)
  const now = caseOf(subject, protocol)
  if (typeof command === 'string') {
    const definition = protocol.commands.get(command)
    const broken = definition === undefined ? [] : closedBy(protocol, now, definition)
    return {
      refused: broken.length > 0,
      rules: broken.map(({ id }) => id),
      said: broken.map(({ because }) => because).join(' '),
    }
  }
  const { verdict } = tried({ protocol, case: now, next: minutesAfter(now.facts.lastAt ?? '1970-01-01') }, [command])
  if (verdict.accepted) return { refused: false, rules: [], said: `, into ${verdict.steps.at(-1)?.after.state}` }
  const { code, rules, sentence } = verdict.refusal
  if (code === 'malformed' && rule !== undefined) throw new TypeError(`No rule was asked: ${sentence}`)
  return { refused: true, rules: code === 'malformed' ? [code] : rules.map(({ id }) => id), said: sentence }
}

function tryOnList(
  subject: Extract<Subject, { kind: 'list' }>,
  protocol: Protocol,
  command: string | object,
  rule: string | undefined,
  reading: Reading,
): Tried {
  if (rule !== undefined && rule !== 'in-order') {
    throw new TypeError(`Of a list of names only the order is known: “in-order” can refuse, “${rule}” needs a case.`)
  }
  const said = typeof command === 'string' ? command : String((command as { type?: unknown }).type)
  const name = reading.names?.[said] ?? said
  const after = { kind: 'list', list: [...subject.list, { name, said }] } as const
  const { turns, state } = orderOf(after, protocol, reading)
  const last = turns.at(-1)
  return last?.came === 'out-of-turn'
    ? { refused: true, rules: ['in-order'], said: last.sentence ?? '' }
    : {
        refused: false,
        rules: [],
        said: `, ${placeOf(state).step === undefined ? 'to the end' : `to where ${placeOf(state).step} is due`}`,
      }
}
