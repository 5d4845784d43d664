import type { Case } from '../machine/case.ts'
import type { Refused } from '../machine/judge.ts'
import { openNow } from '../machine/open.ts'
import { refusedWith } from '../machine/refusal.ts'
import type { Actor } from '../protocol/actor.ts'
import type { AnyCommand, Role } from '../protocol/command.ts'
import type { Protocol } from '../protocol/protocol.ts'

/** What the host is asked before a command is judged: may this actor do this to this case? */
export interface AuthorizeRequest {
  readonly actor: Actor
  readonly command: AnyCommand
  readonly case: Case
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
  { authorize, roles }: AuthorityOptions,
  protocol: Protocol,
  before: Case,
  commands: readonly AnyCommand[],
): Promise<Refused | undefined> {
  if (authorize === undefined && roles === undefined) return undefined
  for (const [index, command] of commands.entries()) {
    const reason = await reasonAgainst({ authorize, roles }, protocol, before, command)
    if (reason === undefined) continue
    const refusal = refusedWith('forbidden', command.type, reason, openNow(protocol, before))
    return { accepted: false, refusal: { ...refusal, index } }
  }
  return undefined
}

async function reasonAgainst(
  { authorize, roles }: { readonly authorize: Authorize | undefined; readonly roles: RolesOf | undefined },
  protocol: Protocol,
  before: Case,
  command: AnyCommand,
): Promise<string | undefined> {
  const { needs } = protocol.commands.get(command.type) ?? {}
  if (needs !== undefined && roles !== undefined && !(await roles(command.by)).includes(needs)) {
    return `“${command.type}” takes somebody with authority. Nothing was stored.`
  }
  const said = (await authorize?.({ actor: command.by, command, case: before })) ?? true
  if (said === true) return undefined
  return said === false ? `“${command.type}” is not for this actor. Nothing was stored.` : said
}
