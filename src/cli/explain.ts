import type { Case } from '../machine/case.ts'
import type { Need, Option } from '../machine/explain.ts'
import { explain } from '../machine/explain.ts'
import type { RuleSaid } from '../machine/refusal.ts'
import { noFacts } from '../protocol/facts.ts'
import type { Protocol } from '../protocol/protocol.ts'
import { helpOf, readArguments, type Shape } from './arguments.ts'
import type { CliCommand } from './command.ts'
import { complain, say } from './command.ts'
import { protocolNamed } from './method.ts'

const shape: Shape = {
  usage: 'redress explain [<protocol>] [<step>] [--at <step>] [--json]',
  about: `Says what a protocol asks: of each step what it must bring, and by which rules it is judged. With a step, of that one
alone; with --at, what may be done when that step is due, and why the rest may not. The protocol is one that is shipped, by
its id, or a module of yours that exports one; pocock if left out.`,
  options: {
    at: { value: 'step', what: 'the step that is due; closed, for a case that is' },
    json: { what: 'as JSON' },
    export: { value: 'name', what: 'under which name the module exports the protocol' },
  },
  examples: [
    ['redress explain heard', 'every step of HEARD'],
    ['redress explain pocock apologize', 'what an apology must bring'],
    ['redress explain pocock deliver --at listen', 'why nothing is delivered before the customer was heard'],
  ],
  codes: { 0: 'done', 2: 'where there is no such protocol or step' },
}

/** `redress explain pocock apologize`. */
export const explainCommand: CliCommand = {
  usage: shape.usage,
  summary: 'says what a protocol asks, step by step, and what it refuses',
  async run(args) {
    const asked = readArguments(args, shape)
    if (asked.asked === 'help') return say(helpOf(shape))
    if (asked.asked === 'nothing') return complain(`${asked.wrong}\n\n  ${shape.usage}\n`)
    const [name = 'pocock', step, ...others] = asked.given
    if (others.length > 0) return complain(`One step at a time.\n\n  ${shape.usage}\n`)
    const method = await protocolNamed(name, asked.values['export'])
    if (!method.found) return complain(`${method.why}\n`)
    const options = optionsOf(method.protocol, step, asked.values['at'])
    if (typeof options === 'string') return complain(`${options}\n`)
    return say(asked.flags.has('json') ? `${JSON.stringify(options, null, 2)}\n` : options.map(told).join('\n'))
  },
}

/** A command by itself: all rules that it is judged by, those on the case too. */
interface Described {
  readonly command: string
  readonly summary: string
  readonly needs: readonly Need[]
  readonly rules: readonly RuleSaid[]
}

/** What is to be explained, or in a sentence why it can’t be. */
function optionsOf(
  protocol: Protocol,
  step: string | undefined,
  at: string | undefined,
): readonly (Option | Described)[] | string {
  const names = protocol.steps.map(({ name }) => name)
  if (at !== undefined && at !== 'closed' && !names.includes(at)) {
    return `${protocol.id} has no step “${at}”. It has ${names.join(', ')}.`
  }
  if (step !== undefined && protocol.commands.get(step)?.internal !== undefined)
    return `“${step}” is sent by the desk alone.`
  if (step !== undefined && !protocol.commands.has(step)) {
    return `${protocol.id} has no step or command “${step}”. Its steps are ${names.join(', ')}; its other commands ${[
      ...protocol.commands.values(),
    ]
      .filter(({ name, internal }) => internal === undefined && !names.includes(name))
      .map(({ name }) => name)
      .join(', ')}.`
  }
  if (at !== undefined) {
    return explain(protocol, caseAt(protocol, at)).filter(({ command }) => step === undefined || command === step)
  }
  const asked = step === undefined ? names : [step]
  return asked.flatMap((name): readonly (Option | Described)[] =>
    names.includes(name)
      ? explain(protocol, caseAt(protocol, name)).filter(({ command }) => command === name)
      : alone(protocol, name),
  )
}

/** What is asked of a command that is no step: whether it is open depends on more than which step is due. */
const alone = (protocol: Protocol, name: string): readonly Described[] =>
  explain(protocol, caseAt(protocol, 'own'))
    .filter(({ command }) => command === name)
    .map(({ command, summary, needs }) => ({ command, summary, needs, rules: rulesOn(protocol, name) }))

/** The rules of a command, each once, though it may hold of the case and of the command. */
const rulesOn = (protocol: Protocol, name: string): readonly RuleSaid[] => [
  ...new Map(protocol.rulesOn(name).map(({ id, because, source }) => [id, { id, because, source }])).values(),
]

/** A case that has come as far as the step, and has an owner once it is past `own`. */
function caseAt(protocol: Protocol, step: string): Case {
  const names = protocol.steps.map(({ name }) => name)
  const done = step === 'closed' ? names : names.slice(0, names.indexOf(step))
  const phase = protocol.steps.find(({ name }) => name === step)?.phase
  return {
    caseId: 'a-case',
    protocol: `${protocol.id}@${protocol.version}`,
    machine: 1,
    state: phase === undefined ? 'closed' : phase === 'received' ? 'received' : (`${phase}.${step}` as Case['state']),
    facts: {
      ...noFacts,
      ...(done.length > 0 ? { owner: 'somebody' } : {}),
      steps: Object.fromEntries(done.map((name) => [name, 'done'])),
    },
    version: 1,
  }
}

function told(option: Option | Described): string {
  const needs = option.needs.map(
    ({ field, what, optional }) => `  brings ${field}${optional ? ' (may be left out)' : ''}: ${what}\n`,
  )
  const rules =
    'rules' in option
      ? option.rules.map(({ id, because, source }) => `  judged by ${id}: ${because} (${source})\n`)
      : [`  closed: ${option.refusal.sentence}\n`]
  return `${option.command}: ${option.summary}\n${needs.join('')}${rules.join('')}`
}
