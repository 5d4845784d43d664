import * as z from 'zod'
import type { Entry } from '../machine/case.ts'
import { Opening } from '../protocol/parse.ts'
import type { Protocol } from '../protocol/protocol.ts'

/** What stands in the log where words were erased. */
export const ERASED = '[erased]'

/** A log with its personal words erased: types, times, actors' ids and versions stay. */
export const redact = (protocol: Protocol, entries: readonly Entry[]): readonly Entry[] =>
  entries.map((entry) => {
    const { type } = entry.command
    const schema = type === 'open' ? Opening : protocol.commands.get(type)?.evidence
    return schema === undefined ? entry : { ...entry, command: redactValue(schema, entry.command) as Entry['command'] }
  })

/** A value without what its schema marks as personal (`.meta({ personal: true })`), whatever wraps the mark. */
function redactValue(schema: z.core.$ZodType, value: unknown): unknown {
  if (value === undefined || value === null) return value
  if (z.globalRegistry.get(schema)?.['personal'] === true) return ERASED
  const { def } = (schema as z.ZodType)._zod as { readonly def: Definition }
  if (def.innerType !== undefined) return redactValue(def.innerType, value)
  if (def.shape !== undefined) {
    const redacted = Object.entries(def.shape).flatMap(([field, inner]): readonly [string, unknown][] => {
      const one = (value as Record<string, unknown>)[field]
      return one === undefined ? [] : [[field, redactValue(inner, one)]]
    })
    return { ...(value as object), ...Object.fromEntries(redacted) }
  }
  if (def.element !== undefined)
    return (value as readonly unknown[]).map((one) => redactValue(def.element as z.ZodType, one))
  if (def.items !== undefined) {
    return (value as readonly unknown[]).map((one, index) => redactValue(def.items?.[index] as z.ZodType, one))
  }
  if (def.valueType !== undefined) {
    const entries = Object.entries(value as object)
    return Object.fromEntries(entries.map(([key, one]) => [key, redactValue(def.valueType as z.ZodType, one)]))
  }
  const option = def.options?.find((one) => z.safeParse(one, value).success)
  return option === undefined ? value : redactValue(option, value)
}

/** The parts of zod's definitions that hold other schemas. */
interface Definition {
  readonly innerType?: z.core.$ZodType
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>
  readonly element?: z.core.$ZodType
  readonly items?: readonly z.core.$ZodType[]
  readonly valueType?: z.core.$ZodType
  readonly options?: readonly z.core.$ZodType[]
}
