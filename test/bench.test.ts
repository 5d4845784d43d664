import { describe, expect, it } from 'vitest'
import { bench, benchmarks } from '../bench/bench.ts'
import { jsonLines, textLines } from '../bench/report.ts'
import type { Benchmark } from '../bench/round.ts'
import { measure } from '../bench/round.ts'

describe('the bench', () => {
  it('prints one JSON object a line, with our value, each peer’s and the ratio, and nothing else', async () => {
    const { code, printed } = await run('--json', '--rounds', '1', 'step/in-memory')
    expect(code).toBe(0)
    const lines = printed.map((line) => JSON.parse(line))
    expect(lines.map((line) => line.name)).toEqual([
      'step/in-memory',
      'step/in-memory/parse',
      'step/in-memory/judge',
      'step/in-memory/store',
      'step/in-memory/rest',
    ])
    const [whole, ...parts] = lines
    expect(whole).toEqual({
      name: 'step/in-memory',
      unit: 'ns',
      ours: expect.any(Number),
      peers: { 'xstate-transition': expect.any(Number), 'xstate-transition-unread': expect.any(Number) },
      ratio: { 'xstate-transition': expect.any(Number), 'xstate-transition-unread': expect.any(Number) },
    })
    for (const part of parts) expect(part).toMatchObject({ unit: 'ns', ours: expect.any(Number), peers: {}, ratio: {} })
  })

  it('keeps the names of its benchmarks', () => {
    const kept = [
      'step/in-memory',
      'resume/memory',
      'resume/sqlite',
      'durable-step/sqlite/1',
      'durable-step/sqlite/64',
      'durable-step/postgres/1',
      'durable-step/postgres/8',
      'durable-step/postgres/8/slow-disk',
      'durable-step/postgres/64',
      'lag/postgres',
    ]
    expect(benchmarks.map(({ name }) => name)).toEqual(expect.arrayContaining(kept))
  })

  it('refuses an unknown flag, an unknown name and a wrong number of rounds', async () => {
    expect(await run('--jsno')).toMatchObject({ code: 1, printed: [], complained: [expect.stringContaining('--jsno')] })
    expect(await run('leap/')).toMatchObject({ code: 1, complained: [expect.stringContaining('step/in-memory')] })
    expect(await run('--rounds', 'many')).toMatchObject({ code: 1, complained: [expect.stringContaining('Rounds')] })
    expect(await run('step/', 'resume/')).toMatchObject({
      code: 1,
      complained: [expect.stringContaining('One prefix')],
    })
  })

  it('watches what those who send wait for, and memory, in the rounds that count', async () => {
    const waits: number[] = []
    const ours = () => waits.push(...Array.from({ length: 99 }, () => 1), 9)
    const waiting: Benchmark = { ...drifting, rounds: 2, turns: 1, setUp: () => ({ ours, peers: {}, waits }) }
    const measured = await measure(waiting)
    expect(waits).toHaveLength(200)
    expect(measured.besides).toEqual({
      p50: { value: 1, unit: 'ms' },
      p99: { value: 1, unit: 'ms' },
      rss: { value: expect.any(Number), unit: 'MB' },
      heap: { value: expect.any(Number), unit: 'MB' },
    })
    const lines = jsonLines(measured).map((line) => JSON.parse(line))
    expect(lines).toContainEqual({ name: 'drifting/p50', unit: 'ms', ours: 1, peers: {}, ratio: {} })
    expect(textLines(measured).join('\n')).toMatch(/p99 +1 ms/)
  })

  it('measures durable steps of SQLite beside the textbook, which writes the same rows', async () => {
    const { printed } = await run('--json', '--rounds', '1', 'durable-step/sqlite/1')
    const lines = printed.map((line) => JSON.parse(line))
    expect(lines[0]).toMatchObject({ unit: 'steps/s', ratio: { textbook: expect.any(Number) } })
    expect(lines.map((line) => line.name.split('/').at(-1))).toEqual(['1', 'p50', 'p99', 'rss', 'heap'])
  })

  it('takes each ratio inside its round, and the medians of the rounds that count', async () => {
    const measured = await measure(drifting)
    expect(measured).toMatchObject({ peers: { peer: { ratio: { median: 0.5, min: 0.5, max: 0.5 } } } })
    expect(measured.parts).toEqual({ half: measured.ours / 2, rest: measured.ours / 2 })
    expect(jsonLines(measured)).toHaveLength(3)
    expect(textLines(measured).join('\n')).toContain('ratio 0.50 (0.50..0.50)')
  })
})

/** Ever slower, both sides alike: only a ratio inside a round can be trusted. */
const drifting: Benchmark = {
  name: 'drifting',
  unit: 'ns',
  note: 'made up',
  rounds: 5,
  setUp() {
    const turn = { ours: 0, peer: 0, half: 0 }
    return {
      ours: () => 128 * ++turn.ours,
      peers: { peer: () => 256 * ++turn.peer },
      parts: { half: () => 64 * ++turn.half },
      rest: 'rest',
    }
  },
}

async function run(...args: readonly string[]) {
  const printed: string[] = []
  const complained: string[] = []
  const code = await bench(
    args,
    (line) => printed.push(line),
    (line) => complained.push(line),
  )
  return { code, printed, complained }
}
