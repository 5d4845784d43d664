import { customer, person } from '../protocol/actor.ts'
import type { Opening } from '../protocol/parse.ts'
import { frozenCopyOf } from '../protocol/plain.ts'

/** The people of the examples: Ana owns the case, Ben is her second, Cleo complained. */
export const ana = frozenCopyOf(person('ana'))
export const ben = frozenCopyOf(person('ben'))
export const cleo = frozenCopyOf(customer('cleo'))

/** When the examples begin: a Monday morning. A desk that is sent them has a clock that stands there. */
export const EXAMPLE_START = '2026-03-02T09:00:00.000Z'

/** A complaint to begin with. */
export const aComplaint: Opening = frozenCopyOf({
  by: ana,
  at: EXAMPLE_START,
  customer: cleo.id,
  channel: 'phone',
  words: 'The parcel came a week late, and it was empty.',
})

/** More of them, as they come: by other channels, for somebody, from nobody, about somebody. */
export const complaints: readonly Opening[] = frozenCopyOf([
  aComplaint,
  {
    ...aComplaint,
    channel: 'web',
    words: 'Charged twice for the same order, and chat just sends me the same article.',
  },
  { ...aComplaint, channel: 'counter', words: 'Third visit about this boiler. Nobody rang, I took the day off again.' },
  {
    ...aComplaint,
    channel: 'mail',
    representative: 'dora',
    words: 'I write for my mother, who has no heating since Friday.',
  },
  {
    by: ana,
    at: EXAMPLE_START,
    anonymous: true,
    channel: 'letter',
    words: 'Your drivers park across the school gate.',
  },
  { ...aComplaint, channel: 'phone', about: 'carl', words: 'Your man laughed when I said the freezer was still dead.' },
])
