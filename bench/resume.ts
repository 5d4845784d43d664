import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from 'redress'
import { createDesk, memoryStore } from 'redress'
import { sqliteStore } from 'redress/sqlite'
import { caseOf, complaint, recoveryAt } from './recovery.ts'
import type { Benchmark, Side } from './round.ts'

const LONG_LOG = 1000
const SHORT_LOG = 10
const RESUMES = 500
const recovery = recoveryAt('warehouse east')
const STEPS_BEFORE = recovery.findIndex(({ type }) => type === 'deliver')
const note = `a fresh desk looks at a case and judges its next command: a log of ${LONG_LOG} entries against one of ${SHORT_LOG}; about 1`

/** Coming back to a case in memory, whose log is long or short. */
export const resumeInMemory: Benchmark = {
  name: 'resume/memory',
  unit: 'ns',
  note,
  rounds: 30,
  async setUp() {
    return {
      ours: await resumes(memoryStore(), LONG_LOG),
      peers: { [`log-of-${SHORT_LOG}`]: await resumes(memoryStore(), SHORT_LOG) },
    }
  },
}

/** Coming back to a case in SQLite, whose log is long or short. */
export const resumeInSqlite: Benchmark = {
  name: 'resume/sqlite',
  unit: 'ns',
  note,
  rounds: 30,
  async setUp() {
    const folder = mkdtempSync(join(tmpdir(), 'redress-bench-'))
    const long = sqliteStore(join(folder, 'long.db'), { synchronous: 'normal' })
    const short = sqliteStore(join(folder, 'short.db'), { synchronous: 'normal' })
    return {
      ours: await resumes(long, LONG_LOG),
      peers: { [`log-of-${SHORT_LOG}`]: await resumes(short, SHORT_LOG) },
      async close() {
        await long.close()
        await short.close()
        rmSync(folder, { recursive: true })
      },
    }
  },
}

async function resumes(store: Store, entries: number): Promise<Side> {
  const caseId = await caseWithLog(store, entries)
  const next = recovery[STEPS_BEFORE]
  return async () => {
    const start = process.hrtime.bigint()
    for (let index = 0; index < RESUMES; index++) {
      const desk = createDesk({ store })
      const { version } = await desk.look(caseId)
      const verdict = await desk.explain(caseId, next)
      if (version !== entries || !verdict.accepted) throw new Error('The bench found another case than it left')
    }
    return Number(process.hrtime.bigint() - start) / RESUMES
  }
}

/** A case on its way, its log filled with questions, which lengthen the log and nothing else. */
async function caseWithLog(store: Store, entries: number): Promise<string> {
  const desk = createDesk({ store })
  let now = caseOf(await desk.open(complaint))
  for (const command of recovery.slice(0, STEPS_BEFORE)) now = caseOf(await desk.send(now.caseId, command))
  while (now.version < entries) {
    const asked = { type: 'askWhy', by: complaint.by, words: 'And why was nobody there on Saturday?' } as const
    now = caseOf(await desk.send(now.caseId, asked))
  }
  return now.caseId
}
