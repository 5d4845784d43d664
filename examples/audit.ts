// What already happened: the event log of another system is judged by a protocol, case by case.
import { createReadStream, readFileSync } from 'node:fs'
import { auditLog } from 'redress/audit'

// The map says which columns the log has, how it writes times, and what its activities mean in the words of the protocol.
const map = JSON.parse(readFileSync('examples/audit/map.json', 'utf8'))
const report = await auditLog(createReadStream('examples/audit/tickets.csv'), {
  map,
  onCase: ({ caseId, fitness, findings, deviations }) => {
    const strayed = deviations.map(({ kind, command }) => `${command} ${kind}`)
    console.log(`${caseId}  ${fitness.toFixed(2)}  ${[...findings, ...strayed].join(', ') || 'sound'}`)
  },
})

for (const { says, cases, examples } of report.findings) console.log(`${cases} ${says}: ${examples.join(', ')}`)
for (const { why, rows, at } of report.log.skipped) console.log(`skipped: ${rows} with ${why}, line ${at.join(', ')}`)
console.log(`no activity means ${report.unseen.join(', ')}: nothing is said of them`)

/* prints:
T-101  1.00  sound
T-102  0.88  problem-first, waited-too-long, deliver repeated
T-103  0.88  problem-first, skipped-steps, broken-promises, waited-too-long, hopped-owners, listen skipped
T-104  1.00  sound
2 fixed the problem before the person: T-102, T-103
1 left steps out: T-103
1 broke a promise: T-103
2 let somebody wait too long: T-102, T-103
1 went from hand to hand: T-103
skipped: 1 with fewer fields than there are columns, line 26
no activity means reflect, apologize, empathize, agree, confirm, thank, investigate, improve, verify, share: nothing
      is said of them
*/
