import fc from 'fast-check'
import { createDesk, type Entry, memoryStore, type Protocol, pocock } from 'redress'
import { anyCommand, anyProtocol, definedProtocol } from 'redress/fast-check'
import { aComplaint, EXAMPLE_START } from 'redress/testing'
import { describe, expect, it } from 'vitest'
import { align, type Costs } from '../src/audit/align.ts'
import { deviationsIn } from '../src/audit/deviation.ts'
import { type Model, modelOf } from '../src/audit/model.ts'

const TRACES = process.env['LONG'] === undefined ? 1_000 : 20_000
const timeout = 300_000

/**
 * The least cost of all ways to align, and of those the fewest deeds without a place, by trying every one: no table, no
 * order, no memory of what was tried.
 */
function bruteForce(model: Model, commands: readonly string[], costs: Costs, isOver: boolean) {
  let best = { cost: Number.POSITIVE_INFINITY, vain: 0 }
  const attempt = (at: number, state: number, cost: number, vain: number): void => {
    if (cost > best.cost || (cost === best.cost && vain >= best.vain)) return
    const command = commands[at]
    const due = model.due[state]
    if (command === undefined && (!isOver || due === undefined)) best = { cost, vain }
    if (command !== undefined) {
      for (const to of model.leads(state, command)) attempt(at + 1, to, cost, vain)
      attempt(at + 1, state, cost + costs.unexpected(command), vain + 1)
    }
    if (due !== undefined) attempt(at, due.to, cost + costs.missing(due.step), vain)
  }
  attempt(0, 0, 0, 0)
  return best
}

const names = ['waive', 'reopen', 'remedyFailed', 'withdraw', 'merge', 'pause', 'breakPromise', 'close']
const small = (protocol: Protocol) => {
  const steps = protocol.steps.map(({ name }) => name)
  return fc.record({
    protocol: fc.constant(protocol),
    commands: fc.array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...steps) }, fc.constantFrom(...names)), {
      maxLength: 6,
    }),
    unseen: fc.subarray(steps),
    dear: fc.dictionary(fc.constantFrom(...steps), fc.integer({ min: 0, max: 3 })),
    isOver: fc.boolean(),
  })
}

const costsOf = (unseen: readonly string[], dear: Readonly<Record<string, number>>): Costs => ({
  unexpected: (command) => (Object.hasOwn(dear, command) ? (dear[command] ?? 1) : 1),
  missing: (step) => (unseen.includes(step) ? 0 : Object.hasOwn(dear, step) ? (dear[step] ?? 1) : 1),
})

describe('an alignment', { timeout }, () => {
  it(`costs what the cheapest of all alignments costs, and keeps the most of what was logged, of ${TRACES} small random traces`, () =>
    fc.assert(
      fc.property(definedProtocol.chain(small), ({ protocol, commands, unseen, dear, isOver }) => {
        const model = modelOf(protocol)
        const costs = costsOf(unseen, dear)
        const found = align(model, commands, costs, isOver)
        const vain = found.moves.filter(({ move }) => move === 'case').length
        expect({ cost: found.cost, vain }).toEqual(bruteForce(model, commands, costs, isOver))
        expect(found.worst).toBeGreaterThanOrEqual(found.cost)
      }),
      { numRuns: TRACES },
    ))

  it('tells the case from its beginning to its end, along a path, and its deviations cost what it costs', () =>
    fc.assert(
      fc.property(definedProtocol.chain(small), ({ protocol, commands, unseen, dear, isOver }) => {
        const model = modelOf(protocol)
        const { moves, cost } = align(model, commands, costsOf(unseen, dear), isOver)
        expect(moves.filter(({ move }) => move !== 'path').map(({ command }) => command)).toEqual(commands)
        let states = new Set([0])
        for (const { move, command } of moves) {
          if (move === 'case') continue
          states = new Set(
            [...states].flatMap((state) => {
              if (move === 'both') return model.leads(state, command)
              const due = model.due[state]
              return due?.step === command ? [due.to] : []
            }),
          )
        }
        expect(states.size).toBeGreaterThan(0)
        if (isOver) expect([...states]).toContain(model.states - 1)
        const told = deviationsIn(moves).reduce((sum, one) => sum + one.cost, 0)
        expect(told).toBe(cost)
        expect(moves.reduce((sum, one) => sum + one.cost, 0)).toBe(cost)
      }),
      { numRuns: 500 },
    ))

  it('finds nothing wrong with what a desk has accepted, whatever it was', async () => {
    const tried = { open: 0, closed: 0 }
    await fc.assert(
      fc.asyncProperty(
        anyProtocol.chain((protocol) =>
          fc.record({
            protocol: fc.constant(protocol),
            makings: fc.array(anyCommand(protocol), { maxLength: 80, size: 'max' }),
          }),
        ),
        async ({ protocol, makings }) => {
          let minute = 0
          const now = () => new Date(Date.parse(EXAMPLE_START) + minute * 60_000)
          const store = memoryStore()
          const desk = createDesk({ store, protocols: [protocol], now })
          await desk.open({ ...aComplaint, caseId: 'case-0' })
          await desk.open({ ...aComplaint, caseId: 'case-1' })
          for (const make of makings) {
            minute++
            const before = await store.load('default', 'case-1')
            if (before !== undefined) await desk.send('case-1', make(before))
          }
          const log: Entry[] = []
          for await (const entry of desk.log('case-1')) log.push(entry)
          const commands = log.slice(1).map(({ command }) => command.type)
          // Each time that it was closed, for it may have been reopened, and as it stands.
          const ends = log.flatMap(({ to }, index) =>
            to === 'closed' && log[index - 1]?.to !== 'closed' ? [index] : [],
          )
          for (const end of new Set([...ends, log.length - 1])) {
            const isClosed = log[end]?.to === 'closed'
            const all = align(modelOf(protocol), commands.slice(0, end), costsOf([], {}), isClosed)
            expect(deviationsIn(all.moves)).toEqual([])
            tried[isClosed ? 'closed' : 'open']++
          }
        },
      ),
      { numRuns: 200 },
    )
    expect(Math.min(tried.open, tried.closed)).toBeGreaterThan(50)
  })

  // biome-ignore format: a table
  it.each([
    ['nothing where each step came in its turn', ['own', 'listen', 'reflect', 'apologize', 'empathize'], []],
    ['a step that was left out', ['own', 'listen', 'apologize', 'empathize'], ['skipped reflect']],
    ['a step that came before its turn', ['own', 'listen', 'agree', 'reflect', 'apologize', 'empathize'], ['out-of-place agree']],
    ['a step that came again', ['own', 'own', 'listen'], ['repeated own']],
    ['a command that has no place', ['reopen', 'own', 'listen'], ['out-of-place reopen']],
    ['nothing where a second failure began a new round', ['own', 'listen', 'reflect', 'apologize', 'empathize', 'agree', 'remedyFailed', 'listen'], []],
    ['nothing where a correction was listened to', ['own', 'listen', 'reflect', 'listen', 'reflect', 'apologize'], []],
    ['nothing where the due step was waived', ['own', 'listen', 'waive', 'apologize'], []],
  ])('of a case under way tells %s', (_, commands, deviations) => {
    const { moves } = align(modelOf(pocock as Protocol), commands, costsOf([], {}), false)
    expect(deviationsIn(moves).map(({ kind, command }) => `${kind} ${command}`)).toEqual(deviations)
  })

  const done = pocock.steps.map(({ name }) => name)
  const untilSystem = done.slice(1, done.indexOf('investigate'))
  // biome-ignore format: a table
  it.each([
    ['goes through all steps again once it is reopened', [...done, 'reopen', ...done.slice(1)], []],
    ['has its system steps left out, once it is reopened', [...done, 'reopen', ...untilSystem], ['skipped investigate', 'skipped improve', 'skipped verify', 'skipped share']],
    ['goes on with the system where a second failure broke it off', [...done.slice(0, -2), 'remedyFailed', ...untilSystem, 'verify', 'share'], []],
    ['ends with the person where it was merged', ['own', 'listen', 'merge', 'reflect', 'apologize', 'empathize'], []],
    ['ends where it was merged later', [...done.slice(0, done.indexOf('deliver')), 'merge'], []],
    ['owes the system where it was withdrawn', ['own', 'listen', 'withdraw', 'investigate', 'improve', 'verify', 'share'], []],
    ['owes the system where it was withdrawn after it was merged', ['own', 'listen', 'merge', 'withdraw', 'investigate', 'improve', 'verify', 'share'], []],
    ['begins its improvement again where the change failed', [...done, 'changeFailed', 'improve', 'verify', 'share'], []],
    ['is closed before its end', ['own', 'close'], done.slice(1).map((name) => `skipped ${name}`)],
  ])('a case that is over %s', (_, commands, deviations) => {
    const { moves } = align(modelOf(pocock as Protocol), commands, costsOf([], {}), true)
    expect(deviationsIn(moves).map(({ kind, command }) => `${kind} ${command}`)).toEqual(deviations)
  })

  it('of a case that is over tells what was left out at its end, but nothing that the log can’t show', () => {
    const steps = pocock.steps.map(({ name }) => name)
    const model = modelOf(pocock as Protocol)
    const seen = align(model, [...steps.slice(0, -1), 'close'], costsOf([], {}), true)
    expect(deviationsIn(seen.moves)).toEqual([{ kind: 'skipped', command: 'share', cost: 1 }])
    const unseen = align(model, [...steps.slice(0, -1), 'close'], costsOf(['share'], {}), true)
    expect(unseen).toMatchObject({ cost: 0 })
  })

  it('takes a second failure for one, rather than for a mistake, where that costs as much', () => {
    const shown = ['own', 'listen', 'agree', 'deliver']
    const unseen = pocock.steps.map(({ name }) => name).filter((name) => !shown.includes(name))
    const commands = ['own', 'listen', 'agree', 'deliver', 'remedyFailed', 'deliver', 'close']
    const { moves } = align(modelOf(pocock as Protocol), commands, costsOf(unseen, {}), true)
    expect(deviationsIn(moves)).toEqual([
      { kind: 'skipped', command: 'listen', cost: 1 },
      { kind: 'skipped', command: 'agree', cost: 1 },
    ])
  })

  it('calls a step that is missing in one place and done in another out of turn', () => {
    const unseen = pocock.steps.map(({ name }) => name).filter((name) => !['own', 'listen', 'deliver'].includes(name))
    const { moves } = align(
      modelOf(pocock as Protocol),
      ['own', 'deliver', 'listen', 'close'],
      costsOf(unseen, {}),
      true,
    )
    expect(deviationsIn(moves)).toEqual([
      { kind: 'out-of-turn', command: expect.stringMatching(/^(listen|deliver)$/), cost: 2 },
    ])
  })
})
