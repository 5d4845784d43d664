import { unreadable } from './bytes.ts'
import { MAX_ROW_CHARACTERS } from './row.ts'

/** A record of a CSV: the line on which it begins, how many it takes up, and its fields. */
export interface CsvRecord {
  readonly line: number
  readonly lines: number
  /** How many fields there are, which may be more than are kept of a record that is too long. */
  readonly width: number
  readonly fields: readonly string[]
  readonly flaw: 'stray-quote' | 'too-long' | undefined
}

const QUOTE = 0x22
const LINE_FEED = 0x0a
const RETURN = 0x0d

/** Where in a field the text has come to: at its beginning, within it, within its quotes, or behind a quote in them. */
type Within = 'start' | 'plain' | 'quoted' | 'closed'

/**
 * Cuts a CSV into records as RFC 4180 has it, piece after piece: a line ends with CRLF, LF or CR, within quotes as without.
 * Empty lines are none. A quote in the middle of a field makes a flaw of its record, once. Throws `log-unreadable`, with
 * the line, where quotes leave no telling which record is which.
 */
export function createCutter(delimiter: string) {
  const separator = delimiter.charCodeAt(0)
  let records: CsvRecord[] = []
  let fields: string[] = []
  let field = ''
  let within: Within = 'start'
  let width = 0
  let length = 0
  let flaw: CsvRecord['flaw']
  let isQuoted = false
  let begins = 1
  let line = 1
  let afterReturn = false

  /** Takes in a part of a field; of a record that is too long, nothing more. */
  function take(text: string, from: number, to: number): void {
    length += to - from
    if (length > MAX_ROW_CHARACTERS) flaw = 'too-long'
    if (flaw === 'too-long') [field, fields] = ['', []]
    else if (to > from) field += text.slice(from, to)
  }

  function endField(): void {
    if (flaw !== 'too-long') fields.push(field)
    field = ''
    width++
    length++
    within = 'start'
  }

  function endRecord(): void {
    endField()
    if (length > 1 || isQuoted) records.push({ line: begins, lines: line - begins + 1, width, fields, flaw })
    fields = []
    width = 0
    length = 0
    flaw = undefined
    isQuoted = false
  }

  function taken(): readonly CsvRecord[] {
    const all = records
    records = []
    return all
  }

  return {
    /** The records that end with this piece of the text. */
    write(text: string): readonly CsvRecord[] {
      let from = 0
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at)
        const isSecondHalf = code === LINE_FEED && afterReturn
        afterReturn = code === RETURN
        if (within === 'quoted') {
          if (code === QUOTE) {
            take(text, from, at)
            from = at + 1
            within = 'closed'
          } else if (code === RETURN || (code === LINE_FEED && !isSecondHalf)) line++
        } else if (isSecondHalf) from = at + 1
        else if (code === separator) {
          take(text, from, at)
          endField()
          from = at + 1
        } else if (code === LINE_FEED || code === RETURN) {
          take(text, from, at)
          endRecord()
          begins = ++line
          from = at + 1
        } else if (within === 'closed') {
          if (code !== QUOTE) throw unreadable(begins, closedWithin)
          // The second of two stands for both: it is where the field goes on.
          within = 'quoted'
        } else if (code === QUOTE && within === 'start') {
          within = 'quoted'
          isQuoted = true
          from = at + 1
        } else {
          if (code === QUOTE) flaw ??= 'stray-quote'
          within = 'plain'
        }
      }
      take(text, from, text.length)
      return taken()
    },
    /** The record that the text ends with, if it does not end with a newline. */
    end(): readonly CsvRecord[] {
      if (within === 'quoted') throw unreadable(begins, neverClosed)
      endRecord()
      return taken()
    },
  }
}

const neverClosed = 'a quote is opened in the row that begins here, and never closed.'
const closedWithin =
  'a quote is closed in the row that begins here, and the field goes on. A quote within quotes is written twice.'
