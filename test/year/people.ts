import type { Actor } from 'redress'
import type { Invariant } from './witness.ts'
import { evidenceOf, invariant } from './witness.ts'

/** What is said to the customer: reckoned here, not read from the commands. */
const said = [
  'reflect',
  'apologize',
  'empathize',
  'believe',
  'acknowledge',
  'agree',
  'surprise',
  'thank',
  'share',
  'explain',
  'makePromise',
  'movePromise',
]

/** Who may do what, and what is never forgotten of a promise. */
export const peopleInvariants: readonly Invariant[] = [
  invariant(
    'the owner is nobody whom it is about',
    ({ after: { facts } }) => facts.owner === undefined || facts.excluded?.includes(facts.owner) !== true,
  ),
  invariant('only a person becomes the owner', ({ before, after, entry }) => {
    if (after.facts.owner === undefined || after.facts.owner === before?.facts.owner) return true
    const { owner } = evidenceOf(entry) as { readonly owner?: Actor }
    return (owner ?? entry.command.by).kind === 'person'
  }),
  invariant('nobody but the owner, or the one who takes over, speaks for us', ({ before, entry: { command } }) => {
    if (!said.includes(command.type)) return true
    const may = [before?.facts.owner, before?.facts.handOff?.to]
    return command.by.kind === 'person' && may.includes(command.by.id)
      ? true
      : `${command.type} by ${JSON.stringify(command.by)}`
  }),
  invariant(
    'an apology is by a person, and goes to one',
    ({ entry }) =>
      entry.command.type !== 'apologize' ||
      (entry.command.by.kind === 'person' && evidenceOf(entry)['broadcast'] !== true),
  ),
  invariant(
    'a waiver is by a second person',
    ({ before, entry: { command } }) =>
      command.type !== 'waive' || (command.by.kind === 'person' && command.by.id !== before?.facts.owner),
  ),
  invariant('no promise is lost: kept stays kept, broken stays broken, and none changes hands', ({ before, after }) => {
    const ledger = after.facts.promises
    const odd = before?.facts.promises.find((one, index) => {
      const now = ledger[index]
      if (now === undefined || now.id !== one.id || now.maker !== one.maker || now.round !== one.round) return true
      return (one.state !== 'open' && now.state !== one.state) || (now.moves ?? 0) < (one.moves ?? 0)
    })
    return odd === undefined ? true : JSON.stringify(odd)
  }),
  invariant('a promise moves only with consent', ({ before, after, entry }) => {
    const moved = before?.facts.promises.find((one, index) => after.facts.promises[index]?.due !== one.due)
    if (moved === undefined) return true
    return entry.command.type === 'movePromise' && evidenceOf(entry)['consent'] === true
  }),
  invariant(
    'a broken promise is a second failure, and only its news, or what had no date but them, go with it',
    (step) => {
      const { before, after } = step
      const failures = (facts = before?.facts) =>
        facts?.failures.filter((one) => one.kind === 'promise-broken').length ?? 0
      const broken = after.facts.promises.filter(
        (one, index) => one.state === 'broken' && before?.facts.promises[index]?.state !== 'broken',
      )
      const [first, second] = broken
      const together = second === undefined || (broken.length === 2 && second.updateOf === first?.id)
      return failures(after.facts) - failures() === Math.min(broken.length, 1) && together
    },
  ),
  invariant('a case changes hands only by its owner’s hand, or where nobody owns it', ({ before, after, entry }) => {
    const [was, is] = [before?.facts.owner, after.facts.owner]
    if (was === is || was === undefined) return true
    if (is === undefined) return entry.command.type === 'excludeOwner'
    return entry.command.type === 'acceptHandOff' && before?.facts.handOff?.from === was
  }),
  invariant('nobody lets a step pass who ever owned the case', ({ before, entry }) => {
    if (entry.command.type !== 'waive') return true
    return entry.command.by.kind === 'person' && before?.facts.owners?.includes(entry.command.by.id) !== true
  }),
  invariant('nothing is spent before the person was fixed', ({ protocol, before, after }) => {
    if ((after.facts.spent ?? 0) <= (before?.facts.spent ?? 0)) return true
    return protocol.person.every(({ name }) => before?.facts.steps[name] !== undefined)
  }),
  invariant('confirmed is only what the customer, or who may speak for them, said', ({ protocol, before, entry }) => {
    const { saidBy, resolved } = evidenceOf(entry) as { readonly saidBy?: Actor; readonly resolved?: string }
    const isFree = protocol.without.includes('customer-confirms') || resolved === 'no'
    if (entry.command.type !== 'confirm' || isFree) return true
    return saidBy?.kind === 'customer' || (saidBy?.kind === 'representative' && before?.facts.authority === 'given')
  }),
  invariant('our last contact never goes back in time', ({ before, after }) => {
    const [was, is] = [before?.facts.contact?.human, after.facts.contact?.human]
    return was === undefined || (is !== undefined && is >= was)
  }),
  invariant('nobody waits for an answer that came after their question', ({ before, after }) => {
    const [was, is] = [before?.facts.contact, after.facts.contact]
    const asked = was?.unanswered === undefined ? is?.unanswered : undefined
    return asked === undefined || was?.human === undefined || was.human <= asked ? true : `${was.human} after ${asked}`
  }),
  invariant('only an answer that came later ends a customer’s waiting', ({ before, after, entry }) => {
    const [was, is] = [before?.facts.contact?.unanswered, after.facts.contact?.unanswered]
    return was === undefined || is === was || entry.command.at >= was ? true : `${was} by ${entry.command.at}`
  }),
]
