import { CommandHandler, type Event } from '@event-driven-io/emmett'
import { getPostgreSQLEventStore, type PostgresEventStore } from '@event-driven-io/emmett-postgresql'
import pg from 'pg'
import type { AnyCommand, Entry } from 'redress'
import { fold, judge, pocock } from 'redress'
import { atOnce, type Load, stepsASecond } from './load.ts'
import { complaint, longRecoveryAt, parsedRecovery } from './recovery.ts'
import type { Side } from './round.ts'

type Happened = Event<AnyCommand['type'], { readonly [Field in keyof Entry]: Entry[Field] }>

/** The log is all that it keeps: what a command may do is judged on its fold. */
const handle = CommandHandler<readonly Entry[], Happened>({
  initialState: () => [],
  evolve: (log, { data }) => [...log, data],
  mapToStreamId: (caseId) => `case-${caseId}`,
})

/** Its event store, on a pool of its own. */
export async function openEvents(url: string, connections: number): Promise<PostgresEventStore> {
  const pool = new pg.Pool({ connectionString: url, max: connections })
  pool.on('error', () => {})
  const events = getPostgreSQLEventStore(url, { connectionOptions: { pooled: true, pool } })
  await events.schema.migrate()
  return {
    ...events,
    async close() {
      await events.close()
      await pool.end()
    },
  }
}

/**
 * An event store's own way: its command handler reads the case's events, our `judge` decides on them as the desk does,
 * and the log entry is appended at the version that was read.
 */
export function emmett(events: PostgresEventStore, load: Load): Side {
  const write = (caseId: string, decide: (log: readonly Entry[]) => Entry) =>
    handle(events, caseId, (log) => {
      const data = decide(log)
      return { type: data.command.type, data }
    })
  return async () => {
    const cases = await atOnce(load, async () => {
      const caseId = crypto.randomUUID()
      const at = new Date().toISOString()
      const command = { type: 'open', at, ...complaint } as AnyCommand
      await write(caseId, () => entryOf(caseId, 1, command, null, 'received'))
      return { caseId, commands: parsedRecovery(longRecoveryAt(caseId), at) }
    })
    return stepsASecond(load, async (index) => {
      const { caseId, commands } = cases[index] as (typeof cases)[number]
      for (const command of commands) await write(caseId, (log) => decided(log, command))
    })
  }
}

function decided(log: readonly Entry[], command: AnyCommand): Entry {
  const verdict = judge(pocock, fold(pocock, log as [Entry, ...Entry[]]), command)
  if (!verdict.accepted) throw new Error(`The bench was refused: ${verdict.refusal.sentence}`)
  const { from, after } = verdict
  return entryOf(after.caseId, after.version, command, from, after.state)
}

const entryOf = (
  caseId: string,
  version: number,
  command: AnyCommand,
  from: Entry['from'],
  to: Entry['to'],
): Entry => ({
  caseId,
  version,
  protocol: 'pocock@1',
  machine: 1,
  commandId: crypto.randomUUID(),
  command,
  from,
  to,
  recordedAt: command.at,
})
