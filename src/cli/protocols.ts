import { protocols } from '../protocol/catalogue.ts'
import { phases } from '../protocol/place.ts'
import { helpOf, readArguments, type Shape } from './arguments.ts'
import type { CliCommand } from './command.ts'
import { complain, say } from './command.ts'

const shape: Shape = {
  usage: 'redress protocols [--json]',
  about: 'Lists the protocols that are shipped, the default first, each with its steps in order and its source.',
  options: { json: { what: 'as JSON' } },
  examples: [
    ['redress protocols', 'the ids that other commands take'],
    ['redress protocols --json | jq -r ".[].id"', 'for a script'],
  ],
  codes: { 0: 'done', 2: 'where the call was not understood' },
}

const listed = () =>
  protocols.map((protocol) => ({
    id: protocol.id,
    version: protocol.version,
    source: protocol.source,
    ...Object.fromEntries(phases.map((phase) => [phase, protocol[phase].map(({ name }) => name)])),
  }))

/** `redress protocols`. */
export const protocolsCommand: CliCommand = {
  usage: shape.usage,
  summary: 'lists the protocols that are shipped, and their steps',
  async run(args) {
    const asked = readArguments(args, shape)
    if (asked.asked === 'help') return say(helpOf(shape))
    if (asked.asked === 'nothing') return complain(`${asked.wrong}\n\n  ${shape.usage}\n`)
    if (asked.given.length > 0) return complain(`It takes no “${asked.given[0]}”.\n\n  ${shape.usage}\n`)
    if (asked.flags.has('json')) return say(`${JSON.stringify(listed(), null, 2)}\n`)
    return say(
      protocols
        .map((protocol) => {
          const steps = phases.map(
            (phase) => `  ${phase.padEnd(8)} ${protocol[phase].map(({ name }) => name).join(' → ')}\n`,
          )
          return `${protocol.id}@${protocol.version}  ${protocol.source}\n${steps.join('')}`
        })
        .join('\n'),
    )
  },
}
