import fc from 'fast-check'
import {
  agree,
  allRules,
  apologize,
  type Case,
  type CommandInput,
  confirm,
  defineProtocol,
  deliver,
  empathize,
  type Facts,
  improve,
  investigate,
  listen,
  machine,
  type Protocol,
  person,
  pocockRules,
  protocols,
  reflect,
  type Step,
  type StepPhase,
  type Steps,
  share,
  step,
  thank,
  verify,
} from 'redress'
import { ana, ben, cleo, EXAMPLE_START, exampleOf } from 'redress/testing'
import * as z from 'zod'

const DAY_MS = 86_400_000

/** Every protocol that is shipped. */
export const shipped: readonly Protocol[] = protocols

const own = <In extends StepPhase>(phase: In, name: string) =>
  step({ name, phase, summary: name, evidence: z.object({ note: z.string().optional() }) })

const some = <In extends StepPhase>(steps: readonly Step<string, z.ZodObject, In>[]): fc.Arbitrary<Steps<In>> =>
  fc.shuffledSubarray([...steps], { minLength: 1 }).map((chosen) => {
    const names = chosen.map((one) => one.name)
    // A step that leads back needs the one it leads back to before it.
    const sound = chosen.filter(
      (one) => one.backTo === undefined || names.indexOf(one.backTo) < names.indexOf(one.name),
    )
    const whole = sound.filter((one) => one.backTo === undefined || sound.some((other) => other.name === one.backTo))
    return (whole.length > 0 ? whole : steps.slice(0, 1)) as unknown as Steps<In>
  })

/** A protocol that somebody might define: any steps of a phase in any order, some of their own, with rules or without. */
export const generated: fc.Arbitrary<Protocol> = fc
  .record({
    id: fc.constantFrom('ours', 'theirs'),
    version: fc.integer({ min: 1, max: 9 }),
    person: some([listen, reflect, apologize, empathize, own('person', 'walk'), own('person', 'write')]),
    problem: some([agree, deliver, confirm, thank, own('problem', 'repair')]),
    system: some([investigate, improve, verify, share, own('system', 'train')]),
    rules: fc.constantFrom([], pocockRules, allRules),
    without: fc.constantFrom([], ['both-agree'], ['no-open-promises', 'customer-confirms']),
  })
  .map((definition) => defineProtocol({ ...definition, source: 'generated' }) as Protocol)

/** A shipped protocol or a generated one. */
export const anyProtocol: fc.Arbitrary<Protocol> = fc.oneof(fc.constantFrom(...shipped), generated)

/** What differs between openings. */
export const anyOpening: fc.Arbitrary<object> = fc.constantFrom(
  {},
  {},
  { representative: 'dora' },
  { anonymous: true, customer: undefined },
  { about: 'carl' },
)

/** Ways in which a command differs from its example, so that every rule gets something to refuse. */
const variants: Readonly<Record<string, readonly object[]>> = {
  listen: [{ talk: { customerSeconds: 10, ourSeconds: 60 } }, { talk: { unmeasured: 'by letter' } }],
  reflect: [{ customer: { answer: 'corrected', correction: 'It was empty.' } }],
  apologize: [{ responsibility: 'passed-on' }, { explanation: 'The scale.' }, { by: { kind: 'machine', id: 'bot' } }],
  empathize: [{ feeling: '' }],
  agree: [
    { promises: [] },
    { promises: [{ text: 'Some day', maker: ana, inControl: true }] },
    { promises: [{ text: 'Ten lamps', maker: ana, inControl: true, latest: '2026-04-01T09:00:00.000Z', cost: 700 }] },
    { accepted: { customer: false, organisation: true } },
  ],
  deliver: [{ kept: [] }, { kept: ['p2'] }, { kept: ['p1', 'p2'] }],
  confirm: [{ resolved: 'no' }, { resolved: 'partly' }, { saidBy: ana }],
  improve: [{ changes: [{ text: 'Weigh it' }] }, { keepDoing: [] }],
  waive: [{ by: ana }],
  movePromise: [{ consent: false }, { promise: 'p2' }],
  breakPromise: [{ promise: 'p2' }, { promise: 'p3' }],
  // Promises so near that a walk outlives them.
  makePromise: [10, 20, 40].map((minute) => ({
    promise: { text: 'Back in a minute', maker: ana, inControl: true, latest: `2026-03-02T09:${minute}:00Z` },
  })),
  explain: [{ alreadyGiven: true }],
  own: [{ owner: { kind: 'group', id: 'billing' } }, { owner: { kind: 'person', id: 'carl' } }],
  answer: [
    { answers: { 'why-checked-in': { yes: true } } },
    { answers: { 'different-process': { answer: 'The scale.' } } },
    { answers: { 'what-part': { notApplicable: 'All of it.' } }, by: { kind: 'machine', id: 'bot' } },
  ],
  contact: [
    { direction: 'from-customer', asksForWriting: true },
    { by: { kind: 'machine', id: 'bot' }, stated: 'date' },
    { by: { kind: 'machine', id: 'bot' }, stated: 'status', basis: { promise: 'p1' } },
    { twoWay: false },
  ],
  attempt: [
    { channel: 'mail', at: '2026-03-01T09:00:00Z' },
    { channel: 'letter', at: '2026-02-28T09:00:00Z' },
  ],
  findFault: [{ with: 'customer' }],
  setPriority: [{ reasons: ['reach', 'volume'], priority: 1 }],
  askTrust: [{ saidBy: ana }, { question: 'trust', yes: false }],
  acknowledgeBystander: [{ bystander: 'eve' }],
  handOff: [{ to: { kind: 'group', id: 'billing' } }, { to: { kind: 'person', id: 'carl' } }],
  acceptHandOff: [{ by: ana }],
  excludeOwner: [{ person: 'ana' }],
  approveRemedy: [{ by: ana }],
  remedyFailed: [{ saidBy: ana }],
  verify: [{ before: 7, after: 9 }],
  withdraw: [{ saidBy: ana }],
  returnReferral: [{ decided: true }],
  keepPromise: [{ promise: 'p2' }, { promise: 'p3' }],
  askWhy: [{ at: '2026-01-01T09:00:00Z' }, { saidBy: ana }],
  grantAuthority: [{ representative: 'dan' }],
  surprise: [{ inAddition: false }, { cost: 700 }],
  investigate: [{ staffSide: undefined }],
}

/** What a command needs of the case that it is for: where it stands, and what it knows. */
export type Standing = Pick<Case, 'state' | 'facts'>

/** A command in the making: it is told where the case stands, so that it fits often enough to get somewhere. */
export type Making = (now: Standing) => CommandInput

const dueIn = ({ state }: Standing): string =>
  state === 'received' ? 'own' : state === 'closed' ? 'reopen' : state.slice(state.indexOf('.') + 1)

const in30Days = ({ lastAt = EXAMPLE_START }: Case['facts']): string =>
  new Date(Date.parse(lastAt) + 30 * DAY_MS).toISOString()

/** News by then, or a window that has not begun. */
const window = (facts: Facts) => {
  const latest = in30Days(facts)
  const even = facts.promises.length % 2 === 0
  return even ? { nextUpdateBy: latest } : { earliest: latest, latest }
}

/** What makes an example fit a case that has come further than the examples: another owner, a second round. */
function fitting(type: string, { facts }: Standing): object {
  const open = facts.promises.filter((one) => one.state === 'open').map((one) => one.id)
  const by = type in seconds ? {} : { by: person(facts.owner ?? ana.id) }
  const bystander = facts.bystanders?.find((one) => !one.acknowledged)
  switch (type) {
    case 'agree':
      return { ...by, promises: [{ text: 'A new lamp', maker: ana, inControl: true, latest: in30Days(facts) }] }
    case 'makePromise':
      return { ...by, promise: { text: 'I call you', maker: ana, inControl: true, ...window(facts) } }
    case 'deliver':
      return { ...by, kept: open }
    case 'movePromise':
      return { ...by, promise: open[0] ?? 'p1', latest: in30Days(facts) }
    case 'keepPromise':
    case 'breakPromise':
    case 'reportAgain':
      return { ...by, promise: open[0] ?? 'p1' }
    case 'improve':
      return facts.praise === undefined ? by : { ...by, keepDoing: ['the call before the visit'] }
    case 'acknowledgeBystander':
      return bystander === undefined ? by : { ...by, bystander: bystander.id }
    case 'own':
      return facts.excluded?.includes(ana.id) ? { owner: ben, by: ben } : {}
    case 'waive':
    case 'approveRemedy':
      return facts.owner === ben.id ? { by: ana } : {}
    default:
      return by
  }
}

const seconds = { waive: ben, approveRemedy: ben, acceptHandOff: ben, declineHandOff: ben }

/** What must never be lost, or makes a second round, comes more often than the rest. */
const often = ['waive', 'waive', 'waive', 'makePromise', 'breakPromise', 'contact']

/** Any command but those that only the desk sends: the due step more often than not, and most often done right. */
export const anyCommand = (protocol: Protocol): fc.Arbitrary<Making> => {
  const names = [...protocol.commands.values()].filter((one) => one.internal !== true).map((one) => one.name)
  const steps = protocol.steps.map((one) => one.name)
  return fc
    .tuple(fc.integer({ min: 0, max: 19 }), fc.constantFrom(...names, ...often, ...steps), fc.nat(), fc.nat(11))
    .map(([luck, name, variant, by]) => (now) => {
      const due = dueIn(now)
      const type = luck < 12 ? due : name
      const others = variants[type] ?? []
      const isWrong = luck < 3 || (luck >= 12 && luck % 2 === 0)
      const wrong = isWrong && others.length > 0 ? others[variant % others.length] : {}
      const waived = type === 'waive' && luck % 4 > 0 ? { step: due } : {}
      return exampleOf(protocol, type, {
        ...fitting(type, now),
        ...(by === 0 ? { by: cleo } : {}),
        ...waived,
        ...wrong,
      })
    })
}

const shared = ({ state }: Standing) => {
  const [, step = 'share'] = state.split('.')
  return { type: 'shareStep', step, settled: 'done', causes: [] }
}

/** What only the desk sends, as it might come at any time: a passed deadline, news of other cases, an erasure. */
const internals: readonly ((now: Standing) => object)[] = [
  ({ facts }) => {
    const deadline = facts.deadlines?.find((one) => one.missed === undefined && one.leftMs === undefined)
    return { type: 'missDeadline', deadline: deadline?.name ?? 'own', due: deadline?.due ?? '2026-03-02T09:00:00.000Z' }
  },
  (now) => ({ ...shared(now), incident: now.facts.incident ?? 'case-0' }),
  (now) => ({ ...shared(now), incident: 'case-9' }),
  () => ({ type: 'changeFailed', cause: 'packing × dispatch × ', caseId: 'case-9' }),
  () => ({ type: 'erase', reason: 'request' }),
]

/** Any command at all, with the minutes since the one before: seldom days, so that deadlines and promises pass. */
export const anyJudged = (protocol: Protocol): fc.Arbitrary<{ readonly make: Making; readonly minutes: number }> => {
  const internal = fc.constantFrom(...internals).map((of) => (now: Standing) => ({ by: machine('desk'), ...of(now) }))
  return fc.record({
    make: fc.oneof(
      { weight: 9, arbitrary: anyCommand(protocol) },
      { weight: 1, arbitrary: internal as unknown as fc.Arbitrary<Making> },
    ),
    minutes: fc.constantFrom(1, 1, 1, 1, 30, 300, 3_000, 20_000),
  })
}
