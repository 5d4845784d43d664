import { readFile } from 'node:fs/promises'
import { failureOf } from './failure.ts'
import { twiceIn } from './line.ts'

/**
 * A JSON file, or in a sentence why it can’t be read: with the line and the column where it is none, or the line where it
 * says something anew that it has said before.
 */
export async function readJson(
  path: string,
): Promise<
  | { readonly read: true; readonly value: unknown; readonly text: string }
  | { readonly read: false; readonly why: string }
> {
  let text: string
  try {
    text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '')
  } catch (error) {
    return { read: false, why: `${path} can’t be read: ${failureOf(error)}.` }
  }
  if (text.trim() === '') return { read: false, why: `${path}: there is nothing in it.` }
  try {
    const value: unknown = JSON.parse(text)
    const twice = twiceIn(text)
    if (twice === undefined) return { read: true, value, text }
    return { read: false, why: `${path}: line ${twice.line}: “${twice.name}” is there twice: which is meant?` }
  } catch (error) {
    const before = text.slice(0, faultIn(text)).split('\n')
    const where = `${path}:${before.length}:${(before.at(-1) ?? '').length + 1}`
    const why = (error as Error).message.replace(/,? (?:\.{3})?".*| in JSON at position.*/s, '')
    return { read: false, why: `${where}: this is no JSON: ${why}.` }
  }
}

/** What JSON never has. */
const NEVER = '\u0001'

/** Where a text stops being JSON, which Node does not always say: up to there nothing speaks against it but its end. */
function faultIn(text: string): number {
  const isSound = (length: number) => {
    try {
      JSON.parse(text.slice(0, length) + NEVER)
      return true
    } catch (error) {
      const { message } = error as Error
      return message.startsWith(`Unexpected token '${NEVER}'`) || message.includes(`at position ${length}`)
    }
  }
  let sound = 0
  let wrong = text.length + 1
  while (wrong - sound > 1) {
    const middle = (sound + wrong) >> 1
    if (isSound(middle)) sound = middle
    else wrong = middle
  }
  return sound
}
