import { person } from 'redress'
import { workdays } from './clock.ts'
import { type Moment, momentsOf, type Opening } from './moment.ts'
import type { Office } from './office.ts'
import type { Story } from './story.ts'
import { paint, plain } from './terminal.ts'
import { headline, timeline, words } from './timeline.ts'

const SHOWN = 2
const officer = person('gil')

/** The end of all: some customers ask that their words be erased. One case before and after; another is under a hold. */
export async function erasures(office: Office, stories: readonly Story[]): Promise<readonly string[]> {
  office.clock.set(workdays(1, '09:00')(office.clock.now()))
  const lines: string[] = []
  for (const story of stories.filter((one) => one.asksForErasure).slice(0, SHOWN)) {
    lines.push(...(await erasureOf(office, story)))
  }
  return lines
}

async function erasureOf(office: Office, story: Story): Promise<readonly string[]> {
  const { desk, clock, notebook } = office
  const { id } = story.complaint
  const at = clock.now().toISOString()
  const command = { type: 'erase', by: officer, reason: 'the customer asked for it' } as const
  const before = await momentsOf(office, id)
  const { by, reason } = command
  const answer = await desk.erase(id, { by, reason })
  if (!answer.accepted) {
    const refused = { at, command, from: 'closed', refusal: answer.refusal } as const
    return [...headline(story), ...asked(story), ...timeline([refused], new Set())]
  }
  notebook.erase(id)
  const after = await momentsOf(office, id)
  const kept = before.filter(({ refusal }) => refusal === undefined)
  return [
    ...[...headline(story), ...asked(story)],
    ...[`  ${paint('bold', 'Before')}`, ...wordsOf(story, kept), ...timeline(kept, new Set()), ''],
    ...[`  ${paint('bold', 'After')}`, ...wordsOf(story, after), ...timeline(after, new Set())],
  ]
}

/** The words of a case as its log has them. */
function wordsOf({ complaint }: Story, [opening]: readonly Moment[]): readonly string[] {
  return words({ ...complaint, words: (opening?.command as Opening | undefined)?.words ?? '' })
}

const asked = ({ complaint }: Story) => [
  `  ${paint('dim', `What was said is to be erased, at the wish of ${plain(complaint.customer)}.`)}`,
  '',
]
