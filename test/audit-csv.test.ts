import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { audit } from './audit/log.ts'

const T = '2026-03-02T09:00:00Z'
const HEAD = 'case,activity,time\n'
const BAD = 'a quote in the middle of a field'
const WRONG_TIME = 'a time that is not as ISO 8601 has them'
const many = 1_000_001

const runs = process.env['LONG'] === undefined ? 500 : 20_000

/** The rows that were skipped: why, on which lines they begin, and how many lines they take up. */
const skippedIn = async (log: string, pieces = 65_536) => {
  const { rows, events, skipped } = (await audit(log, {}, { pieces })).log
  return { rows, events, skipped: skipped.map(({ why, rows, lines, at }) => [why, rows, lines, at]) }
}

describe('a CSV with rows that can’t be read', () => {
  // biome-ignore format: a table
  it.each<[string, string, object]>([
    ['a row with a quoted word within a field', `${HEAD}1,x "y" z,${T}\n1,take,${T}\n`, { rows: 2, events: 1, skipped: [[BAD, 1, 1, [2]]] }],
    ['a row with several such fields', `${HEAD}1 "a" b,x "y" z "w",${T} "\n1,take,${T}\n`, { rows: 2, events: 1, skipped: [[BAD, 1, 1, [2]]] }],
    ['several such rows, one after the other', `${HEAD}1,a"b"c,${T}\n1,a"b"c,${T}\n1,"a\nb",x"y"\n1,take,${T}\n`, { rows: 4, events: 1, skipped: [[BAD, 3, 4, [2, 3, 4]]] }],
    ['such a row at the end, without a newline', `${HEAD}1,take,${T}\n1,a "b",${T}`, { rows: 2, events: 1, skipped: [[BAD, 1, 1, [3]]] }],
  ])('leaves out %s, once, and says where it was', async (_, log, expected) => {
    for (const pieces of [65_536, 7, 1]) {
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
    ['a quote that swallows rows up to another one', `${HEAD}1,"take,${T}\n${`1,take,${T}\n`.repeat(50_000)}2,x,"\n`, /^line 2: the row that begins here is longer than 1000000 characters\. Is a quote in it never closed\?/],
    ['a row that is longer than any is', `${HEAD}1,take,${T}\n1,${'x'.repeat(many)},${T}\n`, /^line 3: the row that begins here is longer than 1000000 characters\./],
    ['two columns of one name', `case,activity,time,activity\n1,take,${T},tag\n`, /^line 1: there are several columns “activity”\. Which is meant\?/],
    ['a quote in the name of a column', `case,acti"v"ity,time\n1,take,${T}\n`, /^line 1: there is a quote in the middle of a column’s name\./],
    ['names of columns without end', `${'x'.repeat(many)}\n`, /^line 1: there is no column .* There are “x{40}…”\.$/],
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
