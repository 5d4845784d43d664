import { arm } from '../protocol/clock.ts'
import type { CommandDefinition, Judged, Lead } from '../protocol/command.ts'
import { reached } from '../protocol/contact.ts'
import type { Facts, Outcome, Settled } from '../protocol/facts.ts'
import type { StepPhase } from '../protocol/place.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Instant } from '../protocol/words.ts'

/** The facts after a command that leads there: what settles, what opens again, the command's own effect, the clocks. */
export function evolve(definition: CommandDefinition, judged: Judged, lead: Lead): Facts {
  const { command, clocks, protocol } = judged
  const moved = movedOn(definition, judged, lead)
  const effected = definition.effect?.(moved, judged as Judged<never>) ?? moved
  const said = definition.said === true && command.by.kind === 'person'
  const spoken = said ? reached(effected, command.at, false) : effected
  // Whom we waited for is there.
  const met = definition.heard === true && spoken.pause !== undefined ? { ...spoken, pause: undefined } : spoken
  const { lastAt } = met
  const timed = lastAt !== undefined && lastAt >= command.at ? met : { ...met, lastAt: command.at }
  return clocks === undefined ? timed : arm(clocks, protocol, timed, command.at)
}

/** The facts where a command leads, before its own effect: which steps it settles or opens again. It reads no evidence. */
export function movedOn(definition: CommandDefinition, judged: Judged, lead: Lead): Facts {
  const { facts, command, at, protocol } = judged
  switch (lead) {
    case 'stays':
      return facts
    case 'on': {
      const settled = { ...facts, steps: { ...facts.steps, [at.step as string]: definition.settles ?? 'done' } }
      const closes = protocol.settlesLastOf('system', command.type, at)
      return closes ? { ...settled, ...closed(protocol, settled, command.at) } : settled
    }
    case 'back':
      return { ...facts, steps: openFrom(facts, protocol, definition.backTo as string) }
    case 'again':
      return { ...facts, steps: openFrom(facts, protocol, protocol.again), closedAt: undefined }
    case 'lapses':
      return { ...facts, steps: lapsed(definition, judged, ['person', 'problem']) }
    case 'ends':
      return {
        ...facts,
        steps: lapsed(definition, judged, ['problem', 'system']),
        outcome: 'merged',
        closedAt: command.at,
      }
    case 'anew':
      return {
        ...facts,
        round: facts.round + 1,
        steps: openedAnew(judged),
        failures: [...facts.failures, { kind: definition.failure ?? 'reopened', round: facts.round, at: command.at }],
        // What was said in the round before was said before this failure.
        understanding: undefined,
        customerAskedWhy: undefined,
        outcome: undefined,
        closedAt: undefined,
        mergedInto: undefined,
        ...(at.phase === 'closed' ? { answers: undefined, reopenedAt: command.at } : { answers: withoutWhat(facts) }),
        contact: facts.contact && { ...facts.contact, personal: undefined, attempts: undefined },
      }
  }
}

const closed = (protocol: Protocol, facts: Facts, at: Instant): Pick<Facts, 'outcome' | 'closedAt'> => ({
  outcome: outcomeOf(facts.outcome ?? unconfirmed(protocol, facts), facts),
  closedAt: at,
})

/** Whose fault it was may be found at any time before the end: where it was the customer's, nothing was upheld. */
const outcomeOf = (outcome: Outcome, { fault }: Facts): Outcome =>
  fault === 'customer' && (outcome === 'recovered' || outcome === 'partly-recovered') ? 'not-upheld' : outcome

/** How a case ended whose customer was never asked: without their word it is recovered in part, at most. */
function unconfirmed(protocol: Protocol, { steps }: Facts): Outcome {
  const wanting = protocol.problem.some(
    ({ name }) => steps[name] === 'lapsed' || (makesGood.includes(name) && steps[name] !== 'done'),
  )
  return wanting ? 'partly-recovered' : 'recovered'
}

/** The steps without which nothing was made good, whoever let them pass. */
const makesGood = ['agree', 'deliver', 'confirm']

type Steps = Readonly<Record<string, Settled>>
type Phases = readonly ('received' | StepPhase)[]

const namesIn = (protocol: Protocol, phases: Phases): readonly string[] =>
  protocol.steps.filter((step) => phases.includes(step.phase)).map((step) => step.name)

/** The steps of a new round: the system phase goes on, unless the case was closed. */
function openedAnew({ facts, at, protocol }: Judged): Steps {
  const system: Phases = at.phase === 'closed' ? ['system'] : []
  if (facts.anonymous !== true) return without(facts.steps, namesIn(protocol, ['person', 'problem', ...system]))
  return without(facts.steps, namesIn(protocol, system))
}

function openFrom(facts: Facts, protocol: Protocol, name: string): Steps {
  const from = protocol.steps.find((step) => step.name === name)
  const names = from === undefined ? [] : namesIn(protocol, [from.phase])
  return without(facts.steps, names.slice(names.indexOf(name)))
}

/** The due step, where the command settles it, and every open one of these phases lapsed. */
function lapsed(definition: CommandDefinition, { facts, at, protocol }: Judged, phases: Phases): Steps {
  const settles = definition.leads?.includes('on') === true ? { [at.step as string]: definition.settles ?? 'done' } : {}
  const open = namesIn(protocol, phases).map((name): [string, Settled] => [name, 'lapsed'])
  return { ...Object.fromEntries(open), ...facts.steps, ...settles }
}

const without = (steps: Steps, names: readonly string[]): Steps =>
  Object.fromEntries(Object.entries(steps).filter(([name]) => !names.includes(name)))

const withoutWhat = ({ answers }: Facts): Facts['answers'] =>
  answers && Object.fromEntries(Object.entries(answers).filter(([id]) => !id.startsWith('what-')))
