import type { CaseView } from 'redress'
import type { Story } from './story.ts'
import { cut, paint, plain } from './terminal.ts'

const FEW = 12

/** What has become of a case. */
export interface Ending {
  readonly story: Story
  readonly view: CaseView
}

/** What has become of all cases, a line each; nothing where they are many. */
export const summary = (endings: readonly Ending[]): readonly string[] =>
  endings.length > FEW ? [] : ['', ...endings.map(line)]

function line({ story, view: { phase, state, facts } }: Ending): string {
  const cells = [
    cut(plain(story.complaint.business), 22).padEnd(22),
    story.title.padEnd(36),
    paint(
      phase === 'closed' ? 'green' : 'yellow',
      (phase === 'closed' ? `closed: ${facts.outcome}` : state).padEnd(17),
    ),
    facts.round === 1 ? '' : `in round ${facts.round}`,
  ]
  return `  ${cells.join('  ').trimEnd()}`
}
