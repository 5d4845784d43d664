import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import pg from 'pg'
import {
  type Case,
  type CommandInput,
  courteous,
  createDesk,
  type DeskEvents,
  type Entry,
  fold,
  type History,
  type ImportAnswer,
  type Imported,
  memoryStore,
  officeHours,
  person,
  pocock,
  RedressError,
  type Store,
} from 'redress'
import { temporalWorkingTime } from 'redress/clocks'
import { anyCommand, anyOpening, anyProtocol } from 'redress/fast-check'
import { postgresStore } from 'redress/postgres'
import { sqliteStore } from 'redress/sqlite'
import { aComplaint, ana, ben, EXAMPLE_START, example, upTo } from 'redress/testing'
import 'redress/vitest'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { policies } from './year/office.ts'

const timeout = 600_000
const RUNS = process.env['LONG'] === undefined ? 60 : 1_500

const SECRET = 'Xanthippe of 12 Elm Street'
const gil = person('gil')
/** Years after everything that is imported. */
const NOW = '2029-01-15T08:00:00.000Z'
const now = () => new Date(NOW)
const clocks = {
  policies: [courteous] as const,
  calendars: { default: officeHours('Europe/London', []) },
  workingTime: temporalWorkingTime,
}

const folder = mkdtempSync(join(tmpdir(), 'redress-import-'))
const pool = new pg.Pool({ connectionString: inject('databaseUrl') })
afterAll(async () => {
  await pool.end()
  rmSync(folder, { recursive: true })
})

const opening = { ...aComplaint, at: EXAMPLE_START, caseId: 'case-1' }
const minutes = (count: number, from = EXAMPLE_START) => new Date(Date.parse(from) + count * 60_000).toISOString()

type Told = History['commands'][number]

/** Commands a minute apart, each under an id of the system that they come from. */
const timed = (commands: readonly object[], from = EXAMPLE_START): readonly Told[] =>
  commands.map((command, index) => ({
    at: minutes(index + 1, from),
    ...(command as CommandInput),
    commandId: `e${index}`,
  }))

const history = (commands: readonly object[], more: Partial<History> = {}): History => ({
  by: gil,
  opening,
  commands: commands as readonly Told[],
  ...more,
})

const recovered = timed(upTo(pocock))

async function logOf(
  desk: { log(caseId: string): AsyncIterable<Entry> },
  caseId = 'case-1',
): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for await (const entry of desk.log(caseId)) entries.push(entry)
  return entries
}

function imported(answer: ImportAnswer): Imported {
  if (!answer.accepted) throw new Error(`It was not imported: ${answer.refusal.sentence}`)
  return answer
}

const types = (entries: readonly Entry[]) => entries.map(({ command }) => command.type)
const rulesOf = ({ report }: Imported) =>
  report.refused.map(({ index, refusal }) => [index, ...refusal.rules.map(({ id }) => id)])

describe('a history from another system', () => {
  it('comes in as it was: commands at their own times, recorded now, by whoever imports', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const answer = imported(await desk.import(history(recovered)))
    expect(answer.report).toEqual({ given: 13, applied: 13, fellDue: 0, refused: [], reordered: [] })
    expect(answer).toMatchObject({ repeated: false, case: { state: 'closed', version: 14 } })
    const log = await logOf(desk)
    expect(log).toEqual(answer.entries)
    expect(types(log)).toEqual(['open', ...recovered.map(({ type }) => type)])
    expect(log.map(({ command }) => command.at)).toEqual([EXAMPLE_START, ...recovered.map(({ at }) => at)])
    expect(new Set(log.map(({ recordedAt }) => recordedAt))).toEqual(new Set([NOW]))
    expect(log.map(({ commandId }) => commandId)).toEqual(['import:case-1', ...recovered.map((one) => one.commandId)])
    for (const { importedBy, command } of log) {
      expect(importedBy).toEqual(gil)
      expect(command).not.toHaveProperty('commandId')
    }
    const view = await desk.look('case-1')
    expect(view.facts).toMatchObject({ openedAt: EXAMPLE_START, closedAt: recovered.at(-1)?.at, outcome: 'recovered' })
  })

  it('goes on at the desk like any other case', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    await desk.import(history(recovered.slice(0, 4)))
    const answer = await desk.send('case-1', example('empathize', { at: undefined }))
    expect(answer).toMatchObject({ accepted: true, case: { state: 'problem.agree' } })
    expect(answer.accepted && answer.entries[0]).not.toHaveProperty('importedBy')
  })

  it('may have no id, then gets one; and may be of any protocol of the desk', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const { caseId: _, ...anonymous } = opening
    const first = imported(await desk.import(history([], { opening: anonymous })))
    const second = imported(await desk.import(history([], { opening: anonymous })))
    expect(first.case.caseId).not.toBe(second.case.caseId)
    expect(first.case.protocol).toBe('pocock@1')
    const unknown = desk.import(history([], { opening: { ...opening, protocol: SECRET } }))
    await expect(unknown).rejects.toMatchObject({ code: 'protocol-unknown' })
    await expect(desk.look('case-1')).rejects.toMatchObject({ code: 'case-unknown' })
  })
})

describe('what was out of order in it', () => {
  it('is not applied and not made to fit, but reported: a solution before listening', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const [own, listen, reflect] = upTo(pocock)
    const commands = timed([own, example('agree'), example('deliver'), listen, reflect] as object[])
    const answer = imported(await desk.import(history(commands)))
    expect(types(answer.entries)).toEqual(['open', 'own', 'listen', 'reflect'])
    expect(answer.case).toMatchObject({ state: 'person.apologize', facts: { waivers: [], promises: [] } })
    expect(answer.report).toMatchObject({ given: 5, applied: 3, reordered: [] })
    expect(answer.report.refused).toHaveLength(2)
    expect(answer.report.refused[0]).toMatchObject({
      index: 1,
      commandId: 'e1',
      type: 'agree',
      at: minutes(2),
      state: 'person.listen',
      refusal: {
        code: 'out-of-order',
        command: 'agree',
        index: 1,
        skipped: ['listen', 'reflect', 'apologize', 'empathize'],
        sentence: expect.stringMatching(/^Not yet: before “agree” come listen/),
      },
    })
    expect(answer.report.refused[1]).toMatchObject({ index: 2, type: 'deliver' })
    expect(answer.report.refused[1]).toBeRefused('promise-is-open')
  })

  it('is put in the order of its times, and said to have been given in another', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const [own, listen, reflect, apologize] = recovered
    const answer = imported(await desk.import(history([own, apologize, listen, reflect] as Told[])))
    expect(types(answer.entries)).toEqual(['open', 'own', 'listen', 'reflect', 'apologize'])
    expect(answer.report).toMatchObject({ applied: 4, refused: [] })
    expect(answer.report.reordered).toEqual([
      { index: 2, commandId: 'e1', type: 'listen', at: listen?.at, behind: 1 },
      { index: 3, commandId: 'e2', type: 'reflect', at: reflect?.at, behind: 1 },
    ])
  })

  it('keeps the given order where times are the same', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const atOnce = upTo(pocock, 'agree').map((command) => ({ ...command, at: minutes(1) }))
    const answer = imported(await desk.import(history(atOnce)))
    expect(answer.report).toMatchObject({ applied: 5, refused: [], reordered: [] })
    const backwards = history(atOnce.toReversed(), { opening: { ...opening, caseId: 'case-2' } })
    expect(imported(await desk.import(backwards)).report).toMatchObject({ applied: 1, reordered: [] })
  })

  it('shuffled, comes to the same case as in its order', () =>
    fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...recovered], { minLength: recovered.length }), async (shuffled) => {
        const desk = createDesk({ store: memoryStore(), now })
        const straight = imported(await desk.import(history(recovered)))
        const answer = imported(await desk.import(history(shuffled, { opening: { ...opening, caseId: 'case-2' } })))
        expect(answer.case.facts).toEqual(straight.case.facts)
        const behind = shuffled.filter(({ at }, index) => shuffled.slice(0, index).some((one) => one.at > at))
        expect(answer.report.reordered.map(({ commandId }) => commandId)).toEqual(behind.map((one) => one.commandId))
        for (const { index, behind } of answer.report.reordered) {
          const [one, other] = [shuffled[index]?.at ?? '', shuffled[behind as number]?.at ?? '']
          expect(one < other && (behind as number) < index).toBe(true)
        }
      }),
      { numRuns: RUNS },
    ))

  it('is judged by the rules of time, too: older than the complaint by days, or not yet come', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const commands = [
      example('askWhy', { at: minutes(-60) }),
      example('praise', { at: minutes(-60 * 24 * 10) }),
      example('contain', { at: '2029-01-16T08:00:00Z' }),
      example('contain', { at: '2029-01-15T08:05:00Z' }),
    ]
    const answer = imported(await desk.import(history(commands)))
    expect(rulesOf(answer)).toEqual([[1, 'time-runs-forward'], [2]])
    expect(answer.report.refused[1]).toMatchObject({
      refusal: { code: 'malformed', issues: [{ path: 'at', message: 'a moment that has come' }] },
    })
    expect(answer.report.reordered.map(({ index, behind }) => [index, behind])).toEqual([
      [0, 'opening'],
      [1, 'opening'],
    ])
    expect(types(answer.entries)).toEqual(['open', 'askWhy', 'contain'])
  })

  it('names what can’t be read by its path, in nobody’s words, and goes on without it', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const bad: readonly unknown[] = [
      null,
      SECRET,
      [],
      { type: SECRET, by: ana, at: minutes(1) },
      example('listen', { account: `${SECRET}\0`, at: minutes(1) }),
      { ...example('askWhy'), at: undefined },
      example('askWhy', { at: SECRET }),
      { ...example('askWhy', { at: minutes(1) }), commandId: `${SECRET}\n` },
      { ...example('askWhy', { at: minutes(1) }), [SECRET]: 1 },
      { type: 'missDeadline', by: { kind: 'machine', id: 'clock' }, at: minutes(1), deadline: 'own', due: minutes(1) },
      { ...example('contain', { at: minutes(2) }), commandId: 'e1' },
      { ...example('praise', { at: minutes(3) }), commandId: 'e1' },
    ]
    const answer = imported(await desk.import({ ...history([]), commands: bad }))
    expect(types(answer.entries)).toEqual(['open', 'contain'])
    expect(
      answer.report.refused.map(({ index, type, refusal }) => [index, type, refusal.issues[0]?.path ?? refusal.code]),
    ).toEqual([
      [0, undefined, ''],
      [1, undefined, ''],
      [2, undefined, 'type'],
      [3, undefined, 'type'],
      [4, undefined, 'account'],
      [5, 'askWhy', 'at'],
      [6, 'askWhy', 'at'],
      [7, 'askWhy', 'commandId'],
      [8, 'askWhy', '…'],
      [9, 'missDeadline', 'type'],
      [11, 'praise', 'command-id-reused'],
    ])
    expect(JSON.stringify(answer.report)).not.toContain('Xanthippe')
  })

  it('has one voice for the organisation, two people for a waiver, and nothing that only the desk sends', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const commands = timed([
      example('own'),
      example('waive', { by: ana }),
      example('waive'),
      example('reflect', { by: ben }),
      { type: 'erase', by: gil, reason: 'to be rid of it' },
    ])
    const answer = imported(await desk.import(history(commands)))
    expect(types(answer.entries)).toEqual(['open', 'own', 'waive'])
    expect(rulesOf(answer).map(([index]) => index)).toEqual([1, 3, 4])
    expect(answer.case.facts.waivers).toEqual([{ step: 'listen', round: 1, by: 'ben' }])
  })
})

describe('what fell due in it', () => {
  const tomorrow = { text: 'I call you', maker: ana, inControl: true, latest: '2026-03-03T12:00:00.000Z' }

  it('stands at its own time: a broken promise, and the second failure that it is', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const commands = [
      ...timed([...upTo(pocock, 'reflect'), example('makePromise', { promise: tomorrow })]),
      { ...example('contact', { at: '2026-03-04T09:00:00Z' }), commandId: 'late' },
      example('keepPromise', { at: '2026-03-04T09:01:00Z' }),
    ]
    const answer = imported(await desk.import(history(commands)))
    expect(answer.entries.map(({ command }) => [command.type, command.at, command.by.id]).slice(-2)).toEqual([
      ['breakPromise', '2026-03-03T12:00:00.000Z', 'clock'],
      ['contact', '2026-03-04T09:00:00.000Z', 'ana'],
    ])
    expect(answer.report).toMatchObject({ applied: 4, fellDue: 1 })
    expect(rulesOf(answer)).toEqual([[4, 'promise-is-open']])
    expect(answer.report.refused[0]).toMatchObject({ type: 'keepPromise', state: 'person.listen' })
    expect(answer.case.facts).toMatchObject({
      round: 2,
      failures: [{ kind: 'promise-broken', at: '2026-03-03T12:00:00.000Z' }],
    })
  })

  it('comes in the order in which it fell due, whichever was promised first', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const sooner = { ...tomorrow, latest: '2026-03-03T10:00:00.000Z' }
    const promised = [tomorrow, sooner].map((promise) => example('makePromise', { promise }))
    const answer = imported(await desk.import(history(timed([...upTo(pocock, 'reflect'), ...promised]))))
    expect(
      answer.entries.slice(-2).map(({ command }) => [(command as { promise?: unknown }).promise, command.at]),
    ).toEqual([
      ['p2', sooner.latest],
      ['p1', tomorrow.latest],
    ])
  })

  it('needs no clock where the history records the breach itself', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const promised = timed([...upTo(pocock, 'reflect'), example('makePromise', { promise: tomorrow })])
    const commands = [...promised, example('breakPromise', { at: '2026-03-05T09:00:00Z' })]
    const answer = imported(await desk.import(history(commands)))
    expect(answer.report).toMatchObject({ applied: 4, fellDue: 0, refused: [] })
    expect(answer.entries.at(-1)?.command).toMatchObject({ type: 'breakPromise', by: ana })
  })

  it('is a missed deadline too, and what was done in time misses none', async () => {
    const desk = createDesk({ store: memoryStore(), now, clocks })
    const late = [example('own', { at: '2026-03-02T14:00:00Z' }), example('listen', { at: '2026-03-02T15:00:00Z' })]
    const answer = imported(await desk.import(history(late, { until: '2026-03-02T16:00:00Z' })))
    expect(answer.entries.map(({ command }) => [command.type, command.at])).toEqual([
      ['open', EXAMPLE_START],
      ['missDeadline', '2026-03-02T13:00:00.000Z'],
      ['own', '2026-03-02T14:00:00.000Z'],
      ['listen', '2026-03-02T15:00:00.000Z'],
    ])
    const inTime = history([example('own', { at: '2026-03-02T13:00:00Z' })], {
      opening: { ...opening, caseId: 'case-2' },
      until: '2026-03-02T16:00:00Z',
    })
    expect(imported(await desk.import(inTime)).report).toMatchObject({ applied: 1, fellDue: 0 })
  })

  it('is recorded until the history ends, now if it does not say, and is the tick’s from then on', async () => {
    const promised = timed([...upTo(pocock, 'reflect'), example('makePromise', { promise: tomorrow })])
    const desk = createDesk({ store: memoryStore(), now })
    expect(imported(await desk.import(history(promised)))).toMatchObject({
      report: { fellDue: 1 },
      case: { facts: { round: 2, lastAt: '2026-03-03T12:00:00.000Z' } },
    })
    expect(await desk.tick()).toBe(0)
    const exported = history(promised, { opening: { ...opening, caseId: 'case-2' }, until: '2026-03-03T12:00:00.000Z' })
    expect(imported(await desk.import(exported))).toMatchObject({ report: { fellDue: 0 } })
    expect(await desk.tick()).toBe(1)
    expect((await desk.look('case-2')).facts.failures).toMatchObject([{ kind: 'promise-broken', at: NOW }])
  })

  it('is judged at the time of the command, also where it puts something off', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const moved = { at: '2026-03-03T11:00:00Z', latest: '2026-03-09T12:00:00.000Z' }
    const commands = [
      ...timed([...upTo(pocock, 'reflect'), example('makePromise', { promise: tomorrow })]),
      example('movePromise', moved),
      example('keepPromise', { at: '2026-03-09T11:00:00Z' }),
    ]
    const answer = imported(await desk.import(history(commands)))
    expect(answer.report).toMatchObject({ applied: 5, fellDue: 0, refused: [] })
    expect(answer.case.facts).toMatchObject({ round: 1, promises: [{ state: 'kept', moves: 1 }] })
  })
})

describe('a promise in it', () => {
  const lamp = { text: 'A lamp', maker: ana, inControl: true, latest: '2026-03-20T12:00:00.000Z' }
  const call = { ...lamp, text: 'A call', nextUpdateBy: '2026-03-10T12:00:00.000Z' }
  const told = (commandId: string, command: object, minute: number) => ({ ...command, commandId, at: minutes(minute) })

  it('is named by the command that made it, whatever was refused before', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const commands = [
      told('a', example('own'), 1),
      told('b', example('agree', { promises: [lamp] }), 2),
      told('c', example('makePromise', { promise: call }), 3),
      told('d', example('makePromise', { promise: lamp }), 4),
      told('e', example('keepPromise', { promise: 'b' }), 5),
      told('f', example('keepPromise', { promise: 'c/2', nextUpdateBy: '2026-03-11T12:00:00.000Z' }), 6),
      told('g', example('keepPromise', { promise: 'c' }), 7),
      told('h', example('contact', { by: { kind: 'machine', id: 'bot' }, stated: 'date', basis: { promise: 'd' } }), 8),
      told('i', example('contact', { by: { kind: 'machine', id: 'bot' }, stated: 'date', basis: { promise: 'c' } }), 9),
    ]
    const answer = imported(await desk.import(history(commands, { until: minutes(10) })))
    expect(answer.report.refused.map(({ commandId }) => commandId)).toEqual(['b', 'e', 'i'])
    expect(answer.case.facts.promises.map(({ id, state }) => [id, state])).toEqual([
      ['p1', 'kept'],
      ['p2', 'kept'],
      ['p3', 'open'],
      ['p4', 'kept'],
    ])
    expect(answer.entries.find(({ commandId }) => commandId === 'f')?.command).toMatchObject({ promise: 'p2' })
    expect(answer.entries.find(({ commandId }) => commandId === 'h')?.command).toMatchObject({
      basis: { promise: 'p3' },
    })
    const steps = upTo(pocock, 'confirm').map((one, index) => told(`s${index}`, one, index + 1))
    const delivered = steps.map((one) => ('kept' in one ? { ...one, kept: ['s5/1'] } : one))
    const other = history(delivered, { opening: { ...opening, caseId: 'case-2' } })
    expect(imported(await desk.import(other))).toMatchObject({
      report: { refused: [] },
      case: { state: 'problem.confirm' },
    })
  })
})

/** A case as a desk lived through it, whose clock never slept. */
interface Lived {
  readonly opening: History['opening']
  readonly commands: readonly object[]
  readonly until: string
  readonly log: readonly Entry[]
  readonly last: Case
  /** What was refused, in its order, with the rules. */
  readonly refused: readonly (readonly [index: number, ...rules: string[]])[]
}

const walks = anyProtocol.chain((protocol) =>
  fc.record({
    protocol: fc.constant(protocol),
    opening: anyOpening,
    policy: fc.constantFrom(...policies),
    moves: fc.array(
      fc.record({ make: anyCommand(protocol), minutes: fc.constantFrom(0, 1, 1, 1, 1, 30, 300, 3_000, 20_000) }),
      { minLength: 1, maxLength: 60, size: 'medium' },
    ),
  }),
)
type Walk = typeof walks extends fc.Arbitrary<infer W> ? W : never

const clocksOf = ({ policy }: Walk) => ({ ...clocks, policies: [policy] as const })

/** The case that the examples merge into, and join. */
const carrier = { ...aComplaint, at: EXAMPLE_START, caseId: 'case-0' }

async function live(walk: Walk): Promise<Lived> {
  let time = Date.parse(EXAMPLE_START)
  const store = memoryStore()
  const desk = createDesk({ store, protocols: [walk.protocol], clocks: clocksOf(walk), now: () => new Date(time) })
  const stored = async () => (await store.load('default', 'case-1')) as Case
  const tickUntil = async (end: number) => {
    for (;;) {
      const due = Date.parse((await desk.look('case-1')).deadlines[0]?.due ?? NOW)
      if (due >= end) break
      time = Math.max(time, due)
      if ((await desk.tick()) === 0) break
    }
    time = end
  }
  await desk.open(carrier)
  const opening = { ...walk.opening, at: EXAMPLE_START, caseId: 'case-1' }
  await desk.open(opening)
  const commands: object[] = []
  const refused: [number, ...string[]][] = []
  for (const { make, minutes } of walk.moves) {
    await tickUntil(time + minutes * 60_000)
    const before = await stored()
    const command = { ...make(before), at: new Date(time).toISOString() }
    // A breach that the history records itself is left to it; here the clock came first.
    const isOpen = before.facts.promises.some(
      ({ id, state }) => state === 'open' && 'promise' in command && id === command.promise,
    )
    if (command.type === 'breakPromise' && !isOpen) continue
    const answer = await desk.send('case-1', command)
    if (!answer.accepted) refused.push([commands.length, ...answer.refusal.rules.map(({ id }) => id)])
    commands.push(command)
  }
  return {
    opening,
    commands,
    until: new Date(time).toISOString(),
    log: await logOf(desk),
    last: await stored(),
    refused,
  }
}

const lines = (log: readonly Entry[]) => log.map(({ command, from, to, version }) => ({ command, from, to, version }))

describe('whatever a desk has lived through', { timeout }, () => {
  it('is the same case when it is imported: log, facts, and what was refused', () =>
    fc.assert(
      fc.asyncProperty(walks, async (walk) => {
        const { opening, commands, until, log, last, refused } = await live(walk)
        const store = memoryStore()
        const desk = createDesk({ store, protocols: [walk.protocol], clocks: clocksOf(walk), now })
        await desk.open(carrier)
        const answer = imported(await desk.import({ by: gil, opening, commands, until }))
        expect(lines(answer.entries)).toEqual(lines(log))
        expect(answer.case).toEqual(last)
        expect(await store.load('default', 'case-1')).toEqual(last)
        expect(fold(walk.protocol, answer.entries as [Entry, ...Entry[]], clocksOf(walk))).toEqual(last)
        // A misfit reference is refused without a rule; in a history what the rules say comes first.
        expect(answer.report.refused.map(({ index }) => index)).toEqual(refused.map(([index]) => index))
        expect(rulesOf(answer).filter((_, at) => refused[at]?.length !== 1)).toEqual(
          refused.filter((one) => one.length > 1),
        )
        expect(answer.report).toMatchObject({ given: commands.length, reordered: [] })
        const { report, entries } = imported(await desk.import({ by: gil, opening, commands, until }))
        expect({ report, entries }).toEqual({ report: answer.report, entries: answer.entries })
      }),
      { numRuns: RUNS },
    ))

  it('has clocks that run out, second rounds and refusals in it', async () => {
    const seen = { fellDue: 0, refused: 0, rounds: 0, closed: 0 }
    for (const walk of fc.sample(walks, { numRuns: 100, seed: 42 })) {
      const { log, last, refused } = await live(walk)
      seen.fellDue += log.filter(({ command }) => command.by.id === 'clock').length
      seen.refused += refused.length
      seen.rounds += last.facts.round - 1
      seen.closed += last.state === 'closed' ? 1 : 0
    }
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(3)
  })
})

describe('an import', () => {
  it('is told again when it is repeated, with the same report, and stores nothing', async () => {
    const store = memoryStore()
    let time = NOW
    const desk = createDesk({ store, now: () => new Date(time) })
    // It falls due after the import, and before it is repeated: that is no part of what was imported.
    const inMarch = { text: 'A call', maker: ana, inControl: true, latest: '2029-03-01T12:00:00.000Z' }
    const later = timed([example('deliver'), example('makePromise', { promise: inMarch })], '2026-03-03T00:00:00Z')
    const commands = [
      ...recovered.slice(0, 3),
      ...later.map((one) => ({ ...one, commandId: `x${one.commandId}` })),
      null,
    ] as Told[]
    const first = imported(await desk.import(history(commands)))
    await desk.send('case-1', example('apologize', { at: undefined }))
    time = '2029-06-01T00:00:00.000Z'
    for (const by of [gil, ana]) {
      const again = imported(await desk.import(history(commands, { by })))
      expect(again).toMatchObject({ repeated: true, case: { version: 6 }, report: { applied: 4, fellDue: 0 } })
      expect(again.entries).toEqual(first.entries)
      expect(again.report).toEqual(first.report)
    }
    expect(await logOf(desk)).toHaveLength(6)
    expect(imported(await desk.import(history(commands), { dryRun: true }))).toMatchObject({ repeated: true })
  })

  it('is known by the id that it is given, too, which serves for one history', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const { caseId: _, ...unnamed } = opening
    const first = imported(await desk.import(history(recovered, { opening: unnamed }), { id: 'ticket-7' }))
    const again = imported(await desk.import(history(recovered, { opening: unnamed }), { id: 'ticket-7' }))
    expect(again).toMatchObject({ repeated: true, case: { caseId: first.case.caseId } })
    expect(await desk.import(history(recovered.slice(1), { opening: unnamed }), { id: 'ticket-7' })).toBeRefused(
      'command-id-reused',
    )
  })

  it('of a case that is there already is refused, dry or not', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    await desk.import(history(recovered, { opening: { ...opening, caseId: 'case-2' } }))
    const other = history(recovered.slice(0, 3), { opening: { ...opening, caseId: 'case-2' } })
    for (const options of [{}, { dryRun: true }, { id: 'mine' }]) {
      for (const log of [history(recovered), other]) {
        expect(await desk.import(log, options)).toBeRefused('already-open')
      }
    }
    expect(await logOf(desk)).toHaveLength(1)
  })

  it('is one of two at once: the other is told the same, or that the case is there', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const outcomes = (answers: readonly ImportAnswer[]) =>
      answers.map((one) => (one.accepted ? `repeated: ${one.repeated}` : one.refusal.code)).sort()
    const same = [history(recovered), history(recovered)]
    const [one, two] = await Promise.all(same.map((log) => desk.import(log)))
    expect(outcomes([one, two] as ImportAnswer[])).toEqual(['repeated: false', 'repeated: true'])
    expect(imported(one as ImportAnswer).report).toEqual(imported(two as ImportAnswer).report)
    const elsewhere = { opening: { ...opening, caseId: 'case-2' } }
    const others = [history(recovered, elsewhere), history(recovered.slice(2), elsewhere)]
    expect(outcomes(await Promise.all(others.map((log) => desk.import(log))))).toEqual([
      'already-open',
      'repeated: false',
    ])
  })

  it('can be tried dry: the same report, and nothing stored, noted or told', async () => {
    const store = memoryStore()
    const written: unknown[] = []
    const watched: Store = {
      ...store,
      async commit(batch) {
        written.push(...batch)
        return store.commit(batch)
      },
      note: async (_, refusal) => void written.push(refusal),
    }
    const desk = createDesk({ store: watched, now })
    for (const event of ['imported', 'accepted', 'refused'] as const) desk.on(event, (told) => written.push(told))
    const commands = [...recovered.slice(0, 2), ...timed([example('deliver')], '2026-03-03T00:00:00Z')] as Told[]
    const dry = imported(await desk.import(history(commands), { dryRun: true }))
    await desk.import(history(commands, { opening: { ...opening, at: '2031-01-01T00:00:00Z' } }), { dryRun: true })
    expect(written).toEqual([])
    const wet = imported(await desk.import(history(commands)))
    expect({ ...dry }).toEqual({ ...wet })
    expect(dry.report.refused).toHaveLength(1)
  })

  it('is refused as a whole where the opening, or the frame, can’t stand', async () => {
    const desk = createDesk({ store: memoryStore(), now, clocks })
    const noTime = { ...opening, at: undefined }
    const bad: readonly (readonly [unknown, string])[] = [
      [undefined, ''],
      [null, ''],
      [SECRET, ''],
      [[history([])], ''],
      [new Map(Object.entries(history([]))), ''],
      [
        new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error(SECRET)
            },
          },
        ),
        '',
      ],
      [{ ...history([]), commands: undefined }, 'commands'],
      [{ ...history([]), commands: SECRET }, 'commands'],
      [{ ...history([]), commands: Array(20_001) }, 'commands'],
      [{ ...history([]), by: undefined }, 'by'],
      [{ ...history([]), [SECRET]: 1 }, '…'],
      [{ ...history([]), opening: noTime }, 'opening.at'],
      [{ ...history([]), opening: { ...opening, words: ' ' } }, 'opening.words'],
      [{ ...history([]), opening: { ...opening, customer: undefined } }, 'opening.customer'],
      [{ ...history([]), opening: { ...opening, at: '2029-01-16T00:00:00Z' } }, 'opening.at'],
      [{ ...history([]), opening: { ...opening, policy: 'ours' } }, 'opening.policy'],
      [{ ...history([]), until: '2029-01-16T00:00:00Z' }, 'until'],
      [{ ...history([]), until: SECRET }, 'until'],
    ]
    for (const [input, path] of bad) {
      const answer = await desk.import(input)
      expect(answer).toMatchObject({ accepted: false, refusal: { code: 'malformed', command: 'import' } })
      if (!answer.accepted) expect(answer.refusal.issues[0]?.path).toBe(path)
      expect(JSON.stringify(answer)).not.toContain('Xanthippe')
    }
    for (const options of [{ id: '' }, { dryRun: 'yes' }, { expectedVersion: 0 }, 7]) {
      expect(await desk.import(history([]), options as never)).toBeRefused('malformed')
    }
    await expect(desk.look('case-1')).rejects.toMatchObject({ code: 'case-unknown' })
  })

  it('answers whatever it is given', () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({ by: fc.option(fc.constant(gil)), opening: fc.oneof(fc.anything(), fc.constant(opening)) }),
        fc.array(fc.oneof(fc.anything({ withBigInt: true, withMap: true }), fc.constantFrom(...recovered))),
        async (frame, commands) => {
          const desk = createDesk({ store: memoryStore(), now })
          const answer = await desk.import({ ...frame, commands })
          if (answer.accepted) expect(answer.report.applied + answer.report.refused.length).toBe(commands.length)
        },
      ),
      { numRuns: RUNS * 3 },
    ))

  it('is read at once: what its sender does to it later changes nothing', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const commands = recovered.map((one) => ({ ...one }))
    const log = history(commands)
    const under = desk.import(log)
    for (const command of commands) command.at = SECRET
    commands.length = 0
    expect(imported(await under).report).toMatchObject({ given: 13, applied: 13 })
  })

  it('hands out frozen copies: what the host does to them changes no case', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    desk.on('imported', (told) => Reflect.set(told.case, 'state', 'closed'))
    const answer = imported(await desk.import(history(recovered.slice(0, 2))))
    for (const { command } of answer.entries) expect(Reflect.set(command, 'at', SECRET)).toBe(false)
    expect(answer).toBeIn('person.reflect')
    expect(await desk.look('case-1')).toBeIn('person.reflect')
    expect(JSON.stringify(await logOf(desk))).not.toContain('Xanthippe')
  })
})

describe('who hears of an import', () => {
  it('hears it once, as an import, and of its entries never: what happened last year is no news', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const told: [string, unknown][] = []
    const events: readonly (keyof DeskEvents)[] = [
      'accepted',
      'opened',
      'imported',
      'refused',
      'phase-fixed',
      'second-failure',
      'closed',
    ]
    for (const event of events) desk.on(event, (what) => told.push([event, what]))
    const commands = [...recovered, ...timed([example('deliver')], '2026-03-05T00:00:00Z')]
    const answer = imported(await desk.import(history(commands)))
    expect(told.map(([event]) => event)).toEqual(['imported'])
    expect(told[0]?.[1]).toEqual({
      caseId: 'case-1',
      case: answer.case,
      entries: answer.entries,
      report: answer.report,
    })
    await desk.import(history(commands))
    await desk.send('case-1', example('reopen', { at: undefined }))
    expect(told.map(([event]) => event)).toEqual(['imported', 'accepted', 'second-failure'])
  })

  it('is no lesson for anybody today: what was refused in it is not counted', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    await desk.import(history([...timed([example('deliver')])]))
    const year = { from: '2026-01-01T00:00:00Z', to: '2030-01-01T00:00:00Z' }
    expect((await desk.insights(year)).refusals).toEqual({ byRule: {}, byCode: {} })
  })

  it('asks the host once whether somebody may import, and for the roles that commands take', async () => {
    const asked: string[] = []
    const desk = createDesk({
      store: memoryStore(),
      now,
      authorize: ({ actor, command, case: now }) => {
        asked.push(`${actor.id} ${command.type} ${now?.state}`)
        return actor.id === 'gil' || 'Ask Gil.'
      },
      roles: async ({ id }) => (id === 'ben' ? ['authority'] : []),
    })
    // Once a promise is named by the history, commands are read with the ledger’s name for it: the same must be asked.
    const promise = { ...example('makePromise'), commandId: 'ev-2' }
    const commands = timed([example('own'), promise, example('waive', { by: person('dan') }), example('waive')])
    for (const dryRun of [true, false]) {
      expect(await desk.import(history(commands, { by: ana }), { dryRun })).toMatchObject({
        accepted: false,
        refusal: { code: 'forbidden', command: 'import', sentence: 'Ask Gil.' },
      })
    }
    const answer = imported(await desk.import(history(commands)))
    expect(asked).toEqual(['ana import undefined', 'ana import undefined', 'gil import undefined'])
    expect(answer.report.refused).toMatchObject([{ index: 2, state: 'person.listen', refusal: { code: 'forbidden' } }])
    expect(answer.case.facts.waivers).toMatchObject([{ by: 'ben' }])
    expect(imported(await desk.import(history(commands))).report).toEqual(answer.report)
  })
})

describe('what a history says of other cases', () => {
  const merged = timed([example('own'), example('merge', { into: 'other' })], minutes(60 * 24))

  it('is refused where there is no such case, or it is the case itself', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const itself = timed([example('own'), example('joinIncident', { incident: 'case-1' }), ...merged.slice(1)])
    const answer = imported(await desk.import(history(itself)))
    expect(answer.report.refused).toMatchObject([
      { index: 1, state: 'person.listen', refusal: { code: 'malformed', issues: [{ path: 'incident' }] } },
      { index: 2, refusal: { code: 'malformed', issues: [{ path: 'into' }] } },
    ])
    const { facts } = answer.case
    expect([facts.incident, facts.mergedInto]).toEqual([undefined, undefined])
    await desk.import(history([], { opening: { ...opening, caseId: 'other' }, until: EXAMPLE_START }))
    expect(imported(await desk.import(history(itself))).report).toEqual(answer.report)
  })

  it('is judged on how the other stood then: merged into a case that was open, and is closed today', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const other = history(timed(upTo(pocock), minutes(60 * 24 * 2)), { opening: { ...opening, caseId: 'other' } })
    expect(imported(await desk.import(other)).case.state).toBe('closed')
    expect(imported(await desk.import(history(merged)))).toMatchObject({
      report: { refused: [] },
      case: { facts: { mergedInto: 'other' } },
    })
    for (const [caseId, day] of [
      ['late', 4],
      ['early', -1],
    ] as const) {
      const at = minutes(60 * 24 * day)
      const log = history(timed([example('own'), example('merge', { into: 'other' })], at), {
        opening: { ...opening, caseId, at },
      })
      expect(imported(await desk.import(log)).report.refused).toMatchObject([{ index: 1, type: 'merge' }])
    }
  })

  it('waits for nobody: a case that is written to meanwhile is asked again', async () => {
    const store = memoryStore()
    let meddled = 0
    const desk = createDesk({
      now,
      store: {
        ...store,
        async commit(batch) {
          if (batch[0]?.guards !== undefined && meddled++ === 0)
            await other.send('other', example('own', { at: undefined }))
          return store.commit(batch)
        },
      },
    })
    const other = createDesk({ store, now })
    await other.open({ ...aComplaint, caseId: 'other' })
    expect(imported(await desk.import(history(merged))).case.facts.mergedInto).toBe('other')
    expect(meddled).toBe(2)
  })

  it('has the consequences that a send has: the system work of its incident is its own', async () => {
    const desk = createDesk({ store: memoryStore(), now: () => new Date(minutes(100)) })
    await desk.open({ ...aComplaint, caseId: 'incident' })
    await desk.send('incident', upTo(pocock))
    expect(await desk.look('incident')).toBeIn('closed')
    const [own, ...steps] = upTo(pocock, 'investigate')
    const joined = timed([own as object, example('joinIncident', { incident: 'incident' }), ...steps])
    const open = history(joined, { opening: { ...opening, caseId: 'dry' } })
    expect(imported(await desk.import(open, { dryRun: true })).report.refused).toEqual([])
    await expect(desk.look('dry')).rejects.toMatchObject({ code: 'case-unknown' })
    const answer = imported(await desk.import(history(joined)))
    expect(answer).toMatchObject({ report: { refused: [] }, case: { state: 'system.investigate' } })
    expect(await desk.look('case-1')).toBeIn('closed')
  })

  it('cites an entry of its own log, or is refused', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const bot = { kind: 'machine', id: 'bot' }
    const told = (entry: number) => example('contact', { by: bot, stated: 'status', basis: { entry } })
    const answer = imported(await desk.import(history(timed([example('own'), told(3), example('praise'), told(3)]))))
    expect(answer.report.refused).toMatchObject([{ index: 1, refusal: { issues: [{ path: 'basis.entry' }] } }])
  })
})

describe('where it is kept', () => {
  it('is one write: where the store fails half-way, nothing is there', async () => {
    const db = new DatabaseSync(join(folder, 'torn.db'))
    const store = sqliteStore(db)
    const desk = createDesk({ store, now })
    db.exec(
      `CREATE TRIGGER torn BEFORE INSERT ON redress_log WHEN NEW.version = 7 BEGIN SELECT RAISE(ABORT, 'torn'); END`,
    )
    const failed = await desk.import(history(recovered)).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(RedressError)
    expect(failed).toMatchObject({ code: 'store-failed', stored: false })
    await expect(desk.look('case-1')).rejects.toMatchObject({ code: 'case-unknown' })
    expect(db.prepare('SELECT count(*) AS count FROM redress_log').get()).toEqual({ count: 0 })
    db.exec('DROP TRIGGER torn')
    expect(imported(await desk.import(history(recovered)))).toMatchObject({ repeated: false, case: { version: 14 } })
  })

  it('is this tenant’s alone', async () => {
    const store = memoryStore()
    const [mine, theirs] = ['mine', 'theirs'].map((tenant) => createDesk({ store, tenant, now })) as [Desk, Desk]
    await theirs.open({ ...aComplaint, caseId: 'other' })
    const merging = history(timed([example('own'), example('merge', { into: 'other' })]))
    expect(imported(await mine.import(merging)).report.refused).toMatchObject([{ type: 'merge' }])
    await expect(theirs.look('case-1')).rejects.toMatchObject({ code: 'case-unknown' })
    expect(imported(await theirs.import(history(recovered)))).toMatchObject({ repeated: false })
    expect((await mine.look('case-1')).version).toBe(2)
  })

  it('is erased like any other case, and what was erased does not come back with the same import', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const words = { opening: { ...opening, words: SECRET } }
    const commands = [...recovered.slice(0, 2), example('praise', { words: SECRET, at: minutes(5) })]
    const first = imported(await desk.import(history(commands as Told[], words)))
    expect(await desk.erase('case-1', { by: gil, reason: 'asked for' })).toBeAccepted()
    const again = imported(await desk.import(history(commands as Told[], words)))
    expect(again).toMatchObject({ repeated: true, report: first.report })
    expect(JSON.stringify([again, await logOf(desk)])).not.toContain('Xanthippe')
  })

  it('is committed with the host’s transaction, and told after it', async () => {
    const db = new DatabaseSync(join(folder, 'within.db'))
    const desk = createDesk({ store: sqliteStore(db), now })
    const told: string[] = []
    desk.on('imported', ({ caseId }) => told.push(caseId))
    db.exec('BEGIN')
    await desk.within(db).import(history(recovered))
    db.exec('ROLLBACK')
    await expect(desk.look('case-1')).rejects.toMatchObject({ code: 'case-unknown' })
    db.exec('BEGIN')
    const within = desk.within(db)
    expect(await within.import(history(recovered))).toBeAccepted()
    db.exec('COMMIT')
    expect(told).toEqual([])
    await within.committed()
    expect(told).toEqual(['case-1'])
    expect(await desk.look('case-1')).toBeIn('closed')
  })

  const stores: Readonly<Record<string, () => Store>> = {
    memory: memoryStore,
    SQLite: () => sqliteStore(join(folder, 'long.db')),
    PostgreSQL: () => postgresStore(pool, { schema: 'import_long' }),
  }
  it.each(Object.entries(stores))('takes a log of 10,000 entries in %s', { timeout }, async (_, storeOf) => {
    const store = storeOf()
    const desk = createDesk({ store, now, clocks })
    const talk = Array.from({ length: 9_990 }, (_, index) => ({
      ...example('contact', { direction: index % 2 === 0 ? 'from-customer' : 'to-customer', words: `It is ${index}.` }),
      commandId: `m${index}`,
    }))
    const commands = timed([example('own'), ...talk, example('deliver')])
    const answer = imported(await desk.import(history(commands)))
    expect(answer.report).toMatchObject({ given: 9_992, applied: 9_991, refused: [{ index: 9_991 }] })
    expect(answer.entries.length).toBeGreaterThanOrEqual(9_992)
    expect(await logOf(desk)).toEqual(answer.entries)
    expect(await store.load('default', 'case-1')).toEqual(answer.case)
    expect(imported(await desk.import(history(commands)))).toMatchObject({ repeated: true, report: answer.report })
  })
})

type Desk = ReturnType<typeof createDesk>
