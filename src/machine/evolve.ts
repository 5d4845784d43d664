import { arm } from '../protocol/clock.ts'
import type { CommandDefinition, Judged, Lead } from '../protocol/command.ts'
import { reached } from '../protocol/contact.ts'
import type { Facts, Outcome, Settled } from '../protocol/facts.ts'
import type { StepPhase } from '../protocol/place.ts'
import type { Protocol } from '../protocol/protocol.ts'

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

function movedOn(definition: CommandDefinition, judged: Judged, lead: Lead): Facts {
  const { facts, command, at, protocol } = judged
  switch (lead) {
    case 'stays':
      return facts
    case 'on': {
      const settled = { ...facts, steps: { ...facts.steps, [at.step as string]: definition.settles ?? 'done' } }
      const closes = protocol.settlesLastOf('system', command.type, at)
      return closes ? { ...settled, outcome: facts.outcome ?? unconfirmed(protocol, settled) } : settled
    }
    case 'back':
      return { ...facts, steps: openFrom(facts, protocol, definition.backTo as string) }
    case 'again':
      return { ...facts, steps: openFrom(facts, protocol, protocol.again) }
    case 'lapses':
      return { ...facts, steps: lapsed(definition, judged, ['received', 'person', 'problem']) }
    case 'ends': {
      const shared = definition.settles === 'done'
      const steps = shared
        ? settleAll(facts, protocol, 'done')
        : lapsed(definition, judged, ['person', 'problem', 'system'])
      return { ...facts, steps, outcome: shared ? (facts.outcome ?? unconfirmed(protocol, facts)) : 'merged' }
    }
    case 'anew':
      return {
        ...facts,
        round: facts.round + 1,
        steps: openAll(
          facts,
          protocol,
          at.phase === 'closed' ? ['person', 'problem', 'system'] : ['person', 'problem'],
        ),
        failures: [...facts.failures, { kind: definition.failure ?? 'reopened', round: facts.round, at: command.at }],
        // What was said in the round before was said before this failure.
        understanding: undefined,
        customerAskedWhy: undefined,
        outcome: undefined,
        mergedInto: undefined,
        answers: withoutWhat(facts),
        contact: facts.contact && { ...facts.contact, personal: undefined, attempts: undefined },
      }
  }
}

/** How a case ended whose customer was never asked: without their word it is recovered in part, at most. */
function unconfirmed(protocol: Protocol, { fault, steps }: Facts): Outcome {
  if (fault === 'customer') return 'not-upheld'
  const asked = protocol.problem.some((step) => step.name === 'confirm')
  const lapsed = protocol.problem.some((step) => steps[step.name] === 'lapsed')
  return lapsed || (asked && steps['confirm'] !== 'done') ? 'partly-recovered' : 'recovered'
}

type Steps = Readonly<Record<string, Settled>>
type Phases = readonly ('received' | StepPhase)[]

const namesIn = (protocol: Protocol, phases: Phases): readonly string[] =>
  protocol.steps.filter((step) => phases.includes(step.phase)).map((step) => step.name)

const openAll = (facts: Facts, protocol: Protocol, phases: Phases): Steps =>
  without(facts.steps, namesIn(protocol, phases))

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

const settleAll = (facts: Facts, protocol: Protocol, as: Settled): Steps => ({
  ...Object.fromEntries(namesIn(protocol, ['system']).map((name): [string, Settled] => [name, as])),
  ...facts.steps,
})

const without = (steps: Steps, names: readonly string[]): Steps =>
  Object.fromEntries(Object.entries(steps).filter(([name]) => !names.includes(name)))

const withoutWhat = ({ answers }: Facts): Facts['answers'] =>
  answers && Object.fromEntries(Object.entries(answers).filter(([id]) => !id.startsWith('what-')))
