import { createDesk } from '../../desk/desk.ts'
import { latte, pocock } from '../../protocol/catalogue.ts'
import type { Store } from '../../stores/store.ts'
import { aComplaint, EXAMPLE_START } from '../complaint.ts'

export const HOUR_MS = 3_600_000

/** So many hours after the examples begin. */
export const hour = (hours: number): string => new Date(Date.parse(EXAMPLE_START) + hours * HOUR_MS).toISOString()

/** A desk on the store that is tried, and a clock: what is sent is sent at that hour, to a case that is opened by then. */
export function officeAt(store: Store, tenant = 't') {
  let now = 0
  const desk = createDesk({ store, tenant, protocols: [pocock, latte], now: () => new Date(hour(now)) })
  const opened = new Set<string>()
  return {
    async play(caseId: string, at: number, commands: readonly (object | undefined)[], protocol = 'pocock') {
      now = at
      if (!opened.has(caseId)) await desk.open({ ...aComplaint, at: undefined, caseId, protocol })
      opened.add(caseId)
      for (const command of commands) await desk.send(caseId, command)
    },
  }
}
