import type { DeskEvents } from '../desk/listeners.ts'
import type { Telling } from '../desk/tell.ts'
import type { Case } from '../machine/case.ts'
import type { BatchVerdict } from '../machine/judge.ts'
import { dueIn } from '../protocol/clock.ts'
import type { Instant } from '../protocol/words.ts'
import { contains } from './contains.ts'
import { misuse, nothingSent } from './misuse.ts'
import { instantRead } from './moment.ts'

/** What a scenario expects of its commands. Each throws where it finds something else, and returns the scenario. */
export interface Expected<Self> {
  /** The command passes; in a batch all of them. */
  accepts(): Self
  /** The command is refused by this rule, among others perhaps; with just these steps skipped, in any order. */
  refuses(rule: string, details?: { readonly skipped?: readonly string[] }): Self
  /** Afterwards the case stands here: `person.listen`. */
  leavesIn(state: string): Self
  /** Listeners of a desk hear this, with these details among others: `tells('phase-fixed', { phase: 'person' })`. */
  tells(event: keyof DeskEvents, details?: object): Self
  /** This deadline runs afterwards and did not before, due then: `arms('next-contact')`, `arms('promise:p1', '2026-…')`. */
  arms(deadline: string, due?: Instant): Self
}

/** What became of the commands that were tried. */
export interface Outcome {
  readonly before: Case
  readonly after: Case
  readonly verdict: BatchVerdict
  readonly told: readonly Telling[]
  /** Whether deadlines are counted: without clocks there are those of promises alone. */
  readonly counted: boolean
}

/** The expectations of an outcome; what they return is the scenario that goes on from there. */
export function expectedOf<Self>({ before, after, verdict, told, counted }: Outcome, self: () => Self): Expected<Self> {
  const refusal = verdict.accepted ? undefined : verdict.refusal
  return {
    accepts() {
      if (verdict.accepted && verdict.steps.length === 0) throw nothingSent()
      if (refusal !== undefined) throw new Error(`Expected it to pass, but it was refused: ${refusal.sentence}`)
      return self()
    },
    refuses(rule, { skipped } = {}) {
      if (refusal === undefined) throw new Error(`Expected “${rule}” to refuse it, but it passed, into ${after.state}.`)
      const ids = refusal.rules.map(({ id }) => id)
      if (!ids.includes(rule)) {
        throw new Error(`Expected “${rule}” to refuse it, but ${ids.join(', ') || 'no rule'} did: ${refusal.sentence}`)
      }
      if (skipped !== undefined && skipped.toSorted().join() !== refusal.skipped.toSorted().join()) {
        throw new Error(`Expected it to skip ${named(skipped)}, but it skips ${named(refusal.skipped)}.`)
      }
      return self()
    },
    leavesIn(state) {
      if (after.state !== state) throw new Error(`Expected the case in ${state}, but it is in ${after.state}.`)
      return self()
    },
    tells(event, details = {}) {
      const heard = told.filter(([name]) => name === event)
      if (heard.length === 0) {
        throw new Error(`Expected listeners to hear “${event}”, but they heard ${named(told.map(([name]) => name))}.`)
      }
      if (!heard.some(([, said]) => contains(said, details))) {
        const fields = Object.keys(details)
        const said = heard.map(([, one]) =>
          JSON.stringify(Object.fromEntries(fields.map((key) => [key, one[key as never]]))),
        )
        const has = Object.keys(heard[0]?.[1] ?? {})
        const strange = fields.filter((key) => !has.includes(key))
        const hint = strange.length === 0 ? '' : ` It has no ${strange.join(', ')}, but ${has.join(', ')}.`
        throw new Error(
          `Expected “${event}” to tell ${JSON.stringify(details)}, but it told ${said.join(', then ')}.${hint}`,
        )
      }
      return self()
    },
    arms(deadline, due) {
      const expected = due === undefined ? undefined : instantRead(due)
      if (due !== undefined && expected === undefined) throw misuse(`“${due}” is no instant at which something is due.`)
      const ran = dueIn(before.facts)
      const runs = dueIn(after.facts)
      const armed = runs.filter((one) => !ran.some(({ name, due }) => name === one.name && due === one.due))
      const isIt = (one: { due: Instant }) => expected === undefined || instantRead(one.due) === expected
      if (armed.some((one) => one.name === deadline && isIt(one))) return self()
      const found = armed.map((one) => `${one.name} (${one.due})`)
      const hint = counted ? '' : ' Without clocks only promises have deadlines: give the scenario clocks.'
      const when = due === undefined ? '' : ` for ${due}`
      throw new Error(`Expected it to arm ${deadline}${when}, but it armed ${named(found)}.${hint}`)
    },
  }
}

const named = (names: readonly string[]): string => names.join(', ') || 'nothing'
