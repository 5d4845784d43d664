import * as z from 'zod'
import { Id } from './words.ts'

/**
 * Who did something: a `person` of the organisation, the `customer`, a `representative` who speaks for the customer, a
 * `group` (a team, a queue) or a `machine` (a bot, a timer). Only a person can own a case or apologise: "I will
 * personally see this through until it is resolved" (Taylor).
 */
export const Actor = z.strictObject({
  kind: z.enum(['person', 'customer', 'representative', 'group', 'machine']),
  id: Id,
})
export type Actor = Readonly<z.infer<typeof Actor>>

/** Somebody of the organisation, by the host's id: `person('ana')`. */
export const person = (id: string): Actor => ({ kind: 'person', id })

/** The one who complained, by the host's id: `customer('c-17')`. */
export const customer = (id: string): Actor => ({ kind: 'customer', id })

/** Somebody who speaks for the customer, by the host's id: a daughter, a lawyer. */
export const representative = (id: string): Actor => ({ kind: 'representative', id })

/** A team or a queue, by the host's id: `group('billing')`. It can't own a case. */
export const group = (id: string): Actor => ({ kind: 'group', id })

/** A bot, a timer or an import, by the host's id: `machine('autoresponder')`. It can't own a case nor apologise. */
export const machine = (id: string): Actor => ({ kind: 'machine', id })
