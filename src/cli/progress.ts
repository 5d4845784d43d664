const ERASE_LINE = '\r\u001b[2K'
const EVERY_MS = 100

/** A line on the terminal that says how far it is; nothing where there is no terminal, or it was asked to be quiet. */
export function progressOn(terminal: NodeJS.WriteStream, isQuiet: boolean) {
  const shown = terminal.isTTY && !isQuiet && process.env['TERM'] !== 'dumb'
  let last = 0
  return {
    show(line: () => string): void {
      const now = Date.now()
      if (!shown || now - last < EVERY_MS) return
      last = now
      terminal.write(`${ERASE_LINE}${line().slice(0, (terminal.columns || 80) - 1)}`)
    },
    end(): void {
      if (shown && last > 0) terminal.write(ERASE_LINE)
    },
  }
}
