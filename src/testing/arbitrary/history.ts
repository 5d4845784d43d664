import fc from 'fast-check'
import type { Case, Entry } from '../../machine/case.ts'
import type { Refusal } from '../../machine/refusal.ts'
import type { Clocks } from '../../protocol/clock.ts'
import type { Opening } from '../../protocol/parse.ts'
import type { Protocol } from '../../protocol/protocol.ts'
import { complaints } from '../complaint.ts'
import type { EvidenceOf } from '../example.ts'
import type { Expectation, Scenario } from '../scenario.ts'
import { given } from '../scenario.ts'
import { minutesAfter } from '../tried.ts'
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

/** A case with its history, judged as a desk would: most commands in their turn and right, the others refused. */
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
  let now: Scenario = given(protocol, opening, ...(clocks === undefined ? [] : [clocks]))
  const sent = makings.map((make): Sent => {
    const before = now.case
    const made = make(before)
    const command = { at: minutesAfter(before.facts.lastAt ?? (opening.at as string)), ...made }
    const tried: Expectation = now.when(command)
    now = tried
    return { command, before, after: tried.case, refusal: tried.verdict.accepted ? undefined : tried.verdict.refusal }
  })
  return { protocol, opening, sent, log: now.log, case: now.case }
}
