// A bicycle workshop fixes the person its own way: it looks at the bicycle together with its rider before it says sorry.
// A protocol is data. You choose the steps inside the three phases; the order of the phases is not yours to choose.
import {
  agree,
  apologize,
  type CommandInput,
  confirm,
  createDesk,
  defineProtocol,
  deliver,
  improve,
  investigate,
  listen,
  memoryStore,
  person,
  RedressError,
  step,
  Words,
} from 'redress'
import * as z from 'zod'

// A step of our own: what it must bring, and a rule that judges it. The rule's `command` has the type of the evidence.
const inspect = step({
  name: 'inspect',
  phase: 'person',
  summary: 'look at the bicycle together',
  evidence: z.object({
    found: Words.describe('what we saw'),
    riderWatched: z.boolean().describe('whether the rider looked with us'),
  }),
  rules: [
    {
      id: 'inspected-together',
      because: 'Who looks alone finds what suits them.',
      source: 'our workshop',
      holds: ({ command }) => command.riderWatched,
    },
  ],
})

const workshop = defineProtocol({
  id: 'workshop',
  version: 1,
  source: 'twenty years behind the counter',
  person: [listen, inspect, apologize],
  problem: [agree, deliver, confirm],
  system: [investigate, improve],
})

// Commands are typed from the protocol: a step, a field or a type that is not there does not compile.
type Command = CommandInput<typeof workshop>
const mo = person('mo')
const found = 'The new brake cable was never tightened.'
const together: Command = { type: 'inspect', by: mo, found, riderWatched: true }
const alone: Command = { type: 'inspect', by: mo, found, riderWatched: false }
// @ts-expect-error There is no such step in this protocol.
const misspelt: Command = { type: 'inspekt', by: mo, found, riderWatched: true }

const desk = createDesk({ store: memoryStore(), protocols: [workshop], now: () => new Date('2026-03-02T09:00:00Z') })
await desk.open({ caseId: 'brake', by: mo, customer: 'c-4', channel: 'counter', words: 'It does not brake!' })
await desk.send('brake', [
  { type: 'own', by: mo, owner: mo, introduced: 'I am Mo, I fitted it. This is mine.' },
  {
    type: 'listen',
    by: mo,
    account: 'I got it back yesterday and went straight through a red light.',
    outcome: 'a brake that I can trust',
    talk: { customerSeconds: 90, ourSeconds: 20 },
  },
])

// What is due, and what must it bring? The desk knows our step as well as its own.
const [due] = await desk.explain('brake')
console.log(`due: ${due?.command} – ${due?.summary}`)
for (const need of due?.needs ?? []) console.log(`  ${need.field}: ${need.what}`)

// What the compiler never saw, because it came as JSON, is refused at the door; the rest, by the rules.
for (const command of [misspelt, alone, together]) {
  const answer = await desk.send('brake', command)
  console.log(answer.accepted ? `${command.type} → ${answer.case.state}` : `✗ ${answer.refusal.sentence}`)
}

// A solution among the person's steps is no protocol, neither for the compiler nor when it runs.
try {
  defineProtocol({
    id: 'hasty',
    version: 1,
    source: 'a bad day',
    // @ts-expect-error `agree` belongs to the problem.
    person: [listen, agree],
    problem: [deliver, confirm],
    system: [investigate, improve],
  })
} catch (error) {
  if (error instanceof RedressError) console.log(`${error.code}: ${error.message}`)
}

/* prints:
due: inspect – look at the bicycle together
  found: what we saw
  riderWatched: whether the rider looked with us
✗ This can’t be read: type: no command of this protocol.
✗ “inspect” can’t be done like this. Who looks alone finds what suits them. (our workshop)
inspect → person.apologize
protocol-faulty: The protocol “hasty” is not defined: the step “agree” belongs to the problem phase, not to person.
      Mend the definition.
*/
