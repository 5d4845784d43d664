import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { WorkingTime } from '../protocol/calendar.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { CaseAudit } from './case.ts'
import { createJudge } from './case.ts'
import { createCounts } from './counts.ts'
import type { Groups, Room } from './groups.ts'
import { createGroups } from './groups.ts'
import { hoursOf } from './hours.ts'
import { createIntake } from './intake.ts'
import { absentFrom, readMap } from './legend.ts'
import type { Format } from './read.ts'
import { eventsOf } from './read.ts'
import type { AuditReport } from './report.ts'
import type { CaseEvent, Story } from './story.ts'
import { storyOf } from './story.ts'
import { createCaseTally } from './tally.ts'

const COMMONEST = 10
const LONGEST_VARIANT_SHOWN = 1000
/** So long the process may hear nothing else, a signal say. */
const BREATH_MS = 50

/** How a log is audited. */
export interface AuditOptions {
  /** How the log is to be read: a `LogMap`, from anything. */
  readonly map: unknown
  /** By which protocol; the one that the map names, or `pocock`, if left out. */
  readonly protocol?: Protocol
  /** What the log is; the map says so, or it is CSV, if left out. */
  readonly format?: Format
  /** What reckons with the map’s calendar: `temporalWorkingTime` of redress/clocks. */
  readonly workingTime?: WorkingTime
  /** Is told of each case, as it was judged; it is waited for. */
  onCase?(audit: CaseAudit): unknown
  /** Is told how many bytes were read, and how many cases were judged. */
  onProgress?(progress: { readonly bytes: number; readonly cases: number }): void
  readonly signal?: AbortSignal
  /** How much is held in memory; a test holds less. */
  readonly room?: Room
}

/**
 * Audits the log of another system: reads it once, and judges each case by a protocol. It takes memory for 50,000 events
 * and for the longest case, however long the log is; what is beyond waits in files of the system’s folder for such, and
 * those are removed. Throws `input-invalid` for a map that can’t be used, `log-unreadable`, with the line, for a log of
 * which the rest could not be trusted. Rows that can’t be read are left out, and counted by reason.
 */
export async function auditLog(log: AsyncIterable<Uint8Array>, options: AuditOptions): Promise<AuditReport> {
  const legend = readMap(options.map, options.protocol)
  const hours = hoursOf(legend.calendar, options.workingTime)
  const cases = createGroups<CaseEvent>(options.room)
  const variants = createCounts(options.room)
  const ways = createCounts(options.room)
  const progress = { bytes: 0, cases: 0 }
  const intake = createIntake(legend)
  const format = options.format ?? legend.map.format ?? 'csv'
  try {
    const onBytes = (count: number) => {
      progress.bytes += count
    }
    const events = eventsOf(log, legend, format, { onBytes, onColumns: intake.columns })
    for await (const batch of events) {
      for (const read of batch) {
        const event = intake.take(read)
        if (event !== undefined && !cases.add(event.caseId, event.event)) await cases.spill()
      }
      options.signal?.throwIfAborted()
      options.onProgress?.(progress)
    }
    const tally = createCaseTally(legend, ways)
    const judge = createJudge(legend, hours, intake.until())
    let breathed = performance.now()
    for await (const story of stories(cases)) {
      const example = { caseId: story.caseId, row: story.events[0]?.[0] ?? 0 }
      const audit = judge(story)
      intake.ended(story)
      await tally.add(story, audit, example)
      await variants.add(variantOf(story), example)
      await options.onCase?.(audit)
      progress.cases++
      if (performance.now() - breathed < BREATH_MS) continue
      await setImmediate()
      breathed = performance.now()
      options.signal?.throwIfAborted()
      options.onProgress?.(progress)
    }
    const { protocol, ...counted } = tally.result()
    const activities = intake.activities()
    const [variant, way] = [await variants.top(COMMONEST), await ways.top(COMMONEST)]
    return {
      protocol,
      log: intake.log(),
      ...counted,
      activities,
      absent: absentFrom(activities, legend),
      variants: {
        distinct: variant.distinct,
        commonest: variant.top.map(({ key, count, examples }) => ({ activities: shown(key), cases: count, examples })),
      },
      waysOfGoingWrong: {
        distinct: way.distinct,
        commonest: way.top.map(({ key, count, examples }) => ({ ways: key.split('\n'), cases: count, examples })),
      },
    }
  } finally {
    await Promise.all([cases.close(), variants.close(), ways.close()])
  }

  async function* stories(all: Groups<CaseEvent>): AsyncGenerator<Story> {
    for await (const { key, records, lost } of all.all()) {
      if (lost > 0) intake.tooLong(key, records.length + lost)
      else yield storyOf(key, records, legend)
    }
  }
}

/** What a case did, in a row; of one that is too long to be shown its mark. */
function variantOf({ events }: Story): string {
  const key = JSON.stringify(events.map(([, , activity]) => activity))
  return key.length <= LONGEST_VARIANT_SHOWN ? key : createHash('sha256').update(key).digest('hex')
}

const shown = (key: string): readonly string[] =>
  key.startsWith('[') ? (JSON.parse(key) as readonly string[]) : ['(too long to be shown)']
