import { RedressError } from '../errors.ts'
import type { Case, Entry, Opened } from '../machine/case.ts'
import type { Option } from '../machine/explain.ts'
import { openedCase } from '../machine/fold.ts'
import type { BatchVerdict, Refused } from '../machine/judge.ts'
import { judgeAll } from '../machine/judge.ts'
import type { Refusal } from '../machine/refusal.ts'
import { refusedWith } from '../machine/refusal.ts'
import type { Clocks } from '../protocol/clock.ts'
import type { AnyCommand } from '../protocol/command.ts'
import type { Opening, ReadCommand } from '../protocol/parse.ts'
import { frozenCopyOf } from '../protocol/plain.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Instant } from '../protocol/words.ts'
import type { Guard, Store } from '../stores/store.ts'
import type { Accepted, Answer, ImportAnswer } from './answer.ts'
import type { AuthorityOptions } from './authority.ts'
import { forbiddenBy, openingForbiddenBy } from './authority.ts'
import type { ReadHistory } from './history.ts'
import { isId, timeOrderedId } from './identity.ts'
import { createImport } from './import.ts'
import type { Letter, ReadLetter } from './letter.ts'
import type { Listeners } from './listeners.ts'
import { aheadOf, createWrittenNow } from './moment.ts'
import { alreadyOpen, unknownTime } from './opening.ts'
import { optionsAt, overdueAt } from './overdue.ts'
import { misreferred } from './references.ts'
import type { Shelf } from './shelf.ts'
import { tellSteps } from './tell.ts'
import { createTurns } from './turns.ts'
import { createWarmCases } from './warm.ts'
import type { Step } from './writer.ts'
import { createWriter, entriesOf } from './writer.ts'

const MAX_ATTEMPTS = 20
const MAX_PAUSE_MS = 50

/** What the passage is made of. */
export interface PassageOptions extends AuthorityOptions {
  readonly store: Store
  readonly tenant: string
  readonly shelf: Shelf
  readonly listeners: Listeners
  readonly clocks: Clocks | undefined
  readonly now: () => Date
  readonly warmCases: number
  readonly coalesce: number
  /** Whether a case was handed out otherwise than it is stored. */
  readonly isLifted: (found: Case) => boolean
}

/** Reads a send, once it is known which case it is for. */
export type Reading = (protocol: Protocol, before: Case) => ReadLetter<readonly ReadCommand[]>

/** What a send may bring along: who sends it, and the log in a new wording. */
export interface Freight {
  /** The desk itself sends it: the host is not asked whether it may. */
  readonly own?: true
  redact?(protocol: Protocol, before: Case): Promise<readonly Entry[]>
}

/** The one way through the house: load, judge, commit, tell. Whatever changes a case comes through here. */
export interface Passage {
  load(caseId: string): Promise<{ readonly found: Case; readonly protocol: Protocol }>
  judge(caseId: string, read: Reading): Promise<BatchVerdict>
  options(caseId: string): Promise<readonly Option[]>
  open(reading: ReadLetter<Opening>): Promise<Answer>
  import(reading: ReadLetter<ReadHistory>): Promise<ImportAnswer>
  send(caseId: string, read: Reading, freight?: Freight): Promise<Answer>
}

/** Builds the passage of a desk. */
export function createPassage(options: PassageOptions): Passage {
  const { store, tenant, shelf, listeners, clocks, now, authorize, roles, isLifted } = options
  const asksTheHost = authorize !== undefined || roles !== undefined
  const writtenNow = createWrittenNow(now)
  const writer = createWriter(store, tenant, options.coalesce)
  const turns = createTurns()
  const warm = createWarmCases(options.warmCases)

  async function load(caseId: string) {
    const found = isId(caseId) ? await store.load(tenant, caseId) : undefined
    if (found !== undefined) return { found, protocol: shelf.exact(found.protocol) }
    throw new RedressError('case-unknown', 'There is no such case at this desk. Nothing was stored. Open it first.')
  }

  async function refuse(caseId: string, before: Case | undefined, refused: Refused): Promise<Refused> {
    const refusal = frozenCopyOf(refused.refusal)
    await note(caseId, refusal)
    listeners.tell('refused', { caseId, refusal, protocol: before?.protocol, state: before?.state })
    return { accepted: false, refusal }
  }

  /** Notes what somebody can learn from; junk at the door teaches nothing, and would fill the disk. */
  async function note(caseId: string, { command, code, rules }: Refusal): Promise<void> {
    if (code === 'malformed' && rules.length === 0) return
    try {
      await store.note?.(tenant, { caseId, command, code, rules: rules.map(({ id }) => id), at: writtenNow() })
    } catch (error) {
      // The refusal stands, whether it could be noted or not.
      listeners.tell('desk-error', { during: 'note', caseId, error })
    }
  }

  /** Remembers what was written, tells the listeners, and answers. */
  function written(letter: Letter<unknown>, before: Case | undefined, steps: readonly Step[], at: Instant): Accepted {
    warm.keep((steps.at(-1) as Step).after)
    // All are handed the same copies, frozen: what one does to them changes no case, and not what another sees.
    const given = frozenCopyOf(steps)
    const entries = Object.freeze(entriesOf(letter, given, at).map((entry) => Object.freeze(entry)))
    tellSteps(listeners, before, given, entries)
    return { accepted: true, case: (given.at(-1) as Step).after, entries, repeated: false }
  }

  function judgeLetter(
    protocol: Protocol,
    before: Case,
    { expectedVersion, type, content }: Letter<readonly ReadCommand[]>,
    at: Instant,
    guards: Guard[],
    own?: true,
  ): BatchVerdict | Promise<BatchVerdict> {
    if (expectedVersion !== undefined && expectedVersion !== before.version) {
      return { accepted: false, refusal: conflict(type, before.version, expectedVersion) }
    }
    const commands = content.map((command): AnyCommand => ({ ...command, at: command.at ?? at }))
    const early = own ? undefined : aheadOf(at, commands)
    if (early !== undefined) return early
    const refers = ({ type }: AnyCommand) => {
      const { refersTo, cites } = protocol.commands.get(type) ?? {}
      return refersTo !== undefined || cites !== undefined
    }
    if (own || !(asksTheHost || commands.some(refers)))
      return judgeAll(protocol, before, commands, clocks, overdueAt(protocol, at))
    return askedFirst(protocol, before, commands, at, guards)
  }

  /** The same where the store must be asked for another case, or the host whether it may be. */
  async function askedFirst(
    protocol: Protocol,
    before: Case,
    commands: readonly AnyCommand[],
    at: Instant,
    guards: Guard[],
  ): Promise<BatchVerdict> {
    const refused =
      (await misreferred((named) => store.load(tenant, named), protocol, before, commands, guards)) ??
      (asksTheHost ? await forbiddenBy(options, protocol, before, commands) : undefined)
    return refused ?? judgeAll(protocol, before, commands, clocks, overdueAt(protocol, at))
  }

  /** One try; undefined where another writer came first. What is remembered may be old: only a write or a load can tell. */
  async function sendOnce(caseId: string, read: Reading, freight: Freight): Promise<Answer | undefined> {
    const remembered = warm.recall(caseId)
    const before = remembered ?? (await load(caseId)).found
    const protocol = shelf.exact(before.protocol)
    const reading = read(protocol, before)
    if (!reading.read) return remembered === undefined ? refuse(caseId, before, reading) : undefined
    const { letter } = reading
    const at = writtenNow()
    const guards: Guard[] = []
    const judged = judgeLetter(protocol, before, letter, at, guards, freight.own)
    const verdict = judged instanceof Promise ? await judged : judged
    if (!verdict.accepted) {
      if (remembered !== undefined) return undefined
      const answer = (await writer.seenBefore(letter, caseId)) ?? verdict
      // What the desk itself tries in vain is nobody's lesson: it is neither noted nor told.
      return answer.accepted || freight.own ? answer : refuse(caseId, before, answer)
    }
    const redacted = freight.redact === undefined ? undefined : await freight.redact(protocol, before)
    const outcome = await writer.commit(letter, before, verdict.steps, at, {
      redacted,
      guards,
      lifted: isLifted(before),
    })
    if (outcome === 'written') return written(letter, before, verdict.steps, at)
    return outcome === undefined || outcome.accepted ? outcome : refuse(caseId, before, outcome)
  }

  return {
    load,

    async judge(caseId, read) {
      const { found, protocol } = await load(caseId)
      const reading = read(protocol, found)
      if (!reading.read) return { accepted: false, refusal: reading.refusal }
      return judgeLetter(protocol, found, reading.letter, writtenNow(), [])
    },

    async options(caseId) {
      const { found, protocol } = await load(caseId)
      return optionsAt(protocol, found, clocks, writtenNow())
    },

    async open(reading) {
      if (!reading.read) return refuse('', undefined, reading)
      const recorded = now()
      const at = recorded.toISOString()
      const { by, at: came, caseId = timeOrderedId(recorded), protocol: wanted, ...complaint } = reading.letter.content
      const protocol = shelf.choose(wanted)
      const command: Opened = { type: 'open', by, at: came ?? at, ...complaint }
      const refused =
        aheadOf(at, [command]) ?? unknownTime(clocks, command) ?? (await openingForbiddenBy(options, command))
      if (refused !== undefined) return refuse(caseId, undefined, refused)
      const steps = [{ command, from: null, after: openedCase(protocol, caseId, command, clocks) }]
      const outcome = (await writer.commit(reading.letter, undefined, steps, at)) ?? alreadyOpen
      if (outcome === 'written') return written(reading.letter, undefined, steps, at)
      return outcome.accepted ? outcome : refuse(caseId, undefined, outcome)
    },

    import: createImport({ ...options, writer, refuse, keep: warm.keep }),

    send: (caseId, read, freight = {}) =>
      turns.take(caseId, async () => {
        for (let tries = 0; tries < MAX_ATTEMPTS; tries++) {
          const answer = await sendOnce(caseId, read, freight)
          if (answer !== undefined) return answer
          warm.forget(caseId)
          await fallOutOfStep(tries)
        }
        const message = `Other writers came first ${MAX_ATTEMPTS} times. Nothing was stored; it can be sent again.`
        throw new RedressError('contended', message, { facts: { caseId } })
      }),
  }
}

const conflict = (type: string | undefined, actual: number, expected: number) =>
  refusedWith(
    'conflict',
    type,
    `The case is at version ${actual}, not ${expected}. Nothing was stored; look again, then decide.`,
  )

/** Two writers in step would meet at every try, and one always come second: a random pause, longer with each try. */
async function fallOutOfStep(tries: number): Promise<void> {
  const longestMs = Math.min(2 ** tries, MAX_PAUSE_MS)
  if (tries > 0) await new Promise((resume) => setTimeout(resume, Math.random() * longestMs))
}
