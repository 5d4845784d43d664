import fc from 'fast-check'
import { overdueAt } from '../../desk/overdue.ts'
import type { Case, Entry } from '../../machine/case.ts'
import { nameOf } from '../../machine/case.ts'
import type { Refusal } from '../../machine/refusal.ts'
import type { Clocks } from '../../protocol/clock.ts'
import type { Opening } from '../../protocol/parse.ts'
import type { Protocol } from '../../protocol/protocol.ts'
import { complaints } from '../complaint.ts'
import type { EvidenceOf } from '../example.ts'
import { given } from '../scenario.ts'
import { entriesOf, minutesAfter, tried } from '../tried.ts'
import type { Making } from './command.ts'
import { anyCommand } from './command.ts'

/** A complaint as it may come: by any channel, for somebody, from nobody, about somebody. */
export const anyOpening: fc.Arbitrary<Opening> = fc.constantFrom(...complaints)

/** What became of one command of a history. */
export interface Sent {
  /** The command, with its own time: what a host’s adapter can be sent. */
  readonly command: object
  readonly before: Case
  readonly after: Case
  /** Why it was refused; none where it passed. */
  readonly refusal: Refusal | undefined
}

/** A case from its opening on: what was sent, and what stands of it. */
export interface AnyHistory {
  readonly protocol: Protocol
  readonly opening: Opening
  readonly sent: readonly Sent[]
  /** The log of what was accepted. */
  readonly log: readonly Entry[]
  readonly case: Case
}

/** What histories are made of. */
export interface HistoryTerms {
  /** How many commands are sent at most. Default: 80, enough for an end and a second round. */
  readonly maxLength?: number
  /** Evidence for steps of a host’s own. */
  readonly evidence?: EvidenceOf
  /** Deadlines run where there are clocks. */
  readonly clocks?: Clocks
}

/**
 * A case with its history, judged as a desk would, which records what fell due before the next command that passes: most
 * commands in their turn and right, the others refused. Throws `input-invalid` where the evidence of a step is missing.
 */
export const anyHistory = (protocol: Protocol, terms: HistoryTerms = {}): fc.Arbitrary<AnyHistory> =>
  fc
    .record({
      opening: anyOpening,
      // As long as they may be: at fast-check’s own size none would come to its end.
      makings: fc.array(anyCommand(protocol, terms.evidence), { maxLength: terms.maxLength ?? 80, size: 'max' }),
    })
    .map(({ opening, makings }) => lived(protocol, opening, makings, terms.clocks))

/** A case as it may stand, somewhere on its way or at its end. */
export const anyCase = (protocol: Protocol, terms: HistoryTerms = {}): fc.Arbitrary<Case> =>
  anyHistory(protocol, terms).map((history) => history.case)

function lived(protocol: Protocol, opening: Opening, makings: readonly Making[], clocks?: Clocks): AnyHistory {
  const opened = given(protocol, opening, ...(clocks === undefined ? [] : [clocks]))
  const log = [...opened.log]
  let now = opened.case
  let clock = opening.at as string
  const sent = makings.map((make): Sent => {
    const before = now
    const made = make(before)
    const command = { at: minutesAfter(before.facts.lastAt ?? clock), ...made }
    clock = command.at > clock ? command.at : clock
    const ground = { protocol, clocks, case: before, next: clock }
    const { verdict } = tried(ground, [command], overdueAt(protocol, clock))
    if (!verdict.accepted) return { command, before, after: before, refusal: verdict.refusal }
    log.push(...entriesOf(verdict.steps))
    now = verdict.steps.at(-1)?.after ?? before
    return { command, before, after: now, refusal: undefined }
  })
  const history: AnyHistory = { protocol, opening, sent, log, case: now }
  // A counterexample is told in a line a command: all that a protocol is made of would be pages.
  return Object.defineProperty(history, fc.toStringMethod, { value: () => toldOf(history) })
}

const toldOf = ({ protocol, opening, sent }: AnyHistory): string =>
  [
    `a history of ${nameOf(protocol)}:`,
    JSON.stringify(opening),
    ...sent.map(
      ({ command, after, refusal }) =>
        `${JSON.stringify(command)} → ${refusal === undefined ? after.state : `refused, ${refusal.code}`}`,
    ),
  ].join('\n  ')
