import { stripVTControlCharacters, styleText } from 'node:util'

/** Paints text. `styleText` knows NO_COLOR, FORCE_COLOR, and whether the output is a terminal. */
export const paint = styleText

const MAX_COLUMNS = 100
const MIN_COLUMNS = 80

/** How wide to write: as wide as the terminal, within reason. */
export const columns = (): number => Math.min(Math.max(process.stdout.columns || MAX_COLUMNS, MIN_COLUMNS), MAX_COLUMNS)

/** Prints lines. */
export function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** A line across. */
export const across = (): string => paint('dim', '─'.repeat(columns()))

/** Somebody's words on one line, with nothing in them that could steer the terminal. */
export const plain = (text: string): string =>
  stripVTControlCharacters(text)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .trim()

/** Text cut to a width, at a space where there is one, with an ellipsis where it went on. */
export function cut(text: string, width: number): string {
  const characters = [...text]
  if (characters.length <= width) return text
  const kept = characters.slice(0, width - 1).join('')
  const atSpace = kept.replace(/\s\S*$/, '')
  return `${atSpace.length > width / 2 ? atSpace : kept}…`
}

/** Text folded at spaces into lines of a width; a word that is wider is cut. */
export function fold(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').map((word) => cut(word, width))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

const PROGRESS_BLOCKS = 40
const ERASE_LINE = '\r\u001b[2K'

/** Waits while things happen, each a share of all there are, under a progress bar where the output is a terminal. */
export async function withProgress(title: string, shares: AsyncIterable<number>): Promise<void> {
  const shown = process.stdout.isTTY && process.env['TERM'] !== 'dumb'
  for await (const share of shares) {
    if (!shown) continue
    const full = Math.min(PROGRESS_BLOCKS, Math.round(share * PROGRESS_BLOCKS))
    const bar = '█'.repeat(full).padEnd(PROGRESS_BLOCKS, '░')
    process.stdout.write(`${ERASE_LINE}  ${title}  ${bar}`)
  }
  if (shown) process.stdout.write(ERASE_LINE)
}

/** Ends in peace when whoever reads the output has read enough (`| head`). */
export function endWithTheReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
}
