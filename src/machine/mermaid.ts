import type { AnyStateMachine, AnyStateNode } from 'xstate'
import type { Protocol } from '../protocol/protocol.ts'
import type { Arrow } from './machine.ts'
import { buildMachine } from './machine.ts'

/**
 * A protocol's machine as a Mermaid state diagram, read off the machine itself. An arrow that every step of a phase has
 * is drawn once, from the phase; a command that leads nowhere else is left out.
 */
export function toMermaid(protocol: Protocol): string {
  const machine = buildMachine(protocol) as unknown as AnyStateMachine
  const lines = ['stateDiagram-v2', '  [*] --> received']
  for (const node of Object.values(machine.states)) {
    const steps = Object.values(node.states)
    const drawn = new Set<string>()
    if (steps.length > 0) {
      lines.push(`  state ${node.key} {`, `    [*] --> ${steps[0]?.key}`)
      const inside = steps.flatMap((step) => arrowsFrom(step).filter((arrow) => arrow.within))
      lines.push(...merged(inside).map((line) => `    ${line}`), '  }')
      const everywhere = merged(shared(steps).map((arrow) => ({ ...arrow, from: node.key })))
      for (const arrow of shared(steps)) drawn.add(`${arrow.event} ${arrow.to}`)
      lines.push(...everywhere.map((line) => `  ${line}`))
    }
    const outside = (steps.length > 0 ? steps : [node])
      .flatMap(arrowsFrom)
      .filter((arrow) => !arrow.within && !drawn.has(`${arrow.event} ${arrow.to}`))
    lines.push(...merged(outside).map((line) => `  ${line}`))
  }
  return `${lines.join('\n')}\n`
}

interface Drawn {
  readonly from: string
  readonly to: string
  readonly event: string
  /** Both ends lie in one phase. */
  readonly within: boolean
}

const arrowsFrom = (node: AnyStateNode): readonly Drawn[] =>
  [...node.transitions.values()].flat().flatMap(({ eventType, target, guard }) =>
    (target ?? []).map((end) => ({
      from: node.key,
      // Into a phase at its first open step is one arrow to the phase.
      to: (guard as { params: Arrow }).params.resumes === undefined ? end.key : (end.parent?.key ?? end.key),
      event: eventType,
      within: end.parent === node.parent && end.parent?.parent !== undefined,
    })),
  )

const shared = (steps: readonly AnyStateNode[]): readonly Drawn[] => {
  const [first, ...others] = steps.map((step) => arrowsFrom(step).filter((arrow) => !arrow.within))
  return (first ?? []).filter(({ event, to }) =>
    others.every((arrows) => arrows.some((arrow) => arrow.event === event && arrow.to === to)),
  )
}

function merged(arrows: readonly Drawn[]): readonly string[] {
  const events = new Map<string, Set<string>>()
  for (const { from, to, event } of arrows) {
    const key = `${from} --> ${to}`
    events.set(key, (events.get(key) ?? new Set()).add(event))
  }
  return [...events].map(([key, names]) => `${key}: ${[...names].join(' · ')}`)
}
