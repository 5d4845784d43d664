import { writeFile } from 'node:fs/promises'
import { toMermaid } from '../machine/mermaid.ts'
import { helpOf, readArguments, type Shape } from './arguments.ts'
import type { CliCommand } from './command.ts'
import { complain, say } from './command.ts'
import { failureOf } from './failure.ts'
import { protocolNamed } from './method.ts'
import { toSvg } from './picture.ts'

const shape: Shape = {
  usage: 'redress diagram [<protocol>] [--format mermaid|svg] [--out <file>]',
  about: `Draws a protocol: its machine with every arrow as Mermaid, or its phases and steps as SVG. The protocol is one that
is shipped, by its id, or a module of yours that exports one; pocock if left out.`,
  options: {
    format: { value: 'format', what: 'what to draw', choices: ['mermaid', 'svg'] },
    out: { value: 'file', what: 'where to write it, instead of to the output' },
    export: { value: 'name', what: 'under which name the module exports the protocol' },
  },
  examples: [
    ['redress diagram heard', 'the machine of HEARD, for a page that renders Mermaid'],
    ['redress diagram ./ours.js --format svg --out ours.svg', 'a picture of your own protocol'],
  ],
  codes: { 0: 'done', 2: 'where there is no such protocol or the file can’t be written' },
}

/** `redress diagram pocock`. */
export const diagramCommand: CliCommand = {
  usage: shape.usage,
  summary: 'draws a protocol, as Mermaid or as SVG',
  async run(args) {
    const asked = readArguments(args, shape)
    if (asked.asked === 'help') return say(helpOf(shape))
    if (asked.asked === 'nothing') return complain(`${asked.wrong}\n\n  ${shape.usage}\n`)
    const [name = 'pocock', ...others] = asked.given
    if (others.length > 0) return complain(`One protocol at a time.\n\n  ${shape.usage}\n`)
    const method = await protocolNamed(name, asked.values['export'])
    if (!method.found) return complain(`${method.why}\n`)
    const drawn = asked.values['format'] === 'svg' ? toSvg(method.protocol) : toMermaid(method.protocol)
    const out = asked.values['out']
    if (out === undefined) return say(drawn)
    try {
      await writeFile(out, drawn)
      return 0
    } catch (error) {
      return complain(`${out} can’t be written: ${failureOf(error)}\n`)
    }
  },
}
