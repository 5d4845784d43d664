// The second process of the demo. It is told the database and the complaints; where each case was, it learns from its desk.
import type { CaseView } from 'redress'
import { live } from './agenda.ts'
import { minutes } from './clock.ts'
import { readComplaints } from './complaint.ts'
import { erasures } from './erasure.ts'
import { momentsOf } from './moment.ts'
import { openOffice } from './office.ts'
import { report } from './report.ts'
import { dayOfYear } from './sentence.ts'
import { beginOf, featured, type Story, storiesOf, worstEvening } from './story.ts'
import { summary } from './summary.ts'
import { across, endWithTheReader, paint, print, withProgress } from './terminal.ts'
import { headline, standing, timeline, words } from './timeline.ts'

endWithTheReader()
const [database = '', file = ''] = process.argv.slice(2)
const stories = storiesOf(readComplaints(file).complaints)
const evening = worstEvening(stories)
const office = openOffice(database, evening)
const look = ({ complaint }: Story) => office.desk.look(complaint.id)

const found = await findCases()
const halfWay = [...found.values()].filter(({ phase }) => phase !== 'closed').length
print(
  '',
  across(),
  `  ${paint('bold', 'That process is gone.')} A fresh process opens the same database and goes on where each case was.`,
  `  Cases on ${dayOfYear(evening.toISOString())}: ${found.size}. Half-way: ${halfWay}. Still to come: ${stories.length - found.size}.`,
  across(),
)
await withProgress('going on', live(office, stories))
await tellWhatCameOfThem()
print('', across(), ...(await erasures(office, stories)))

const endings = stories.map(async (story) => ({ story, view: await look(story) }))
const from = beginOf(stories).toISOString()
const to = minutes(1)(office.clock.now()).toISOString()
print('', across(), ...summary(await Promise.all(endings)), ...report(await office.desk.insights({ from, to })), '')
await office.close()

/** The cases that are there, as they stand. */
async function findCases(): Promise<ReadonlyMap<Story, CaseView>> {
  const cases = new Map<Story, CaseView>()
  for (const story of stories) {
    if ((await momentsOf(office, story.complaint.id)).length > 0) cases.set(story, await look(story))
  }
  return cases
}

/** Each case from where it was found, in the order in which they went on. */
async function tellWhatCameOfThem(): Promise<void> {
  const told = new Set<string>()
  const after = evening.toISOString()
  const all = featured(stories, evening).map(async (story) => ({
    story,
    moments: await momentsOf(office, story.complaint.id, after),
  }))
  const wentOn = (await Promise.all(all)).filter(({ moments }) => moments.length > 0)
  wentOn.sort(({ moments: [one] }, { moments: [other] }) => ((one?.at ?? '') < (other?.at ?? '') ? -1 : 1))
  for (const { story, moments } of wentOn) {
    const before = found.get(story)
    print(...headline(story))
    if (before === undefined) print(...words(story.complaint))
    else print(`  ${paint('dim', whereItWas(before))}`, '')
    print(...timeline(moments, told), standing(await look(story)))
  }
}

function whereItWas({ phase, state, version }: CaseView): string {
  return `${phase === 'closed' ? 'was closed' : `goes on at ${state}`}, after ${version} entries in its log`
}
