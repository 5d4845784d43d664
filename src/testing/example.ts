import type { CommandInput } from '../machine/case.ts'
import type { Actor } from '../protocol/actor.ts'
import { copyOf, frozenCopyOf } from '../protocol/plain.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Question } from '../protocol/question.ts'
import { questions } from '../protocol/question.ts'
import { ana, ben, cleo } from './complaint.ts'
import { misuse, protocolGiven } from './misuse.ts'

const in30Days = '2026-04-01T17:00:00.000Z'

const evidence: Readonly<Record<string, object>> = {
  own: { owner: ana, introduced: 'I am Ana, and I see this through until it is resolved.' },
  listen: {
    account: 'The parcel came a week late, and there was nothing in it but paper.',
    outcome: 'The lamp before Saturday, or the money back.',
    talk: { customerSeconds: 240, ourSeconds: 60 },
  },
  reflect: {
    heard: 'You waited a week, opened the parcel, and there was no lamp.',
    customer: { answer: 'confirmed' },
  },
  apologize: { words: 'I am sorry. That should not have happened, and it is on us.', responsibility: 'accepted' },
  empathize: { feeling: 'let down', words: 'You must feel let down, with the guests coming.' },
  agree: {
    promises: [{ text: 'A new lamp at your door', maker: ana, inControl: true, latest: in30Days }],
    accepted: { customer: true, organisation: true },
  },
  deliver: { what: 'The lamp was handed over at the door.', kept: ['p1'] },
  confirm: { saidBy: cleo, resolved: 'yes', wanted: 'The lamp before Saturday.', got: 'The lamp on Friday.' },
  thank: { words: 'Thank you for telling us.', letsUsFix: 'the scale that let an empty box pass' },
  investigate: {
    causes: [{ part: 'packing', stage: 'dispatch', text: 'The scale did not weigh parcels under 1 kg.' }],
    customerSide: 'The box was light, and nobody asked.',
    staffSide: 'We were told to trust the scale.',
  },
  improve: { changes: [{ text: 'Weigh every parcel', owner: ana, due: in30Days }] },
  verify: { evidence: 'No empty parcel in the four weeks since.', before: 7, after: 0 },
  share: { toldCustomer: 'Every parcel is weighed now.', toldTeam: 'Why we weigh, and what Cleo told us.' },
  waive: { step: 'listen', reason: 'The customer does not wish to talk.' },
  makePromise: { promise: { text: 'I call you tomorrow', maker: ana, inControl: true, latest: in30Days } },
  keepPromise: { promise: 'p1', what: 'Called, and told her.' },
  movePromise: {
    promise: 'p1',
    consent: true,
    latest: '2026-04-02T17:00:00.000Z',
    reason: 'She is away until Thursday.',
  },
  breakPromise: { promise: 'p1' },
  askWhy: { saidBy: cleo, words: 'How could that happen?' },
  explain: { words: 'The scale let it pass.' },
  reopen: { reason: 'The lamp broke on the first evening.' },
  believe: { words: 'I believe you.' },
  acknowledge: { words: 'An empty parcel is no parcel.' },
  surprise: { what: 'A bulb for it, with a card from the packers.', inAddition: true },
  notify: { whom: ['packing', 'dispatch'], words: 'Empty parcels pass the scale.' },
  answer: { answers: { 'what-exactly': { answer: 'The parcel was empty.' } } },
  contact: { direction: 'to-customer', channel: 'phone', twoWay: true },
  attempt: { channel: 'phone' },
  reportAgain: { promise: 'p1', words: 'It is still not here.' },
  remedyFailed: { saidBy: cleo, words: 'It does not light.' },
  approveRemedy: { upTo: 1_000, reason: 'So much the others got.' },
  contain: { what: 'The shipments of that line were stopped.' },
  findFault: { with: 'ours', reason: 'The log of the scale.' },
  setPriority: { priority: 2, reasons: ['harm'] },
  askTrust: { question: 'care', yes: true, saidBy: cleo },
  praise: { words: 'Your driver was kind.' },
  addBystander: { bystander: 'dora', how: 'She waited for the same van.' },
  acknowledgeBystander: { bystander: 'dora', words: 'Thank you for your patience.' },
  grantAuthority: { words: 'A signed letter.' },
  handOff: { to: ben, briefing: 'An empty parcel; a new lamp is promised.' },
  acceptHandOff: { introduced: 'I am Ben, and I take over from Ana.' },
  declineHandOff: { reason: 'I am away from tomorrow.' },
  excludeOwner: { person: 'carl', reason: 'It is about him.' },
  pause: { reason: 'waiting-for-customer', words: 'for the photographs' },
  resume: { reason: 'The photographs are here.' },
  withdraw: { saidBy: cleo, words: 'Leave it, I found another lamp.' },
  declareUnreachable: { words: 'Called twice, wrote once.' },
  merge: { into: 'case-0' },
  refer: { to: 'ombudsman', reason: 'The customer went there.' },
  returnReferral: { decided: false, words: 'They send it back to us.' },
  joinIncident: { incident: 'case-0' },
  placeHold: { reason: 'A claim is pending.' },
  liftHold: { reason: 'The claim was settled.' },
}

const actors: Readonly<Record<string, Actor>> = {
  waive: ben,
  approveRemedy: ben,
  acceptHandOff: ben,
  declineHandOff: ben,
}

/** Answers to all questions of a group that apply. */
const answersTo = (group: Question['group']) =>
  Object.fromEntries(
    questions
      .filter((one) => one.group === group && one.when?.yes !== false)
      .map(({ id, yesNo }) => [id, yesNo === true ? { yes: true } : { answer: 'As it was said.' }]),
  )

const askedIn: Readonly<Record<string, Question['group']>> = {
  listen: 'what',
  investigate: 'why',
  improve: 'different',
}

/**
 * A command as a conversation would bring it: `example('listen')`, with other evidence on request:
 * `example('apologize', { responsibility: 'passed-on' })`. A step of a host's own brings what it is given here. Each is new:
 * what is done to one shows in no other.
 */
export const example = (type: string, other: object = {}): CommandInput =>
  ({ type, by: actors[type] ?? ana, ...copyOf(evidence[type]), ...other }) as never

/** The same with all that a protocol requires of it: the answers to its questions, for `faulkner` and `full`. */
export function exampleOf(protocol: Protocol, type: string, other: object = {}): CommandInput {
  protocolGiven(protocol, 'exampleOf')
  const group = askedIn[type]
  const asks = group !== undefined && protocol.requires.some((id) => id.startsWith(group))
  return example(type, { ...(asks ? { answers: answersTo(group) } : {}), ...other })
}

/** The complaint has its owner: what every story begins with. */
export const owned: CommandInput = frozenCopyOf(example('own'))

/** Evidence for steps of a host’s own, or other evidence than the examples have, by the name of the step. */
export type EvidenceOf = Readonly<Record<string, object>>

/**
 * A recovery from `own` up to a step that is due then, or to the end (`closed`); `other` has evidence for steps of a
 * host's own. Without a protocol it is that of the scenario: `given(heard, upTo('agree'))`.
 */
export function upTo(protocol: Protocol, step?: string, other?: EvidenceOf): readonly CommandInput[]
export function upTo(step: string, other?: EvidenceOf): (protocol: Protocol) => readonly CommandInput[]
export function upTo(
  first: Protocol | string,
  second?: string | EvidenceOf,
  third?: EvidenceOf,
): readonly CommandInput[] | ((protocol: Protocol) => readonly CommandInput[]) {
  if (typeof first !== 'string') return recovery(first, second as string | undefined, third)
  return (protocol) => recovery(protocol, first, second as EvidenceOf | undefined)
}

function recovery(protocol: Protocol, step = 'closed', other: EvidenceOf = {}): readonly CommandInput[] {
  const names = protocolGiven(protocol, 'upTo').steps.map((one) => one.name)
  const end = step === 'closed' ? names.length : names.indexOf(step)
  if (end < 0) throw misuse(`${protocol.id} has no step “${step}”; it has ${names.join(', ')}.`)
  return names.slice(0, end).map((name) => exampleOf(protocol, name, other[name]))
}
