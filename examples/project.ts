// A table of the host's own, kept up to date: what the helpdesk's list shows, one row a case, next to its own tables. The
// row and the lane are written in one transaction, so that each entry counts once, whoever is killed when. PostgreSQL
// here is PGlite, so that the page runs by itself.
import { PGlite, type Transaction } from '@electric-sql/pglite'
import { createDesk, person, solomon } from 'redress'
import { postgresStore } from 'redress/postgres'

const database = new PGlite()
await database.exec(`CREATE TABLE board (
  case_id text PRIMARY KEY, customer text, state text, steps int, changed_at timestamptz)`)

const desk = createDesk({
  store: postgresStore(database, { schema: 'recovery' }),
  protocols: [solomon],
})
const ana = person('ana')
await desk.open({ caseId: 'bag-3', by: ana, customer: 'c-3', channel: 'counter', words: 'Where is my suitcase?' })
await desk.send('bag-3', { type: 'own', by: ana, owner: ana, introduced: 'I am Ana. This is mine.' })

// From the start: the board gets the cases that were there before it, too.
let heard = 0
await desk.subscribe(
  'board',
  {
    from: 'start',
    filter: { imported: true },
    pollMs: 5,
    firstRetryMs: 5,
    transaction: (work: (tx: Transaction) => Promise<void>) => database.transaction(work),
  },
  async ({ caseId, entry, attempt, tx }) => {
    const { command, to } = entry
    const customer = command.type === 'open' ? (command as { customer?: string }).customer : null
    await tx.query(
      `INSERT INTO board VALUES ($1, $2, $3, 1, $4)
       ON CONFLICT (case_id) DO UPDATE SET state = excluded.state, steps = board.steps + 1, changed_at = excluded.changed_at`,
      [caseId, customer, to, command.at],
    )
    // Whatever goes wrong behind it takes the row back: it was not counted.
    if (entry.version === 2 && attempt === 1) throw new Error('the connection is lost')
    heard += 1
  },
)
desk.on('delivery-failed', ({ caseId, version, attempt }) =>
  console.log(`${caseId} ${version}: try ${attempt} failed, and is rolled back`),
)
await desk.send('bag-3', { type: 'apologize', by: ana, words: 'I am sorry. We lost it.', responsibility: 'accepted' })
await desk.open({ caseId: 'bag-4', by: ana, customer: 'c-4', channel: 'mail', words: 'Mine is not here either.' })

while (heard < 4) await new Promise((resume) => setTimeout(resume, 5))
const { rows } = await database.query('SELECT case_id, customer, state, steps FROM board ORDER BY case_id')
console.table(rows)

await desk.close()
await database.close()

/* prints:
bag-3 2: try 1 failed, and is rolled back
┌─────────┬─────────┬──────────┬─────────────────┬───────┐
│ (index) │ case_id │ customer │ state           │ steps │
├─────────┼─────────┼──────────┼─────────────────┼───────┤
│ 0       │ 'bag-3' │ 'c-3'    │ 'person.listen' │ 3     │
│ 1       │ 'bag-4' │ 'c-4'    │ 'received'      │ 1     │
└─────────┴─────────┴──────────┴─────────────────┴───────┘
*/
