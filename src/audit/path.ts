import type { CommandDefinition, Lead } from '../protocol/command.ts'
import type { Place } from '../protocol/place.ts'
import type { Protocol } from '../protocol/protocol.ts'
import { CLOSE } from './meaning.ts'

/** A protocol as the paths that a case may take: states, by number, and what leads from one to another. */
export interface Paths {
  /** How many states there are; a case begins in the first and ends in the last. */
  readonly states: number
  /** The step that is due in a state, and the state behind it, which has a higher number; none at the end. */
  readonly due: readonly (Due | undefined)[]
  /** Where a command may lead from a state; nowhere where it has no place. */
  leads(state: number, command: string): readonly number[]
}

/** The step that is due in a state, and the state behind it. */
export interface Due {
  readonly step: string
  readonly to: number
}

/** Where a case stands, and what of its past decides where it may go. */
interface Standing {
  readonly at: Place
  /** The system step at which the system phase goes on, when a second failure has interrupted it. */
  readonly resumes: number
  /** Another case carries problem and system: this one ends with its person phase. */
  readonly merged: boolean
}

const paths = new WeakMap<Protocol, Paths>()

/**
 * The paths that a protocol lets a case take. A log has no evidence, so that a command which may lead to several places
 * may here lead to each. What only an anonymous complaint may skip is not among them.
 */
export function pathsOf(protocol: Protocol): Paths {
  let found = paths.get(protocol)
  if (found === undefined) {
    found = explore(protocol)
    paths.set(protocol, found)
  }
  return found
}

function explore(protocol: Protocol): Paths {
  const commands = [...protocol.commands.keys()]
  const start: Standing = { at: { phase: 'received', step: 'own' }, resumes: 0, merged: false }
  const seen = new Map([[keyOf(start), start]])
  for (const standing of seen.values()) {
    const onward = [behind(protocol, standing), ...commands.flatMap((command) => after(protocol, standing, command))]
    for (const next of onward) if (next !== undefined && !seen.has(keyOf(next))) seen.set(keyOf(next), next)
  }
  const rank = ({ at }: Standing) =>
    at.phase === 'closed' ? protocol.steps.length : protocol.steps.findIndex((one) => one.name === at.step)
  const standings = [...seen.values()].sort((one, other) => rank(one) - rank(other))
  const numbers = new Map(standings.map((standing, number) => [keyOf(standing), number]))
  const numberOf = (standing: Standing) => numbers.get(keyOf(standing)) as number
  const leads = standings.map(
    (standing) =>
      new Map([
        ...commands.map(
          (command) => [command, [...new Set(after(protocol, standing, command).map(numberOf))]] as const,
        ),
        [CLOSE, standing.at.phase === 'closed' ? [numberOf(standing)] : []] as const,
      ]),
  )
  return {
    states: standings.length,
    due: standings.map((standing) => {
      const next = behind(protocol, standing)
      return next === undefined ? undefined : { step: standing.at.step as string, to: numberOf(next) }
    }),
    leads: (state, command) => leads[state]?.get(command) ?? [],
  }
}

const keyOf = ({ at, resumes, merged }: Standing): string => `${at.phase} ${at.step} ${resumes} ${merged}`

/** All standings that a command may lead to. */
function after(protocol: Protocol, standing: Standing, command: string): readonly Standing[] {
  const definition = protocol.commandAt(command, standing.at)
  if (definition === undefined) return []
  if (command === 'merge' && standing.at.phase === 'person') return [{ ...standing, merged: true }]
  return (definition.leads ?? []).flatMap((lead) => ledTo(protocol, standing, definition, lead) ?? [])
}

function ledTo(
  protocol: Protocol,
  standing: Standing,
  definition: CommandDefinition,
  lead: Lead,
): Standing | undefined {
  const { at, merged } = standing
  switch (lead) {
    case 'stays':
      return standing
    case 'on':
      return behind(protocol, standing)
    case 'back':
      return backTo(protocol, standing, definition.backTo ?? '')
    case 'anew':
      if (at.phase === 'received') return standing
      return {
        at: { phase: 'person', step: protocol.person[0].name },
        resumes: resumesAt(protocol, standing),
        merged: false,
      }
    case 'lapses':
      return at.phase === 'received' || merged ? undefined : inSystem(protocol, standing.resumes)
    case 'ends':
      return end
    case 'again':
      return inSystem(
        protocol,
        protocol.system.findIndex((one) => one.name === protocol.again),
      )
  }
}

/** Where a case stands once the due step is settled; none where it is closed. */
function behind(protocol: Protocol, { at, resumes, merged }: Standing): Standing | undefined {
  const { phase, step } = at
  if (phase === 'closed') return undefined
  if (phase === 'received') return { at: { phase: 'person', step: protocol.person[0].name }, resumes, merged }
  const steps = protocol[phase]
  const next = steps[steps.findIndex((one) => one.name === step) + 1]
  if (next !== undefined) return { at: { phase, step: next.name }, resumes, merged }
  if (phase === 'system' || merged) return end
  if (phase === 'problem') return inSystem(protocol, resumes)
  return { at: { phase: 'problem', step: protocol.problem[0].name }, resumes, merged }
}

function backTo(protocol: Protocol, { at, resumes, merged }: Standing, name: string): Standing | undefined {
  const names = protocol.steps.filter((one) => one.phase === at.phase).map((one) => one.name)
  const target = names.indexOf(name)
  if (target < 0 || target >= names.indexOf(at.step ?? '')) return undefined
  return { at: { phase: at.phase, step: name }, resumes, merged }
}

/** The system phase goes on at its first open step; that of a closed case begins anew. */
function resumesAt(protocol: Protocol, { at, resumes }: Standing): number {
  if (at.phase === 'closed') return 0
  return at.phase === 'system' ? protocol.system.findIndex((one) => one.name === at.step) : resumes
}

const inSystem = (protocol: Protocol, index: number): Standing => ({
  at: { phase: 'system', step: (protocol.system[index] ?? protocol.system[0]).name },
  resumes: 0,
  merged: false,
})

const end: Standing = { at: { phase: 'closed', step: undefined }, resumes: 0, merged: false }
