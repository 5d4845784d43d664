import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCutter } from '../src/audit/record.ts'
import { audit } from './audit/log.ts'

const T = '2026-03-02T09:00:00Z'
const HEAD = 'case,activity,time\n'
const BAD = 'a quote in the middle of a field'
const WRONG_TIME = 'a time that is not as ISO 8601 has them'
const LONG = 'longer than 1000000 characters'
const many = 1_000_001

const runs = process.env['LONG'] === undefined ? 500 : 20_000

/** The rows that were skipped: why, on which lines they begin, and how many lines they take up. */
const skippedIn = async (log: string, pieces = 65_536) => {
  const { rows, events, skipped } = (await audit(log, {}, { pieces })).log
  return { rows, events, skipped: skipped.map(({ why, rows, lines, at }) => [why, rows, lines, at]) }
}

/** The records of a text, that was cut into pieces of so many characters before. */
function recordsOf(text: string, pieces: number, delimiter = ',') {
  const cutter = createCutter(delimiter)
  const records = []
  for (let at = 0; at < text.length; at += pieces) records.push(...cutter.write(text.slice(at, at + pieces)))
  return [...records, ...cutter.end()]
}

describe('a CSV with rows that can’t be read', () => {
  // biome-ignore format: a table
  it.each<[string, string, object]>([
    ['a row with a quoted word within a field', `${HEAD}1,x "y" z,${T}\n1,take,${T}\n`, { rows: 2, events: 1, skipped: [[BAD, 1, 1, [2]]] }],
    ['a row with several such fields', `${HEAD}1 "a" b,x "y" z "w",${T} "\n1,take,${T}\n`, { rows: 2, events: 1, skipped: [[BAD, 1, 1, [2]]] }],
    ['several such rows, one after the other', `${HEAD}1,a"b"c,${T}\n1,a"b"c,${T}\n1,"a\nb",x"y"\n1,take,${T}\n`, { rows: 4, events: 1, skipped: [[BAD, 3, 4, [2, 3, 4]]] }],
    ['such a row at the end, without a newline', `${HEAD}1,take,${T}\n1,a "b",${T}`, { rows: 2, events: 1, skipped: [[BAD, 1, 1, [3]]] }],
    ['a row that is longer than any is', `${HEAD}1,take,${T}\n1,${'x'.repeat(many)},${T}\n1,take,${T}\n`, { rows: 3, events: 2, skipped: [[LONG, 1, 1, [3]]] }],
    ['a row of nothing but separators', `${HEAD}${','.repeat(many)}\n1,take,${T}\n`, { rows: 2, events: 1, skipped: [[LONG, 1, 1, [2]]] }],
    ['a row with a whole mail in its quotes', `${HEAD}1,"${'line, "" and\r\n'.repeat(100_000)}",${T}\n1,take,soon\n1,take,${T}\n`, { rows: 3, events: 1, skipped: [[LONG, 1, 100_001, [2]], [WRONG_TIME, 1, 1, [100_003]]] }],
  ])('leaves out %s, once, and says where it was', async (_, log, expected) => {
    for (const pieces of log.length > many ? [65_536] : [65_536, 7, 1]) {
      expect(await skippedIn(log, pieces)).toEqual(expected)
    }
  })

  it('says on which line a row begins, whatever newlines stand before it', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.constantFrom('take', '"ta\nke"', '"a\r\nb"', '"x\r"', '"x""\r\n\r"', 'a"b'), fc.boolean()),
          {
            maxLength: 30,
          },
        ),
        fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\r\n\r\n', '\r\r'),
        fc.constantFrom(1, 3, 64, 65_536),
        async (rows, newline, pieces) => {
          let log = `case,activity,time${newline}`
          const [bad, wrong]: [number[], number[]] = [[], []]
          for (const [activity, isTimed] of rows) {
            const line = log.split(/\r\n|\r|\n/).length
            if (activity === 'a"b') bad.push(line)
            else if (!isTimed) wrong.push(line)
            log += `1,${activity},${isTimed ? T : 'soon'}${newline}`
          }
          const { skipped } = await skippedIn(log, pieces)
          const at = (why: string) => skipped.find(([reason]) => reason === why)?.[3] ?? []
          expect([at(BAD), at(WRONG_TIME)]).toEqual([bad.slice(0, 5), wrong.slice(0, 5)])
          await expect(audit(`${log}1,"take`, {}, { pieces })).rejects.toThrow(
            `line ${log.split(/\r\n|\r|\n/).length}: a quote is opened in the row that begins here`,
          )
        },
      ),
      { numRuns: runs / 5 },
    ))

  // biome-ignore format: a table
  it.each<[string, string, RegExp]>([
    ['a quote that swallows rows up to another one', `${HEAD}1,"take,${T}\n${`1,take,${T}\n`.repeat(50_000)}2,x,"\n`, /^line 2: the row that begins here is longer than 1000000 characters, over 50002 lines\. Is a quote in it never closed\?/],
    ['two columns of one name', `case,activity,time,activity\n1,take,${T},tag\n`, /^line 1: there are several columns “activity”\. Which is meant\?/],
    ['a quote in the name of a column', `case,acti"v"ity,time\n1,take,${T}\n`, /^line 1: there is a quote in the middle of a column’s name\./],
    ['names of columns without end', `${'x'.repeat(many)}\n`, /^line 1: the names of its columns are longer than 1000000 characters\./],
    ['bytes that are no text for names', 'a\u0007\u001b[2Jb,c\n', /^line 1: there is no column .* There are “a \[2Jb”, “c”\.$/],
    ['hundreds of columns', `${Array.from({ length: 500 }, (_, n) => `${n}`.padEnd(90, 'x')).join()}\n`, /^line 1: .{200,2000}…”, and 470 more\.$/],
  ])('is refused with %s', async (_, log, message) => {
    await expect(audit(log)).rejects.toThrow(message)
  })

  it('says of columns of one name nothing, where the map asks for neither', async () => {
    expect((await audit(`case,activity,time,note,note\n1,take,${T},,\n`)).log).toMatchObject({ events: 1, skipped: [] })
  })

  it('knows the first line in which Excel says what stands between fields', async () => {
    for (const [line, delimiter] of [
      ['sep=;', ';'],
      ['SEP=,', ','],
      ['sep=\t', '\t'],
    ] as const) {
      const log = `${line}\r\n${HEAD}1,take,${T}\n1,take,soon\n`.replaceAll(/,(?=\w)/g, delimiter)
      for (const map of [{}, { delimiter }]) {
        expect((await audit(log, map, { pieces: 1 })).log).toMatchObject({ events: 1, skipped: [{ at: [4] }] })
      }
    }
  })
})

describe('a CSV that is cut into records', () => {
  const field = fc.oneof(fc.string({ maxLength: 4 }), fc.stringMatching(/^[",;\r\nab ]{0,6}$/))
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`

  it('has the fields that were written, and the lines that they take up', () =>
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.tuple(field, fc.boolean()), { minLength: 1, maxLength: 4 }), { maxLength: 10 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.constantFrom(',', ';'),
        fc.integer({ min: 1, max: 20 }),
        (rows, newline, delimiter, pieces) => {
          const written = rows.map((row) =>
            row.map(([text, always]) => (always || /[",;\r\n]/.test(text) || text === '' ? quoted(text) : text)),
          )
          const lines = (text: string) => text.split(/\r\n|\r|\n/).length
          let line = 1
          const expected = rows.map((row, index) => {
            const text = (written[index] as string[]).join(delimiter)
            const record = {
              line,
              lines: lines(text),
              width: row.length,
              fields: row.map(([one]) => one),
              flaw: undefined,
            }
            line += record.lines
            return record
          })
          const text = written.map((row) => row.join(delimiter)).join(newline)
          expect(recordsOf(text, pieces, delimiter)).toEqual(expected)
          expect(recordsOf(text + newline, pieces, delimiter)).toEqual(expected)
        },
      ),
      { numRuns: runs },
    ))

  it('is read as csv-parse reads it, or refused as it refuses it', () =>
    fc.assert(
      fc.property(
        fc.stringMatching(/^(?:[,ab\r\n]|"[ab,\n]*"|")*$/),
        fc.integer({ min: 1, max: 9 }),
        (text, pieces) => {
          const theirs = attempt(() =>
            parse(text, { record_delimiter: ['\r\n', '\n', '\r'], relax_column_count: true, skip_empty_lines: true }),
          )
          const ours = attempt(() => {
            const records = recordsOf(text, pieces)
            if (records.some(({ flaw }) => flaw !== undefined)) throw new Error('flawed')
            return records.map(({ fields }) => fields)
          })
          expect(ours).toEqual(theirs)
        },
      ),
      { numRuns: runs },
    ))
})

function attempt<T>(work: () => T): T | 'refused' {
  try {
    return work()
  } catch {
    return 'refused'
  }
}
