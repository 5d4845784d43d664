import type { Entry, Facts } from 'redress'
import type { Invariant, Step } from './witness.ts'
import { evidenceOf, grewFrom, invariant, stateBySteps } from './witness.ts'

const lapsing = ['withdraw', 'declareUnreachable', 'returnReferral', 'merge', 'own']

/** Why a step may have been settled as it is, by this command. */
function mayBeSettled({ before, entry, protocol }: Step, name: string, as: string): boolean {
  const { type } = entry.command
  const due = before && stateBySteps(protocol, before).endsWith(name === 'own' ? 'received' : `.${name}`)
  if (as === 'done' && type === name) return due === true
  if (sharesIt(entry, name, as)) return due === true
  if (as === 'waived') return type === 'waive' && due === true && evidenceOf(entry)['step'] === name
  return lapsing.includes(type) || before?.facts.mergedInto !== undefined
}

/** Whether it shares just this step of an incident, settled like this. */
const sharesIt = (entry: Entry, name: string, as: string): boolean =>
  entry.command.type === 'shareStep' && evidenceOf(entry)['step'] === name && evidenceOf(entry)['settled'] === as

const settledWith = ({ steps }: Facts, how: string) => Object.values(steps).filter((one) => one === how).length

/** First the person, then the problem, finally the system; and how a case ends. */
export const orderInvariants: readonly Invariant[] = [
  invariant('the state is the first step that is neither done, waived nor lapsed', ({ protocol, after }) =>
    stateBySteps(protocol, after) === after.state ? true : `${after.state} ${JSON.stringify(after.facts.steps)}`,
  ),
  invariant('nothing of the problem is settled while something of the person is open', ({ protocol, after }) => {
    const { steps } = after.facts
    const open = protocol.person.some(({ name }) => steps[name] === undefined)
    return !open || protocol.problem.every(({ name }) => steps[name] === undefined)
  }),
  invariant('a step is settled by its own command, a waiver or an ending, and only from open', (step) => {
    const before = step.before?.facts.steps ?? {}
    const changed = Object.entries(step.after.facts.steps).filter(([name, as]) => before[name] !== as)
    const odd = changed.find(([name, as]) => before[name] !== undefined || !mayBeSettled(step, name, as))
    return odd === undefined ? true : odd.join(' ')
  }),
  invariant(
    'what opens again was opened by a failure, a correction, an erased apology or a change that did not work',
    (step) => {
      const { before, after, entry } = step
      const opened = Object.keys(before?.facts.steps ?? {}).filter((name) => after.facts.steps[name] === undefined)
      const failed = after.facts.failures.length > (before?.facts.failures.length ?? 0)
      return (
        opened.length === 0 || failed || ['reflect', 'explain', 'verify', 'changeFailed'].includes(entry.command.type)
      )
    },
  ),
  invariant('a failure opens the person and the problem, all of them', ({ protocol, before, after }) => {
    if (before === undefined || after.facts.failures.length === before.facts.failures.length) return true
    const as = after.facts.anonymous === true && after.state !== 'received' ? 'lapsed' : undefined
    return [...protocol.person, ...protocol.problem].every(({ name }) => after.facts.steps[name] === as)
  }),
  invariant('there is a round for each failure, and one to begin with', ({ after: { facts } }) =>
    facts.round === 1 + facts.failures.length ? true : `${facts.round} rounds, ${facts.failures.length} failures`,
  ),
  invariant(
    'failures and waivers are never lost nor changed',
    ({ before, after }) =>
      grewFrom(before?.facts.failures ?? [], after.facts.failures) &&
      grewFrom(before?.facts.waivers ?? [], after.facts.waivers),
  ),
  invariant(
    'each waived step has its waiver',
    ({ after: { facts } }) => settledWith(facts, 'waived') <= facts.waivers.length,
  ),
  invariant('a closed case has an outcome, and all but a merged one were through the system phase', (step) => {
    const { state, facts } = step.after
    if (state !== 'closed') return true
    if (facts.outcome === undefined) return 'no outcome'
    const through = step.protocol.system.every(({ name }) => ['done', 'waived'].includes(facts.steps[name] ?? ''))
    return through || facts.outcome === 'merged' ? true : `${facts.outcome} ${JSON.stringify(facts.steps)}`
  }),
  invariant(
    'a case closes only when every bystander was thanked or told',
    ({ before, after }) =>
      after.state !== 'closed' ||
      before?.state === 'closed' ||
      after.facts.bystanders?.every((one) => one.acknowledged) !== false,
  ),
  invariant(
    'the versions are contiguous, in the case and in its log',
    ({ before, after, entry }) => after.version === (before?.version ?? 0) + 1 && entry.version === after.version,
  ),
  invariant(
    'an entry leads from the state before to the state after',
    ({ before, after, entry }) => entry.from === (before?.state ?? null) && entry.to === after.state,
  ),
]
