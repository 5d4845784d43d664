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
  const { def } = schema as unknown as { readonly def: Holder }
  const inner = def.innerType ?? def.out ?? def.getter?.()
  if (inner !== undefined) return redactValue(inner, value)
  if (def.left !== undefined && def.right !== undefined) return redactValue(def.right, redactValue(def.left, value))
  if (def.options !== undefined) {
    const option = def.options.find((one) => z.safeParse(one, value).success)
    return option === undefined ? value : redactValue(option, value)
  }
  if (Array.isArray(value)) {
    return value.map((one, index) => redactPart(def.element ?? def.items?.[index] ?? def.rest, one))
  }
  if (typeof value !== 'object') return value
  const fields = Object.entries(value).map(([field, one]) => [
    field,
    redactPart(def.shape?.[field] ?? def.valueType, one),
  ])
  return Object.fromEntries(fields)
}

const redactPart = (schema: z.core.$ZodType | null | undefined, value: unknown): unknown =>
  schema === undefined || schema === null ? value : redactValue(schema, value)

/** The parts of zod's definitions that hold other schemas. */
interface Holder {
  readonly innerType?: z.core.$ZodType
  readonly out?: z.core.$ZodType
  getter?(): z.core.$ZodType
  readonly left?: z.core.$ZodType
  readonly right?: z.core.$ZodType
  readonly options?: readonly z.core.$ZodType[]
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>
  readonly valueType?: z.core.$ZodType
  readonly element?: z.core.$ZodType
  readonly items?: readonly z.core.$ZodType[]
  readonly rest?: z.core.$ZodType | null
}
