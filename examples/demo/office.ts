import { DatabaseSync } from 'node:sqlite'
import { createDesk, customer, heard, pocock, solomon } from 'redress'
import { sqliteStore } from 'redress/sqlite'
import { atWork, createClock, workdays } from './clock.ts'
import { createNotebook } from './notebook.ts'
import type { Line } from './scene.ts'
import type { Story } from './story.ts'

/** A helpdesk on a database file: its desk, its notebook, its clock. */
export type Office = ReturnType<typeof openOffice>

/** Opens the helpdesk. The desk's tables and the notebook's live side by side, on one connection. */
export function openOffice(file: string) {
  const database = new DatabaseSync(file)
  const store = sqliteStore(database)
  const clock = createClock()
  const desk = createDesk({ store, protocols: [pocock, solomon, heard], now: clock.now })
  return { desk, clock, notebook: createNotebook(database), close: () => store.close() }
}

/** Opens the case and lives through the first part of its story. */
export async function playFirst(office: Office, { complaint, protocol, first }: Story): Promise<void> {
  const { id: caseId, received, channel, words } = complaint
  office.clock.set(new Date(received))
  const by = customer(caseId)
  const opened = await office.desk.open({ caseId, protocol, by, customer: by.id, channel, words })
  if (!opened.accepted) throw new Error(`The case of ${caseId} did not open: ${opened.refusal.sentence}`)
  office.clock.set(atWork(office.clock.now()))
  await play(office, caseId, first)
}

/** Goes on with a case on the working morning after what happened to it last. */
export async function playLater(office: Office, { complaint, later }: Story, last: Date): Promise<void> {
  office.clock.set(workdays(1, '08:50')(last))
  await play(office, complaint.id, later)
}

async function play({ desk, clock, notebook }: Office, caseId: string, lines: readonly Line[]): Promise<void> {
  for (const line of lines) {
    clock.set(line.when(clock.now()))
    const command = line.act(clock.now())
    const answer = await desk.send(caseId, command)
    if (!answer.accepted) notebook.write({ caseId, at: clock.now().toISOString(), command, refusal: answer.refusal })
    // A story that the desk judges otherwise than it is told would go on as nonsense.
    if (answer.accepted === (line.refused ?? false)) {
      throw new Error(`“${command.type}” in the case of ${caseId} was not judged as its story has it.`)
    }
  }
}
