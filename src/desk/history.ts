import * as z from 'zod'
import type { CommandInput } from '../machine/case.ts'
import type { HistoryCommand, RefusedCommand } from '../machine/history.ts'
import { malformed, refusedWith } from '../machine/refusal.ts'
import { Actor } from '../protocol/actor.ts'
import type { AnyCommand } from '../protocol/command.ts'
import type { Issue, Parsed } from '../protocol/parse.ts'
import { Opening, parsePlain, parsePlainCommand, parseWith } from '../protocol/parse.ts'
import { isPlain, plainJson } from '../protocol/plain.ts'
import type { Protocol } from '../protocol/protocol.ts'
import { Id, Instant } from '../protocol/words.ts'
import { digestOf } from './identity.ts'
import type { ReadLetter } from './letter.ts'
import { ahead, isAhead } from './moment.ts'
import { parseSignalled, Signal } from './signal.ts'

/** The commands of one import at most. */
export const MAX_HISTORY_COMMANDS = 20_000

/** How an import is to be taken. */
export const ImportOptions = z.strictObject({
  id: Id.optional().describe(
    'the id of this import; where the opening names a case, `import:` and its id, if left out',
  ),
  dryRun: z.boolean().optional().describe('only say what would come of it: nothing is stored, nobody is told'),
  signal: Signal.optional().describe('calls it off where nothing was written yet: it throws `aborted` then'),
})
export type ImportOptions = z.infer<typeof ImportOptions>

const Frame = z.strictObject({
  by: Actor.describe('who imports'),
  opening: Opening.safeExtend({ at: Instant.describe('when it came') }),
  until: Instant.optional().describe('when the history ends; now, if left out'),
})
type Frame = z.infer<typeof Frame>

/** A case’s history in another system, as a caller writes it. */
export interface History<P extends Protocol = Protocol> {
  /** Who imports it. */
  readonly by: Actor
  /** As `open` takes it, with the time when it came. */
  readonly opening: Opening & { readonly at: Instant }
  /**
   * As `send` takes them, each with its own time and, to be traced by, the id that it had where it comes from. By that id
   * later ones can name what it promised (`ev-7`, `ev-7/2`): the ledger’s own ids count only what is applied.
   */
  readonly commands: readonly (CommandInput<P> & { readonly at: Instant; readonly commandId?: Id })[]
  /**
   * When the history ends, the moment of the export say: what fell due by then is part of it, what falls due later is the
   * desk’s own. Now, if left out.
   */
  readonly until?: Instant
}

/** A history that came in at the door: its commands are read once it is known which protocol they are of. */
export interface ReadHistory extends Frame {
  readonly commands: readonly Parsed<unknown>[]
  readonly dryRun: boolean
  /** Whether its caller gave it an id. */
  readonly named: boolean
}

/** Reads a history, and copies its commands one by one: one that can’t be kept does not spoil the others. */
export function readHistory(input: unknown, options: unknown): ReadLetter<ReadHistory> {
  const asked = parseSignalled(ImportOptions, options === undefined ? {} : options)
  if (!asked.ok) return unread(asked.issues.map((issue) => within('options', issue)))
  const apart = takeApart(input)
  if (!apart.ok) return unread(apart.issues)
  const { rest, commands } = apart.value
  const frame = parseWith(Frame, rest)
  if (!frame.ok) return unread(frame.issues)
  const { by, opening, until } = frame.value
  const { id = opening.caseId && `import:${opening.caseId}`, dryRun = false } = asked.value
  return {
    read: true,
    letter: {
      id: id ?? crypto.randomUUID(),
      hash: id === undefined ? undefined : digestOf([opening, commands, until ?? null]),
      expectedVersion: undefined,
      type: 'import',
      importedBy: by,
      signal: asked.value.signal,
      content: { ...frame.value, commands, dryRun, named: asked.value.id !== undefined },
    },
  }
}

const unread = (issues: readonly Issue[]) => ({
  read: false as const,
  accepted: false as const,
  refusal: malformed('import', issues),
})

const within = (field: string, { path, message }: Issue): Issue => ({
  path: path === '' ? field : `${field}.${path}`,
  message,
})

function takeApart(input: unknown): Parsed<{ readonly rest: object; readonly commands: readonly Parsed<unknown>[] }> {
  const wrong = (path: string, message: string) => ({ ok: false as const, issues: [{ path, message }] })
  try {
    if (typeof input !== 'object' || input === null || Array.isArray(input) || !isPlain(input)) {
      return wrong('', 'a plain object: by, opening, commands')
    }
    const { commands, ...rest } = input as { readonly commands?: unknown }
    if (!Array.isArray(commands)) return wrong('commands', commands === undefined ? 'is missing' : 'a list of commands')
    const { length } = commands
    if (length > MAX_HISTORY_COMMANDS) return wrong('commands', `at most ${MAX_HISTORY_COMMANDS} commands`)
    return {
      ok: true,
      value: { rest, commands: Array.from({ length }, (_, index) => plainJson(commands[index])) },
    }
  } catch {
    return wrong('', 'a value that can be read')
  }
}

/** The commands of a history that could be read, and those that could not. */
export interface ReadHistoryCommands {
  readonly read: readonly HistoryCommand[]
  readonly unread: readonly RefusedCommand[]
}

/** Reads the commands of a history, which may be as late as now. */
export function readHistoryCommands(
  protocol: Protocol,
  commands: readonly Parsed<unknown>[],
  now: Instant,
): ReadHistoryCommands {
  const read: HistoryCommand[] = []
  const unread: RefusedCommand[] = []
  const seen = new Set<Id>()
  for (const [index, plain] of commands.entries()) {
    const { commandId, type, at, command, issues } = readCommand(protocol, plain, now)
    const stamp = { index, commandId, type, at, state: undefined }
    if (command === undefined) unread.push({ ...stamp, refusal: { ...malformed(type, issues), index } })
    else if (commandId !== undefined && seen.has(commandId))
      unread.push({ ...stamp, refusal: { ...twice(type), index } })
    else read.push({ index, commandId, command })
    if (commandId !== undefined) seen.add(commandId)
  }
  return { read, unread }
}

const twice = (type: string | undefined) =>
  refusedWith('command-id-reused', type, 'A command under this id came before it in the history.')

interface ReadOne {
  readonly commandId?: Id | undefined
  readonly type: string | undefined
  readonly at: Instant | undefined
  /** None where there are issues. */
  readonly command?: AnyCommand
  readonly issues: readonly Issue[]
}

const Trace = z.object({ commandId: Id.optional() })
const Dated = z.object({ at: Instant })

function readCommand(protocol: Protocol, plain: Parsed<unknown>, now: Instant): ReadOne {
  if (!plain.ok) return { type: undefined, at: undefined, issues: plain.issues }
  const { value } = plain
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  const { commandId: _, ...sent } = (isObject ? value : {}) as Readonly<Record<string, unknown>>
  const parsed = parsePlainCommand(protocol, isObject ? sent : value)
  const trace = isObject ? parsePlain(Trace, value) : noTrace
  const dated = isObject ? parsePlain(Dated, value) : undefined
  const at = dated?.ok ? dated.value.at : undefined
  const issues = [
    ...(parsed.ok ? [] : parsed.issues),
    ...(trace.ok ? [] : trace.issues),
    // Of a time that can’t be read the command itself complains.
    ...(isObject && sent['at'] === undefined && dated?.ok === false ? dated.issues : []),
    ...(at !== undefined && isAhead(at, now) ? [ahead] : []),
  ]
  const commandId = trace.ok ? trace.value.commandId : undefined
  const type = typeof sent['type'] === 'string' && protocol.commands.has(sent['type']) ? sent['type'] : undefined
  return parsed.ok && at !== undefined && issues.length === 0
    ? { commandId, type, at, command: { ...parsed.value, at }, issues }
    : { commandId, type, at, issues }
}

const noTrace: Parsed<z.infer<typeof Trace>> = { ok: true, value: {} }
