// `npm run demo [-- complaints.jsonl]`: takes complaints as they come, lets somebody blurt a solution, recovers some to
// the end, and ends while others are half-way. Then `later.ts`, a process of its own, opens the same database and goes on.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { live } from './agenda.ts'
import { readComplaints } from './complaint.ts'
import { momentsOf } from './moment.ts'
import { openOffice } from './office.ts'
import { beginOf, featured, type Story, storiesOf, worstEvening } from './story.ts'
import { endWithTheReader, paint, print, withProgress } from './terminal.ts'
import { headline, standing, timeline, words } from './timeline.ts'

endWithTheReader()
const file = process.argv[2] ?? join(import.meta.dirname, 'complaints.jsonl')
const stories = readStories()

const directory = mkdtempSync(join(tmpdir(), 'redress-demo-'))
process.on('exit', () => rmSync(directory, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const database = join(directory, 'cases.db')

print(
  '',
  `  ${paint('bold', 'First fix the person, then fix the problem, finally fix the system.')}`,
  '',
  `  Complaints to recover: ${stories.length}. In each, somebody has a solution before anybody has listened.`,
  '  The complaints are the file’s; the people and what they do about them are made up.',
)
await recover()
process.exitCode = runLater()

function readStories(): readonly Story[] {
  try {
    const { complaints, skipped } = readComplaints(file)
    for (const { line, why } of skipped) console.error(`${file}:${line} is skipped: ${why}`)
    if (skipped.length > 0) console.error(`Lines skipped: ${skipped.length}. Complaints read: ${complaints.length}.`)
    if (complaints.length > 0) return storiesOf(complaints)
    console.error(
      `There is no complaint in ${file}. It needs a JSON object a line; see examples/demo/complaints.jsonl.`,
    )
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    console.error(code === 'ENOENT' ? `There is no file ${file}.` : `${file} can’t be read: ${message}`)
  }
  process.exit(1)
}

async function recover(): Promise<void> {
  const evening = worstEvening(stories)
  const office = openOffice(database, beginOf(stories))
  await withProgress('recovering', live(office, stories, evening))
  const told = new Set<string>()
  const shown = featured(stories, evening)
  for (const story of shown) {
    const moments = await momentsOf(office, story.complaint.id)
    if (moments.length === 0) continue
    const view = await office.desk.look(story.complaint.id)
    print(...headline(story), ...words(story.complaint), ...timeline(moments, told), standing(view))
  }
  if (shown.length < stories.length) print('', `  … and ${stories.length - shown.length} more, counted at the end.`)
  await office.close()
}

function runLater(): number {
  const later = join(import.meta.dirname, 'later.ts')
  const { status } = spawnSync(process.execPath, [...process.execArgv, later, database, file], { stdio: 'inherit' })
  return status ?? 1
}
