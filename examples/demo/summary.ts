import type { CaseView } from 'redress'
import type { Note } from './notebook.ts'
import type { Story } from './story.ts'
import { cut, paint, plain } from './terminal.ts'

/** What has become of a case, and what the helpdesk noted about it. */
export interface Ending {
  readonly story: Story
  readonly view: CaseView
  readonly notes: readonly Note[]
}

const FEW = 12
const MAX_BLOCKS = 50

/** What has become of all cases: a line each where they are few, and how many of what. */
export function summary(endings: readonly Ending[]): readonly string[] {
  const views = endings.map(({ view }) => view)
  const promises = views.flatMap(({ facts }) => facts.promises)
  const failures = views.flatMap(({ facts }) => facts.failures)
  const refusedBy = endings.flatMap(({ notes }) => notes.flatMap(({ refusal }) => refusal.rules))
  return [
    ...(endings.length <= FEW ? ['', ...endings.map(line)] : chart('where the cases are', views.map(where))),
    ...chart(
      'promises',
      promises.map(({ state }) => state),
    ),
    ...chart(
      'second failures',
      failures.map(({ kind }) => kind),
    ),
    ...chart(
      'refused by',
      refusedBy.map(({ id }) => id),
    ),
    '',
  ]
}

const where = ({ phase, state, facts }: CaseView) => (phase === 'closed' ? `closed: ${facts.outcome}` : state)

function line({ story, view, notes }: Ending): string {
  const { phase, facts } = view
  const cells = [
    cut(plain(story.complaint.business), 26).padEnd(28),
    story.protocol.padEnd(9),
    paint(phase === 'closed' ? 'green' : 'yellow', where(view).padEnd(20)),
    `${facts.round} ${facts.round === 1 ? 'round ' : 'rounds'}`,
    `${notes.length} refused`,
  ]
  return `  ${cells.join('  ')}`
}

/** How often each value is there, the most frequent first: a block for each, or for several where there are many. */
function chart(title: string, values: readonly string[]): readonly string[] {
  const counts = [...Map.groupBy(values, (value) => value)].map(([value, { length }]) => ({ value, length }))
  counts.sort((one, other) => other.length - one.length)
  const each = Math.max(1, (counts[0]?.length ?? 0) / MAX_BLOCKS)
  const row = ({ value, length }: (typeof counts)[number]) =>
    `  ${value.padEnd(30)}${String(length).padStart(4)}  ${paint('cyan', '█'.repeat(Math.ceil(length / each)))}`
  return ['', `  ${paint('bold', title)}`, ...counts.map(row)]
}
