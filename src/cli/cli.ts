#!/usr/bin/env node
import { createRequire } from 'node:module'
import type { CliCommand } from './command.ts'
import { complain, say } from './command.ts'
import { conformanceCommand } from './conformance.ts'

/** Each in a file of its own: it reads its arguments, does its work, and answers with an exit code. */
const commands: Readonly<Record<string, CliCommand>> = { conformance: conformanceCommand }

const overview = `redress: what can be done from a shell

${Object.values(commands)
  .map(({ usage, summary }) => `  ${usage}\n      ${summary}`)
  .join('\n')}

redress <command> --help says more; redress --version says which release this is.
`

async function main([name, ...rest]: readonly string[]): Promise<number> {
  if (name === '--help' || name === '-h') return say(overview)
  if (name === '--version' || name === '-v') {
    const { version } = createRequire(import.meta.url)('redress/package.json') as { readonly version: string }
    return say(`${version}\n`)
  }
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command !== undefined) return command.run(rest)
  return complain(`${name === undefined ? '' : `There is no command “${name}”.\n\n`}${overview}`)
}

/** Ends with a code, whatever a module of the host's left open; what was said is written first. */
const end = (code: number) => process.stdout.write('', () => process.exit(code))

// A store that fails beside its calls (a connection that is lost, a promise that nobody awaits) has failed.
process.on('uncaughtException', (error: unknown) => {
  complain(`It failed beside its calls: ${error instanceof Error ? error.message : String(error)}\n`)
  end(1)
})
// Nothing is left that could go on, and yet it is not done: somebody waits for what never comes.
process.on('beforeExit', () => {
  complain('It never came to an end: the module awaits what nobody gives.\n')
  end(2)
})

main(process.argv.slice(2)).then(end)
