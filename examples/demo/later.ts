// The second process of the demo. It is told the database and the complaints; where each case was, it learns from its desk.
import { readComplaints } from './complaint.ts'
import { momentsOf } from './moment.ts'
import { openOffice, playLater } from './office.ts'
import { featured, type Story, storiesOf } from './story.ts'
import { summary } from './summary.ts'
import { across, endWithTheReader, paint, print, withProgress } from './terminal.ts'
import { headline, standing, timeline } from './timeline.ts'

endWithTheReader()
const [database = '', file = ''] = process.argv.slice(2)
const office = openOffice(database)
const stories = storiesOf(readComplaints(file).complaints)
const look = ({ complaint }: Story) => office.desk.look(complaint.id)

const found = new Map(await Promise.all(stories.map(async (story) => [story, await look(story)] as const)))
const halfWay = [...found.values()].filter(({ phase }) => phase !== 'closed').length
print(
  '',
  across(),
  `  ${paint('bold', 'That process is gone.')} A fresh process opens the same database and goes on where each case was.`,
  `  Cases: ${found.size}. Half-way: ${halfWay}.`,
  across(),
)

const lastBefore = new Map<Story, string>()
await withProgress('going on', stories, async (story) => {
  const moments = await momentsOf(office, story.complaint.id)
  const last = moments.at(-1)?.at ?? story.complaint.received
  lastBefore.set(story, last)
  await playLater(office, story, new Date(last))
})

const told = new Set<string>()
for (const story of featured(stories)) {
  const before = found.get(story)
  const moments = await momentsOf(office, story.complaint.id, lastBefore.get(story))
  if (before === undefined || moments.length === 0) continue
  const stood = `${before.phase === 'closed' ? 'was closed' : `goes on at ${before.state}`}, after ${before.version} entries in its log`
  print(...headline(story), `  ${paint('dim', stood)}`, '', ...timeline(moments, told), standing(await look(story)))
}

const endings = stories.map(async (story) => ({
  story,
  view: await look(story),
  notes: office.notebook.read(story.complaint.id),
}))
print('', across(), ...summary(await Promise.all(endings)))
await office.close()
