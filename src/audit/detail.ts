import type { FindingId } from './finding.ts'
import type { AuditReport } from './report.ts'
import { counted, plain, share } from './say.ts'

const MOST = 3

/** Where a finding comes from most, in a sentence; nothing where there is no more to say. */
export function detailsOf(report: AuditReport, id: FindingId): readonly string[] {
  const { cases, deviations, waits, promises, hops } = report
  switch (id) {
    case 'skipped-steps': {
      const skipped = deviations.filter(({ kind }) => kind === 'skipped').slice(0, MOST)
      return [`Most of all ${skipped.map((one) => `${one.command} (${share(one.cases, cases)})`).join(', ')}.`]
    }
    case 'waited-too-long':
      return waits
        .filter(({ late }) => (late ?? 0) > 0)
        .map(({ name, late }) => `${plain(name)}: ${counted(late ?? 0, 'case')} (${share(late ?? 0, cases)}).`)
    case 'broken-promises':
      return [`${counted(promises.broken, 'promise')} of ${promises.made} that were made.`]
    case 'hopped-owners':
      return [
        `More than ${counted(hops.limit, 'change')} of hands, ${Math.max(...hops.times.map((one) => one.hops))} at most.`,
      ]
    case 'problem-first':
      return []
  }
}
