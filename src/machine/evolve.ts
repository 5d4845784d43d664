import type { CommandDefinition, Judged, Lead } from '../protocol/command.ts'
import type { Facts, Settled } from '../protocol/facts.ts'
import type { Phase } from '../protocol/place.ts'
import type { Protocol } from '../protocol/protocol.ts'

/** The facts after a command that leads there: what settles, what opens again, and the command's own effect. */
export function evolve(definition: CommandDefinition, judged: Judged, lead: Lead): Facts {
  const facts = movedOn(definition, judged, lead)
  return definition.effect?.(facts, judged as Judged<never>) ?? facts
}

function movedOn(definition: CommandDefinition, { facts, command, at, protocol }: Judged, lead: Lead): Facts {
  switch (lead) {
    case 'stays':
      return facts
    case 'on':
      return { ...facts, steps: { ...facts.steps, [at.step as string]: definition.settles ?? 'done' } }
    case 'back':
      return { ...facts, steps: openFrom(facts, protocol, definition.backTo as string) }
    case 'anew':
      return {
        ...facts,
        round: facts.round + 1,
        steps: openAll(
          facts,
          protocol,
          at.phase === 'closed' ? ['person', 'problem', 'system'] : ['person', 'problem'],
        ),
        understanding: undefined,
        customerAskedWhy: false,
        failures: [...facts.failures, { kind: definition.failure ?? 'reopened', round: facts.round, at: command.at }],
      }
  }
}

type Steps = Readonly<Record<string, Settled>>

const openAll = (facts: Facts, protocol: Protocol, phases: readonly Phase[]): Steps =>
  without(
    facts.steps,
    protocol.steps.filter((step) => phases.includes(step.phase)).map((step) => step.name),
  )

function openFrom(facts: Facts, protocol: Protocol, name: string): Steps {
  const from = protocol.steps.findIndex((step) => step.name === name)
  const phase = protocol.steps[from]?.phase
  const opened = protocol.steps.slice(from).filter((step) => step.phase === phase)
  return without(
    facts.steps,
    opened.map((step) => step.name),
  )
}

const without = (steps: Steps, names: readonly string[]): Steps =>
  Object.fromEntries(Object.entries(steps).filter(([name]) => !names.includes(name)))
