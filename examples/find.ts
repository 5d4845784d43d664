// What a board asks: which cases wait for whom, what is overdue, and the next page.
import { createDesk, memoryStore, person } from 'redress'

let now = new Date('2026-03-02T09:00:00Z')
const desk = createDesk({ store: memoryStore(), now: () => now })
const ana = person('ana')

for (const n of [1, 2, 3, 4, 5]) {
  now = new Date(now.getTime() + 60_000)
  await desk.open({ caseId: `case-${n}`, by: ana, customer: `c-${n % 2}`, channel: 'mail', words: 'It broke.' })
}
await desk.send('case-2', { type: 'own', by: ana, owner: ana, introduced: 'I am Ana, and I see this through.' })
await desk.send('case-2', {
  type: 'makePromise',
  by: ana,
  promise: { text: 'I call you within the hour', maker: ana, inControl: true, latest: '2026-03-02T10:00:00Z' },
})

const ids = (page: { readonly cases: readonly { readonly caseId: string }[] }) =>
  page.cases.map(({ caseId }) => caseId).join(', ')

console.log('nobody owns:', ids(await desk.find({ phase: 'received' })))
console.log('Ana’s, to be listened to:', ids(await desk.find({ owner: 'ana', step: 'listen' })))
console.log('of one customer:', ids(await desk.find({ customer: 'c-1', newestFirst: true })))

const first = await desk.find({ limit: 3 })
console.log('page one:', ids(first))
if (first.next !== undefined) console.log('page two:', ids(await desk.find({ limit: 3, after: first.next })))

now = new Date('2026-03-02T10:00:01Z')
for (const { caseId, deadlines } of (await desk.find({ overdue: true })).cases) {
  console.log('overdue:', caseId, 'by', deadlines[0]?.due)
}

/* prints:
nobody owns: case-1, case-3, case-4, case-5
Ana’s, to be listened to: case-2
of one customer: case-5, case-3, case-1
page one: case-1, case-2, case-3
page two: case-4, case-5
overdue: case-2 by 2026-03-02T10:00:00.000Z
*/
