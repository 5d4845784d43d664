import { RedressError } from '../errors.ts'
import type { Calls } from './calls.ts'

/** How long closing waits for what is in hand, before it tells it to stop. */
export const CLOSE_WITHIN_MS = 10_000

/** What counts the calls of a desk, so that it can be closed with nothing left running. */
export interface Gate {
  /** Lets a call through. Throws `desk-closed` where it is shut. */
  pass<T>(work: () => Promise<T>): Promise<T>
  /** Throws `desk-closed` where it is shut. */
  check(): void
  /** Lets no more through; settles once all that are through are done. */
  shut(): Promise<void>
}

/** What is thrown to whoever comes too late. */
export const closedDesk = () =>
  new RedressError('desk-closed', 'This desk was closed. Nothing was stored; set up another one.')

/** A gate that is open. */
export function createGate(): Gate {
  let through = 0
  let isShut = false
  let empty = () => {}

  const check = () => {
    if (isShut) throw closedDesk()
  }

  return {
    check,
    async pass(work) {
      check()
      through += 1
      try {
        return await work()
      } finally {
        through -= 1
        if (through === 0) empty()
      }
    },
    async shut() {
      isShut = true
      if (through > 0) await new Promise<void>((resolve) => (empty = resolve))
    },
  }
}

/** The same calls, through a gate. */
export const callsThrough = ({ pass, check }: Gate, calls: Calls): Calls => ({
  open: (...of) => pass(() => calls.open(...of)),
  import: (...of) => pass(() => calls.import(...of)),
  send: (...of) => pass(() => calls.send(...of)),
  look: (...of) => pass(() => calls.look(...of)),
  explain: (caseId, ...inputs) => pass(() => calls.explain(caseId, ...inputs)),
  erase: (...of) => pass(() => calls.erase(...of)),
  async *log(...of) {
    check()
    yield* calls.log(...of)
  },
})
