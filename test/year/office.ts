import {
  aroundTheClock,
  type Calendar,
  type Clocks,
  courteous,
  createDesk,
  type Desk,
  inCpgrams,
  nhsEngland,
  officeHours,
  type Policy,
  protocols,
  type Store,
  ukDisp,
  usCfpb,
} from 'redress'
import { temporalWorkingTime } from 'redress/clocks'

const DAY_MS = 86_400_000

/** A leap year, with the days on which clocks change in both hemispheres. */
export const YEAR_START = Date.parse('2028-01-01T00:00:00.000Z')
export const YEAR_END = YEAR_START + 366 * DAY_MS

/** Every policy that is shipped. */
export const policies = [courteous, ukDisp, usCfpb, nhsEngland, inCpgrams] as const

/** One desk in one time zone, for one tenant; all keep their cases in one store. */
export interface Office {
  readonly tenant: string
  readonly desk: Desk
  readonly clocks: Clocks
  policyOf(id: string | undefined): Policy
  calendarOf(id: string | undefined): Calendar
}

/** North, south, no daylight saving, half an hour of it; and who works there by which policy, unless told otherwise. */
const places: readonly (readonly [tenant: string, zone: string, holidays: readonly string[], policy: number])[] = [
  ['london', 'Europe/London', ['2028-01-03', '2028-04-14', '2028-04-17', '2028-05-01', '2028-12-25', '2028-12-26'], 1],
  ['new-york', 'America/New_York', ['2028-01-17', '2028-05-29', '2028-07-04', '2028-11-23', '2028-12-25'], 2],
  ['sydney', 'Australia/Sydney', ['2028-01-26', '2028-04-25', '2028-12-25', '2028-12-26'], 0],
  ['kolkata', 'Asia/Kolkata', ['2028-01-26', '2028-08-15', '2028-10-02'], 4],
  ['santiago', 'America/Santiago', ['2028-02-29', '2028-09-18', '2028-09-19'], 3],
  ['lord-howe', 'Australia/Lord_Howe', ['2028-12-25'], 0],
]

/** Opens the offices on one store and one simulated clock. */
export const openOffices = (store: Store, now: () => Date): readonly Office[] =>
  places.map(([tenant, zone, holidays, first]) => {
    const inTurn = [...policies.slice(first), ...policies.slice(0, first)] as unknown as Clocks['policies']
    const calendars = { default: officeHours(zone, holidays), always: aroundTheClock(zone) }
    const clocks: Clocks = { policies: inTurn, calendars, workingTime: temporalWorkingTime }
    return {
      tenant,
      clocks,
      desk: createDesk({ store, tenant, clocks, now, protocols }) as unknown as Desk,
      policyOf: (id) => inTurn.find((one) => one.id === id) ?? inTurn[0],
      calendarOf: (id) => (id === 'always' ? calendars.always : calendars.default),
    }
  })
