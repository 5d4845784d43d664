import { RedressError } from '../errors.ts'
import type { Entry } from '../machine/case.ts'
import type { Store } from '../stores/store.ts'
import type { Answer, ImportAnswer } from './answer.ts'
import { redact } from './erasure.ts'
import { readHistory } from './history.ts'
import { handIn, readCommands, readErasure, readOpening } from './letter.ts'
import type { Passage } from './passage.ts'
import type { Signalled } from './signal.ts'
import { checkAborted } from './signal.ts'
import { viewOf } from './view.ts'

/** The calls of a desk on its cases, whatever they come through. */
export interface Calls {
  open(input: unknown, asked?: unknown): Promise<Answer>
  import(input: unknown, asked?: unknown): Promise<ImportAnswer>
  send(caseId: string, input: unknown, asked?: unknown): Promise<Answer>
  look(caseId: string): Promise<unknown>
  explain(caseId: string, ...inputs: readonly [] | readonly [unknown]): Promise<unknown>
  log(caseId: string, after?: number, options?: Signalled): AsyncIterable<Entry>
  erase(caseId: string, input: unknown, asked?: unknown): Promise<Answer>
}

/** The calls that go through a passage to a store. `sent` is what else a send means. */
export const callsOn = (
  passage: Passage,
  store: Store,
  tenant: string,
  sent: (answer: Answer) => Promise<void> | undefined,
): Calls => ({
  open: (input, asked) => passage.open(readOpening(input, asked)),

  async import(input, asked) {
    const reading = readHistory(input, asked)
    const answer = await passage.import(reading)
    if (!reading.read || reading.letter.content.dryRun) return answer
    const meaning = sent(answer)
    if (meaning !== undefined) await meaning
    return answer
  },

  async send(caseId, input, asked) {
    const handedIn = handIn(input, asked)
    const answer = await passage.send(caseId, (protocol, before) => readCommands(protocol, before, handedIn))
    const meaning = sent(answer)
    if (meaning !== undefined) await meaning
    return answer
  },

  async look(caseId) {
    const { found, protocol } = await passage.load(caseId)
    return viewOf(protocol, found)
  },

  async explain(caseId, ...inputs) {
    if (inputs.length === 0) return passage.options(caseId)
    const handedIn = handIn(inputs[0])
    return passage.judge(caseId, (protocol, before) => readCommands(protocol, before, handedIn))
  },

  async *log(caseId, after = 0, options) {
    if (!Number.isSafeInteger(after) || after < 0) {
      throw new RedressError('input-invalid', 'The log is read after a version: `after` is a whole number, 0 or more.')
    }
    await passage.load(caseId)
    for await (const entry of store.log(tenant, caseId, after)) {
      checkAborted(options?.signal)
      yield entry
    }
  },

  async erase(caseId, input, asked) {
    const handedIn = handIn(input, asked)
    return passage.send(caseId, (_, before) => readErasure(before, handedIn), {
      async redact(protocol, { version }) {
        const entries: Entry[] = []
        for await (const entry of store.log(tenant, caseId)) if (entry.version <= version) entries.push(entry)
        return redact(protocol, entries)
      },
    })
  },
})
