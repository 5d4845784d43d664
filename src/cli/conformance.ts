import { RedressError } from '../errors.ts'
import { type Capability, capabilities } from '../testing/conformance/clause.ts'
import type { ConformanceResult } from '../testing/conformance/conformance.ts'
import { conformance } from '../testing/conformance/conformance.ts'
import type { StoreUnderTest } from '../testing/conformance/subject.ts'
import { helpOf, readArguments, type Shape } from './arguments.ts'
import type { CliCommand } from './command.ts'
import { complain, say } from './command.ts'
import { exportOf } from './module.ts'

const shape: Shape = {
  usage: 'redress conformance <module> [--export <name>] [--json]',
  about: `Tries the store that the module exports, by default or under a name, clause after clause. It exports how to try it:

  export default { open: () => myStore() }

\`open\` gives an empty store for each name that it is called with. What the store can do beyond what every store must,
it says in \`has\`; clauses that require more are skipped:

${Object.entries(capabilities)
  .map(([name, meaning]) => `  ${name.padEnd(14)}${meaning}`)
  .join('\n')}`,
  options: {
    export: { value: 'name', what: 'under which name the module exports it' },
    json: { what: 'what became of each clause as JSON, when all were tried' },
  },
  examples: [
    ['redress conformance ./my-store.js', 'the store that it exports by default'],
    ['redress conformance ./stores.js --export postgres', 'one of several'],
  ],
  codes: { 0: 'where all clauses passed', 1: 'where one failed', 2: 'where there was no store to try' },
}

/** `redress conformance ./my-store.js`. */
export const conformanceCommand: CliCommand = {
  usage: shape.usage,
  summary: 'tries a store of your own by the contract that every store keeps',
  async run(args) {
    const asked = readArguments(args, shape)
    if (asked.asked === 'help') return say(helpOf(shape))
    if (asked.asked === 'nothing') return complain(`${asked.wrong}\n\n  ${shape.usage}\n`)
    const [path, ...others] = asked.given
    if (path === undefined) return complain(`Which module? It exports the store to try.\n\n  ${shape.usage}\n`)
    if (others.length > 0) return complain(`One module at a time.\n\n  ${shape.usage}\n`)
    const found = await exportOf(path, asked.values['export'] ?? 'default')
    if (!found.loaded) return complain(`${found.why}\n`)
    const isJson = asked.flags.has('json')
    const outcomes: ConformanceResult[] = []
    try {
      for await (const result of conformance(found.exported as StoreUnderTest)) {
        outcomes.push(result)
        if (!isJson) say(lineOf(result))
      }
    } catch (error) {
      return complain(`${path}: ${reasonsOf(error).join('\n  ')}\n`)
    }
    say(isJson ? `${JSON.stringify(outcomes.map(toldOf), null, 2)}\n` : summaryOf(outcomes))
    return outcomes.some(({ outcome }) => outcome === 'failed') ? 1 : 0
  },
}

/** A result as plain JSON: an error by what it says. */
const toldOf = (result: ConformanceResult) =>
  result.outcome === 'failed' ? { ...result, error: reasonsOf(result.error) } : result

function lineOf(result: ConformanceResult): string {
  if (result.outcome === 'passed') return `✓ ${result.name}\n`
  if (result.outcome === 'skipped') return `– ${result.name} (skipped: requires ${result.lacks.join(', ')})\n`
  const reasons = reasonsOf(result.error).map((reason) => `    ${reason.replaceAll('\n', '\n    ')}\n`)
  return `✗ ${result.name}\n${reasons.join('')}`
}

/** What an error says, and what it was caused by. */
function reasonsOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [String(error)]
  const name = error instanceof RedressError || error.name === 'Error' ? '' : `${error.name}: `
  const causes = error.cause === undefined ? [] : reasonsOf(error.cause)
  return [`${name}${error.message}`, ...causes.map((cause) => `because: ${cause}`)]
}

function summaryOf(results: readonly ConformanceResult[]): string {
  const count = (outcome: ConformanceResult['outcome']) => results.filter((one) => one.outcome === outcome).length
  const failed = count('failed')
  const lacks = new Set(results.flatMap((one): readonly Capability[] => (one.outcome === 'skipped' ? one.lacks : [])))
  return [
    '',
    `${results.length} clauses: ${count('passed')} passed, ${failed} failed, ${count('skipped')} skipped.`,
    ...[...lacks].map((lack) => `Without “${lack}”: ${capabilities[lack]}.`),
    failed === 0 ? 'The store keeps the contract.' : 'The store breaks the contract: no desk can rely on it.',
    '',
  ].join('\n')
}
