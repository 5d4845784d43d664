import { type Actor, type Desk, type Entry, RedressError, type Refusal, type StateName } from 'redress'
import type { Office } from './office.ts'
import type { Act, DeskAct } from './scene/line.ts'

/** The opening of a case, as its log has it. */
export interface Opening {
  readonly type: 'open'
  readonly by: Actor
  readonly channel: string
  readonly words: string
}

/** Something that happened to a case, or was refused. */
export interface Moment {
  readonly at: string
  readonly command: Act | DeskAct | Opening
  readonly from: StateName | null
  readonly to?: StateName
  readonly refusal?: Refusal
}

/** The log of a case; nothing where it has not come yet. */
export async function entriesOf(desk: Pick<Desk, 'log'>, caseId: string): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  try {
    for await (const entry of desk.log(caseId)) entries.push(entry)
  } catch (error) {
    if (!(error instanceof RedressError && error.code === 'case-unknown')) throw error
  }
  return entries
}

/** Everything on record about a case after a moment: the desk's log and the helpdesk's notes, in the order of time. */
export async function momentsOf({ desk, notebook }: Office, caseId: string, after = ''): Promise<readonly Moment[]> {
  const moments: Moment[] = []
  const notes = notebook.read(caseId)
  let from: StateName | null = null
  let last = ''
  for (const { command, to, recordedAt: at } of await entriesOf(desk, caseId)) {
    // A refusal moves nothing: it stands between two entries, in the state that the first of them left.
    for (const note of notes) if (note.at > last && note.at < at) moments.push({ ...note, from })
    moments.push({ at, command: command as Act | DeskAct | Opening, from, to })
    from = to
    last = at
  }
  for (const note of notes) if (note.at > last) moments.push({ ...note, from })
  return moments.filter((moment) => moment.at > after)
}
