import { parseArgs } from 'node:util'
import { durableStepsInSqlite } from './durable.ts'
import { lagInPostgres } from './lag.ts'
import { durableStepsInPostgres } from './postgres.ts'
import { jsonLines, textLines } from './report.ts'
import { resumeInMemory, resumeInSqlite } from './resume.ts'
import type { Benchmark } from './round.ts'
import { measure } from './round.ts'
import { inMemoryStep } from './step.ts'

const USAGE = 'npm run bench -- [--json] [--rounds <number>] [prefix of a name]'

/** Every benchmark, one file a subject. */
export const benchmarks: readonly Benchmark[] = [
  inMemoryStep,
  resumeInMemory,
  resumeInSqlite,
  ...durableStepsInSqlite,
  ...durableStepsInPostgres,
  lagInPostgres,
]

/** Runs the benchmarks whose names begin with the given prefix, all without one. Gives back the exit code. */
export async function bench(
  args: readonly string[],
  print: (line: string) => void,
  complain: (line: string) => void,
): Promise<number> {
  const asked = read(args)
  if (typeof asked === 'string') {
    complain(`${asked}\n${USAGE}`)
    return 1
  }
  for (const benchmark of asked.chosen) {
    const measured = await measure(benchmark, asked.rounds)
    for (const line of asked.json ? jsonLines(measured) : textLines(measured)) print(line)
  }
  return 0
}

interface Asked {
  readonly chosen: readonly Benchmark[]
  readonly json: boolean
  readonly rounds: number | undefined
}

/** What the command line asks for, or what is wrong with it. */
function read(args: readonly string[]): Asked | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, rounds: { type: 'string' } },
    })
    const [prefix = '', ...more] = positionals
    if (more.length > 0) return 'One prefix at a time.'
    const chosen = benchmarks.filter(({ name }) => name.startsWith(prefix))
    if (chosen.length === 0) return `No name begins with “${prefix}”: ${benchmarks.map(({ name }) => name).join(', ')}.`
    const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
    if (rounds !== undefined && !(Number.isSafeInteger(rounds) && rounds > 0))
      return 'Rounds are a whole number from 1 on.'
    return { chosen, json: values.json, rounds }
  } catch (error) {
    return (error as Error).message
  }
}

if (import.meta.main) {
  process.exitCode = await bench(process.argv.slice(2), console.log, console.error)
}
