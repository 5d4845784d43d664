import * as z from 'zod'
import type { Entry } from '../machine/case.ts'
import { Opening } from '../protocol/parse.ts'
import type { Protocol } from '../protocol/protocol.ts'

/** What stands in the log where words were erased. */
export const ERASED = '[erased]'

/**
 * A log with its personal words erased: types, times, actors' ids and versions stay. What no schema knows goes whole: an
 * older version may have written it, and nobody can say whose words it holds.
 */
export const redact = (protocol: Protocol, entries: readonly Entry[]): readonly Entry[] =>
  entries.map((entry) => {
    const { type, by, at, ...said } = entry.command
    const schema = type === 'open' ? Opening : protocol.commands.get(type)?.evidence
    const left = schema === undefined ? {} : (redactValue(schema, said) as object)
    return { ...entry, command: { type, by, at, ...left } as Entry['command'] }
  })

/**
 * A value without what its schema marks as personal (`.meta({ personal: true })`), whatever wraps the mark. Where it is
 * one schema of several, the others may know a field that it does not.
 */
function redactValue(schema: z.core.$ZodType, value: unknown, isOneOfSeveral = false): unknown {
  if (value === undefined || value === null) return value
  if (isPersonal(schema)) return ERASED
  const { def } = schema as unknown as { readonly def: Holder }
  const within = wrapped(def, value)
  if (within !== undefined) {
    const several = isOneOfSeveral || within.length > 1
    return within.reduce<unknown>((known, one) => redactValue(one, known, several), value)
  }
  const redactPart = (part: z.core.$ZodType | null | undefined, one: unknown): unknown =>
    part === undefined || part === null ? one : redactValue(part, one, isOneOfSeveral)
  if (Array.isArray(value)) {
    return value.map((one, index) => redactPart(def.element ?? def.items?.[index] ?? def.rest, one))
  }
  const isUnknown = (field: string) =>
    !isOneOfSeveral && def.shape !== undefined && def.catchall === undefined && !Object.hasOwn(def.shape, field)
  if (typeof value !== 'object') return value
  const namesPeople = def.keyType !== undefined && isPersonal(def.keyType)
  const fields = Object.entries(value).map(([field, one], index) => [
    namesPeople ? `${ERASED} ${index + 1}` : field,
    isUnknown(field) ? ERASED : redactPart(def.shape?.[field] ?? def.valueType ?? def.catchall, one),
  ])
  return Object.fromEntries(fields)
}

const isPersonal = (schema: z.core.$ZodType): boolean => z.globalRegistry.get(schema)?.['personal'] === true

/**
 * The schemas that a schema merely wraps, each of which may mark what the value holds. Of a union all that fit: what one
 * of them marks is erased, though another would not have marked it.
 */
function wrapped(def: Holder, value: unknown): readonly z.core.$ZodType[] | undefined {
  if (def.innerType !== undefined) return [def.innerType]
  if (def.in !== undefined && def.out !== undefined) return [def.in, def.out]
  if (def.getter !== undefined) return [def.getter()]
  if (def.left !== undefined && def.right !== undefined) return [def.left, def.right]
  if (def.options === undefined) return undefined
  const fitting = def.options.filter((one) => z.safeParse(one, value).success)
  return fitting.length === 0 ? def.options : fitting
}

/** The parts of zod's definitions that hold other schemas. */
interface Holder {
  readonly innerType?: z.core.$ZodType
  readonly in?: z.core.$ZodType
  readonly out?: z.core.$ZodType
  getter?(): z.core.$ZodType
  readonly left?: z.core.$ZodType
  readonly right?: z.core.$ZodType
  readonly options?: readonly z.core.$ZodType[]
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>
  readonly keyType?: z.core.$ZodType
  readonly valueType?: z.core.$ZodType
  readonly catchall?: z.core.$ZodType
  readonly element?: z.core.$ZodType
  readonly items?: readonly z.core.$ZodType[]
  readonly rest?: z.core.$ZodType | null
}
