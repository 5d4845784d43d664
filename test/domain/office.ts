import {
  aroundTheClock,
  type Clocks,
  courteous,
  createDesk,
  type DeskOptions,
  type Entry,
  inCpgrams,
  memoryStore,
  nhsEngland,
  officeHours,
  type Protocol,
  protocols,
  ukDisp,
  usCfpb,
} from 'redress'
import { temporalWorkingTime } from 'redress/clocks'
import { aComplaint, EXAMPLE_START } from 'redress/testing'

/** What the scenarios count time with: every policy, office hours in London, and some other calendars. */
export const clocks: Clocks = {
  policies: [courteous, ukDisp, usCfpb, nhsEngland, inCpgrams],
  calendars: {
    default: officeHours('Europe/London'),
    holiday: officeHours('Europe/London', ['2026-03-03']),
    india: officeHours('Asia/Kolkata'),
    always: aroundTheClock(),
  },
  workingTime: temporalWorkingTime,
}

type Options = Partial<DeskOptions<readonly [Protocol, ...Protocol[]]>>

/** A desk whose clock stands where a scenario sets it. */
export function office(options: Options = {}) {
  let time: string = EXAMPLE_START
  const store = memoryStore()
  const desk = createDesk({ store, protocols, clocks, now: () => new Date(time), ...options })
  const passes = (answer: Awaited<ReturnType<typeof desk.send>>) => {
    if (!answer.accepted) throw new Error(`Expected it to pass, but it was refused: ${answer.refusal.sentence}`)
    return answer.case
  }
  return {
    desk,
    store,
    /** Sets the clock. */
    at(now: string) {
      time = now
    },
    /** Sets the clock, and has the desk handle all that is due. */
    tick(now: string) {
      time = now
      return desk.tick()
    },
    /** Opens a case, now. */
    open: async (caseId: string, other: object = {}) =>
      passes(await desk.open({ ...aComplaint, at: undefined, caseId, ...other })),
    /** Sends commands one by one, each of which must pass. */
    async send(caseId: string, ...commands: readonly (object | readonly object[])[]) {
      let after = await desk.look(caseId)
      for (const command of commands.flat()) after = { ...after, ...passes(await desk.send(caseId, command)) }
      return after
    },
    look: desk.look,
    /** The log of a case. */
    async log(caseId: string) {
      const entries: Entry[] = []
      for await (const entry of desk.log(caseId)) entries.push(entry)
      return entries
    },
  }
}
