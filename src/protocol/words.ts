import * as z from 'zod'

const MAX_ID_CHARACTERS = 200
const MAX_WORDS_CHARACTERS = 50_000

/** A host's or our own identifier: 1 to 200 characters, nothing invisible at its ends. */
export const Id = z
  .string()
  .min(1)
  .max(MAX_ID_CHARACTERS)
  .regex(/^\S(?:.*\S)?$/u, 'an id neither begins nor ends with a space and stays on one line')
export type Id = z.infer<typeof Id>

/** Somebody's words: 1 to 50,000 characters, not blank. They are personal data: they stay in the log entry alone. */
export const Words = z
  .string()
  .max(MAX_WORDS_CHARACTERS)
  .refine((words) => words.trim() !== '', 'words that are not blank')
  .meta({ personal: true })
export type Words = z.infer<typeof Words>

/** A short name for a thing, not for a person: a part, a stage, a channel, a site. 1 to 200 characters. */
export const Label = z
  .string()
  .max(MAX_ID_CHARACTERS)
  .refine((label) => label.trim() !== '', 'a label that is not blank')
export type Label = z.infer<typeof Label>

const CANONICAL_INSTANT_CHARACTERS = '2026-01-01T00:00:00.000Z'.length

const canonical = (text: string): string => {
  if (text.length === CANONICAL_INSTANT_CHARACTERS && text.endsWith('Z')) return text
  // zod goes on to here with a text that it has refused already.
  const time = Date.parse(text)
  return Number.isNaN(time) ? text : new Date(time).toISOString()
}

/**
 * A moment as an ISO 8601 string with an offset, kept in UTC with milliseconds (`2026-01-31T09:30:00.000Z`), so that
 * comparing two strings compares two moments.
 */
export const Instant = z.iso
  .datetime({ offset: true })
  .refine((text) => canonical(text).length === CANONICAL_INSTANT_CHARACTERS, 'a year of four digits, in UTC too')
  .overwrite(canonical)
export type Instant = z.infer<typeof Instant>
