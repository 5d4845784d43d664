import type { Attributes } from '@opentelemetry/api'
import type { Accepted, Answer } from '../desk/answer.ts'
import { DeliveryError } from '../desk/delivery.ts'
import { RedressError } from '../errors.ts'
import type { Entry, StateName } from '../machine/case.ts'
import { placeOf } from '../machine/case.ts'
import type { Refusal } from '../machine/refusal.ts'

/**
 * The attributes of spans and metrics. Their values are words of the protocol, codes and counts; nobody's words, and nobody's
 * id. The id of a case is one of the host's, and told only where the host says so.
 */
export const attribute = {
  operation: 'redress.operation',
  command: 'redress.command',
  batchSize: 'redress.batch.size',
  protocol: 'redress.protocol',
  phase: 'redress.phase',
  phaseBefore: 'redress.phase.before',
  phaseAfter: 'redress.phase.after',
  verdict: 'redress.verdict',
  refusalCode: 'redress.refusal.code',
  refusalRule: 'redress.refusal.rule',
  refusalRules: 'redress.refusal.rules',
  caseId: 'redress.case.id',
  caseVersion: 'redress.case.version',
  promiseState: 'redress.promise.state',
  deadline: 'redress.deadline',
  tickHandled: 'redress.tick.handled',
  subscription: 'redress.subscription',
  attempt: 'redress.delivery.attempt',
  /** OpenTelemetry's own. */
  errorType: 'error.type',
} as const

/** Where a refused command would have been judged. */
export interface Standing {
  readonly protocol: string | undefined
  readonly state: StateName | undefined
}

/** What became of a call. */
export const attributesOf = (answer: Answer, standing: Standing | undefined): Attributes =>
  answer.accepted ? accepted(answer) : refused(answer.refusal, standing)

/** A command of the log. */
export const attributesOfEntry = ({ command, protocol, from, to, version }: Entry): Attributes => ({
  [attribute.command]: command.type,
  [attribute.protocol]: protocol,
  ...(from === null ? {} : { [attribute.phaseBefore]: placeOf(from).phase }),
  [attribute.phaseAfter]: placeOf(to).phase,
  [attribute.caseVersion]: version,
})

/** What kind of error it was. Its message may hold somebody’s words, and is not told. */
export function errorType(error: unknown): string {
  if (error instanceof RedressError || error instanceof DeliveryError) return error.code
  // OpenTelemetry’s word for all that has no kind.
  return error instanceof Error && className.test(error.name) ? error.name : '_OTHER'
}

const className = /^[A-Z][A-Za-z]{0,40}Error$/

function accepted({ entries, repeated }: Accepted): Attributes {
  const [first, last] = [entries[0], entries.at(-1)]
  return {
    [attribute.verdict]: repeated ? 'repeated' : 'accepted',
    ...(last === undefined ? {} : attributesOfEntry({ ...last, from: first?.from ?? null })),
  }
}

const refused = ({ code, command, rules }: Refusal, { protocol, state }: Partial<Standing> = {}): Attributes => ({
  [attribute.verdict]: 'refused',
  [attribute.refusalCode]: code,
  [attribute.refusalRules]: rules.map(({ id }) => id),
  ...(command === undefined ? {} : { [attribute.command]: command }),
  ...(protocol === undefined ? {} : { [attribute.protocol]: protocol }),
  ...(state === undefined
    ? {}
    : { [attribute.phaseBefore]: placeOf(state).phase, [attribute.phaseAfter]: placeOf(state).phase }),
})
