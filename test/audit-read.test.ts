import fc from 'fast-check'
import { RedressError } from 'redress'
import { type AuditReport, type LogRead, toHtml, toText } from 'redress/audit'
import { describe, expect, it } from 'vitest'
import { aMap, audit, csv } from './audit/log.ts'

const HEAD = 'case,activity,time\n'
const T = '2026-03-02T09:00:00Z'
const sound = `${HEAD}1,take,${T}\n1,solve,2026-03-03T09:00:00Z\n`

/** What a log was read as: events, and what was skipped with the lines on which it begins. */
const readAs = ({ rows, events, skipped }: LogRead) => ({
  rows,
  events,
  skipped: Object.fromEntries(skipped.map(({ why, at }) => [why, at])),
})

const xes = (events: string, head = '') =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${head}<log xes.version="1.0">\n<trace><string key="concept:name" value="1"/>\n${events}</trace>\n</log>\n`
const event = (activity: string, time = T, more = '') =>
  `<event><string key="concept:name" value="${activity}"/><date key="time:timestamp" value="${time}"/>${more}</event>\n`
const asXes = { columns: undefined, format: 'xes' }
const asJson = { format: 'jsonl' }
const line = (activity: string, at = T) => `${JSON.stringify({ case: '1', activity, time: at })}\n`

describe('a log with rows that can’t be read', () => {
  const long = 'x'.repeat(1_000_001)
  // biome-ignore format: a table
  it.each<[string, string, object, object]>([
    ['a row with fewer fields', `${sound}1,take\n1,solve,${T}\n`, {}, { rows: 4, events: 3, skipped: { 'fewer fields than there are columns': [4] } }],
    ['a row with more fields', `${HEAD}1,take,${T},x\n1,solve,${T}\n`, {}, { rows: 2, events: 1, skipped: { 'more fields than there are columns': [2] } }],
    ['a last line that was half written', `${sound}1,clo`, {}, { rows: 3, events: 2, skipped: { 'fewer fields than there are columns': [4] } }],
    ['a time that was half written', `${sound}1,close,2026-03-0`, {}, { rows: 3, events: 2, skipped: { 'a time that is not as ISO 8601 has them': [4] } }],
    ['a day that does not exist', `${sound}1,close,2026-02-30T09:00:00Z\n`, {}, { rows: 3, events: 2, skipped: { 'a time that is not as ISO 8601 has them': [4] } }],
    ['a time beyond reason', `${sound}1,close,9999-12-31T09:00:00Z\n`, {}, { rows: 3, events: 2, skipped: { 'a time that is not as ISO 8601 has them': [4] } }],
    ['a row without a case', `${sound} ,close,${T}\n`, {}, { rows: 3, events: 2, skipped: { 'no case': [4] } }],
    ['a row without an activity', `${sound}1,,${T}\n`, {}, { rows: 3, events: 2, skipped: { 'no activity': [4] } }],
    ['a row without a time', `${sound}1,close,\n`, {}, { rows: 3, events: 2, skipped: { 'no time': [4] } }],
    ['a quote in the middle of a field', `${HEAD}1,ta"ke,${T}\n1,solve,${T}\n`, {}, { rows: 2, events: 1, skipped: { 'a quote in the middle of a field': [2] } }],
    ['rows behind one of several lines', `${HEAD}1,"ta\nke",${T}\n\n1,solve,never\n`, {}, { rows: 2, events: 1, skipped: { 'a time that is not as ISO 8601 has them': [5] } }],
    ['a line that is not JSON', `${line('take')}{"case": "1", "act\n${line('solve')}`, asJson, { rows: 3, events: 2, skipped: { 'not JSON': [2] } }],
    ['a last line that was half written, in JSON', `${line('take')}\n{"case":"1`, asJson, { rows: 2, events: 1, skipped: { 'not JSON': [3] } }],
    ['a line that is no object', `${line('take')}[1]\nnull\n"x"\n`, asJson, { rows: 4, events: 1, skipped: { 'not a JSON object': [2, 3, 4] } }],
    ['a line without end', `${line('take')}{"x":"${long}\n${line('solve')}`, asJson, { rows: 3, events: 2, skipped: { 'longer than 1000000 characters': [2] } }],
    ['fields that are not texts', `{"case":1,"activity":{"a":1},"time":"${T}"}\n`, asJson, { rows: 1, events: 0, skipped: { 'no activity': [1] } }],
    ['an event without a time, in XES', xes(event('take') + event('solve', 'soon')), asXes, { rows: 2, events: 1, skipped: { 'a time that is not as ISO 8601 has them': [5] } }],
    ['an event of a trace that has no name', `<log><trace>${event('take')}</trace>${xes(event('take')).slice(61)}`, asXes, { rows: 2, events: 1, skipped: { 'no case': [1] } }],
    ['an event of no trace', xes(event('take')).replace('</log>', `${event('take')}${event('solve')}</log>`), asXes, { rows: 3, events: 1, skipped: { 'an event of no trace': [6, 7] } }],
  ])('leaves out %s, counts it and says where it was', async (_, log, map, expected) => {
    for (const pieces of [65_536, 7]) expect(readAs((await audit(log, map, log.length > 1e6 ? {} : { pieces })).log)).toEqual(expected)
  })

  it('says how many lines such a row takes up', async () => {
    const { log } = await audit(`${HEAD}1,take,${T}\n1,"so\nl\nve",${T},x\n1,solve,${T}\n`)
    expect(log.skipped).toEqual([{ why: 'more fields than there are columns', rows: 1, lines: 3, at: [3] }])
    expect(log).toMatchObject({ rows: 3, events: 2 })
  })
})

describe('a log of which the rest could not be trusted', () => {
  const bomb = `<!DOCTYPE lolz [<!ENTITY a "lol">${'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'.repeat(20)}]>\n`
  const deep = `${'<list key="x">'.repeat(200)}${'</list>'.repeat(200)}`
  // biome-ignore format: a table
  it.each<[string, string | Uint8Array, object, RegExp]>([
    ['a quote that nobody closes', `${sound}1,"solve,${T}\n${`1,solve,${T}\n`.repeat(99)}`, {}, /^line 4: a quote is opened .* never closed/],
    ['a quote that nobody closes in a long log', `${sound}1,"solve,${T}\n${`1,solve,${T}\n`.repeat(60_000)}`, {}, /^line 4: the row .* longer than 1000000 characters/],
    ['a field that goes on behind its quotes', `${sound}1,"so"lve",${T}\n`, {}, /^line 4: a quote is closed .* written twice/],
    ['a column that is not there', `case,what,time\n1,take,${T}\n`, {}, /^line 1: there is no column “activity”\. There are “case”, “what”, “time”\./],
    ['nothing at all', '', {}, /^line 1: there is nothing in it/],
    ['bytes of another encoding', Uint8Array.from([...new TextEncoder().encode(`${sound}1,`), 0xe9, 0x2c, 0x0a]), {}, /^line 4: there are bytes here that mean nothing in utf-8.*windows-1252/],
    ['a half of a character at its end', Uint8Array.from([...new TextEncoder().encode(sound), 0xc3]), {}, /^line 4: it ends in the middle of a character: it was cut off\.$/],
    ['UTF-16 that does not say so', new Uint8Array(Buffer.from(sound, 'utf16le')), {}, /^line 1: it looks like UTF-16 .*"encoding": "utf-16le"\.$/],
    ['UTF-16 that does not say so, the other way round', new Uint8Array(Buffer.from(sound, 'utf16le').swap16()), {}, /"encoding": "utf-16be"\.$/],
    ['a spreadsheet', Uint8Array.from([...Buffer.from('PK'), 3, 4, 20, 0, 8, 0]), {}, /^it is a zip file, as a spreadsheet \(\.xlsx\) is: save the sheet as CSV\.$/],
    ['an old spreadsheet', Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]), {}, /older Office: save the sheet as CSV\.$/],
    ['what is compressed', Uint8Array.from([0x1f, 0x8b, 8, 0]), {}, /^it is compressed/],
    ['an entity bomb', xes(event('&b;'), bomb), asXes, /^line \d+: it has a document type/],
    ['an entity that nobody knows', xes(event('&lol;')), asXes, /^line 4: it is no XML: Invalid character entity/],
    ['XES that was half written', xes(event('take')).slice(0, -20), asXes, /^line \d+: it is no XML: Unclosed/],
    ['tags that don’t match', xes('<event></evnt>'), asXes, /^line 4: it is no XML/],
    ['elements within elements without end', xes(`<event>${deep}</event>`), asXes, /^line 4: elements within elements/],
    ['a page of HTML', '<!doctype html><html><body>Sign in</body></html>', asXes, /^line 1: it (has a document type|is no XML)/],
    ['XML that is no XES', '<feed><entry/></feed>', asXes, /^line 1: there is no `log` in it/],
    ['an attribute without end', xes(event('x'.repeat(300_000))), asXes, /^line \d+: the value of an attribute is longer than 65536 characters\./],
    ['a comment without end', xes(`<!--${'x'.repeat(300_000)}-->`), asXes, /^line \d+: a comment is longer than 65536 characters\./],
    ['an entity of HTML', xes(event('caf&eacute;')), asXes, /^line 4: it is no XML: Invalid character entity/],
    ['an array for JSON lines', `[\n${line('take').trim()},\n${line('solve')}]\n`, asJson, /^line 1: it is an array, and a log is JSON lines, an object a line: `jq -c/],
    ['an array on one line', `\n [${line('take').trim()}]`, asJson, /^line 2: it is an array/],
    ['a field for cases that no row has', line('take'), { ...asJson, columns: { ...aMap.columns, case: 'ticket.id' } }, /^no row has a field “ticket\.id”\. There are “case”, “activity”, “time”\./],
    ['an attribute for activities that no event has', xes(event('take')), { format: 'xes', columns: { ...aMap.columns, case: 'concept:name', activity: 'name', time: 'time:timestamp' } }, /^no row has a field “name”\. There are “case:concept:name”, “concept:name”, “time:timestamp”\./],
    ['an activity that the map does not have, where it refuses them', `${sound}1,dance,${T}\n`, { unmapped: 'refuse' }, /^line 4: the map does not say what “dance” means/],
    ['a wrong column for activities', `${HEAD}${Array.from({ length: 10_010 }, (_, n) => `1,a${n},${T}\n`).join('')}`, {}, /^line 9\d\d\d|^line 10\d\d\d: there are more than 10000 different activities/],
  ])('with %s is refused, with the line', async (_, log, map, message) => {
    const refused = audit(log, map)
    await expect(refused).rejects.toThrow(message)
    await expect(refused).rejects.toMatchObject({ code: 'log-unreadable' })
  })

  it('is not waited for: an entity bomb takes no memory and no time', async () => {
    const lol = Array.from({ length: 30 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('')
    await expect(audit(xes(event('&l30;'), `<!DOCTYPE x [<!ENTITY l0 "lol">${lol}]>`), asXes)).rejects.toThrow(
      /document type/,
    )
  })
})

describe('a log that is sound, however it is written', () => {
  const text = `${HEAD}1,take,${T}\n1,"tag, say ""so""",${T}\n2,solve,2026-03-03T09:00:00Z\n1,solve,2026-03-04T09:00:00Z\n`
  const utf16 = (swap: boolean) => {
    const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le')
    return new Uint8Array(swap ? bytes.swap16() : bytes)
  }
  // biome-ignore format: a table
  it.each<[string, string | Uint8Array, object]>([
    ['with lines as Windows ends them', text.replaceAll('\n', '\r\n'), {}],
    ['with lines as old Macs ended them', text.replaceAll('\n', '\r'), {}],
    ['with both', text.replace('\n', '\r\n'), {}],
    ['without a last newline', text.trimEnd(), {}],
    ['with blank lines before it', `\r\n\r\n\n${text}`, {}],
    ['with a blank line before semicolons', `\n${text.replace(/"tag.*"/, 'tag').replaceAll(',', ';')}`, {}],
    ['with a blank line before what it says of semicolons', `\n\nsep=;\n${text.replace(/"tag.*"/, 'tag').replaceAll(',', ';')}`, {}],
    ['with blank lines', text.replaceAll('\n', '\n\n'), {}],
    ['with a byte-order mark', `\uFEFF${text}`, {}],
    ['in UTF-16', utf16(false), {}],
    ['in UTF-16, the other way round', utf16(true), {}],
    ['in UTF-16 without a mark, where the map says so', utf16(false).subarray(2), { encoding: 'utf-16le' }],
    ['with semicolons', text.replace(/"tag.*"/, 'tag').replaceAll(',', ';'), {}],
    ['with tabs', text.replace(/"tag.*"/, 'tag').replaceAll(',', '\t'), {}],
    ['with every field in quotes', text.replace(/"tag.*"/, 'tag').replaceAll(/[^,\n]+/g, '"$&"'), {}],
    ['as JSON lines', [['1', 'take', 2], ['1', 'tag', 2], ['2', 'solve', 3], ['1', 'solve', 4]].map(([id, activity, day]) => `${JSON.stringify({ case: { id }, activity, time: `2026-03-0${day}T09:00:00Z` })}\r\n`).join(''), { format: 'jsonl', columns: { ...aMap.columns, case: 'case.id' } }],
    ['as XES with a namespace of its own', `<x:log xmlns:x="http://www.xes-standard.org/">${['1', '2'].map((id) => `<x:trace><x:string key="concept:name" value="${id}"/>${(id === '1' ? event('take') + event('tag') + event('solve', '2026-03-04T09:00:00Z') : event('solve', '2026-03-03T09:00:00Z')).replaceAll(/<(\/?)(?=\w)/g, '<$1x:')}</x:trace>`).join('')}</x:log>`, asXes],
    ['as XES', `<log><trace><string key="concept:name" value="1"/>${event('take')}${event('tag')}${event('solve', '2026-03-04T10:00:00+01:00')}</trace><trace><string key="concept:name" value="2"/>${event('solve', '2026-03-03T09:00:00.000Z')}</trace></log>`, asXes],
  ])('reads the same %s', async (_, log, map) => {
    for (const pieces of [65_536, 3, 1]) {
      const report = await audit(log, map, { pieces })
      expect(report).toMatchObject({ cases: 2, log: { rows: 4, events: 4, skipped: [], from: '2026-03-02T09:00:00.000Z', to: '2026-03-04T09:00:00.000Z' } })
      expect(report.findings.find(({ id }) => id === 'problem-first')).toMatchObject({ cases: 2, examples: ['1', '2'] })
    }
  })

  it('reads a day as its start, and when something is due as its end, in the zone of the map', async () => {
    const row = (id: string, activity: string, at: string, due = '') => `${id},${activity},${at},${due}`
    const rows = (day: (date: string) => string) => [
      row('kept', 'make', day('2026-03-27'), day('2026-03-29')),
      row('kept', 'keep', day('2026-03-29')),
      row('late', 'make', day('2026-03-27'), day('2026-03-29')),
      row('late', 'keep', day('2026-03-30')),
    ]
    const isoDay = (date: string) => date
    const british = (date: string) => date.split('-').reverse().join('/')
    for (const [day, format] of [
      [isoDay, 'iso'],
      [british, 'dd/MM/yyyy'],
    ] as const) {
      const report = await audit(['case,activity,time,due', ...rows(day)].join('\n'), {
        columns: { ...aMap.columns, due: 'due' },
        time: { format, zone: 'Europe/Rome' },
        activities: { make: 'makePromise', keep: 'keepPromise' },
      })
      expect(report.log).toMatchObject({
        skipped: [],
        from: '2026-03-26T23:00:00.000Z',
        to: '2026-03-29T22:00:00.000Z',
      })
      expect(report.promises).toMatchObject({ made: 2, kept: 1, broken: 1 })
    }
    const gone = await audit(`${HEAD}1,take,2026-02-30\n1,take,2026-03-02Z\n`)
    expect(readAs(gone.log).events).toBe(0)
  })

  it('tells numbers apart that JavaScript would not, in JSON lines', async () => {
    const row = (id: string) =>
      `{"case":${id},"at":{"deep":${id}},"activity":"ta\\\\\\"ke 12345678901234567","time":"${T}"}\n`
    const ids = [
      '1234567890123456788',
      '1234567890123456789',
      '-1234567890123456789',
      '0.12345678901234567',
      '1e3',
      '7',
    ]
    const whole = [...ids, '"1234567890123456788"', '1000', '1e999', '{1234567890123456789:1}'].map(row).join('')
    for (const columns of [{}, { case: 'at.deep' }]) {
      const found: string[] = []
      const report = await audit(
        whole,
        { ...asJson, columns: { ...aMap.columns, ...columns } },
        { onCase: ({ caseId }) => found.push(caseId) },
      )
      expect(found.sort()).toEqual([...ids.filter((id) => id !== '1e3'), '1000'].sort())
      expect(report.activities.map(({ activity }) => activity)).toEqual(['ta\\"ke 12345678901234567'])
      expect(readAs(report.log)).toEqual({ rows: 10, events: 8, skipped: { 'no case': [9], 'not JSON': [10] } })
    }
    const wide = `{"case":1234567890123456789,"x":"${'\\"'.repeat(200_000)}","activity":"take","time":"${T}"}\n`
    expect((await audit(wide, asJson)).cases).toBe(1)
  })

  it('names a column that no row has, and those that there are', async () => {
    const columns = { ...aMap.columns, resource: 'AGENT' }
    const log = `${line('take')}${JSON.stringify({ case: '1', activity: 'solve', time: T, who: { agent: 'ana' } })}\n`
    const report = await audit(log, { format: 'jsonl', columns })
    const names = ['case', 'activity', 'time', 'who', 'who.agent']
    expect(report.log.columns).toEqual({ names, absent: ['AGENT'] })
    const told = 'No row has “AGENT”, which the map names.'
    expect(toText(report, 'log')).toContain(told)
    expect(toHtml(report, 'log')).toContain(told)
    const found = await audit(log, { format: 'jsonl', columns: { ...columns, resource: 'who.agent' } })
    expect(found.log.columns).toEqual({ names, absent: [] })
    const xesReport = await audit(xes(event('take')), {
      ...asXes,
      columns: {
        ...aMap.columns,
        case: 'concept:name',
        activity: 'concept:name',
        time: 'time:timestamp',
        resource: 'case:agent',
      },
    })
    expect(xesReport.log.columns.absent).toEqual(['case:agent'])
  })

  it('says near the beginning how much of it could not be read', async () => {
    const report = await audit(`${sound}1,take\n1,take,soon\n`)
    expect(toText(report, 'log').split('\n').slice(0, 6)).toContain(
      '  2 rows of 4 (50%) could not be read: see what could not be judged.',
    )
    expect(toHtml(report, 'log')).toMatch(/<header>.*2 rows of 4 \(50%\) could not be read.*<\/header>/s)
    for (const told of [toText, toHtml]) expect(told(await audit(sound), 'log')).not.toContain('could not be read')
  })

  it('reads another encoding where the map says so', async () => {
    const latin = Uint8Array.from(`${HEAD}1,gel\u00f6st,${T}\n`, (one) => one.charCodeAt(0))
    const { activities } = await audit(latin, { encoding: 'windows-1252', activities: { gelöst: 'deliver' } })
    expect(activities).toMatchObject([{ activity: 'gelöst', means: ['deliver'] }])
  })

  it('keeps rows that repeat another word for word, counts them, and drops them where the map says so', async () => {
    const twice = `${sound}1,solve,2026-03-03T09:00:00Z\n2,solve,2026-03-03T09:00:00Z\n`
    const kept = await audit(twice)
    expect(kept.log).toMatchObject({ events: 4, duplicates: { rows: 1, dropped: false } })
    expect(kept.deviations).toContainEqual(expect.objectContaining({ kind: 'repeated', command: 'deliver', times: 1 }))
    const dropped = await audit(twice, { duplicates: 'drop' })
    expect(dropped.log).toMatchObject({ events: 4, duplicates: { rows: 1, dropped: true } })
    expect(dropped.deviations.filter(({ kind }) => kind === 'repeated')).toEqual([])
  })

  it('judges events in the order of times, and says how many came after later ones', async () => {
    const { log, findings, variants } = await audit(
      csv(['1', 'solve', 4], ['1', 'take', 2], ['1', 'hear', 3], ['2', 'take', 5]),
    )
    expect(log.reordered).toEqual({ events: 2, cases: 1 })
    expect(findings.find(({ id }) => id === 'problem-first')).toMatchObject({ cases: 0 })
    expect(variants.commonest.map(({ activities }) => activities)).toContainEqual(['take', 'hear', 'solve'])
  })

  it('leaves out what `only` leaves out, and counts it', async () => {
    const log = `case,activity,time,phase\n1,take,${T},start\n1,take,${T},complete\n1,solve,${T},complete\n`
    expect((await audit(log, { only: { phase: ['complete'] } })).log).toMatchObject({ rows: 3, events: 2, leftOut: 1 })
  })

  // biome-ignore format: a table
  it.each([
    ['yyyy/MM/dd HH:mm:ss.SSS', 'Europe/Rome', '2026/03/02 10:00:00.250', '2026-03-02T09:00:00.250Z'],
    ['d.M.yyyy H:mm', 'Europe/Rome', '2.7.2026 10:00', '2026-07-02T08:00:00.000Z'],
    ['MM/dd/yyyy hh:mm a', 'America/New_York', '03/02/2026 12:30 AM', '2026-03-02T05:30:00.000Z'],
    ["yyyy-MM-dd'T'HH:mm:ssXXX", 'UTC', '2026-03-02T10:00:00+01:00', '2026-03-02T09:00:00.000Z'],
    ['iso', 'Europe/Rome', '2026-03-02 10:00', '2026-03-02T09:00:00.000Z'],
    ['iso', 'Europe/Rome', '2026-03-02T10:00:00.123456+02:00', '2026-03-02T08:00:00.123Z'],
    ['epoch-seconds', 'UTC', '1772442000', '2026-03-02T09:00:00.000Z'],
    ['epoch-milliseconds', 'UTC', '1772442000001', '2026-03-02T09:00:00.001Z'],
    // The hour that the clock skips is the moment at which it does.
    ['yyyy-MM-dd HH:mm', 'Europe/Rome', '2026-03-29 02:30', '2026-03-29T01:00:00.000Z'],
  ])('reads %s in %s: %s', async (format, zone, time, instant) => {
    expect((await audit(`${HEAD}1,take,${time}\n`, { time: { format, zone } })).log.from).toBe(instant)
  })
})

describe('whatever is done to a log', () => {
  const logs: readonly (readonly [string, object])[] = [
    [
      `${HEAD}${Array.from({ length: 30 }, (_, n) => `${n % 7},"${['take', 'hear', 'solve', 'close'][n % 4]}",2026-03-02T09:00:${String(n).padStart(2, '0')}Z\n`).join('')}`,
      {},
    ],
    [Array.from({ length: 30 }, (_, n) => line(['take', 'solve'][n % 2] ?? '')).join(''), asJson],
    [xes(event('take').repeat(20)), asXes],
  ]
  const damage = fc.array(
    fc.record({
      at: fc.nat(3000),
      cut: fc.constantFrom(0, 1, 5, 60),
      put: fc.oneof(
        fc.constantFrom('"', ',', '\n', '\r', '<', '>', '&', '\u0000', '{', '\uFEFF', ''),
        fc.string({ maxLength: 5 }),
      ),
    }),
    { maxLength: 5 },
  )

  it('every row is an event, left out or skipped, or the log is refused in words: nothing crashes', () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...logs),
        damage,
        fc.constantFrom(5, 64, 65_536),
        async ([log, map], blows, pieces) => {
          let text = log
          for (const { at, cut, put } of blows) text = text.slice(0, at) + put + text.slice(at + cut)
          let report: AuditReport
          try {
            report = await audit(text, map, { pieces })
          } catch (error) {
            expect(error).toBeInstanceOf(RedressError)
            expect((error as RedressError).code).toBe('log-unreadable')
            return
          }
          const { rows, events, leftOut, skipped } = report.log
          expect(events + leftOut + skipped.reduce((sum, one) => sum + one.rows, 0)).toBe(rows)
          expect(report.activities.reduce((sum, one) => sum + one.events, 0)).toBe(events)
          for (const end of ['first', 'last'] as const) {
            expect(report.activities.reduce((sum, one) => sum + one[end], 0)).toBe(report.cases)
          }
          expect(await audit(text, map)).toEqual(report)
        },
      ),
      { numRuns: process.env['LONG'] === undefined ? 300 : 10_000 },
    ))
})
