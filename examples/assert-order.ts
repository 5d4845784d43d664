// A helpdesk that does not use redress, and a suite of its own that asserts the order of its steps: in vitest and Jest it
// is `import 'redress/vitest'`, or `'redress/jest'`. The same matchers fit any `expect`; here a very small one.

import { last } from 'redress'
import { matchers } from 'redress/matchers'

// ── what the helpdesk wrote down, in its own words ──
const events = [
  { name: 'ticket.assigned', at: '2026-03-02T09:00:00Z' },
  { name: 'call.ended', at: '2026-03-02T09:30:00Z' },
  { name: 'refund.agreed', at: '2026-03-02T09:40:00Z' },
  { name: 'macro.applied', at: '2026-03-02T09:41:00Z' },
  { name: 'apology.sent', at: '2026-03-02T10:00:00Z' },
]
const inTurn = events.map((event) => (event.name === 'apology.sent' ? { ...event, at: '2026-03-02T09:35:00Z' } : event))

// ── what its names are called here ──
const names = {
  'ticket.assigned': 'own',
  'call.ended': 'listen',
  'apology.sent': 'apologize',
  'refund.agreed': 'agree',
}

for (const list of [inTurn, events]) {
  const { pass, message } = await matchers.toFollow(list, last, { names })
  console.log(pass ? 'It follows LAST.' : message())
}
const skipped = await matchers.toHaveSkipped(events, ['apologize'], { names, protocol: last })
console.log(`\nIt skipped the apology: ${skipped.pass}`)

/* prints:
It follows LAST.
Expected the order to follow last, but it does not. Not yet: before “agree” comes apologize.

   due        came             at
   own        ticket.assigned  2026-03-02T09:00:00.000Z
   listen     call.ended       2026-03-02T09:30:00.000Z
✗  apologize  refund.agreed    2026-03-02T09:40:00.000Z  skips apologize
   apologize  macro.applied    2026-03-02T09:41:00.000Z  (passed over)
   apologize  apology.sent     2026-03-02T10:00:00.000Z
   agree      …

It skipped the apology: true
*/
