import type { CaseView, Phase, Refusal } from 'redress'
import type { Complaint } from './complaint.ts'
import type { Moment } from './moment.ts'
import { nameOf } from './scene/line.ts'
import { day, dayOfYear, hour, sentenceOf } from './sentence.ts'
import type { Story } from './story.ts'
import { columns, cut, fold, paint, plain } from './terminal.ts'

const INDENT = 2
const PHASE = 9
const RAIL = 2
const DAY = 12
const HOUR = 6
const MARK = 2
const STEP = 13
const WHO = 6
const BEFORE_STEP = INDENT + PHASE + RAIL + DAY + HOUR + MARK
const BEFORE_SENTENCE = BEFORE_STEP + STEP + WHO

const colours = {
  received: 'yellow',
  person: 'magenta',
  problem: 'cyan',
  system: 'blueBright',
  closed: 'green',
} as const
const space = (width: number) => ' '.repeat(width)

/** Whose case it is, and how it is going to go. */
export function headline({ complaint, title, protocol }: Story): readonly string[] {
  const business = cut(plain(complaint.business), 45)
  const right = `${title} · ${protocol}`.padStart(columns() - INDENT - business.length)
  return ['', '', `${space(INDENT)}${paint('bold', business)}${paint('dim', right)}`]
}

/** The complaint in its own words, on two lines at most, and who said so. */
export function words(complaint: Pick<Complaint, 'words' | 'customer' | 'received'>): readonly string[] {
  const width = columns() - INDENT
  const quote = `“${cut(plain(complaint.words), 2 * width - 20)}”`
  const who = `– ${plain(complaint.customer)}, ${complaint.received.slice(0, 4)}`
  const lines = [...fold(quote, width).map((line) => paint('italic', line)), paint('dim', who)]
  return [...lines.map((line) => `${space(INDENT)}${line}`), '']
}

/**
 * The moments of a case: the phase, when, what, who, and what was said; where the desk refused, why. The first refusal by
 * a rule is told in the desk's own sentence; those after it (`told` remembers) are kept short.
 */
export function timeline(moments: readonly Moment[], told: Set<string>): readonly string[] {
  let phase: Phase | undefined
  let before = ''
  return moments.flatMap((moment) => {
    const here = phaseOf(moment.from)
    const lines = row(here, here === phase ? '' : here, dateOf(moment.at, before), moment)
    if (moment.refusal !== undefined) lines.push(...why(here, moment.refusal, told))
    const turn = turnOf(moment)
    if (turn !== undefined) lines.push(note(here, paint(['yellow', 'bold'], turn)))
    phase = here
    before = moment.at
    return lines
  })
}

/** Where a case stands. */
export function standing({ state, phase, facts }: CaseView): string {
  const round = facts.round > 1 ? `, in round ${facts.round}` : ''
  const text = phase === 'closed' ? `closed: ${facts.outcome}${round}` : `half-way, at ${state}${round}`
  return `${space(INDENT + PHASE + RAIL)}${paint([colours[phase], 'bold'], text)}`
}

function row(phase: Phase, label: string, date: string, moment: Moment): string[] {
  const { command, at, refusal } = moment
  const when = paint('dim', `${date.padEnd(DAY)}${hour(at).padEnd(HOUR)}`)
  const mark = refusal === undefined ? paint('green', '✓ ') : paint('red', '✗ ')
  const step = paint(refusal === undefined ? 'bold' : 'red', cut(command.type, STEP - 1).padEnd(STEP))
  const who = (command.by.kind === 'customer' ? '' : nameOf(command.by)).padEnd(WHO)
  const [first, ...rest] = fold(plain(sentenceOf(moment)), columns() - BEFORE_SENTENCE)
  const before = space(BEFORE_SENTENCE - INDENT - PHASE - RAIL)
  return [
    `${rail(phase, label)}${when}${mark}${step}${who}${first}`,
    ...rest.map((line) => `${rail(phase)}${before}${line}`),
  ]
}

function why(phase: Phase, { rules, skipped, sentence }: Refusal, told: Set<string>): readonly string[] {
  const known = rules.every(({ id }) => told.has(id))
  for (const { id } of rules) told.add(id)
  const names = rules.map(({ id }) => id).join(', ')
  const short = skipped.length > 0 ? `First ${skipped.join(', ')}.` : rules.map(({ because }) => because).join(' ')
  return fold(known ? `${short} (${names})` : sentence, columns() - BEFORE_STEP).map((line) =>
    note(phase, paint('red', line)),
  )
}

const rail = (phase: Phase, label = '') => `${space(INDENT)}${paint(colours[phase], `${label.padEnd(PHASE)}│`)} `

const note = (phase: Phase, text: string) => `${rail(phase)}${space(DAY + HOUR + MARK)}${text}`

const phaseOf = (state: string | null) => (state ?? 'received').split('.')[0] as Phase

/** The date of a moment, where it is not that of the one before; with the year, where that is another. */
function dateOf(at: string, before: string): string {
  if (at.slice(0, 10) === before.slice(0, 10)) return ''
  return before === '' || at.slice(0, 4) === before.slice(0, 4) ? day(at) : dayOfYear(at)
}

/** What a moment means for the whole case, where it takes it back. */
function turnOf({ from, to, command }: Moment): string | undefined {
  if (command.type === 'changeFailed') return 'The change did not hold: its system work is open again.'
  // Nothing else leads from the problem, the system or a closed case to the person.
  const back = to !== undefined && phaseOf(to) === 'person' && !['received', 'person'].includes(phaseOf(from))
  return back ? 'A second failure: back to the person.' : undefined
}
