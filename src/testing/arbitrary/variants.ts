import { ana } from '../complaint.ts'

/** Ways in which a command differs from its example, so that every rule gets something to refuse. */
export const variants: Readonly<Record<string, readonly object[]>> = {
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
