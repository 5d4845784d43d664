// Ticket and case in one transaction: both are committed, or neither. PostgreSQL here is PGlite, so that the page runs by
// itself; with `pg` the transaction is a `PoolClient` after its `BEGIN`, with `postgres` what `sql.begin` hands over.
import { PGlite } from '@electric-sql/pglite'
import { createDesk, heard, person } from 'redress'
import { postgresStore } from 'redress/postgres'

const database = new PGlite()
await database.exec('CREATE TABLE ticket (id text PRIMARY KEY, subject text)')

const ana = person('ana')
const now = () => new Date('2026-03-02T09:00:00Z')
const desk = createDesk({ store: postgresStore(database, { schema: 'recovery' }), protocols: [heard], now })
desk.on('opened', ({ caseId }) => console.log(`told: ${caseId} was opened`))

const complaint = { by: ana, customer: 'c-9', channel: 'mail', words: 'Cancelled for the third time.' }
const owned = { type: 'own', by: ana, owner: ana, introduced: 'I am Ana. This is mine.' } as const

// The host thinks better of it: no ticket, no case, and nobody is told.
await database
  .transaction(async (tx) => {
    await tx.query('INSERT INTO ticket VALUES ($1, $2)', ['scan-8', 'A scan'])
    await desk.within(tx).open({ ...complaint, caseId: 'scan-8' })
    throw new Error('a duplicate, after all')
  })
  .catch((error: Error) => console.log(`rolled back: ${error.message}`))

// Both, at once. The listeners hear of it when the host says that it has committed.
const within = await database.transaction(async (tx) => {
  await tx.query('INSERT INTO ticket VALUES ($1, $2)', ['scan-9', 'A scan'])
  const within = desk.within(tx)
  await within.open({ ...complaint, caseId: 'scan-9' })
  await within.send('scan-9', owned)
  return within
})
console.log('committed')
await within.committed()

const { rows } = await database.query(
  'SELECT t.id, c.state FROM ticket t JOIN recovery.redress_case c ON c.case_id = t.id',
)
console.log(rows)

await database.close()

/* prints:
rolled back: a duplicate, after all
committed
told: scan-9 was opened
[ { id: 'scan-9', state: 'person.listen' } ]
*/
