import fc from 'fast-check'
import {
  agree,
  allRules,
  apologize,
  type CommandInput,
  confirm,
  defineProtocol,
  deliver,
  empathize,
  improve,
  investigate,
  listen,
  type Protocol,
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
import { ana, ben, cleo, exampleOf } from 'redress/testing'
import * as z from 'zod'

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
    { accepted: { customer: false, organisation: true } },
  ],
  deliver: [{ kept: [] }, { kept: ['p2'] }, { kept: ['p1', 'p2'] }],
  confirm: [{ resolved: 'no' }, { resolved: 'partly' }, { saidBy: ana }],
  improve: [{ changes: [{ text: 'Weigh it' }] }],
  waive: [{ by: ana }],
  movePromise: [{ consent: false }, { promise: 'p2' }],
  breakPromise: [{ promise: 'p2' }, { promise: 'p3' }],
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
    { channel: 'mail', at: '2026-03-03T09:00:00Z' },
    { channel: 'letter', at: '2026-03-04T09:00:00Z' },
  ],
  findFault: [{ with: 'customer' }],
  setPriority: [{ reasons: ['reach', 'volume'], priority: 1 }],
  askTrust: [{ saidBy: ana }, { question: 'trust', yes: false }],
  acknowledgeBystander: [{ bystander: 'eve' }],
  handOff: [{ to: { kind: 'group', id: 'billing' } }, { to: { kind: 'person', id: 'carl' } }],
  acceptHandOff: [{ by: ana }],
  excludeOwner: [{ person: 'ana' }],
  approveRemedy: [{ by: ana }],
  withdraw: [{ saidBy: ana }],
  returnReferral: [{ decided: true }],
  keepPromise: [{ promise: 'p2' }, { promise: 'p3' }, { at: '2027-01-01T00:00:00Z' }],
  askWhy: [{ at: '2026-01-01T09:00:00Z' }],
  surprise: [{ inAddition: false }, { cost: 700 }],
  investigate: [{ staffSide: undefined }],
}

/** A command that fits a case which stands at `due` often enough to get somewhere. */
export const anyCommand = (protocol: Protocol): fc.Arbitrary<(due: string | undefined) => CommandInput> => {
  const names = [...protocol.commands.values()].filter((one) => one.internal !== true).map((one) => one.name)
  const anyName = fc.constantFrom(...names)
  return fc
    .tuple(fc.integer({ min: 0, max: 9 }), anyName, fc.nat(), fc.nat(3))
    .map(([luck, name, variant, by]) => (due) => {
      const type = luck < 7 && due !== undefined ? due : name
      const others = variants[type] ?? []
      const other = luck % 3 === 0 && others.length > 0 ? others[variant % others.length] : {}
      const waived = type === 'waive' && luck % 2 === 0 && due !== undefined ? { step: due, by: ben } : {}
      return exampleOf(protocol, type, { ...(by === 3 ? { by: cleo } : {}), ...waived, ...other })
    })
}
