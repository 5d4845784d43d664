// What an operator sees with OpenTelemetry: a span a command, deliveries linked to them, and numbers, all without anybody's
// words. The SDK here keeps what it is given in memory; yours sends it on, and is registered once for the whole process.
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { createDesk, memoryStore, person, solomon } from 'redress'
import { instrument } from 'redress/telemetry'

const spans = new InMemorySpanExporter()
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] })
const numbers = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const meterProvider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: numbers })] })

let now = new Date('2026-03-02T09:00:00Z')
// Once for a desk; what comes back is the same desk, and the one to go on with. Without providers: the registered ones.
const desk = instrument(createDesk({ store: memoryStore(), protocols: [solomon], now: () => now }), {
  tracerProvider,
  meterProvider,
})

const ana = person('ana')
await desk.open({ caseId: 'bag-3', by: ana, customer: 'c-3', channel: 'counter', words: 'Where is my suitcase?' })
await desk.send('bag-3', { type: 'deliver', by: ana, what: 'a voucher' })
now = new Date('2026-03-02T09:10:00Z')
await desk.send('bag-3', { type: 'own', by: ana, owner: ana, introduced: 'I am Ana. This is mine.' })
now = new Date('2026-03-02T09:40:00Z')
await desk.send('bag-3', [
  { type: 'apologize', by: ana, words: 'I am sorry. We lost it.', responsibility: 'accepted' },
  {
    type: 'listen',
    by: ana,
    account: 'My medicine is in it.',
    outcome: 'the suitcase, today',
    talk: { customerSeconds: 60, ourSeconds: 20 },
  },
  {
    type: 'agree',
    by: ana,
    promises: [{ text: 'the suitcase', maker: ana, inControl: true, latest: '2026-03-02T20:00:00Z' }],
    accepted: { customer: true, organisation: true },
  },
])
// The next morning it has not come, and the clock says so.
now = new Date('2026-03-03T09:00:00Z')
await desk.tick()

for (const { name, attributes } of spans.getFinishedSpans()) {
  const said = ['verdict', 'refusal.rules', 'phase.before', 'phase.after', 'tick.handled'].map(
    (what) => attributes[`redress.${what}`],
  )
  console.log(`${name}: ${said.filter((one) => one !== undefined).join(' ')}`)
}

await meterProvider.forceFlush()
for (const { descriptor, dataPoints } of numbers
  .getMetrics()
  .flatMap(({ scopeMetrics }) => scopeMetrics[0]?.metrics ?? [])) {
  console.log(descriptor.name)
  for (const { attributes, value } of dataPoints) {
    const { 'redress.protocol': _, ...of } = attributes
    const sum = typeof value === 'object' ? `${value.sum} ${descriptor.unit}` : value
    console.log(`  ${Object.values(of).join(' ')}: ${sum}`)
  }
}
await meterProvider.shutdown()

/* prints:
redress open: accepted received
redress send deliver: refused in-order received received
redress send own: accepted received person
redress send batch: accepted person problem
redress desk breakPromise: accepted problem person
redress tick: 1
redress.steps
  received open: 1
  received own: 1
  person apologize: 1
  person listen: 1
  problem agree: 1
  problem breakPromise: 1
redress.refusals
  out-of-order deliver in-order: 1
redress.promises
  broken: 1
redress.phase.duration
  received: 600 s
  person: 1800 s
  problem: 84000 s
*/
