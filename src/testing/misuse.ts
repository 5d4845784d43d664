import { RedressError } from '../errors.ts'
import type { Protocol } from '../protocol/protocol.ts'

/** A test that asks for what there is not: `input-invalid`, thrown whether or not it expects the opposite. */
export const misuse = (message: string, facts: Readonly<Record<string, unknown>> = {}): RedressError =>
  new RedressError('input-invalid', message, { facts })

/** What is expected of commands where there were none. */
export const nothingSent = (): RedressError =>
  misuse('Nothing was sent that could be accepted: `when` takes a command, or several as one batch.')

/** Whether something is a protocol. */
export const isProtocol = (one: unknown): one is Protocol => typeof one === 'object' && one !== null && 'rulesOn' in one

/** A protocol that was handed over; throws `input-invalid` where it is none: its name, or nothing. */
export function protocolGiven(one: unknown, to: string): Protocol {
  if (isProtocol(one)) return one
  const given = typeof one === 'string' ? `“${one}”` : one === null ? 'null' : typeof one
  throw misuse(`${to} takes a protocol, as in ${to}(pocock), and was given ${given}: import it from “redress”.`)
}
