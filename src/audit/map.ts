import * as z from 'zod'
import { Calendar, Span, TimeZone } from '../protocol/calendar.ts'
import { Names, Recurring } from '../protocol/meaning.ts'
import { Label } from '../protocol/words.ts'
import { OPENING } from './meaning.ts'

/** A log has no more different activities. */
export const MAX_ACTIVITIES = 10_000

/** What an activity means: a command of the protocol, several in their order, `close`, or `ignore`. */
export const Meaning = z.union(
  [
    Names,
    Recurring.extend({
      within: Span.optional().describe('when the promise that it makes or moves is due, where no column says so'),
    }),
  ],
  'a command of the protocol, a list of them, `close`, `ignore`, or an object with `is`',
)
export type Meaning = z.infer<typeof Meaning>

/** A wait that is measured: from what until what, and how long it may take. */
export const Wait = z.strictObject({
  name: Label.describe('what it is called in the report'),
  from: Label.default(OPENING).describe('the command with which it begins; `opening`, the first event of the case'),
  to: Names.describe('the command with which it ends; of several the first that comes'),
  within: Span.optional().describe('how long it may take'),
  pausable: z.boolean().default(false).describe('whether it stands still between a `pause` and the next event'),
})
export type Wait = z.infer<typeof Wait>

const Columns = z.strictObject({
  case: Label.describe('which case an event is of'),
  activity: Label.describe('what was done'),
  time: Label.describe('when'),
  resource: Label.optional().describe('who did it'),
  due: Label.optional().describe('when the promise that it makes is due'),
  promise: Label.optional().describe('the id of the promise that it makes, keeps, moves or breaks'),
})

const Cost = z.strictObject({
  missing: z.int().min(0).max(1000).optional().describe('what it costs to leave the step out'),
  unexpected: z.int().min(0).max(1000).optional().describe('what it costs where it has no place'),
})

const Time = z.strictObject({
  format: Label.default('iso').describe(
    '`iso`, `epoch-seconds`, `epoch-milliseconds` or a pattern: `yyyy/MM/dd HH:mm:ss`',
  ),
  zone: TimeZone.default('UTC').describe('the zone of times that have no offset'),
})

const Hops = z.strictObject({
  limit: z.int().min(0).optional().describe('after how many changes of hands a case has hopped'),
  on: z.array(z.string()).min(1).optional().describe('the activities whose resource owns the case; all if left out'),
})

/**
 * How the log of another system is read: which columns it has, how it writes times, what its activities mean. Plain
 * JSON.
 */
export const LogMap = z.strictObject({
  protocol: Label.optional().describe('the id of the protocol by which it is measured; `pocock` if left out'),
  format: z.enum(['csv', 'jsonl', 'xes']).optional().describe('what the log is; what its name says, if left out'),
  encoding: Label.optional().describe('its encoding, where it is not UTF-8 and no byte-order mark says so'),
  delimiter: z.string().length(1).optional().describe('what stands between the fields of a CSV; found out if left out'),
  columns: Columns.optional().describe('the names of columns or fields; XES has its own'),
  time: Time.prefault({}),
  only: z
    .record(Label, z.array(z.string()).min(1).max(1000))
    .default({})
    .describe('columns and their values: other rows are left out, and counted'),
  activities: z
    .record(z.string(), Meaning)
    .refine((all) => Object.keys(all).length > 0, 'is empty: nothing in the log would mean anything')
    .refine((all) => Object.keys(all).length <= MAX_ACTIVITIES, `at most ${MAX_ACTIVITIES} activities`)
    .describe('what each activity means'),
  unmapped: z.enum(['ignore', 'refuse']).default('ignore').describe('what becomes of activities that are not listed'),
  duplicates: z
    .enum(['keep', 'drop'])
    .default('keep')
    .describe('what becomes of rows that repeat another word for word'),
  calendar: Calendar.optional().describe('the hours in which waits and promises are counted; all hours if left out'),
  waits: z.array(Wait).max(50).optional().describe('the waits that are measured'),
  hops: Hops.prefault({}),
  costs: z.record(Label, Cost).default({}).describe('by command, where they are not 1'),
})
export type LogMap = z.input<typeof LogMap>

/** The fields that a map may have at its top, or within one of its fields. */
export function fieldsOf([within, index]: readonly (string | number)[]): readonly string[] {
  const shapes = { columns: Columns, time: Time, waits: Wait, hops: Hops, costs: Cost }
  if (within === undefined) return Object.keys(LogMap.shape)
  const shape = Object.hasOwn(shapes, within) ? shapes[within as keyof typeof shapes].shape : {}
  return index === undefined || within === 'waits' || within === 'costs' ? Object.keys(shape) : []
}
