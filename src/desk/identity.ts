import { hash } from 'node:crypto'
import { textFault } from '../protocol/plain.ts'
import { Id } from '../protocol/words.ts'

/** A UUID of version 7: ids made later sort later. */
export function timeOrderedId(now: Date): string {
  const random = crypto.randomUUID()
  const time = now.getTime().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`
}

/** A digest by which a repeated command is told from another under the same id. */
export const digestOf = (value: unknown): string => hash('sha256', JSON.stringify(value), 'base64url')

/** Whether a value is an id that every store gives back as it was. */
export const isId = (value: unknown): value is Id =>
  typeof value === 'string' && textFault(value) === undefined && Id.safeParse(value).success
