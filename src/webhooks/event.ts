import * as z from 'zod'
import type { Delivery } from '../desk/delivery.ts'
import { redact } from '../desk/erasure.ts'
import { type Entry, nameOf } from '../machine/case.ts'
import { Actor } from '../protocol/actor.ts'
import type { Protocol } from '../protocol/protocol.ts'
import { Id, Instant } from '../protocol/words.ts'
import { Failed } from './failure.ts'

const WebhookData = z.object({
  caseId: Id,
  /** The entry's place in the log of its case, from 1, without gaps. */
  version: z.int().min(1),
  protocol: z.string().min(1),
  /** The type of the command: `open`, `own`, `breakPromise`. */
  type: z.string().min(1),
  from: z.string().min(1).nullable(),
  to: z.string().min(1),
  at: Instant,
  by: Actor,
  importedBy: Actor.optional(),
  /** The command whole, where the sender was asked for it. */
  command: z.looseObject({ type: z.string(), by: Actor, at: Instant }).optional(),
})

/** What an event says of one entry of a case's log: ids, type, states and times; words only where they were asked for. */
export type WebhookData = Readonly<z.infer<typeof WebhookData>>

/** The body of a webhook: a CloudEvents 1.0 event, its type `redress.` with the command's, its subject the case. */
export const WebhookEvent = z.object({
  specversion: z.literal('1.0'),
  /** The same for every try, and that of the header `webhook-id`. */
  id: z.string().min(1),
  source: z.string().min(1),
  type: z.string().startsWith('redress.'),
  subject: Id,
  /** When the entry was recorded. */
  time: Instant,
  datacontenttype: z.literal('application/json'),
  /** The trace context of the command, where it had one: CloudEvents' extension for distributed tracing. */
  traceparent: z.string().optional(),
  data: WebhookData,
})
export type WebhookEvent = Readonly<z.infer<typeof WebhookEvent>>

/** The media type of a CloudEvents event in structured mode. */
export const CLOUD_EVENT = 'application/cloudevents+json'

/** How much of a command an event shows. */
export type Shown = (entry: Entry) => Entry['command'] | undefined

/**
 * How much is shown: nothing of its evidence; its `evidence` without what the protocol marks as personal; or all, the
 * `personal` fields too. Where the protocol is not known it is not shown at all: nobody can tell what of it is personal.
 */
export function shownBy(include: 'evidence' | 'personal' | undefined, protocols: readonly Protocol[]): Shown {
  if (include === undefined) return () => undefined
  if (include === 'personal') return ({ command }) => command
  const known = new Map(protocols.map((one) => [nameOf(one), one]))
  return (entry) => {
    const protocol = known.get(entry.protocol)
    if (protocol === undefined) {
      throw new Failed('protocol-unknown', 'what is personal in it is known to none of its protocols')
    }
    return redact(protocol, [entry])[0]?.command
  }
}

/** The event of a delivery. */
export function eventOf(id: string, { caseId, entry }: Delivery, source: string, shown: Shown): WebhookEvent {
  const { version, protocol, command, from, to, recordedAt, importedBy, traceparent } = entry
  const { type, at, by } = command
  const evidence = shown(entry)
  return {
    specversion: '1.0',
    id,
    source,
    type: `redress.${type}`,
    subject: caseId,
    time: recordedAt,
    datacontenttype: 'application/json',
    ...(traceparent === undefined ? {} : { traceparent }),
    data: {
      caseId,
      version,
      protocol,
      type,
      from,
      to,
      at,
      by,
      ...(importedBy === undefined ? {} : { importedBy }),
      ...(evidence === undefined ? {} : { command: { ...evidence } }),
    },
  }
}
