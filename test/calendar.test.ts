import fc from 'fast-check'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { RedressError } from '../src/errors.ts'
import { aroundTheClock, Calendar, officeHours, readCalendar, Span } from '../src/protocol/calendar.ts'
import { temporalWorkingTime } from '../src/protocol/temporal.ts'

const { add, between, addWorking, dayOf } = temporalWorkingTime

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Easter and Christmas, as London keeps them. */
const london = officeHours('Europe/London', ['2026-04-03', '2026-04-06', '2026-12-25', '2026-12-28'])
const newYork = officeHours('America/New_York', ['2026-01-19'])
const kolkata = officeHours('Asia/Kolkata', ['2026-01-26'])
const sydney = officeHours('Australia/Sydney', ['2026-01-26'])

const withHours = (timeZone: string, hours: object, holidays: readonly string[] = []) =>
  readCalendar({ timeZone, hours, holidays })

const everyDay = (...hours: [string, string][]) =>
  Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((weekday) => [weekday, hours]))

function refusalOf(attempt: () => unknown): RedressError {
  try {
    attempt()
  } catch (error) {
    if (error instanceof RedressError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a working span', () => {
  it('of 4 hours from Friday 15:30 ends on Monday at 11:30', () => {
    expect(add('2026-01-09T15:30:00Z', { workingHours: 4 }, london)).toBe('2026-01-12T11:30:00.000Z')
    expect(add('2026-01-09T15:30:00Z', { workingMinutes: 240 }, london)).toBe('2026-01-12T11:30:00.000Z')
  })

  it('that ends with the day ends at the close, not at the next opening', () => {
    expect(add('2026-01-09T13:00:00Z', { workingHours: 4 }, london)).toBe('2026-01-09T17:00:00.000Z')
  })

  it('that begins outside working hours counts from the next opening', () => {
    for (const from of [
      '2026-01-09T17:00:00Z',
      '2026-01-10T03:00:00Z',
      '2026-01-11T23:59:59.999Z',
      '2026-01-12T08:59:00Z',
    ]) {
      expect(add(from, { workingHours: 4 }, london)).toBe('2026-01-12T13:00:00.000Z')
      expect(add(from, { workingDays: 1 }, london)).toBe('2026-01-13T09:00:00.000Z')
      expect(addWorking(from, 0, london)).toBe('2026-01-12T09:00:00.000Z')
    }
  })

  it('of nothing ends where it began, inside working hours', () => {
    for (const from of ['2026-01-09T09:00:00.000Z', '2026-01-09T16:59:59.999Z']) {
      expect(addWorking(from, 0, london)).toBe(from)
    }
  })

  it('of days ends at the same local time so many working days later', () => {
    expect(add('2026-01-06T10:30:00Z', { workingDays: 1 }, london)).toBe('2026-01-07T10:30:00.000Z')
    expect(add('2026-01-09T10:30:00Z', { workingDays: 1 }, london)).toBe('2026-01-12T10:30:00.000Z')
    expect(add('2026-01-09T10:30:00Z', { workingDays: 2 }, london)).toBe('2026-01-13T10:30:00.000Z')
    expect(add('2026-01-09T10:30:12.345Z', { workingDays: 3 }, london)).toBe('2026-01-14T10:30:12.345Z')
  })

  it('of days passes over holidays, and keeps the local time when the clocks change', () => {
    expect(add('2026-04-02T09:30:00Z', { workingDays: 1 }, london)).toBe('2026-04-07T09:30:00.000Z')
    expect(add('2026-03-27T10:30:00Z', { workingDays: 1 }, london)).toBe('2026-03-30T09:30:00.000Z')
    expect(add('2026-04-02T23:30:00Z', { workingDays: 1 }, sydney)).toBe('2026-04-06T00:30:00.000Z')
    expect(add('2026-01-23T04:00:00Z', { workingDays: 1 }, kolkata)).toBe('2026-01-27T04:00:00.000Z')
  })

  it('of days moves into the hours of the day on which it ends', () => {
    const uneven = withHours('UTC', {
      1: [['11:00', '17:00']],
      2: [
        ['09:00', '12:00'],
        ['13:00', '17:00'],
      ],
      3: [['09:00', '17:00']],
      4: [['09:00', '17:00']],
      5: [['09:00', '15:00']],
    })
    const cases = {
      'Thursday 16:00, and Friday closes at 15:00': ['2026-01-08T16:00:00.000Z', '2026-01-09T15:00:00.000Z'],
      'Friday 09:30, and Monday opens at 11:00': ['2026-01-09T09:30:00.000Z', '2026-01-12T11:00:00.000Z'],
      'Monday 12:30, and Tuesday is at lunch': ['2026-01-12T12:30:00.000Z', '2026-01-13T13:00:00.000Z'],
      'Monday 12:00, and Tuesday goes to lunch': ['2026-01-12T12:00:00.000Z', '2026-01-13T12:00:00.000Z'],
      'Tuesday, at lunch until 13:00': ['2026-01-13T12:30:00.000Z', '2026-01-14T13:00:00.000Z'],
    }
    for (const [name, [from, due]] of Object.entries(cases)) {
      expect(add(from as string, { workingDays: 1 }, uneven), name).toBe(due)
    }
  })

  it('by the close of the 3rd business day does not count the day of receipt', () => {
    const span = { closeOfWorkingDay: 3 }
    expect(add('2026-01-05T00:01:00Z', span, london)).toBe('2026-01-08T17:00:00.000Z')
    expect(add('2026-01-05T23:59:00Z', span, london)).toBe('2026-01-08T17:00:00.000Z')
    expect(add('2026-01-10T12:00:00Z', span, london)).toBe('2026-01-14T17:00:00.000Z')
    expect(add('2026-04-02T10:00:00Z', span, london), 'over Easter, in summer time').toBe('2026-04-09T16:00:00.000Z')
    expect(add('2026-01-05T23:59:00-05:00', span, newYork), 'by the local date').toBe('2026-01-08T22:00:00.000Z')
  })

  it('leaves out the lunch break', () => {
    const lunch = withHours('Europe/London', {
      1: [
        ['09:00', '12:00'],
        ['13:00', '17:00'],
      ],
    })
    expect(add('2026-01-12T11:00:00Z', { workingHours: 1 }, lunch)).toBe('2026-01-12T12:00:00.000Z')
    expect(add('2026-01-12T11:00:00Z', { workingMinutes: 61 }, lunch)).toBe('2026-01-12T13:01:00.000Z')
    expect(add('2026-01-12T12:15:00Z', { workingHours: 1 }, lunch)).toBe('2026-01-12T14:00:00.000Z')
    expect(between('2026-01-12T11:30:00Z', '2026-01-12T13:30:00Z', lunch)).toBe(HOUR)
    expect(between('2026-01-12T00:00:00Z', '2026-01-19T00:00:00Z', lunch)).toBe(7 * HOUR)
  })

  it('runs on through midnight in hours that meet there', () => {
    const night = withHours('UTC', everyDay(['00:00', '06:00'], ['22:00', '24:00']))
    expect(add('2026-01-12T21:00:00Z', { workingHours: 5 }, night)).toBe('2026-01-13T03:00:00.000Z')
    expect(add('2026-01-12T21:00:00Z', { closeOfWorkingDay: 1 }, night)).toBe('2026-01-14T00:00:00.000Z')
  })
})

describe('a calendar span', () => {
  it('of 8 weeks ends at the same local time, in summer time', () => {
    expect(add('2026-02-20T10:00:00Z', { weeks: 8 }, london)).toBe('2026-04-17T09:00:00.000Z')
  })

  it('of 15 and of 60 days does not care for holidays, weekends or opening hours', () => {
    expect(add('2026-01-15T22:00:00-05:00', { days: 15 }, newYork)).toBe('2026-01-31T03:00:00.000Z')
    expect(add('2026-01-15T22:00:00-05:00', { days: 60 }, newYork)).toBe('2026-03-17T02:00:00.000Z')
  })

  it('of 21 days is 504 hours where the clocks never change', () => {
    expect(add('2026-01-15T04:30:00Z', { days: 21 }, kolkata)).toBe('2026-02-05T04:30:00.000Z')
  })

  it('of months ends on the same day of the month, or on its last', () => {
    expect(add('2026-01-15T10:00:00Z', { months: 6 }, london)).toBe('2026-07-15T09:00:00.000Z')
    expect(add('2026-08-31T09:00:00Z', { months: 6 }, london)).toBe('2027-02-28T10:00:00.000Z')
    expect(add('2027-01-31T10:00:00Z', { months: 1 }, london)).toBe('2027-02-28T10:00:00.000Z')
    expect(add('2028-01-31T10:00:00Z', { months: 1 }, london)).toBe('2028-02-29T10:00:00.000Z')
    expect(add('2028-02-29T10:00:00Z', { months: 12 }, london)).toBe('2029-02-28T10:00:00.000Z')
    expect(add('2026-06-29T23:30:00Z', { months: 8 }, london), 'the 30th in London').toBe('2027-02-28T00:30:00.000Z')
  })

  it('that ends in the missing hour ends an hour later by the clock, and in the doubled hour at its first time', () => {
    expect(add('2026-03-28T01:30:00Z', { days: 1 }, london)).toBe('2026-03-29T01:30:00.000Z')
    expect(add('2026-10-24T00:30:00Z', { days: 1 }, london)).toBe('2026-10-25T00:30:00.000Z')
    expect(add('2026-03-07T07:30:00Z', { days: 1 }, newYork)).toBe('2026-03-08T07:30:00.000Z')
    expect(add('2026-10-02T16:30:00Z', { days: 1 }, sydney)).toBe('2026-10-03T16:30:00.000Z')
  })
})

describe('working time, when the clocks change', () => {
  const nights = (timeZone: string) => withHours(timeZone, everyDay(['01:00', '04:00']))

  it('is what has really passed: a day around the clock has 23, 24 or 25 hours', () => {
    const days = {
      'Europe/London': { '2026-03-29T00:00:00Z': 23, '2026-10-24T23:00:00Z': 25, '2026-06-30T23:00:00Z': 24 },
      'America/New_York': { '2026-03-08T05:00:00Z': 23, '2026-11-01T04:00:00Z': 25 },
      'Australia/Sydney': { '2026-10-03T14:00:00Z': 23, '2026-04-04T13:00:00Z': 25 },
      'America/Santiago': { '2025-09-07T04:00:00Z': 23, '2025-04-05T03:00:00Z': 25 },
      'Australia/Lord_Howe': { '2026-10-03T13:30:00Z': 23.5, '2026-04-04T13:00:00Z': 24.5 },
      'Asia/Kolkata': { '2026-03-28T18:30:00Z': 24 },
    }
    for (const [timeZone, starts] of Object.entries(days)) {
      for (const [start, hours] of Object.entries(starts)) {
        const date = localDate(timeZone, Date.parse(start))
        const calendar = withHours(timeZone, everyDay(['00:00', '24:00']), [dateAfter(date, -1), dateAfter(date, 1)])
        const far = [start, new Date(Date.parse(start) + 40 * HOUR).toISOString()] as const
        expect(between(...far, calendar), `${timeZone} ${date}`).toBe(hours * HOUR)
        expect(addWorking(start, hours * HOUR, calendar), `${timeZone} ${date}`).toBe(
          new Date(Date.parse(start) + hours * HOUR).toISOString(),
        )
      }
    }
  })

  it('of hours around the missing hour is shorter by it', () => {
    expect(between('2026-03-29T00:00:00Z', '2026-03-30T00:00:00Z', nights('Europe/London'))).toBe(2 * HOUR)
    expect(between('2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z', nights('America/New_York'))).toBe(2 * HOUR)
    expect(between('2026-10-03T14:00:00Z', '2026-10-04T13:00:00Z', nights('Australia/Sydney'))).toBe(2 * HOUR)
    expect(add('2026-03-28T23:00:00Z', { workingHours: 2 }, nights('Europe/London'))).toBe('2026-03-29T03:00:00.000Z')
    expect(add('2026-03-28T23:00:00Z', { workingHours: 3 }, nights('Europe/London'))).toBe('2026-03-30T01:00:00.000Z')
  })

  it('of hours around the doubled hour is longer by it', () => {
    expect(between('2026-10-24T23:00:00Z', '2026-10-26T00:00:00Z', nights('Europe/London'))).toBe(4 * HOUR)
    expect(between('2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z', nights('America/New_York'))).toBe(4 * HOUR)
    expect(between('2026-04-04T13:00:00Z', '2026-04-05T14:00:00Z', nights('Australia/Sydney'))).toBe(4 * HOUR)
    expect(add('2026-10-24T22:00:00Z', { workingHours: 4 }, nights('Europe/London'))).toBe('2026-10-25T04:00:00.000Z')
  })

  it('goes by the clock on the wall: hours that begin or end in a doubled hour are worked twice', () => {
    const early = withHours('Europe/London', everyDay(['00:00', '01:30']))
    const late = withHours('Europe/London', everyDay(['01:30', '04:00']))
    const sunday = ['2026-10-24T23:00:00Z', '2026-10-25T23:00:00Z'] as const
    expect(between(...sunday, early)).toBe(2 * HOUR)
    expect(between(...sunday, late)).toBe(3 * HOUR)
    expect(addWorking(sunday[0], 2 * HOUR, early)).toBe('2026-10-25T01:30:00.000Z')
    expect(add('2026-10-24T10:00:00Z', { closeOfWorkingDay: 1 }, early), 'its last close').toBe(
      '2026-10-25T01:30:00.000Z',
    )
    expect(add('2026-10-24T00:45:00Z', { workingDays: 1 }, late), 'its first 01:45').toBe('2026-10-25T00:45:00.000Z')
  })

  it('opens and closes where the clock jumps over the time of it', () => {
    const early = withHours('Europe/London', everyDay(['00:00', '01:30']))
    const late = withHours('Europe/London', everyDay(['01:30', '04:00']))
    expect(add('2026-03-28T10:00:00Z', { closeOfWorkingDay: 1 }, early)).toBe('2026-03-29T01:00:00.000Z')
    expect(addWorking('2026-03-29T00:30:00Z', 0, late)).toBe('2026-03-29T01:00:00.000Z')
    expect(add('2026-03-28T01:30:00Z', { workingDays: 1 }, late)).toBe('2026-03-29T01:00:00.000Z')
  })

  it('closes at a midnight that is shown twice, or never', () => {
    const santiago = aroundTheClock('America/Santiago')
    expect(add('2025-04-04T15:00:00Z', { closeOfWorkingDay: 1 }, santiago)).toBe('2025-04-06T04:00:00.000Z')
    expect(add('2025-09-05T15:00:00Z', { closeOfWorkingDay: 1 }, santiago)).toBe('2025-09-07T04:00:00.000Z')
  })

  it('closes where the clock is set back to the time of it when it is shown first', () => {
    const nights = withHours('Europe/London', everyDay(['00:00', '01:00']))
    expect(add('2026-10-24T12:00:00Z', { closeOfWorkingDay: 1 }, nights)).toBe('2026-10-25T00:00:00.000Z')
    expect(add('2026-10-25T12:00:00Z', { closeOfWorkingDay: 1 }, nights)).toBe('2026-10-26T01:00:00.000Z')
  })

  it('knows a change of the clocks wherever in the remembered years it comes: at their beginning, or their end', () => {
    // On these Sundays of New York a year that is remembered had begun some days before, or was to end some days later.
    const sundays = ['2184-11-07', '2190-11-07', '2196-11-06', '2197-11-05', '2202-11-07', '2203-11-06', '2208-11-06']
    for (const sunday of sundays) {
      const next = dateAfter(sunday, 1)
      const [before, after] = [Date.parse(`${sunday}T04:00Z`), Date.parse(`${next}T05:00Z`)]
      expect(dayOf(new Date(before).toISOString(), newYork)).toBe(sunday)
      expect(dayOf(new Date(before - 1).toISOString(), newYork)).toBe(dateAfter(sunday, -1))
      expect(dayOf(new Date(after).toISOString(), newYork)).toBe(next)
      expect(dayOf(new Date(after - 1).toISOString(), newYork)).toBe(sunday)
    }
  })
})

describe('working time between two moments', () => {
  it('is nothing when the second is not later', () => {
    expect(between('2026-01-12T12:00:00Z', '2026-01-12T12:00:00Z', london)).toBe(0)
    expect(between('2026-01-12T12:00:00Z', '2026-01-09T12:00:00Z', london)).toBe(0)
  })

  it('leaves out nights, weekends and holidays, whatever their order, one named twice only once', () => {
    expect(between('2026-01-09T16:00:00Z', '2026-01-12T10:00:00Z', london)).toBe(2 * HOUR)
    expect(between('2026-04-02T15:00:00Z', '2026-04-07T09:00:00Z', london)).toBe(2 * HOUR)
    const twice = officeHours('UTC', ['2026-01-14', '2026-01-13', '2026-01-14', '2026-01-18'])
    expect(between('2026-01-12T00:00:00Z', '2026-01-19T00:00:00Z', twice)).toBe(24 * HOUR)
    expect(between('2026-01-12T00:00:00Z', '2026-01-14T00:00:00Z', twice)).toBe(8 * HOUR)
  })

  it('holds over decades, back to before 1970', () => {
    const weeks = (Date.parse('2026-01-05') - Date.parse('1927-01-03')) / (7 * DAY)
    expect(between('1927-01-03T00:00:00Z', '2026-01-05T00:00:00Z', officeHours('UTC'))).toBe(weeks * 40 * HOUR)
    expect(addWorking('1927-01-03T00:00:00Z', weeks * 40 * HOUR, officeHours('UTC'))).toBe('2026-01-02T17:00:00.000Z')
  })
})

/** The local date of a moment, by Intl. */
const localDate = (timeZone: string, epoch: number) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(epoch)

const dateAfter = (date: string, days: number) => new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10)

// The independent calculation: two years of a zone as a table of minutes, each with what Intl says that the clock on the
// wall shows, and with the minutes worked before it. It knows nothing of offsets, weeks or openings but their text.

const START = Date.parse('2025-01-01T00:00:00Z')
const MINUTES = 2 * 365 * 24 * 60
const QUARTER = 15

interface Wall {
  /** By quarter of an hour since the start; no zone here changes its clocks within one. */
  readonly dates: readonly string[]
  readonly minutesOfDay: Int32Array
  /** The moments at which the clocks change. */
  readonly changes: readonly number[]
}

function wallOf(timeZone: string): Wall {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  const shown = Array.from({ length: MINUTES / QUARTER }, (_, index) => format.format(START + index * QUARTER * MINUTE))
  const dates = shown.map((text) => text.slice(0, 10))
  const minutesOfDay = Int32Array.from(shown, (text) => Number(text.slice(11, 13)) * 60 + Number(text.slice(14, 16)))
  const asUtc = shown.map((text) => Date.parse(`${text.replace(' ', 'T')}Z`))
  const changes = asUtc.flatMap((wall, index) =>
    index > 0 && wall - (asUtc[index - 1] ?? 0) !== QUARTER * MINUTE ? [START + index * QUARTER * MINUTE] : [],
  )
  return { dates, minutesOfDay, changes }
}

interface Table extends Wall {
  readonly calendar: Calendar
  readonly open: Uint8Array
  readonly workedBefore: Int32Array
}

const textOf = (minuteOfDay: number) =>
  `${String(Math.floor(minuteOfDay / 60)).padStart(2, '0')}:${String(minuteOfDay % 60).padStart(2, '0')}`
const TEXTS = Array.from({ length: 24 * 60 }, (_, minute) => textOf(minute))

function tableOf(calendar: Calendar, wall: Wall): Table {
  const days = new Map<string, Uint8Array>()
  const minutesOf = (date: string) => {
    const known = days.get(date)
    if (known !== undefined) return known
    const weekday = (new Date(`${date}T12:00:00Z`).getUTCDay() || 7) as 1 | 2 | 3 | 4 | 5 | 6 | 7
    const hours = calendar.holidays.includes(date) ? [] : (calendar.hours[weekday] ?? [])
    const day = Uint8Array.from(TEXTS, (text) => (hours.some(([from, to]) => from <= text && text < to) ? 1 : 0))
    days.set(date, day)
    return day
  }
  const open = new Uint8Array(MINUTES)
  const workedBefore = new Int32Array(MINUTES + 1)
  for (let minute = 0; minute < MINUTES; minute++) {
    const quarter = Math.floor(minute / QUARTER)
    const isOpen = minutesOf(wall.dates[quarter] ?? '')[(wall.minutesOfDay[quarter] ?? 0) + (minute % QUARTER)] ?? 0
    open[minute] = isOpen
    workedBefore[minute + 1] = (workedBefore[minute] ?? 0) + isOpen
  }
  return { ...wall, calendar, open, workedBefore }
}

const minuteOf = (epoch: number) => Math.floor((epoch - START) / MINUTE)

/** The working milliseconds from the start of the table to a moment. */
function worked({ open, workedBefore }: Table, epoch: number): number {
  const minute = minuteOf(epoch)
  return (workedBefore[minute] ?? 0) * MINUTE + (open[minute] ?? 0) * (epoch - START - minute * MINUTE)
}

const wallMinute = (table: Table, minute: number) => ({
  date: table.dates[Math.floor(minute / QUARTER)] ?? '',
  ofDay: (table.minutesOfDay[Math.floor(minute / QUARTER)] ?? 0) + (minute % QUARTER),
})

/** The minutes of the nth working day after a minute's date. No zone here shows a date again after the next one. */
function laterDay(table: Table, from: number, nth: number): readonly number[] {
  const first = wallMinute(table, from).date
  let [date, left, minutes] = [first, nth, [] as number[]]
  for (let minute = from; minute < MINUTES; minute++) {
    const shown = wallMinute(table, minute).date
    if (shown !== date) {
      if (date !== first && minutes.some((one) => table.open[one])) left--
      if (left === 0) return minutes
      ;[date, minutes] = [shown, []]
    }
    minutes.push(minute)
  }
  throw new Error('the table is too short')
}

/** The same local time so many working days later, by looking at each minute. */
function workingDaysLater(table: Table, from: number, nth: number): number {
  const begins = table.open.indexOf(1, minuteOf(from))
  const since = wallMinute(table, begins).ofDay
  const day = laterDay(table, begins, nth)
  const fits = day.find(
    (minute) => wallMinute(table, minute).ofDay >= since && (table.open[minute] || table.open[minute - 1]),
  )
  return START + (fits ?? lastOpen(table, day) + 1) * MINUTE
}

const lastOpen = (table: Table, day: readonly number[]) => day.findLast((minute) => table.open[minute]) ?? Number.NaN

describe('working time agrees with an independent calculation', () => {
  const holidays = ['2025-04-18', '2025-04-21', '2025-09-18', '2025-12-25', '2026-01-01', '2026-04-05', '2026-10-25']
  const hours = {
    office: { ...everyDay(['09:00', '12:00'], ['13:00', '17:00']), 5: [['08:30', '15:45']], 6: [], 7: [] },
    'around the clock': everyDay(['00:00', '24:00']),
    'nights before the clocks change, and after': everyDay(['00:00', '01:20'], ['02:10', '05:00'], ['22:00', '24:00']),
    'weekend nights': {
      6: [['20:00', '24:00']],
      7: [
        ['00:00', '00:40'],
        ['01:00', '04:00'],
      ],
    },
  }
  const zones = ['Europe/London', 'America/New_York', 'Australia/Sydney', 'America/Santiago']
  let tables: readonly Table[] = []
  // Minute by minute they take seconds, which only those who ask for them should wait.
  beforeAll(() => {
    tables = zones.flatMap((timeZone) => {
      const wall = wallOf(timeZone)
      return Object.values(hours).map((week) => tableOf(withHours(timeZone, week, holidays), wall))
    })
  })

  /** A moment in the table's first 20 months, often near a change of the clocks, and how long it goes on. */
  const interval = () =>
    fc
      .record({
        table: fc.constantFrom(...tables),
        near: fc.boolean(),
        change: fc.nat(2),
        around: fc.integer({ min: -3 * DAY, max: 3 * DAY }),
        anywhere: fc.integer({ min: 10 * DAY, max: 600 * DAY }),
        length: fc.oneof(
          fc.nat(20 * DAY),
          fc.nat(DAY),
          fc.nat(20 * 24 * 60).map((minutes) => minutes * MINUTE),
        ),
        whole: fc.boolean(),
      })
      .map(({ table, near, change, around, anywhere, length, whole }) => {
        const moment = near ? (table.changes[change] ?? 0) + around : START + anywhere
        const from = whole ? START + minuteOf(moment) * MINUTE : moment
        return { table, from, to: from + length }
      })

  const iso = (epoch: number) => new Date(epoch).toISOString()

  it('has both hemispheres and their changes of the clocks in it', () => {
    expect(tables.map(({ changes }) => changes.length)).toEqual(Array.from({ length: 16 }, () => 4))
  })

  it('on 10,000 random intervals over four time zones, there and back', () => {
    fc.assert(
      fc.property(interval(), fc.double({ min: 0, max: 1, noNaN: true }), ({ table, from, to }, part) => {
        const { calendar } = table
        const expected = worked(table, to) - worked(table, from)
        expect(between(iso(from), iso(to), calendar)).toBe(expected)

        const some = Math.floor(expected * part)
        const reached = Date.parse(addWorking(iso(from), some, calendar))
        expect(worked(table, reached) - worked(table, from)).toBe(some)
        if (some > 0) expect(worked(table, reached - 1) - worked(table, from), 'the first such moment').toBe(some - 1)
        else expect([reached >= from, table.open[minuteOf(reached)]], 'an open moment').toEqual([true, 1])
        expect(between(iso(from), iso(reached), calendar)).toBe(some)

        const minutes = Math.floor(some / MINUTE)
        if (minutes > 0) {
          expect(add(iso(from), { workingMinutes: minutes }, calendar)).toBe(
            addWorking(iso(from), minutes * MINUTE, calendar),
          )
        }
      }),
      { numRuns: 10_000, seed: 20_260_109 },
    )
  })

  it('on working days, looked for minute by minute', () => {
    fc.assert(
      fc.property(interval(), fc.integer({ min: 1, max: 4 }), ({ table, from }, nth) => {
        const minute = START + minuteOf(from) * MINUTE
        expect(add(iso(minute), { workingDays: nth }, table.calendar)).toBe(iso(workingDaysLater(table, minute, nth)))
        const close = lastOpen(table, laterDay(table, minuteOf(from), nth)) + 1
        expect(add(iso(from), { closeOfWorkingDay: nth }, table.calendar)).toBe(iso(START + close * MINUTE))
      }),
      { numRuns: 2_000, seed: 20_260_109 },
    )
  })
})

describe('what can’t be reckoned with is refused', () => {
  const sound = { timeZone: 'UTC', hours: { 1: [['09:00', '17:00']] }, holidays: ['2026-01-01'] }
  const day = (...hours: unknown[]) => ({ ...sound, hours: { 1: hours } })

  const malformed: readonly (readonly [string, unknown, string])[] = [
    [
      'a time zone that does not exist',
      { ...sound, timeZone: 'Mars/Phobos' },
      'timeZone: an IANA time zone, which "Mars/Phobos" is not',
    ],
    ['an offset for a time zone', { ...sound, timeZone: '+01:00' }, 'timeZone: '],
    ['no time zone', { hours: sound.hours, holidays: [] }, 'timeZone: '],
    ['no holidays', { timeZone: 'UTC', hours: sound.hours }, 'holidays: '],
    [
      'a holiday that does not exist',
      { ...sound, holidays: ['2026-01-01', '2026-02-29'] },
      'holidays.1: a date that exists',
    ],
    ['a holiday that is a moment', { ...sound, holidays: ['2026-01-01T00:00:00Z'] }, 'holidays.0: '],
    ['a week without hours', { ...sound, hours: { 1: [], 2: [] } }, 'hours: hours on at least one day'],
    ['an eighth day', { ...sound, hours: { ...sound.hours, 8: [] } }, 'hours: Unrecognized key: "8"'],
    ['hours out of order', day(['13:00', '17:00'], ['09:00', '12:00']), 'hours.1.1: hours that begin after'],
    ['hours that overlap', day(['09:00', '12:00'], ['11:59', '17:00']), 'hours.1.1: hours that begin after'],
    ['hours that end before they begin', day(['17:00', '09:00']), 'hours.1.0: hours that open before they close'],
    ['hours of no length', day(['09:00', '09:00']), 'hours.1.0: hours that open before they close'],
    ['an opening at 24:00', day(['24:00', '24:00']), 'hours.1.0.0: a local time from 00:00 to 23:59'],
    ['a time with seconds', day(['09:00', '17:00:00']), 'hours.1.0.1: a local time'],
    ['a time of three digits', day(['109:00', '17:00']), 'hours.1.0.0: a local time'],
    ['an opening with a word', day(['09:00h', '17:00']), 'hours.1.0.0: a local time'],
    ['a close after midnight', day(['09:00', '25:00']), 'hours.1.0.1: a local time from 00:01 to 24:00'],
    ['a time of one digit', day(['9:00', '17:00']), 'hours.1.0.0: a local time'],
    ['a close alone', day(['17:00']), 'hours.1.0'],
    ['a field of another thing', { ...sound, region: 'EU' }, 'Unrecognized key: "region"'],
    ['nothing', null, 'expected object'],
  ]
  for (const [what, input, told] of malformed) {
    it(`a calendar with ${what}`, () => {
      const refusals = [
        () => readCalendar(input),
        () => between('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', input as never),
      ]
      for (const attempt of what === 'nothing' ? refusals.slice(0, 1) : refusals) {
        const refusal = refusalOf(attempt)
        expect(refusal.code).toBe('input-invalid')
        expect(refusal.message).toContain(told)
      }
    })
  }

  it('but not days off, breaks of no length, or a close at midnight', () => {
    const touching = { ...day(['00:00', '12:00'], ['12:00', '24:00']), holidays: ['2024-02-29'] }
    expect(readCalendar(touching)).toEqual(touching)
    expect(between('2026-01-12T00:00:00Z', '2026-01-13T00:00:00Z', readCalendar(touching))).toBe(DAY)
    expect(Calendar.safeParse({ ...sound, hours: { ...sound.hours, 2: [] } }).success).toBe(true)
  })

  it('nor a day that is named and has no hours', () => {
    const named = { ...sound, hours: { 1: undefined, ...{ 2: [['09:00', '17:00']] } } }
    expect(Calendar.safeParse(named).success).toBe(true)
    expect(Calendar.safeParse({ ...sound, hours: { 1: undefined } }).success).toBe(false)
  })

  it('each thing that is wrong with a calendar is told, and where', () => {
    const message = (input: unknown) => refusalOf(() => readCalendar(input)).message
    expect(message(7)).toMatch(/^The calendar can’t be used: Invalid input/)
    expect(message({ ...sound, timeZone: 'Mars', holidays: ['never'] })).toMatch(
      /used: timeZone: an IANA .*; holidays\.0: a date/,
    )
  })

  it('a holiday or a zone given to office hours', () => {
    expect(refusalOf(() => officeHours('Europe/Nowhere', ['2026-13-01'])).facts['issues']).toMatchObject([
      { path: 'timeZone' },
      { path: 'holidays.0' },
    ])
  })

  it('a span that is none, or none that anybody waits for', () => {
    const spans = [
      {},
      { workingDays: 0 },
      { workingHours: 1.5 },
      { days: -1 },
      { weeks: 521 },
      { hours: 1 },
      { days: 1, weeks: 1 },
      { days: '1' },
      'P1D',
      null,
    ]
    for (const span of spans) {
      expect(Span.safeParse(span).success).toBe(false)
      expect(refusalOf(() => add('2026-01-12T12:00:00Z', span as never, london)).code).toBe('input-invalid')
    }
    expect(refusalOf(() => add('2026-01-12T12:00:00Z', { workingDays: 1_001 }, london)).message).toContain(
      'workingDays',
    )
  })

  it('a moment that is none, and milliseconds that are not whole or run backwards', () => {
    for (const moment of ['yesterday', '2026-01-12', '2026-01-12T12:00:00', '', 0]) {
      expect(refusalOf(() => add(moment as string, { days: 1 }, london)).code).toBe('input-invalid')
    }
    for (const milliseconds of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '1', 2 ** 53]) {
      expect(refusalOf(() => addWorking('2026-01-12T12:00:00Z', milliseconds as number, london)).code).toBe(
        'input-invalid',
      )
    }
  })

  it('a wait without end: holidays on every working day of 100 years', () => {
    const mondays = Array.from({ length: 5_220 }, (_, week) => dateAfter('2026-01-05', week * 7))
    const never = readCalendar({ ...sound, holidays: mondays })
    for (const span of [{ workingMinutes: 1 }, { workingDays: 1 }, { closeOfWorkingDay: 1 }]) {
      const refusal = refusalOf(() => add('2026-01-05T00:00:00Z', span, never))
      expect([refusal.code, refusal.message]).toEqual(['input-invalid', expect.stringContaining('100 years')])
    }
    expect(refusalOf(() => addWorking('2026-01-05T00:00:00Z', Number.MAX_SAFE_INTEGER, london)).code).toBe(
      'input-invalid',
    )
    expect(refusalOf(() => between('2026-01-05T00:00:00Z', '2226-01-05T00:00:00Z', london)).code).toBe('input-invalid')
    expect(add('2125-12-30T00:00:00Z', { workingMinutes: 1 }, never)).toBe('2126-01-21T09:01:00.000Z')
  })

  it('more than 100 years of 365 days and a quarter', () => {
    const [from, to] = ['2026-01-05T00:00:00.000Z', '2126-01-06T00:00:00.000Z']
    expect(between(from, to, london)).toBeGreaterThan(0)
    expect(refusalOf(() => between(from, '2126-01-06T00:00:00.001Z', london)).code).toBe('input-invalid')
  })

  it('a due time beyond the year 9999, or before the year 0', () => {
    expect(refusalOf(() => dayOf('0000-01-01T00:00:00Z', newYork)).message).toContain('9999')
    expect(dayOf('0000-01-02T00:00:00Z', newYork)).toBe('0000-01-01')
    expect(refusalOf(() => add('9999-12-31T12:00:00Z', { days: 1 }, london)).message).toContain('9999')
    expect(refusalOf(() => add('9999-12-31T12:00:00Z', { workingDays: 1 }, london)).message).toContain('9999')
  })
})

describe('working time', () => {
  it('reads no clock', () => {
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => {
      throw new Error('somebody asked what time it is')
    })
    try {
      const lisbon = officeHours('Europe/Lisbon')
      expect(add('2026-03-27T16:00:00Z', { workingHours: 2 }, lisbon)).toBe('2026-03-30T09:00:00.000Z')
      expect(add('2026-03-27T16:00:00Z', { months: 1 }, lisbon)).toBe('2026-04-27T15:00:00.000Z')
    } finally {
      clock.mockRestore()
    }
  })

  it('hands out moments in UTC with milliseconds, whatever offset they came in', () => {
    expect(add('2026-01-12T12:00:00+05:30', { workingHours: 1 }, kolkata)).toBe('2026-01-12T07:30:00.000Z')
    expect(addWorking('2026-01-12T12:00:00+05:30', 0, kolkata)).toBe('2026-01-12T06:30:00.000Z')
  })

  it('freezes the calendars that it reads', () => {
    expect([london, london.hours, london.hours[1], london.hours[1]?.[0], london.holidays].every(Object.isFrozen)).toBe(
      true,
    )
  })
})
