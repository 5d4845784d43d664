import fc from 'fast-check'
import type { Command, Protocol } from 'redress'
import { createRecoveryMachine, heard, parseCommand, pocock, solomon, toMermaid } from 'redress'
import { definedProtocol } from 'redress/fast-check'
import { EXAMPLE_START, example, upTo } from 'redress/testing'
import { describe, expect, it } from 'vitest'
import { createActor, type SnapshotFrom } from 'xstate'
import { getShortestPaths, getSimplePaths } from 'xstate/graph'
import { shipped } from './arbitrary.ts'

const at = EXAMPLE_START

/** The commands of a straight recovery, and those that lead back, as events for the graph. */
const eventsOf = (protocol: Protocol): Command[] =>
  [
    ...upTo(protocol),
    example('reflect', { customer: { answer: 'corrected', correction: 'It was empty.' } }),
    example('confirm', { resolved: 'no' }),
    example('explain', { alreadyGiven: true }),
    example('reopen'),
    example('merge'),
  ]
    .filter((input) => protocol.commands.has(input.type))
    .map((input) => ({ ...input, at }) as Command)

const nameOf = (value: unknown): string =>
  typeof value === 'string' ? value : (Object.entries(value as object)[0]?.join('.') ?? '')

describe('the machine, as an XState user uses it', () => {
  const machine = createRecoveryMachine(pocock)

  it('runs as an actor, and says what it can', () => {
    const actor = createActor(machine).start()
    const seen: unknown[] = []
    actor.subscribe((snapshot) => seen.push(snapshot.value))
    expect(actor.getSnapshot().matches('received')).toBe(true)
    for (const input of upTo(pocock)) {
      const command = { ...input, at } as Command<typeof pocock>
      expect(actor.getSnapshot().can(command)).toBe(true)
      actor.send(command)
    }
    expect(actor.getSnapshot().matches('closed')).toBe(true)
    expect(actor.getSnapshot().status).toBe('active')
    expect(seen).toHaveLength(13)
  })

  it('ignores a denied event and hands back the same snapshot', () => {
    const actor = createActor(machine).start()
    const before = actor.getSnapshot()
    const command = { ...example('agree'), at } as Command<typeof pocock>
    expect(before.can(command)).toBe(false)
    actor.send(command)
    expect(actor.getSnapshot()).toBe(before)
  })

  it('ignores what is no command: without evidence, with a time that is none, of a type that is XState’s own', () => {
    const errors: unknown[] = []
    const actor = createActor(machine)
    actor.subscribe({ error: (error) => errors.push(error) })
    actor.start()
    const before = actor.getSnapshot()
    for (const event of [
      { type: 'own' },
      { type: 'own', at },
      { ...example('own'), at: 'nonsense' },
      { ...example('own') },
      { ...example('own'), at, mood: 'grim' },
      { type: 'listen' },
      { type: 'nothing' },
      { type: 'constructor' },
    ] as never[]) {
      expect(before.can(event)).toBe(false)
      actor.send(event)
      expect(actor.getSnapshot()).toBe(before)
    }
    expect(errors).toEqual([])
    actor.send({ ...example('own'), at } as Command<typeof pocock>)
    expect(actor.getSnapshot().matches({ person: 'listen' })).toBe(true)
  })

  it('goes on from a persisted snapshot', () => {
    const actor = createActor(machine).start()
    for (const input of upTo(pocock, 'apologize')) actor.send({ ...input, at } as Command<typeof pocock>)
    const snapshot = JSON.parse(JSON.stringify(actor.getPersistedSnapshot())) as SnapshotFrom<typeof machine>
    const again = createActor(machine, { snapshot }).start()
    expect(again.getSnapshot().matches({ person: 'apologize' })).toBe(true)
    again.send({ ...example('apologize'), at } as Command<typeof pocock>)
    expect(again.getSnapshot().matches({ person: 'empathize' })).toBe(true)
  })
})

describe.each(shipped.map((protocol) => ({ name: protocol.id, protocol })))('the graph of $name', ({ protocol }) => {
  const machine = createRecoveryMachine(protocol)
  const options = {
    events: eventsOf(protocol),
    serializeState: (snapshot: { value: unknown; context: { steps: object } }) =>
      `${nameOf(snapshot.value)} ${JSON.stringify(snapshot.context.steps)}`,
    // Rounds go on for ever; the places do not.
    stopWhen: (snapshot: { context: { round: number } }) => snapshot.context.round > 1,
  }

  it('reaches every state', () => {
    const reached = new Set(getShortestPaths(machine, options as never).map((path) => nameOf(path.state.value)))
    const all = ['received', ...protocol.steps.slice(1).map((step) => `${step.phase}.${step.name}`), 'closed']
    expect([...reached].sort()).toEqual(all.sort())
  })

  it('passes the phases in order on every path to closed', () => {
    const paths = getSimplePaths(machine, {
      ...options,
      stopWhen: (snapshot: { context: { round: number }; value: unknown }) =>
        snapshot.context.round > 1 || snapshot.value === 'closed',
    } as never).filter((path) => path.state.value === 'closed' && path.state.context.round === 1)
    expect(paths.length).toBeGreaterThan(0)
    for (const path of paths.filter((one) => one.state.context.outcome !== 'merged')) {
      const visited = [...path.steps.map((step) => nameOf(step.state.value)), 'closed'].map(
        (name) => name.split('.')[0] ?? '',
      )
      expect(visited.filter((phase, index) => phase !== visited[index - 1])).toEqual([
        'received',
        'person',
        'problem',
        'system',
        'closed',
      ])
    }
  })
})

describe('every machine, of a generated protocol too', () => {
  it('has an existing target for every arrow, a guard on every arrow, and no wildcard, timer or history', () =>
    fc.assert(
      fc.property(definedProtocol, (protocol) => {
        const machine = createRecoveryMachine(protocol)
        const phases = Object.values(machine.states)
        const nodes = [...phases, ...phases.flatMap((node) => Object.values(node.states))]
        for (const node of nodes) {
          expect(['compound', 'atomic']).toContain(node.type)
          expect(node.always ?? []).toEqual([])
          expect(node.invoke).toEqual([])
          for (const [event, transitions] of node.transitions) {
            expect(event).not.toMatch(/\*|^xstate/)
            for (const { guard, target } of transitions) {
              expect(guard).toMatchObject({ type: 'allowed' })
              for (const end of target ?? []) expect(nodes).toContain(end)
            }
          }
        }
      }),
      { numRuns: 50 },
    ))
})

describe('the diagram', () => {
  it('is read off the machine: every state, and an arrow for every step', () => {
    for (const protocol of [pocock, solomon, heard]) {
      const diagram = toMermaid(protocol)
      for (const { name, phase } of protocol.steps) {
        if (phase !== 'received') expect(diagram).toMatch(new RegExp(`^ +${name} --> \\w+: ${name}`, 'm'))
      }
      expect(diagram).toMatch(/closed --> person: .*reopen/)
    }
  })
})

describe('parsing', () => {
  it('keeps a command as it came, and its time in UTC', () => {
    const parsed = parseCommand(pocock, { ...example('listen'), at: '2026-03-02T10:00:00+02:00' })
    expect(parsed).toMatchObject({ ok: true, value: { ...example('listen'), at: '2026-03-02T08:00:00.000Z' } })
  })
})
