import { context, metrics, type SpanContext, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import {
  aroundTheClock,
  courteous,
  createDesk,
  DeliveryError,
  type DeliveryHandler,
  type Desk,
  type DeskOptions,
  defineProtocol,
  type Entry,
  full,
  Id,
  memoryStore,
  type Protocol,
  person,
  pocock,
  step,
} from 'redress'
import { temporalWorkingTime } from 'redress/clocks'
import { instrument } from 'redress/telemetry'
import { aComplaint, ana, EXAMPLE_START, example, exampleOf, upTo } from 'redress/testing'
import 'redress/vitest'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { createStays } from '../src/telemetry/stay.ts'
import { createSpansOfEntries } from '../src/telemetry/tracing.ts'

const SECRET = 'Xanthippe, 14 Acacia Avenue'
const HOUR_MS = 3_600_000

beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()))
afterAll(() => context.disable())

/** A real SDK that keeps what it is given, in memory. */
function recorder() {
  const spans = new InMemorySpanExporter()
  const points = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: points, exportIntervalMillis: HOUR_MS })
  const meterProvider = new MeterProvider({ readers: [reader] })
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] })
  /** All that was measured, as the newest export has it. */
  async function measured() {
    points.reset()
    await meterProvider.forceFlush()
    return (points.getMetrics().at(-1)?.scopeMetrics ?? []).flatMap(({ metrics }) => metrics)
  }
  return {
    tracerProvider,
    meterProvider,
    measured,
    spans: () => spans.getFinishedSpans(),
    span(name: string) {
      const found = spans.getFinishedSpans().find((one) => one.name === name)
      if (found === undefined) throw new Error(`There is no span “${name}”`)
      return found
    },
    /** The points of one instrument: what each is of, and its value. */
    async counted(name: string) {
      const found = (await measured()).find(({ descriptor }) => descriptor.name === name)
      return (found?.dataPoints ?? []).map(({ attributes, value }) => ({ ...short(attributes), value }))
    },
  }
}

const short = (attributes: object) =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name.replace('redress.', ''), value]))

function setUp(options: Partial<DeskOptions<readonly Protocol[]>> & { readonly caseIds?: boolean } = {}) {
  const recorded = recorder()
  const { caseIds = false, ...others } = options
  const clock = { now: Date.parse(EXAMPLE_START) }
  const { tracerProvider, meterProvider } = recorded
  const plain = createDesk({ store: memoryStore(), now: () => new Date(clock.now), ...others })
  const desk = instrument(plain, { tracerProvider, meterProvider, caseIds })
  const open = (caseId = 'case-1') => desk.open({ ...aComplaint, at: undefined, caseId })
  return { ...recorded, desk, clock, open }
}

/** What names a span. */
function idsOf(span: { spanContext(): SpanContext }) {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return { traceId, spanId, traceFlags }
}

/** Subscribes until so many deliveries were handled, whatever became of them. */
async function subscribed(desk: Desk<Protocol>, tries: number, handler: DeliveryHandler = () => {}): Promise<void> {
  let handled = 0
  const options = { from: 'start', filter: { imported: true }, pollMs: 1, firstRetryMs: 0, maxRetryMs: 0 } as const
  const subscription = await desk.subscribe('mail', options, async (delivery) => {
    try {
      await handler(delivery)
    } finally {
      handled += 1
    }
  })
  await vi.waitUntil(() => handled >= tries, { timeout: 10_000, interval: 5 })
  await subscription.close()
}

const entriesOf = async (log: AsyncIterable<Entry>) => {
  const entries: Entry[] = []
  for await (const entry of log) entries.push(entry)
  return entries
}

/** Until the listeners that wait for a log have read it. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('the span of a command', () => {
  it('has its name, the protocol, the phases before and after it, and the verdict', async () => {
    const { desk, open, spans } = setUp()
    await open()
    await desk.send('case-1', example('own'), { id: 'send-1' })
    await desk.send('case-1', example('agree'))
    await desk.send('case-1', example('own'), { id: 'send-1' })
    const [opened, owned, refused, repeated] = spans().map(({ name, attributes }) => ({ name, ...short(attributes) }))
    const own = { operation: 'send', command: 'own', protocol: 'pocock@1' }
    const phases = { 'phase.before': 'received', 'phase.after': 'person' }
    expect(opened).toEqual({
      name: 'redress open',
      operation: 'open',
      verdict: 'accepted',
      command: 'open',
      protocol: 'pocock@1',
      'phase.after': 'received',
      'case.version': 1,
    })
    expect(owned).toEqual({ name: 'redress send own', ...own, ...phases, verdict: 'accepted', 'case.version': 2 })
    expect(refused).toEqual({
      name: 'redress send agree',
      operation: 'send',
      command: 'agree',
      verdict: 'refused',
      'refusal.code': 'out-of-order',
      'refusal.rules': ['in-order'],
      protocol: 'pocock@1',
      'phase.before': 'person',
      'phase.after': 'person',
    })
    expect(repeated).toEqual({ name: 'redress send own', ...own, ...phases, verdict: 'repeated', 'case.version': 2 })
    expect(spans().map(({ status }) => status.code)).toEqual(Array(4).fill(SpanStatusCode.UNSET))
  })

  it('is one for a batch, and says how large it was', async () => {
    const { desk, open, span } = setUp()
    await open()
    await desk.send('case-1', upTo(pocock, 'agree'))
    expect(span('redress send batch').attributes).toMatchObject({
      'redress.batch.size': 5,
      'redress.phase.before': 'received',
      'redress.phase.after': 'problem',
      'redress.case.version': 6,
    })
  })

  it('is named after a command that the protocol has, and after nothing else', async () => {
    const { desk, open, spans } = setUp()
    await open()
    const { proxy, revoke } = Proxy.revocable([], {})
    revoke()
    for (const input of [{ type: SECRET, by: ana }, SECRET, undefined, proxy]) await desk.send('case-1', input)
    expect(spans().map(({ name }) => name)).toEqual(['redress open', ...Array(4).fill('redress send')])
  })

  it('is the parent of what is done on its way', async () => {
    const active: (SpanContext | undefined)[] = []
    const authorize = async () => {
      await undefined
      active.push(trace.getActiveSpan()?.spanContext())
      return true as const
    }
    const { open, span } = setUp({ authorize })
    await open()
    expect(active).toEqual([span('redress open').spanContext()])
  })

  it('tells of an error what kind it was, and none of its words', async () => {
    const { desk, spans } = setUp()
    const failing = setUp({
      store: {
        ...memoryStore(),
        load: () => Promise.reject(Object.assign(new TypeError(SECRET), { code: SECRET })),
        claimDue: () => Promise.reject(SECRET),
      },
    })
    await expect(desk.send('case-1', example('own'))).rejects.toMatchObject({ code: 'case-unknown' })
    await expect(failing.desk.send('case-1', example('own'))).rejects.toThrow(SECRET)
    await expect(failing.desk.tick()).rejects.toBe(SECRET)
    const failed = [...spans(), ...failing.spans()]
    expect(failed.map(({ attributes }) => attributes['error.type'])).toEqual(['case-unknown', 'TypeError', '_OTHER'])
    for (const { status, events } of failed) {
      expect(status).toEqual({ code: SpanStatusCode.ERROR })
      expect(events).toEqual([])
    }
  })

  it('names the case where the host says so, and only there', async () => {
    for (const caseIds of [true, false]) {
      const { desk, open, spans, clock } = setUp({ caseIds })
      await open()
      await desk.send('case-1', [example('own'), ...upTo(pocock, 'agree').slice(1)])
      await desk.send('case-1', example('share'))
      await desk.send('case-1', example('agree'))
      clock.now += 60 * 24 * HOUR_MS
      await desk.tick()
      await subscribed(desk, (await entriesOf(desk.log('case-1'))).length)
      const named = spans().filter(({ name }) => name !== 'redress tick')
      expect(named).toHaveLength(13)
      expect(new Set(named.map(({ attributes }) => attributes['redress.case.id']))).toEqual(
        new Set([caseIds ? 'case-1' : undefined]),
      )
    }
  })

  it('is there within a transaction of the host’s, too', async () => {
    const store = memoryStore()
    const { desk, spans, counted } = setUp({ store: { ...store, within: () => store } })
    const within = desk.within({})
    await within.open({ ...aComplaint, caseId: 'case-1' })
    await within.send('case-1', example('own'))
    expect(spans().map(({ name }) => name)).toEqual(['redress open', 'redress send own'])
    expect(await counted('redress.steps')).toEqual([])
    await within.committed()
    expect(await counted('redress.steps')).toHaveLength(2)
  })

  it('is there for what the desk sends by itself, under the call that it came with', async () => {
    const { desk, open, clock, span } = setUp()
    await open()
    await desk.send('case-1', upTo(pocock, 'deliver'))
    clock.now += 60 * 24 * HOUR_MS
    expect(await desk.tick()).toBe(1)
    const [tick, broke] = [span('redress tick'), span('redress desk breakPromise')]
    expect(tick.attributes['redress.tick.handled']).toBe(1)
    expect(broke.attributes).toMatchObject({ 'redress.phase.before': 'problem', 'redress.phase.after': 'person' })
    expect(broke.parentSpanContext?.spanId).toBe(tick.spanContext().spanId)
  })

  it('is there for an import and an erasure', async () => {
    const { desk, open, spans } = setUp()
    await open()
    await desk.import({ by: ana, opening: { ...aComplaint, caseId: 'case-2' }, commands: [] })
    await desk.erase('case-1', { by: ana, reason: 'asked for' })
    expect(spans().map(({ name, attributes }) => [name, attributes['redress.verdict']])).toEqual([
      ['redress open', 'accepted'],
      ['redress import', 'accepted'],
      ['redress erase', 'accepted'],
    ])
  })
})

describe('the span of a delivery', () => {
  it('is linked to the span of the command that wrote the entry, in a trace of its own', async () => {
    const { desk, open, clock, span, spans, tracerProvider } = setUp()
    await open()
    await desk.send('case-1', upTo(pocock, 'deliver'))
    clock.now += 60 * 24 * HOUR_MS
    await desk.tick()
    const handled: string[] = []
    await tracerProvider
      .getTracer('host')
      .startActiveSpan('under way', () => subscribed(desk, 8, ({ entry }) => handled.push(entry.command.type)))
    const deliveries = spans().filter(({ name }) => name === 'redress deliver mail')
    expect(handled).toEqual(['open', ...upTo(pocock, 'deliver').map(({ type }) => type), 'breakPromise'])
    const makers = ['open', ...Array(6).fill('send batch'), 'desk breakPromise'].map((name) => `redress ${name}`)
    expect(deliveries.map(({ links }) => links.map((link) => idsOf({ spanContext: () => link.context })))).toEqual(
      makers.map((name) => [idsOf(span(name))]),
    )
    for (const { kind, parentSpanContext, spanContext } of deliveries) {
      expect({ kind, parentSpanContext }).toEqual({ kind: SpanKind.CONSUMER, parentSpanContext: undefined })
      expect(spanContext).toBeTypeOf('function')
    }
    expect(deliveries[1]?.attributes).toEqual({
      'redress.operation': 'deliver',
      'redress.subscription': 'mail',
      'redress.delivery.attempt': 1,
      'redress.command': 'own',
      'redress.protocol': 'pocock@1',
      'redress.phase.before': 'received',
      'redress.phase.after': 'person',
      'redress.case.version': 2,
    })
  })

  it('is linked where nothing keeps contexts apart, and where another process wrote the entry, too', async () => {
    context.disable()
    try {
      const store = memoryStore()
      const elsewhere = setUp({ store })
      await elsewhere.open()
      const { desk, span } = setUp({ store })
      await subscribed(desk, 1)
      const [link] = span('redress deliver mail').links
      expect(link?.context).toEqual({ ...idsOf(elsewhere.span('redress open')), isRemote: true })
    } finally {
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    }
  })

  it('is linked to nothing where nobody traced the command', async () => {
    const store = memoryStore()
    const elsewhere = createDesk({ store })
    await elsewhere.open({ ...aComplaint, caseId: 'case-1' })
    const { desk, span } = setUp({ store })
    await subscribed(desk, 1)
    expect(span('redress deliver mail').links).toEqual([])
  })

  it('tells that a handler failed, and the desk hears of it as before', async () => {
    const { desk, open, span } = setUp()
    await open()
    const failed: unknown[] = []
    desk.on('delivery-failed', ({ error }) => failed.push(error))
    const failure = new DeliveryError(SECRET, { retryAfterMs: 0 })
    await subscribed(desk, 1, () => Promise.reject(failure))
    expect(failed[0]).toBe(failure)
    const { status, attributes, events } = span('redress deliver mail')
    expect({ status, events }).toEqual({ status: { code: SpanStatusCode.ERROR }, events: [] })
    expect(attributes).toMatchObject({ 'error.type': 'delivery-failed', 'redress.delivery.attempt': 1 })
  })

  it('is told of the newest entries alone, so that what is remembered stays bounded', () => {
    const spans = createSpansOfEntries(2)
    const entries = [1, 2, 3].map((version) => ({ caseId: 'case-1', version, commandId: 'send-1' }) as Entry)
    const made = { traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags: 1 }
    for (const entry of entries) spans.remember(entry, made)
    expect(entries.map((entry) => spans.recall(entry))).toEqual([undefined, made, made])
  })
})

describe('the metrics of a desk', () => {
  it('count the steps by protocol, phase and command, those of a batch one by one', async () => {
    const { desk, open, counted } = setUp()
    await open()
    await desk.send('case-1', upTo(pocock, 'apologize'))
    await desk.send('case-1', example('own'), { id: 'send-1' })
    const of = { protocol: 'pocock@1', value: 1 }
    expect(await counted('redress.steps')).toEqual([
      { ...of, phase: 'received', command: 'open' },
      { ...of, phase: 'received', command: 'own' },
      { ...of, phase: 'person', command: 'listen' },
      { ...of, phase: 'person', command: 'reflect' },
    ])
  })

  it('count a refusal once for each rule that was broken, and once where there is none', async () => {
    const { desk, open, counted } = setUp()
    await open()
    await desk.send('case-1', example('own'))
    await desk.send('case-1', example('agree'))
    await desk.send('case-1', { type: SECRET, by: ana })
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    await desk.send('case-1', example('waive', { by: ana }))
    const of = { protocol: 'pocock@1', value: 1 }
    expect(await counted('redress.refusals')).toEqual([
      { ...of, 'refusal.code': 'out-of-order', command: 'agree', 'refusal.rule': 'in-order' },
      { ...of, 'refusal.code': 'malformed' },
      { value: 1, 'refusal.code': 'already-open', command: 'open' },
      { ...of, 'refusal.code': 'against-the-rules', command: 'waive', 'refusal.rule': 'waived-by-a-second-person' },
    ])
  })

  it('count the promises that were kept and broken, each once', async () => {
    const mention = step({
      name: 'mention',
      phase: 'problem',
      summary: 'speak of a promise again',
      evidence: z.object({ promise: Id }),
    })
    const ours = defineProtocol({ ...pocock, id: 'ours', problem: [...pocock.problem, mention] })
    const { desk, open, counted, clock } = setUp({ protocols: [ours] })
    await open()
    await desk.send('case-1', upTo(pocock, 'deliver'))
    await desk.send('case-1', [example('makePromise'), example('movePromise', { promise: 'p2' })])
    await desk.send('case-1', example('keepPromise', { promise: 'p2' }))
    await desk.send('case-1', [example('deliver'), example('confirm'), example('thank')])
    const mentioned = await desk.send('case-1', { type: 'mention', by: ana, promise: 'p1' })
    expect(mentioned).toBeAccepted()
    await desk.send('case-1', example('makePromise'))
    clock.now += 60 * 24 * HOUR_MS
    await desk.tick()
    const of = { protocol: 'ours@1' }
    expect(await counted('redress.promises')).toEqual([
      { ...of, 'promise.state': 'kept', value: 2 },
      { ...of, 'promise.state': 'broken', value: 1 },
    ])
  })

  it('count the deadlines that passed, by name', async () => {
    const clocks = {
      policies: [courteous] as const,
      calendars: { default: aroundTheClock() },
      workingTime: temporalWorkingTime,
    }
    const { desk, open, clock, counted } = setUp({ clocks })
    await open()
    clock.now += 5 * HOUR_MS
    await desk.tick()
    expect(await counted('redress.deadlines.missed')).toContainEqual({
      protocol: 'pocock@1',
      deadline: 'own',
      value: 1,
    })
  })

  it('measure how long a case was in each phase, once it leaves it, whoever wrote and whatever was restarted', async () => {
    const store = memoryStore()
    const { desk, open, clock, measured } = setUp({ store })
    const elsewhere = createDesk({ store, now: () => new Date(clock.now) })
    const later = (hours: number) => {
      clock.now += hours * HOUR_MS
    }
    const recovery = upTo(pocock)
    const send = (from: { readonly send: typeof desk.send }, ...steps: readonly string[]) =>
      from.send(
        'case-1',
        recovery.filter(({ type }) => steps.includes(type)),
      )
    await open()
    later(1)
    await send(desk, 'own', 'listen')
    later(2)
    // Another process takes the person phase to its end, and back from the problem.
    await send(elsewhere, 'reflect', 'apologize', 'empathize', 'agree')
    later(4)
    await elsewhere.send('case-1', example('breakPromise'))
    later(8)
    await send(desk, 'listen', 'reflect', 'apologize', 'empathize')
    expect(await desk.look('case-1')).toBeIn('problem.agree')
    await settled()
    const found = (await measured()).find(({ descriptor }) => descriptor.name === 'redress.phase.duration')
    expect(found?.descriptor).toMatchObject({ unit: 's' })
    const durations = found?.dataPoints.map(({ attributes, value }) => ({
      ...short(attributes),
      ...(value as { readonly sum: number; readonly count: number }),
    }))
    expect(durations?.map((one) => ({ ...one, sum: one.sum / 3_600 }))).toMatchObject([
      { phase: 'received', protocol: 'pocock@1', count: 1, sum: 1 },
      { phase: 'person', protocol: 'pocock@1', count: 1, sum: 8 },
    ])
  })

  it('measure no time in which a case was closed', async () => {
    const { desk, open, clock, counted } = setUp()
    await open()
    await desk.send('case-1', upTo(pocock))
    clock.now += HOUR_MS
    await desk.send('case-1', example('reopen'))
    await settled()
    const phases = (await counted('redress.phase.duration')).map((one) => Object(one).phase)
    expect(phases).toEqual(['received', 'person', 'problem', 'system'])
  })

  it('are lost where the log can’t be read, and the listeners hear why', async () => {
    const errors: unknown[] = []
    const store = memoryStore()
    await createDesk({ store }).open({ ...aComplaint, caseId: 'case-1' })
    const log = () => {
      throw new Error('the disk is gone')
    }
    const { desk, measured } = setUp({ store: { ...store, log } })
    desk.on('listener-error', ({ error }) => errors.push(error))
    expect(await desk.send('case-1', example('own'))).toBeAccepted()
    await settled()
    expect(errors).toEqual([new Error('the disk is gone')])
    expect((await measured()).map(({ descriptor }) => descriptor.name)).toEqual(['redress.steps'])
  })

  it('remember so many cases and no more: of the others the log is read', async () => {
    const read: string[] = []
    const entry = (caseId: string, version: number, from: string | null, to: string, at: string) =>
      ({ caseId, version, from, to, command: { at } }) as Entry
    const opened = (caseId: string) => entry(caseId, 1, null, 'received', '2026-03-02T09:00:00.000Z')
    const stays = createStays(async function* (caseId) {
      read.push(caseId)
      yield opened(caseId)
    }, 2)
    for (const caseId of ['a', 'b', 'c']) await stays.leave(opened(caseId))
    for (const caseId of ['c', 'b', 'a']) {
      const owned = entry(caseId, 2, 'received', 'person.listen', '2026-03-02T09:00:30.000Z')
      expect(await stays.leave(owned)).toEqual({ phase: 'received', seconds: 30 })
    }
    expect(read).toEqual(['a'])
  })
})

describe('the gauges of subscriptions', () => {
  it('say how many cases each is behind, and how many are parked', async () => {
    const { desk, open, counted } = setUp()
    await open('case-1')
    await open('case-2')
    expect(await counted('redress.lanes.behind')).toEqual([])
    const refuse = ({ caseId }: { readonly caseId: string }) => {
      if (caseId === 'case-1') throw new DeliveryError('no', { park: true })
    }
    const subscription = await desk.subscribe('mail', { from: 'start', pollMs: 1 }, refuse)
    await vi.waitUntil(async () => (await desk.parked()).length === 1)
    await subscription.close()
    await open('case-3')
    expect(await counted('redress.lanes.behind')).toEqual([{ subscription: 'mail', value: 1 }])
    expect(await counted('redress.lanes.parked')).toEqual([{ subscription: 'mail', value: 1 }])
  })

  it('keep the desks of several tenants apart, and end with their desk', async () => {
    const { meterProvider: recording, counted } = recorder()
    const looks = new Set<unknown>()
    const meterProvider = {
      getMeter(name: string) {
        const meter = recording.getMeter(name)
        const { addBatchObservableCallback: add, removeBatchObservableCallback: remove } = meter
        return Object.assign(meter, {
          addBatchObservableCallback: (...of: Parameters<typeof add>) => {
            looks.add(of[0])
            add.apply(meter, of)
          },
          removeBatchObservableCallback: (...of: Parameters<typeof remove>) => {
            looks.delete(of[0])
            remove.apply(meter, of)
          },
        })
      },
    }
    const desks: Desk[] = []
    for (const [tenant, cases] of Object.entries({ acme: 1, zeta: 2 })) {
      const desk = instrument(createDesk({ store: memoryStore(), tenant }), { meterProvider, attributes: { tenant } })
      await desk.subscribe('mail', { from: 'start' }, () => {}).then((subscription) => subscription.close())
      for (let index = 0; index < cases; index++) await desk.open({ ...aComplaint, at: undefined })
      desks.push(desk)
    }
    expect(await counted('redress.lanes.behind')).toEqual([
      { tenant: 'acme', subscription: 'mail', value: 1 },
      { tenant: 'zeta', subscription: 'mail', value: 2 },
    ])
    expect(await counted('redress.steps')).toMatchObject([{ tenant: 'acme' }, { tenant: 'zeta' }])
    expect(looks.size).toBe(2)
    for (const desk of desks) await desk.close()
    expect(looks.size).toBe(0)
  })

  it('are not there where the store has no lanes, and the other metrics are', async () => {
    const { lanes: _, ...store } = memoryStore()
    const { open, counted } = setUp({ store })
    await open()
    expect(await counted('redress.lanes.behind')).toEqual([])
    expect(await counted('redress.steps')).toHaveLength(1)
  })
})

/** Every text in a value, however deep. */
const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** Finds a text that is not part of a longer word. */
const wholly = (text: string) => new RegExp(`(?<![\\w-])${text.replace(/[^\w\s]/g, '\\$&')}(?![\\w-])`)

describe('nobody’s words', () => {
  it.each([pocock, full])(
    'are in any span or metric of a whole recovery and of every command: $id',
    async (protocol) => {
      const { desk, clock, spans, measured } = setUp({ protocols: [protocol], roles: () => ['authority'] })
      const sent: object[] = [aComplaint]
      const types = new Set<string>()
      const send = async (caseId: string, command: object) => {
        sent.push(command)
        await desk.send(caseId, command)
        await desk.send(caseId, { ...command, by: SECRET })
        await desk.send(caseId, { ...command, [SECRET]: SECRET })
      }
      await desk.open({ ...aComplaint, caseId: 'host-case-0' })
      for (const command of upTo(protocol)) await send('host-case-0', command)
      for (const [index, type] of [...protocol.commands.keys()].entries()) {
        const caseId = `host-case-${index + 1}`
        await desk.open({ ...aComplaint, caseId })
        await desk.send(caseId, upTo(protocol, protocol.problem[1]?.name))
        await send(caseId, exampleOf(protocol, type, { into: 'host-case-0', incident: 'host-case-0' }))
        await desk.send(caseId, exampleOf(protocol, type))
        types.add(type)
      }
      clock.now += 60 * 24 * HOUR_MS
      await desk.tick()
      await desk.erase('host-case-0', { by: person('gil'), reason: SECRET })
      await desk.import({ by: ana, opening: { ...aComplaint, caseId: 'host-case-x' }, commands: [...upTo(protocol)] })
      await desk.send(SECRET, example('own')).catch(() => {})
      const { cases } = await desk.find({ limit: 100 })
      const { length } = (await Promise.all(cases.map(({ caseId }) => entriesOf(desk.log(caseId))))).flat()
      await subscribed(desk, 2 * length, async ({ attempt }) => {
        if (attempt === 1) throw new Error(SECRET)
      })

      const words = new Set([...textsIn(sent), 'gil', 'host-case', SECRET])
      // What evidence and telemetry say alike: commands, the kind of an actor, a responsibility that was “accepted”.
      for (const known of [...protocol.commands.keys(), 'person', 'accepted']) words.delete(known)
      expect(words.size).toBeGreaterThan(70)
      const told = new Set([
        ...spans().flatMap(({ name, attributes, status, events, links, resource }) =>
          textsIn([name, attributes, status, events, links.map((link) => link.attributes), resource.attributes]),
        ),
        ...(await measured()).flatMap(({ descriptor, dataPoints }) =>
          textsIn([descriptor.name, descriptor.unit, dataPoints.map(({ attributes }) => attributes)]),
        ),
      ])
      for (const type of types) if (protocol.commands.get(type)?.internal !== true) expect(told).toContain(type)
      for (const one of told) {
        const inside = [...words].filter((word) => wholly(word).test(one))
        expect(inside, one).toEqual([])
      }
    },
  )
})

describe('a host without an SDK', () => {
  it('gets the same answers', async () => {
    trace.disable()
    metrics.disable()
    const desk = instrument(createDesk({ store: memoryStore() }))
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    expect(await desk.send('case-1', example('own'))).toBeAccepted()
    const heard: string[] = []
    await subscribed(desk, 2, ({ entry }) => heard.push(entry.command.type))
    expect(heard).toEqual(['open', 'own'])
  })
})
