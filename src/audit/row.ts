/** A row of a log: the line on which it begins, the values of the columns that were asked for, and a mark of all of it. */
export interface Row {
  readonly line: number
  readonly values: readonly (string | undefined)[]
  /** Rows with the same mark say the same, word for word. */
  readonly mark: number
}

/** What can be neither read nor guessed, and is left out. */
export interface Fault {
  readonly line: number
  /** How many lines of the log it takes up. */
  readonly lines: number
  /** Why: the same words for the same reason. */
  readonly fault: string
}

/**
 * Reads the rows of a log, some at a time, with the values of these columns; of a column that a row does not have, none.
 * Adds to `names` which columns the log has, of one whose rows differ those of the first.
 */
export type ReadRows = (
  text: AsyncIterable<string>,
  columns: readonly string[],
  names: Set<string>,
) => AsyncGenerator<readonly (Row | Fault)[]>

/** Of so many rows the names of columns are kept. */
export const FIRST_ROWS = 100

/** No row has more characters: a quote that nobody closed would take in the rest of the file. */
export const MAX_ROW_CHARACTERS = 1_000_000
/** What is said of a row that has. */
export const overlong = `longer than ${MAX_ROW_CHARACTERS} characters`

/** A mark of a text, FNV-1a: the same for the same text, and seldom for another. */
export function markOf(text: string, from = 2_166_136_261): number {
  let mark = from
  for (let at = 0; at < text.length; at++) mark = Math.imul(mark ^ text.charCodeAt(at), 16_777_619)
  return mark
}
