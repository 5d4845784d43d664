// A case outlives the process. Here it is kept in a SQLite file, on the SQLite that comes with Node 22.13 and newer.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDesk, heard, person } from 'redress'
import { sqliteStore } from 'redress/sqlite'

const directory = mkdtempSync(join(tmpdir(), 'redress-'))
const file = join(directory, 'cases.db')
const now = () => new Date('2026-03-02T09:00:00Z')
const ana = person('ana')

const monday = sqliteStore(file)
const desk = createDesk({ store: monday, protocols: [heard], now })
await desk.open({ caseId: 'scan-9', by: ana, customer: 'c-9', channel: 'mail', words: 'Cancelled for the third time.' })
await desk.send('scan-9', { type: 'own', by: ana, owner: ana, introduced: 'I am Ana. This is mine.' }, { id: 'mail-1' })
await monday.close()

// Another day, another process: nothing is left but the file.
const tuesday = sqliteStore(file)
const again = createDesk({ store: tuesday, protocols: [heard], now })

const { due, version } = await again.look('scan-9')
console.log(`due: ${due}, after ${version} entries`)

// The network hiccuped on Monday, and the same mail comes in once more. Its id was seen: it does nothing twice.
const twice = { type: 'own', by: ana, owner: ana, introduced: 'I am Ana. This is mine.' } as const
const repeated = await again.send('scan-9', twice, { id: 'mail-1' })
if (repeated.accepted) console.log(`repeated: ${repeated.repeated}, still after ${repeated.case.version} entries`)

await again.send('scan-9', {
  type: 'listen',
  by: ana,
  account: 'I took a day off, three times.',
  outcome: 'a date that holds',
  talk: { unmeasured: 'she wrote to us' },
})

// The log is the truth: who did what, when, and where it led.
for await (const { version, command, from, to } of again.log('scan-9')) {
  console.log(`${version}. ${command.by.id}: ${command.type}, ${from ?? '·'} → ${to}`)
}

await tuesday.close()
rmSync(directory, { recursive: true })

/* prints:
due: listen, after 2 entries
repeated: true, still after 2 entries
1. ana: open, · → received
2. ana: own, received → person.listen
3. ana: listen, person.listen → person.empathize
*/
