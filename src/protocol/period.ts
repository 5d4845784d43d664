import * as z from 'zod'
import { Instant } from './words.ts'

/** A stretch of time: `from` that moment on, and up to `to`, which is no longer in it. */
export const Period = z
  .strictObject({ from: Instant.describe('the first moment'), to: Instant.describe('the first moment after it') })
  .refine(({ from, to }) => from < to, { path: ['to'], error: 'a moment after `from`' })
export type Period = z.infer<typeof Period>
