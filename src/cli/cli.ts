#!/usr/bin/env node
import { createRequire } from 'node:module'
import { auditCommand } from './audit.ts'
import type { CliCommand } from './command.ts'
import { complain, say } from './command.ts'
import { conformanceCommand } from './conformance.ts'
import { diagramCommand } from './diagram.ts'
import { explainCommand } from './explain.ts'
import { failureOf } from './failure.ts'
import { protocolsCommand } from './protocols.ts'

/** Each in a file of its own: it reads its arguments, does its work, and answers with an exit code. */
const commands: Readonly<Record<string, CliCommand>> = {
  audit: auditCommand,
  protocols: protocolsCommand,
  explain: explainCommand,
  diagram: diagramCommand,
  conformance: conformanceCommand,
}

/** What a shell says of a program that was interrupted, terminated, or whose reader has gone: 128 and the signal. */
const ENDED_BY = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143, SIGPIPE: 141 } as const
/** So long it may take to put things away. */
const GRACE_MS = 1000
const interrupted = new AbortController()

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
  if (command !== undefined) return command.run(rest, interrupted.signal)
  return complain(`${name === undefined ? '' : `There is no command “${name}”.\n\n`}${overview}`)
}

/** Ends with a code, whatever a module of the host's left open; what was said is written first. */
const end = (code: number) =>
  process.stdout.write('', (error) => {
    if (error !== undefined && error !== null) unheard(process.stdout.errored ?? error)
    process.exit(interrupted.signal.aborted ? (interrupted.signal.reason as number) : code)
  })

/** Gives up what is under way, which puts its files away, and ends with a code; the first that is given counts. */
function giveUp(code: number): void {
  if (interrupted.signal.aborted) return
  interrupted.abort(code)
  setTimeout(() => process.exit(code), GRACE_MS)
}

/** Gives up where nobody hears what is said: whoever reads it has read enough (`| head`), or there is no room for it. */
function unheard(error: NodeJS.ErrnoException): void {
  if (interrupted.signal.aborted) return
  giveUp(error.code === 'EPIPE' ? ENDED_BY.SIGPIPE : 2)
  if (error.code !== 'EPIPE') complain(`What was found can’t be written: ${failureOf(error)}.\n`)
}

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

for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interrupted.signal.aborted) process.exit(ENDED_BY[signal])
    giveUp(ENDED_BY[signal])
  })
}
process.stdout.on('error', unheard)
process.stderr.on('error', () => giveUp(ENDED_BY.SIGPIPE))

main(process.argv.slice(2)).then(
  (code) => end(code),
  (error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return end(ENDED_BY.SIGPIPE)
    if (interrupted.signal.aborted) return end(interrupted.signal.reason as number)
    throw error
  },
)
