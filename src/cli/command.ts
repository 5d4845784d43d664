/** A command of the shell. */
export interface CliCommand {
  readonly usage: string
  readonly summary: string
  /**
   * Does it, and answers with an exit code: 0 done, 1 found wanting, 2 not understood or not loaded. With the signal
   * whoever called it has had enough: it puts away what it has begun.
   */
  run(args: readonly string[], signal: AbortSignal): Promise<number>
}

/** Tells what was asked for. */
export function say(text: string): 0 {
  process.stdout.write(text)
  return 0
}

/** Tells what stood in the way. */
export function complain(text: string): 2 {
  process.stderr.write(text)
  return 2
}
