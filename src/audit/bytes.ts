import { TextDecoder } from 'node:util'
import { RedressError } from '../errors.ts'

const BYTE_ORDER_MARKS: readonly (readonly [encoding: string, bytes: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]
/** What is no text, by its first bytes, and what would make one of it. */
const OTHER_FILES: readonly (readonly [bytes: readonly number[], why: string])[] = [
  [[0x1f, 0x8b], 'it is compressed (gzip): unpack it first, `gunzip -c log.gz | redress audit - …`.'],
  [[0x50, 0x4b, 0x03, 0x04], 'it is a zip file, as a spreadsheet (.xlsx) is: save the sheet as CSV.'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'it is a spreadsheet or a document of older Office: save the sheet as CSV.'],
]
const NEWLINE = 0x0a
/** So many bytes say what a file is. */
const TELLING = 4

/** The error for a log that can’t be read on: where, and why. Nothing that was read before counts. */
export function unreadable(line: number | undefined, why: string, cause?: unknown): RedressError {
  const where = line === undefined ? '' : `line ${line}: `
  return new RedressError('log-unreadable', `${where}${why}`, {
    facts: line === undefined ? {} : { line },
    ...(cause === undefined ? {} : { cause }),
  })
}

/**
 * The text of a log, chunk after chunk, without its byte-order mark. A mark says which encoding it is, or else `encoding`
 * does. Throws `log-unreadable`, with the line, where bytes mean nothing in it: a guess would change names.
 */
export async function* textOf(
  bytes: AsyncIterable<Uint8Array>,
  encoding: string | undefined,
  onBytes?: (count: number) => void,
): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  let lines = 1
  let head: Uint8Array = new Uint8Array()
  const decode = (chunk: Uint8Array, isLast: boolean): string => {
    const reads = decoder ?? decoderFor(chunk, encoding)
    decoder = reads
    try {
      const text = reads.decode(chunk, { stream: !isLast })
      lines += newlinesIn(chunk)
      return text
    } catch (cause) {
      if (isLast && chunk.length === 0)
        throw unreadable(lines, 'it ends in the middle of a character: it was cut off.', cause)
      throw unreadable(
        lines + linesBefore(chunk, reads.encoding),
        `there are bytes here that mean nothing in ${reads.encoding}. If it is another encoding, say so in the map: "encoding": "windows-1252".`,
        cause,
      )
    }
  }
  for await (const chunk of bytes) {
    onBytes?.(chunk.length)
    head = head.length === 0 ? chunk : joined(head, chunk)
    if (decoder === undefined && head.length < TELLING) continue
    const text = decode(head, false)
    head = new Uint8Array()
    if (text !== '') yield text
  }
  const rest = decode(head, true)
  if (rest !== '') yield rest
}

const joined = (one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> => {
  const both = new Uint8Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}

const beginsWith = (bytes: Uint8Array, mark: readonly number[]) => mark.every((byte, index) => bytes[index] === byte)

function decoderFor(head: Uint8Array, encoding: string | undefined): TextDecoder {
  for (const [bytes, why] of OTHER_FILES) if (beginsWith(head, bytes)) throw unreadable(undefined, why)
  const marked = BYTE_ORDER_MARKS.find(([, mark]) => beginsWith(head, mark))?.[0]
  if (marked === undefined && encoding === undefined && (head[0] === 0) !== (head[1] === 0)) {
    const order = head[0] === 0 ? 'be' : 'le'
    throw unreadable(
      1,
      `it looks like UTF-16 without a byte-order mark. If it is, say so in the map: "encoding": "utf-16${order}".`,
    )
  }
  return new TextDecoder(marked ?? encoding ?? 'utf-8', { fatal: true })
}

function newlinesIn(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++
  return count
}

/** How many lines of a chunk can be read before the one that can’t; the first may go on from the chunk before. */
function linesBefore(chunk: Uint8Array, encoding: string): number {
  if (encoding !== 'utf-8') return 0
  let lines = 0
  for (let from = chunk.indexOf(NEWLINE) + 1; from > 0; lines++) {
    const next = chunk.indexOf(NEWLINE, from) + 1
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(chunk.subarray(from, next === 0 ? chunk.length : next), {
        stream: next === 0,
      })
    } catch {
      return lines + 1
    }
    from = next
  }
  return 0
}
