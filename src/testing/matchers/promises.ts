import type { PromiseTold } from '../../machine/promises.ts'
import { makesPromise, promisesTold } from '../../machine/promises.ts'
import type { Instant } from '../../protocol/words.ts'
import { misuse } from '../misuse.ts'
import type { Found } from './found.ts'
import type { Told } from './happened.ts'
import { instantOf } from './happened.ts'
import type { Subject } from './subject.ts'
import { caseOf, subjectOf } from './subject.ts'
import { table } from './table.ts'
import type { MatcherTerms } from './terms.ts'

type Row = PromiseTold<Instant>

/**
 * Whether every promise was kept: none was broken, and none is open that was due before. Of a list it is read from
 * `agree`, `makePromise`, `keepPromise`, `movePromise`, `breakPromise` and `deliver`, with `promise` and `due` where the
 * host knows them, as an audit reads it. Throws `input-invalid` for a list that has no promise with a time.
 */
export function toHaveKeptItsPromises(received: unknown, terms: MatcherTerms = {}): Found {
  const subject = subjectOf(received, terms)
  const { rows, by } = rowsOf(subject, instantOf(terms.until, 'until'))
  const failed = ({ state, due }: Row) => state === 'broken' || (state === 'open' && due !== undefined && due < by)
  const wrong = rows.filter(failed)
  const isJudged = ({ state, due }: Row) => state === 'broken' || (due !== undefined && by !== '')
  if (subject.kind === 'list' && !rows.some(isJudged)) throw nothingPromised(subject.list, rows)
  const shown = table(
    [' ', 'promise', 'due', ''],
    rows.map((row) => [
      failed(row) ? '✗' : ' ',
      row.id,
      row.due ?? '',
      row.state === 'open' && failed(row) ? 'open, past its time' : row.state,
    ]),
  )
  if (wrong.length === 0) {
    return { pass: true, message: `Expected a promise not to have been kept, but all ${rows.length} were:\n\n${shown}` }
  }
  const said = wrong.map(({ id, state }) => `${id} ${state === 'broken' ? 'was broken' : 'was due and is open'}`)
  return { pass: false, message: `Expected every promise to be kept, but ${said.join(', ')}:\n\n${shown}` }
}

/** In a list a misread name or a missing column looks as if all were well; a case knows that nothing was promised. */
const nothingPromised = (list: readonly Told[], rows: readonly Row[]) =>
  misuse(
    !list.some(({ name }) => makesPromise.includes(name))
      ? 'Nothing in the list makes a promise: say what does, as in { names: { refunded: ["agree", "deliver"] } }.'
      : rows.some(({ due }) => due !== undefined)
        ? 'The list has no times: give them (`at`), or say by when its promises are looked at (`until`).'
        : 'No promise in the list has its time, without which none can be late: say when each is due (`due`).',
  )

function rowsOf(subject: Subject, until: Instant | undefined): { readonly rows: readonly Row[]; readonly by: Instant } {
  if (subject.kind === 'list') {
    const by = until ?? subject.list.at(-1)?.at
    return { rows: promisesTold(subject.list, by), by: by ?? '' }
  }
  const { promises, lastAt = '' } = caseOf(subject).facts
  return { rows: promises, by: until ?? lastAt }
}
