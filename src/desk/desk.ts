import { RedressError } from '../errors.ts'
import type { Case, CommandInput, Entry, Opened, StateName } from '../machine/case.ts'
import type { Option } from '../machine/explain.ts'
import { explain as optionsOf } from '../machine/explain.ts'
import { openedCase } from '../machine/fold.ts'
import type { BatchVerdict, Refused } from '../machine/judge.ts'
import { judgeAll } from '../machine/judge.ts'
import { refusedWith } from '../machine/refusal.ts'
import { pocock } from '../protocol/catalogue.ts'
import type { AnyCommand } from '../protocol/command.ts'
import type { Opening, ReadCommand } from '../protocol/parse.ts'
import { parseWith } from '../protocol/parse.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { Instant } from '../protocol/words.ts'
import { Id } from '../protocol/words.ts'
import type { Store } from '../stores/store.ts'
import type { Answer } from './answer.ts'
import { timeOrderedId } from './identity.ts'
import type { HandedIn, Letter, SendOptions } from './letter.ts'
import { handIn, readCommands, readOpening } from './letter.ts'
import type { DeskEvents, Listener } from './listeners.ts'
import { createListeners } from './listeners.ts'
import { createShelf } from './shelf.ts'
import { tellSteps } from './tell.ts'
import { createTurns } from './turns.ts'
import type { CaseView } from './view.ts'
import { viewOf } from './view.ts'
import type { Step } from './writer.ts'
import { createWriter } from './writer.ts'

const MAX_ATTEMPTS = 20
const MAX_PAUSE_MS = 50

/** How a desk is set up. */
export interface DeskOptions<P extends readonly [Protocol, ...Protocol[]]> {
  readonly store: Store
  /** The protocols that it knows, versions side by side; the first is the default. Default: `pocock`. */
  readonly protocols?: P
  /** The clock; `at` and `recordedAt` come from nowhere else. Default: the system's. */
  readonly now?: () => Date
  /** Whose cases these are; a desk never sees another tenant's. Default: `default`. */
  readonly tenant?: string
}

/** The front door: every command of every case goes through it, and through `judge`. */
export interface Desk<P extends Protocol = Protocol> {
  /** Opens a case for a complaint (`Opening`). Refused with `already-open` where the case is there. */
  open(complaint: Opening, options?: SendOptions): Promise<Answer>
  open(complaint: unknown, options?: SendOptions): Promise<Answer>
  /** Sends one command, or a batch that is judged in its own order and passes whole or not at all. */
  send(caseId: string, command: CommandInput<P> | readonly CommandInput<P>[], options?: SendOptions): Promise<Answer>
  send(caseId: string, command: unknown, options?: SendOptions): Promise<Answer>
  /** The case as it stands. Throws `case-unknown`. */
  look(caseId: string): Promise<CaseView>
  /** Every command: open now, with what it must bring, or why not. */
  explain(caseId: string): Promise<readonly Option[]>
  /** What `send` would say to a command or batch, without doing it. */
  explain(caseId: string, command: unknown): Promise<BatchVerdict>
  /** The case's log, oldest first, after a version. Throws `case-unknown`, and `input-invalid` for another `after`. */
  log(caseId: string, after?: number): AsyncIterable<Entry>
  /** Listens; returns its own removal. */
  on<E extends keyof DeskEvents>(event: E, listener: Listener<E>): () => void
}

/**
 * Sets up a desk on a store.
 *
 * Its calls throw `case-unknown`, `protocol-unknown` and `case-unreadable` (the desk lacks the case's protocol),
 * `contended` (too many writers at once) and what the store throws; whatever is said to be refused is an answer.
 */
export function createDesk<const P extends readonly [Protocol, ...Protocol[]] = readonly [typeof pocock]>(
  options: DeskOptions<P>,
): Desk<P[number]> {
  const { store, now = () => new Date(), tenant = 'default' } = options
  const shelf = createShelf(options.protocols ?? [pocock])
  const listeners = createListeners()
  const turns = createTurns()

  const writer = createWriter(store, tenant)

  async function load(caseId: string): Promise<Case> {
    const found = parseWith(Id, caseId).ok ? await store.load(tenant, caseId) : undefined
    if (found !== undefined) return found
    throw new RedressError('case-unknown', 'There is no such case at this desk. Nothing was stored. Open it first.')
  }

  function refuse(caseId: string, state: StateName | undefined, { refusal }: Refused): Refused {
    listeners.tell('refused', { caseId, refusal, state })
    return { accepted: false, refusal }
  }

  /** Tells what one try came to; undefined where another writer came first. */
  function tell(caseId: string, before: Case | undefined, steps: readonly Step[], answer: Answer | undefined) {
    if (answer === undefined) return undefined
    if (!answer.accepted) return refuse(caseId, before?.state, answer)
    if (!answer.repeated) tellSteps(listeners, before, steps, answer.entries)
    return answer
  }

  async function openOnce(input: unknown, asked: unknown): Promise<Answer> {
    const reading = readOpening(input, asked)
    if (!reading.read) return refuse('', undefined, reading)
    const recorded = now()
    const at = recorded.toISOString()
    const {
      by,
      at: happened,
      caseId = timeOrderedId(recorded),
      protocol: wanted,
      ...complaint
    } = reading.letter.content
    const protocol = shelf.choose(wanted)
    const command: Opened = { type: 'open', by, at: happened ?? at, ...complaint }
    const steps = [{ command, from: null, after: openedCase(protocol, caseId, command) }]
    const answer = await writer.commit(reading.letter, undefined, steps, at)
    const there = 'There is a case under this id already. Nothing was stored; send it a command, or open another.'
    return (
      tell(caseId, undefined, steps, answer) ??
      refuse(caseId, undefined, { accepted: false, refusal: refusedWith('already-open', 'open', there) })
    )
  }

  async function sendOnce(caseId: string, handedIn: HandedIn): Promise<Answer | undefined> {
    const before = await load(caseId)
    const protocol = shelf.exact(before.protocol)
    const reading = readCommands(protocol, before, handedIn)
    if (!reading.read) return refuse(caseId, before.state, reading)
    const { letter } = reading
    const at = now().toISOString()
    const verdict = conflictOf(letter, before) ?? judgeAll(protocol, before, stamped(letter.content, at))
    if (!verdict.accepted) return tell(caseId, before, [], (await writer.seenBefore(letter)) ?? verdict)
    return tell(caseId, before, verdict.steps, await writer.commit(letter, before, verdict.steps, at))
  }

  return {
    open: openOnce,

    send(caseId: string, input: unknown, asked?: unknown) {
      const handedIn = handIn(input, asked)
      return turns.take(caseId, async () => {
        for (let tries = 0; tries < MAX_ATTEMPTS; tries++) {
          const answer = await sendOnce(caseId, handedIn)
          if (answer !== undefined) return answer
          await fallOutOfStep(tries)
        }
        throw new RedressError(
          'contended',
          `Other writers came first ${MAX_ATTEMPTS} times. Nothing was stored; it can be sent again.`,
          { facts: { caseId } },
        )
      })
    },

    async look(caseId) {
      const found = await load(caseId)
      return viewOf(shelf.exact(found.protocol), found)
    },

    async explain(caseId: string, ...inputs: readonly [] | readonly [unknown]) {
      const handedIn = inputs.length === 0 ? undefined : handIn(inputs[0])
      const found = await load(caseId)
      const protocol = shelf.exact(found.protocol)
      if (handedIn === undefined) return optionsOf(protocol, found)
      const reading = readCommands(protocol, found, handedIn)
      if (!reading.read) return { accepted: false, refusal: reading.refusal }
      return judgeAll(protocol, found, stamped(reading.letter.content, now().toISOString()))
    },

    async *log(caseId, after = 0) {
      if (!Number.isSafeInteger(after) || after < 0) {
        throw new RedressError(
          'input-invalid',
          'The log is read after a version: `after` is a whole number, 0 or more.',
        )
      }
      await load(caseId)
      yield* store.log(tenant, caseId, after)
    },

    on: listeners.on,
  } as Desk<P[number]>
}

/** Two writers in step would meet at every try, and one always come second: a random pause, longer with each try. */
async function fallOutOfStep(tries: number): Promise<void> {
  const longestMs = Math.min(2 ** tries, MAX_PAUSE_MS)
  if (tries > 0) await new Promise((resume) => setTimeout(resume, Math.random() * longestMs))
}

const stamped = (commands: readonly ReadCommand[], now: Instant): readonly AnyCommand[] =>
  commands.map((command) => ({ ...command, at: command.at ?? now }))

function conflictOf({ expectedVersion, type }: Letter<unknown>, before: Case): Refused | undefined {
  if (expectedVersion === undefined || expectedVersion === before.version) return undefined
  const sentence = `The case is at version ${before.version}, not ${expectedVersion}. Nothing was stored; look again, then decide.`
  return { accepted: false, refusal: refusedWith('conflict', type, sentence) }
}
