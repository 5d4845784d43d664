import { toMermaid } from '../machine/mermaid.ts'
import { helpOf, readArguments, type Shape } from './arguments.ts'
import type { CliCommand } from './command.ts'
import { complain, say } from './command.ts'
import { failureOf } from './failure.ts'
import { protocolNamed } from './method.ts'
import { clashOf, type Output, outputTo } from './output.ts'
import { toSvg } from './picture.ts'

const shape: Shape = {
  usage: 'redress diagram [<protocol>] [--format mermaid|svg] [--out <file>] [--json]',
  about: `Draws a protocol: its machine with every arrow as Mermaid, or its phases and steps as SVG. The protocol is one that
is shipped, by its id, or a module of yours that exports one; pocock if left out.`,
  options: {
    format: { value: 'format', what: 'what to draw', choices: ['mermaid', 'svg'] },
    out: { value: 'file', what: 'where to write it, instead of to the output' },
    json: { what: 'the drawing as JSON, with what it is of' },
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
    const { format = 'mermaid', out = '-' } = asked.values
    const clash = await clashOf({ 'the protocol': name }, { out })
    if (clash !== undefined) return complain(`${clash}\n`)
    const { id, version, source } = method.protocol
    const drawn = format === 'svg' ? toSvg(method.protocol) : toMermaid(method.protocol)
    const told = { protocol: `${id}@${version}`, source, format, drawing: drawn }
    let output: Output | undefined
    try {
      output = await outputTo(out)
      await output.write(asked.flags.has('json') ? `${JSON.stringify(told, null, 2)}\n` : drawn)
      await output.keep()
      return 0
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') throw error
      return complain(`${out} can’t be written: ${failureOf(error)}.\n`)
    } finally {
      await output?.drop()
    }
  },
}
