import { DatabaseSync } from 'node:sqlite'
import { createDesk, heard, last, pocock, solomon, taylor } from 'redress'
import { sqliteStore } from 'redress/sqlite'
import { createClock } from './clock.ts'
import { createNotebook } from './notebook.ts'

/** A helpdesk on a database file: its desk, its notebook, its clock. */
export type Office = ReturnType<typeof openOffice>

/** Opens the helpdesk at a moment. The desk's tables and the notebook's live side by side, on one connection. */
export function openOffice(file: string, moment: Date) {
  const database = new DatabaseSync(file)
  const store = sqliteStore(database)
  const clock = createClock(moment)
  const desk = createDesk({ store, protocols: [pocock, solomon, heard, taylor, last], now: clock.now })
  return { desk, clock, notebook: createNotebook(database), close: () => store.close() }
}
