import type { PromiseMade } from 'redress'
import type { Moment, Opening } from './moment.ts'
import { type Act, type DeskAct, nameOf } from './scene/line.ts'

type AnyAct = Act | DeskAct | Opening
type Details = { readonly [T in AnyAct['type']]?: (command: Extract<AnyAct, { type: T }>) => string }

/** What a timeline says of a command, from its evidence. One that is not here is told by its name alone. */
const details: Details = {
  open: ({ channel }) => `the complaint comes in, ${channel}`,
  own: ({ introduced }) => said(introduced),
  listen: ({ talk, outcome }) =>
    'unmeasured' in talk
      ? said(outcome)
      : `${minutes(talk.customerSeconds)} min to our ${minutes(talk.ourSeconds)}: ${said(outcome)}`,
  reflect: ({ heard, customer }) =>
    `${said(heard)} – ${customer.answer === 'confirmed' ? '“Yes, that is it.”' : said(customer.correction)}`,
  apologize: ({ words }) => said(words),
  empathize: ({ words }) => said(words),
  agree: ({ promises }) => promises.map(promised).join('; '),
  deliver: ({ what }) => what,
  confirm: ({ saidBy, resolved, got }) =>
    `${saidBy.kind === 'customer' ? 'the customer' : nameOf(saidBy)} says ${said(resolved)}: ${got}`,
  thank: ({ letsUsFix }) => `now we can fix: ${letsUsFix}`,
  investigate: ({ causes }) => causes.map((cause) => cause.text).join('; '),
  improve: ({ changes, keepDoing }) =>
    changes
      .map(({ text, owner, due }) => `${text} (${owner ? nameOf(owner) : 'somebody'}, ${due ? by(due) : 'some day'})`)
      .join('; ') + (keepDoing ?? []).map((words) => `; and as ever: ${words}`).join(''),
  verify: ({ evidence, before, after }) => `${evidence}: ${before} before, ${after} after`,
  share: () => 'the customer and the team know what changed',
  waive: ({ step, reason }) => `${said(step)}: ${reason}`,
  movePromise: ({ latest, reason }) => `to ${latest ? day(latest) : 'a later day'}: ${reason}`,
  breakPromise: () => 'it is due, and nobody has kept it',
  askWhy: ({ words }) => `the customer: ${said(words)}`,
  explain: ({ words, alreadyGiven }) =>
    `${said(words)}${alreadyGiven ? ' Said all the same: it erases the apology.' : ''}`,
  surprise: ({ what, inAddition }) => `${what}, ${inAddition ? 'on top of it all' : 'instead'}`,
  addBystander: ({ bystander, how }) => `${bystander}: ${how}`,
  acknowledgeBystander: ({ bystander, words }) => `to ${bystander}: ${said(words)}`,
  praise: ({ words }) => `the customer: ${said(words)}`,
  reopen: ({ reason }) => reason,
  placeHold: ({ reason }) => reason,
  changeFailed: ({ caseId }) => `the same cause has come again, in ${caseId}`,
  erase: ({ reason }) => reason,
}

/** What happened in a moment, in a few words. */
export const sentenceOf = ({ command }: Moment): string =>
  (details[command.type] as ((command: AnyAct) => string) | undefined)?.(command) ?? ''

/** `Tue 3 Mar`, in UTC. */
export function day(at: string): string {
  const [weekday, date, month] = new Date(at).toUTCString().split(/,? /)
  return `${weekday} ${Number(date)} ${month}`
}

/** `3 Mar 2026`, in UTC. */
export function dayOfYear(at: string): string {
  const [, date, month, year] = new Date(at).toUTCString().split(/,? /)
  return `${Number(date)} ${month} ${year}`
}

/** `09:10`, in UTC. */
export const hour = (at: string): string => new Date(at).toISOString().slice(11, 16)

const by = (at: string) => `by ${day(at)}`
const said = (words: string) => `“${words}”`
const minutes = (seconds: number) => Math.round(seconds / 60)
const promised = ({ text, latest }: Pick<PromiseMade, 'text' | 'latest'>) =>
  `${text}, ${latest ? by(latest) : 'without a date'}`
