/** Lets the work on one case happen one piece after the other, in the order in which it came. */
export interface Turns {
  take<T>(caseId: string, work: () => Promise<T>): Promise<T>
}

/** Turns for the cases of one process; two processes meet at the store's version check. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>()
  return {
    take(caseId, work) {
      const before = last.get(caseId)
      const mine = before === undefined ? work() : before.then(work, work)
      last.set(caseId, mine)
      const done = () => {
        if (last.get(caseId) === mine) last.delete(caseId)
      }
      mine.then(done, done)
      return mine
    },
  }
}
