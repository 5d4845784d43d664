import { createHash } from 'node:crypto'

/** A UUID of version 7: ids made later sort later. */
export function timeOrderedId(now: Date): string {
  const random = crypto.randomUUID()
  const time = now.getTime().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`
}

/** A digest by which a repeated command is told from another under the same id. */
export const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url')
