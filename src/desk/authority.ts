import type { Case } from '../machine/case.ts'
import type { Refused } from '../machine/judge.ts'
import { openNow } from '../machine/open.ts'
import { refusedWith } from '../machine/refusal.ts'
import type { Actor } from '../protocol/actor.ts'
import type { AnyCommand, Role } from '../protocol/command.ts'
import { copyOf } from '../protocol/plain.ts'
import type { Protocol } from '../protocol/protocol.ts'

/** What the host is asked before a command is judged: may this actor do this to this case? */
export interface AuthorizeRequest {
  readonly actor: Actor
  readonly command: AnyCommand
  /** The case as it is; none yet where the command opens it. */
  readonly case: Case | undefined
}

/** Says yes, no, or no with a sentence that says why. */
export type Authorize = (request: AuthorizeRequest) => boolean | string | Promise<boolean | string>

/** Which roles an actor has, from the host's own directory. */
export type RolesOf = (actor: Actor) => readonly Role[] | Promise<readonly Role[]>

/** How the host says who may do what. The rules have their say besides: the owner speaks, a second person waives. */
export interface AuthorityOptions {
  readonly authorize?: Authorize
  readonly roles?: RolesOf
}

/** The refusal of the first command that its actor may not send; none where all may pass on to `judge`. */
export async function forbiddenBy(
  options: AuthorityOptions,
  protocol: Protocol,
  before: Case,
  commands: readonly AnyCommand[],
): Promise<Refused | undefined> {
  for (const [index, command] of commands.entries()) {
    const reason = await reasonAgainst(options, protocol, before, command)
    if (reason === undefined) continue
    const refusal = refusedWith('forbidden', command.type, reason, openNow(protocol, before))
    return { accepted: false, refusal: { ...refusal, index } }
  }
  return undefined
}

/** The refusal of an opening, or an import, that its actor may not send. */
export async function openingForbiddenBy(options: AuthorityOptions, command: AnyCommand): Promise<Refused | undefined> {
  const reason = await hostsReason(options, command, undefined)
  return reason === undefined ? undefined : { accepted: false, refusal: refusedWith('forbidden', command.type, reason) }
}

/** Whether an actor lacks the role that a command takes; never, where the desk knows no roles. */
export async function lacksRole(
  { roles }: AuthorityOptions,
  protocol: Protocol,
  command: AnyCommand,
): Promise<boolean> {
  const { needs } = protocol.commands.get(command.type) ?? {}
  return needs !== undefined && roles !== undefined && !(await roles(command.by)).includes(needs)
}

/** What is said to somebody who lacks it. */
export const takesAuthority = (type: string): string => `“${type}” takes somebody with authority.`

async function reasonAgainst(
  options: AuthorityOptions,
  protocol: Protocol,
  before: Case,
  command: AnyCommand,
): Promise<string | undefined> {
  if (await lacksRole(options, protocol, command)) return `${takesAuthority(command.type)} Nothing was stored.`
  return hostsReason(options, command, before)
}

async function hostsReason(
  { authorize }: AuthorityOptions,
  command: AnyCommand,
  before: Case | undefined,
): Promise<string | undefined> {
  if (authorize === undefined) return undefined
  // It is asked with copies of its own: what it does to them changes no case.
  const said = await authorize(copyOf({ actor: command.by, command, case: before }))
  if (said === true) return undefined
  // Whatever a host's function says by mistake (nothing, say) is a no.
  return typeof said === 'string' ? said : `“${command.type}” is not for this actor. Nothing was stored.`
}
