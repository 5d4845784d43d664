import type { Turn } from '../../machine/order.ts'
import type { Told } from './happened.ts'

/** Rows of words in columns, two spaces apart; a row whose first word is ✗ stands out. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** What was due beside what came, row by row. */
export const sideBySide = (turns: readonly Turn[], ended: string): string =>
  table(
    [' ', 'due', 'came', 'at'],
    [
      ...turns.map((turn) => [
        turn.came === 'out-of-turn' ? '✗' : ' ',
        turn.due ?? '(closed)',
        (turn as Partial<Told>).said ?? turn.name,
        turn.at ?? '',
        turn.skipped.length > 0 ? `skips ${turn.skipped.join(', ')}` : turn.came === 'unknown' ? '(passed over)' : '',
      ]),
      ...(ended === '' ? [] : [[' ', ended, '…']]),
    ].map((row) => (row.length > 4 ? [...row.slice(0, 3), `${row[3]}${row[4] === '' ? '' : `  ${row[4]}`}`] : row)),
  )
