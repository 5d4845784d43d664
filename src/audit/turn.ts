import type { PromiseTold } from '../machine/promises.ts'
import { commonCommands } from '../protocol/common.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Legend } from './legend.ts'
import type { Story } from './story.ts'

/** The problem was worked on before the person was fixed: by which step, and what was still open then. */
export interface ProblemFirst {
  readonly command: string
  readonly before: readonly string[]
}

/** Commands that every protocol has wait for no step, though one has made a step of them, as LATTE of `explain`. */
const everybodys = new Set<string>(commonCommands.map(({ name }) => name))
/** Second failures, beside broken promises: person and problem begin anew with them. */
const beginsAnew = new Set(['reopen', 'remedyFailed'])
/** What leaves nobody to be fixed first, until a second failure. */
const endsThePerson = new Set(['withdraw', 'declareUnreachable', 'merge'])

/**
 * The first time that a case went on to the problem while somebody had still to own it, or a step of the person phase was
 * open; of the steps that the log can show. A step that was waived is not open. Each broken promise of the ledger is a
 * second failure, once, as it breaks: whether or not somebody said so, and whatever ended the case before.
 */
export function problemFirstIn(
  { deeds }: Story,
  { protocol, visible }: Legend,
  ledger: readonly PromiseTold<number>[],
): ProblemFirst | undefined {
  const first = personSteps(protocol).filter((name) => visible.has(name))
  const problem = new Set(problemSteps(protocol))
  const anew = first.filter((name) => name !== 'own')
  const breaches = new Set(ledger.map(({ brokeAfter }) => brokeAfter))
  let open = new Set(first)
  for (const [index, { command }] of deeds.entries()) {
    if (breaches.has(index) || beginsAnew.has(command)) open = new Set([...open, ...anew])
    if (problem.has(command) && open.size > 0) return { command, before: first.filter((name) => open.has(name)) }
    open.delete(command)
    if (command === 'waive') open.delete([...open][0] ?? '')
    if (endsThePerson.has(command)) open = new Set()
  }
  return undefined
}

/** What comes first: that somebody owns it, and the steps of the person. */
export const personSteps = (protocol: Protocol): readonly string[] => [
  'own',
  ...protocol.person.map(({ name }) => name),
]

/** What must not come before. */
export const problemSteps = (protocol: Protocol): readonly string[] =>
  protocol.problem.map(({ name }) => name).filter((name) => !everybodys.has(name))
