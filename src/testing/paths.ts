import type { StateName } from '../machine/case.ts'
import { walksOf } from '../machine/paths.ts'
import { pocock } from '../protocol/catalogue.ts'
import type { AnyCommand } from '../protocol/command.ts'
import type { Facts } from '../protocol/facts.ts'
import { frozenCopyOf } from '../protocol/plain.ts'
import type { Protocol } from '../protocol/protocol.ts'
import { EXAMPLE_START } from './complaint.ts'
import type { EvidenceOf } from './example.ts'
import { example, upTo } from './example.ts'
import { protocolGiven } from './misuse.ts'
import { readAs } from './tried.ts'

/** A way through a protocol that a test can walk: its commands, and where each must leave the case. */
export interface RecoveryPath {
  /** The names of its commands, as a test is called: `own → listen → reflect ↩ → listen → …`. */
  readonly name: string
  readonly steps: readonly {
    readonly command: AnyCommand
    readonly from: StateName
    readonly to: StateName
  }[]
  /** Where it ends. */
  readonly to: StateName
  /** What is known of the case then: its outcome, its rounds. */
  readonly facts: Facts
}

/** Which paths are wanted, and of which commands. */
export interface PathTerms {
  /** `every` path that passes no standing twice and ends where a case closes or fails again; or the `shortest` to each state. Default: `every`. */
  readonly ways?: 'every' | 'shortest'
  /** Commands beside those of a straight recovery. Default: those that lead back, astray or to another end. */
  readonly beside?: readonly object[]
  /** After how many rounds a path ends. Default: 1. */
  readonly rounds?: number
  /** Evidence for steps of a host’s own. */
  readonly evidence?: EvidenceOf
}

/** The commands that lead elsewhere than on: a correction, an explanation nobody asked for, a no, a merge, a reopening. */
export const detours: readonly object[] = frozenCopyOf([
  example('reflect', { customer: { answer: 'corrected', correction: 'It was empty, not late.' } }),
  example('explain', { alreadyGiven: true }),
  example('confirm', { resolved: 'no' }),
  example('verify', { before: 7, after: 9 }),
  example('withdraw'),
  example('merge'),
])

/**
 * The paths through a protocol, each command accepted where it comes, for model-based suites: send each command to what
 * is tested, and see that it stands where the path says. All commands happen at `EXAMPLE_START`. Throws
 * `input-invalid` where a command can’t be read: a step of a host's own without its evidence.
 */
export function pathsOf(protocol: Protocol = pocock, terms: PathTerms = {}): readonly RecoveryPath[] {
  const { ways = 'every', beside = detours, rounds = 1, evidence } = terms
  const known = beside.filter((one) =>
    protocolGiven(protocol, 'pathsOf').commands.has(String((one as { readonly type?: unknown }).type)),
  )
  const commands = [...upTo(protocol, 'closed', evidence), ...known].map((input): AnyCommand => {
    const read = readAs(protocol, input)
    return { ...read, at: read.at ?? EXAMPLE_START }
  })
  const walks = walksOf(protocol, commands, { ways, rounds })
  // Two commands of one name that lead the same way are one path.
  const byName = new Map(walks.map((walk) => [nameOf(protocol, walk.steps), walk]))
  return [...byName].map(([name, walk]) => ({ ...walk, name }))
}

/** Where a command leads back it says so. */
function nameOf(protocol: Protocol, steps: RecoveryPath['steps']): string {
  const states = ['received', ...protocol.steps.slice(1).map(({ phase, name }) => `${phase}.${name}`), 'closed']
  const leadsBack = (from: string, to: string) => states.indexOf(to) < states.indexOf(from)
  return steps.map(({ command, from, to }) => `${command.type}${leadsBack(from, to) ? ' ↩' : ''}`).join(' → ')
}
