import { type AuditOptions, type AuditReport, auditLog, type CaseAudit } from 'redress/audit'

/** A log as it comes from a disk or a network: in pieces of so many bytes. */
export async function* inPieces(log: string | Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  const bytes = typeof log === 'string' ? new TextEncoder().encode(log) : log
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** A map for logs of three columns, or five, with what the activities of these tests mean. */
export const aMap = {
  columns: { case: 'case', activity: 'activity', time: 'time' },
  activities: { take: 'own', hear: 'listen', solve: 'deliver', close: 'close', tag: 'ignore' },
} as const

/** Audits a log that is written out. */
export const audit = (
  log: string | Uint8Array,
  map: object = {},
  options: Partial<AuditOptions> & { readonly pieces?: number } = {},
): Promise<AuditReport> => auditLog(inPieces(log, options.pieces), { map: { ...aMap, ...map }, ...options })

/** The cases of a log that is written out, by their ids. */
export async function casesOf(
  log: string | Uint8Array,
  map: object = {},
  options: Partial<AuditOptions> = {},
): Promise<Readonly<Record<string, CaseAudit>>> {
  const cases: Record<string, CaseAudit> = {}
  await audit(log, map, {
    ...options,
    onCase: (one) => {
      cases[one.caseId] = one
    },
  })
  return cases
}

/** Rows as a CSV: a case, what was done, and on which day of March 2026, or when. */
export const csv = (...rows: readonly (readonly [string, string, string | number])[]): string =>
  ['case,activity,time', ...rows.map(([id, activity, at]) => `${id},${activity},${timeOf(at)}`)].join('\n')

const timeOf = (at: string | number) =>
  typeof at === 'string' ? at : `2026-03-${String(at).padStart(2, '0')}T09:00:00Z`
