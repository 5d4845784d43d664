import { customer } from 'redress'
import { atWork } from './clock.ts'
import { entriesOf } from './moment.ts'
import type { Office } from './office.ts'
import type { Line } from './scene/line.ts'
import type { Story } from './story.ts'

/** What happens next in a case, and when: its opening, or a line of its story under the id of its send. */
interface Next {
  readonly story: Story
  readonly at: Date
  readonly line?: Line
  readonly id: string
  /** How many lines are left. */
  readonly left: number
}

/**
 * Lives through the stories on one calendar, whatever comes next in any of them, up to a moment or to the end. Meanwhile the
 * desk ticks, every hour. Yields after each thing that happened: how much of all there is has happened.
 */
export async function* live(office: Office, stories: readonly Story[], until?: Date): AsyncGenerator<number> {
  const agenda = new Map<string, Next>()
  const all = stories.reduce((sum, { lines }) => sum + lines.length, 0)
  const plan = async (story: Story) => {
    const next = await nextOf(office, story)
    if (next === undefined) agenda.delete(story.complaint.id)
    else agenda.set(story.complaint.id, next)
  }
  for (const story of stories) await plan(story)

  const failed = new Set<string>()
  const stop = office.desk.on('accepted', ({ caseId, entry }) => {
    if (entry.command.type === 'changeFailed') failed.add(caseId)
  })
  for (;;) {
    const next = earliest([...agenda.values()])
    if (next === undefined || (until !== undefined && next.at > until)) break
    await passTime(office, next.at)
    await play(office, next)
    await plan(next.story)
    // The desk opened the system work of an earlier case: its owner has something to do again.
    for (const story of stories) if (failed.delete(story.complaint.id)) await plan(story)
    yield 1 - [...agenda.values()].reduce((sum, { left }) => sum + left, 0) / all
  }
  if (until !== undefined) await passTime(office, until)
  stop()
}

/** Where a case is, its log says: what was sent is known by its id, so that a fresh process does nothing twice. */
async function nextOf({ desk, notebook }: Office, story: Story): Promise<Next | undefined> {
  const { id, received } = story.complaint
  const entries = await entriesOf(desk, id)
  if (entries.length === 0) return { story, at: new Date(received), id: `${id}/open`, left: story.lines.length }

  const sent = new Map(notebook.read(id).map((note) => [note.id, note.at]))
  for (const { commandId, recordedAt } of entries) sent.set(commandId, recordedAt)
  const failures = entries.filter(({ command }) => command.type === 'changeFailed')
  const lines = [
    ...failures.flatMap((_, round) =>
      story.again.map((line, index) => ({ line, id: `${id}/again-${round}/${index}` })),
    ),
    ...story.lines.map((line, index) => ({ line, id: `${id}/${index}` })),
  ]
  const left = lines.filter((one) => !sent.has(one.id))
  const [next] = left
  if (next === undefined) return undefined
  const last = [...lines.map((one) => sent.get(one.id) ?? ''), ...failures.map((one) => one.recordedAt)].sort().at(-1)
  return { story, at: next.line.when(last ? new Date(last) : atWork(new Date(received))), ...next, left: left.length }
}

const earliest = (all: readonly Next[]): Next | undefined =>
  all.reduce<Next | undefined>((first, next) => (first === undefined || next.at < first.at ? next : first), undefined)

const HOUR_MS = 3_600_000

/** Lets time pass. A real desk ticks by itself, in `desk.run`; this one's clock stands until it is set. */
async function passTime({ desk, clock }: Office, to: Date): Promise<void> {
  const firstHour = Math.ceil((clock.now().getTime() + 1) / HOUR_MS) * HOUR_MS
  for (let hour = firstHour; hour <= to.getTime(); hour += HOUR_MS) {
    clock.set(new Date(hour))
    await desk.tick()
  }
  clock.set(to)
}

async function play({ desk, clock, notebook }: Office, { story, line, id }: Next): Promise<void> {
  const { id: caseId, channel, words } = story.complaint
  if (line === undefined) {
    const by = customer(caseId)
    const { protocol } = story
    const opened = await desk.open({ caseId, protocol, by, customer: by.id, channel, words }, { id })
    if (!opened.accepted) throw new Error(`The case of ${caseId} did not open: ${opened.refusal.sentence}`)
    return
  }
  const command = line.act(clock.now())
  const answer = await desk.send(caseId, command, { id })
  if (!answer.accepted) notebook.write({ id, caseId, at: clock.now().toISOString(), command, refusal: answer.refusal })
  // A story that the desk judges otherwise than it is told would go on as nonsense.
  if (answer.accepted === (line.refused ?? false)) {
    throw new Error(`“${command.type}” in the case of ${caseId} was not judged as its story has it.`)
  }
}
