import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { AuditReport } from '../audit/index.ts'
import { auditLog } from '../audit/index.ts'
import { RedressError } from '../errors.ts'
import type { WorkingTime } from '../protocol/calendar.ts'
import type { Output } from './output.ts'
import { progressOn } from './progress.ts'

/** What an audit in a shell has around it: where its cases go, what stops it, whether it tells how far it is. */
export interface Surroundings {
  readonly cases: Output | undefined
  readonly signal: AbortSignal
  readonly isQuiet: boolean
}

/** Audits a file, or what is piped in, and says on the terminal how far it is. */
export async function audited(
  log: string,
  map: unknown,
  { cases, signal, isQuiet }: Surroundings,
  options: Pick<Parameters<typeof auditLog>[1], 'protocol' | 'format'>,
): Promise<AuditReport> {
  const size = log === '-' ? undefined : (await stat(log)).size
  const workingTime = says(map, 'calendar') ? await loadWorkingTime() : undefined
  const source = log === '-' ? process.stdin : createReadStream(log)
  const stop = () => source.destroy()
  signal.addEventListener('abort', stop)
  const progress = progressOn(process.stderr, isQuiet)
  try {
    return await auditLog(source, {
      map,
      ...options,
      ...(workingTime === undefined ? {} : { workingTime }),
      ...(cases === undefined ? {} : { onCase: (one) => cases.write(`${JSON.stringify(one)}\n`) }),
      signal,
      onProgress: ({ bytes, cases }) => progress.show(() => progressLine(bytes, size, cases)),
    })
  } finally {
    progress.end()
    signal.removeEventListener('abort', stop)
    source.destroy()
  }
}

const progressLine = (bytes: number, size: number | undefined, cases: number): string => {
  if (cases > 0) return `judged ${cases.toLocaleString('en')} cases`
  const share = size === undefined || size === 0 ? '' : ` (${Math.min(100, Math.floor((bytes / size) * 100))}%)`
  return `read ${(bytes / 1e6).toFixed(0)} MB${share}`
}

/** Whether a map says anything of a field, right or wrong. */
export const says = (map: unknown, field: 'format' | 'calendar'): boolean =>
  (map as { readonly [field: string]: unknown } | null)?.[field] !== undefined

async function loadWorkingTime(): Promise<WorkingTime> {
  try {
    return (await import('../protocol/temporal.ts')).temporalWorkingTime
  } catch (cause) {
    throw new RedressError(
      'input-invalid',
      'The map has a calendar, and working time needs the package temporal-polyfill: npm install temporal-polyfill.',
      { cause },
    )
  }
}
