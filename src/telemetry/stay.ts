import type { Entry } from '../machine/case.ts'
import { placeOf } from '../machine/case.ts'
import type { Phase } from '../protocol/place.ts'
import type { Id, Instant } from '../protocol/words.ts'

/** A phase that was left, and how long the case was in it. */
export interface Left {
  readonly phase: Phase
  readonly seconds: number
}

/** Knows since when each case is in its phase. */
export interface Stays {
  /** Takes an entry in; says which phase the case left by it. Nothing of `closed`, which is no work. */
  leave(entry: Entry): Promise<Left | undefined>
}

interface Stay {
  readonly since: Instant
  /** The version of the newest entry that was seen: behind a gap another process wrote, and nothing is known. */
  readonly version: number
}

const REMEMBERED = 10_000

/**
 * Since when the cases used last are in their phases, as their commands say (`at`). Where another process wrote, or this one
 * has forgotten, the log is read once the phase is left.
 */
export function createStays(log: (caseId: Id) => AsyncIterable<Entry>, limit = REMEMBERED): Stays {
  const stays = new Map<Id, Stay>()

  function keep(caseId: Id, stay: Stay | undefined) {
    stays.delete(caseId)
    if (stay === undefined) return
    stays.set(caseId, stay)
    if (stays.size <= limit) return
    const [oldest = ''] = stays.keys()
    stays.delete(oldest)
  }

  async function sinceInLog({ caseId, version }: Entry): Promise<Instant | undefined> {
    let since: Instant | undefined
    for await (const entry of log(caseId)) {
      if (entry.version >= version) break
      if (enters(entry)) since = entry.command.at
    }
    return since
  }

  return {
    async leave(entry) {
      const { caseId, version, command, from, to } = entry
      const known = stays.get(caseId)
      const since = known?.version === version - 1 ? known.since : undefined
      if (!enters(entry)) {
        keep(caseId, since === undefined ? undefined : { since, version })
        return undefined
      }
      keep(caseId, to === 'closed' ? undefined : { since: command.at, version })
      if (from === null || from === 'closed') return undefined
      const entered = since ?? (await sinceInLog(entry))
      if (entered === undefined) return undefined
      const seconds = (Date.parse(command.at) - Date.parse(entered)) / 1_000
      return { phase: placeOf(from).phase, seconds: Math.max(seconds, 0) }
    },
  }
}

/** Whether the case is in another phase after an entry than before it. */
const enters = ({ from, to }: Entry): boolean => from === null || placeOf(from).phase !== placeOf(to).phase
