import { createReadStream, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { aroundTheClock, heard, officeHours, type Protocol } from 'redress'
import { auditLog, type CaseAudit, formatOf, toHtml, toText } from 'redress/audit'
import { temporalWorkingTime } from 'redress/clocks'
import { example, given, upTo } from 'redress/testing'
import 'redress/vitest'
import { afterAll, describe, expect, it } from 'vitest'
import { createGroups } from '../src/audit/groups.ts'
import { allHours } from '../src/audit/hours.ts'
import { aMap, audit, casesOf, csv } from './audit/log.ts'

const folder = mkdtempSync(join(tmpdir(), 'redress-audit-test-'))
const helpdesk = resolve(import.meta.dirname, '../../shared/data/helpdesk-log.csv')
const helpdeskMap = JSON.parse(readFileSync(join(import.meta.dirname, 'audit/helpdesk.map.json'), 'utf8'))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('what an audit finds', () => {
  it('which cases fixed the problem before the person, and what was open then', async () => {
    const log = csv(
      ['good', 'take', 1],
      ['good', 'hear', 2],
      ['good', 'solve', 3],
      ['unheard', 'take', 1],
      ['unheard', 'solve', 2],
      ['unheard', 'hear', 3],
      ['unowned', 'solve', 1],
      ['unowned', 'take', 2],
      ['slow', 'take', 1],
    )
    const { good, unheard, unowned, slow } = await casesOf(log)
    expect(unheard?.problemFirst).toEqual({ command: 'deliver', before: ['listen'] })
    expect(unowned?.problemFirst).toEqual({ command: 'deliver', before: ['own', 'listen'] })
    for (const one of [good, slow]) expect(one?.findings).not.toContain('problem-first')
  })

  it('a second failure asks for the person again, a waiver and a withdrawal don’t', async () => {
    const map = { activities: { ...aMap.activities, again: 'reopen', waive: 'waive', withdraw: 'withdraw' } }
    const first = [
      ['take', 1],
      ['hear', 2],
      ['solve', 3],
    ] as const
    const rows = (id: string, ...more: readonly (readonly [string, number])[]) =>
      [...more].map(([activity, day]) => [id, activity, day] as const)
    const log = csv(
      ...rows('reopened', ...first, ['again', 4], ['solve', 5]),
      ...rows('heard', ...first, ['again', 4], ['hear', 5], ['solve', 6]),
      ...rows('waived', ['take', 1], ['waive', 2], ['solve', 3]),
      ...rows('withdrawn', ['take', 1], ['withdraw', 2], ['solve', 3]),
    )
    const cases = await casesOf(log, map)
    const found = Object.keys(cases).filter((id) => cases[id]?.problemFirst !== undefined)
    expect(found).toEqual(['reopened'])
  })

  it('a promise whose time has passed is a second failure, said or not', async () => {
    const map = {
      activities: {
        ...aMap.activities,
        promise: { is: 'makePromise', within: { days: 2 } },
        keep: 'keepPromise',
        broke: 'breakPromise',
        withdraw: 'withdraw',
      },
    }
    const rows = (id: string, ...more: readonly (readonly [string, number])[]) =>
      ([['take', 1], ['hear', 1], ['promise', 2], ...more] as const).map(
        ([activity, day]) => [id, activity, day] as const,
      )
    const cases = await casesOf(
      csv(
        ...rows('kept', ['keep', 3], ['solve', 9]),
        ...rows('in time', ['solve', 4]),
        ...rows('late', ['solve', 5]),
        ...rows('late but heard', ['hear', 5], ['solve', 6]),
        ...rows('heard too early', ['hear', 3], ['solve', 6]),
        ...rows('said before', ['broke', 3], ['hear', 4], ['solve', 6]),
        ...rows('said after', ['hear', 5], ['broke', 6], ['solve', 7]),
        ...rows('said again', ['hear', 5], ['broke', 6], ['promise', 6], ['broke', 7], ['solve', 8]),
        ...rows('withdrawn', ['withdraw', 3], ['solve', 9]),
      ),
      map,
    )
    const found = Object.keys(cases).filter((id) => cases[id]?.problemFirst !== undefined)
    expect(found).toEqual(['late', 'heard too early', 'said again', 'withdrawn'])
    expect(cases['late']?.problemFirst).toEqual({ command: 'deliver', before: ['listen'] })
  })

  it('each promise is a second failure once, when it broke, whatever had ended the case', async () => {
    const columns = { ...aMap.columns, due: 'due', promise: 'promise' }
    const activities = {
      ...aMap.activities,
      make: 'makePromise',
      broke: 'breakPromise',
      agree: 'agree',
      withdraw: 'withdraw',
      merge: 'merge',
    }
    const day = (one: number) => `2026-03-${String(one).padStart(2, '0')}T09:00:00Z`
    type Told = readonly [activity: string, day: number, promise?: string, due?: number]
    const rows = (id: string, ...told: readonly Told[]) =>
      ([['take', 1], ['hear', 1], ['make', 1, 'a', 3], ...told] as readonly Told[]).map(
        ([activity, at, promise = '', due]) =>
          `${id},${activity},${day(at)},${due === undefined ? '' : day(due)},${promise}`,
      )
    const log = [
      'case,activity,time,due,promise',
      ...rows('both lapsed', ['make', 1, 'b', 3], ['broke', 4, 'a'], ['hear', 5], ['broke', 6, 'b'], ['agree', 7]),
      ...rows('one lapsed', ['make', 1, 'b', 20], ['hear', 5], ['broke', 6, 'b'], ['agree', 7]),
      ...rows('one said twice', ['broke', 2, 'a'], ['hear', 3], ['broke', 4, 'a'], ['agree', 5]),
      ...rows('withdrawn and silent', ['withdraw', 2], ['solve', 5]),
      ...rows('withdrawn and said', ['withdraw', 2], ['broke', 4, 'a'], ['solve', 5]),
      ...rows('merged and silent', ['merge', 2], ['solve', 5]),
      ...rows('merged and said', ['merge', 2], ['broke', 4, 'a'], ['solve', 5]),
      ...rows('merged in time', ['merge', 2], ['solve', 3]),
    ].join('\n')
    const cases = await casesOf(log, { columns, activities })
    expect(Object.keys(cases).filter((id) => cases[id]?.problemFirst !== undefined)).toEqual([
      'one lapsed',
      'withdrawn and silent',
      'withdrawn and said',
      'merged and silent',
      'merged and said',
    ])
    expect(Object.keys(cases)).toHaveLength(8)
  })

  it('goes on after a broken promise as the machine does, once the case was withdrawn or merged', () => {
    for (const end of ['withdraw', 'merge'] as const) {
      const ended = given(upTo('deliver')).when(example(end)).accepts()
      expect(ended.later({ days: 60 })).toBeIn('person.listen')
    }
  })

  it('an explanation is no work on the problem, where a protocol has made a step of it', async () => {
    const map = { protocol: 'latte', activities: { ...aMap.activities, why: 'explain' } }
    const { asked } = await casesOf(csv(['asked', 'take', 1], ['asked', 'why', 2], ['asked', 'hear', 3]), map)
    expect(asked?.problemFirst).toBeUndefined()
  })

  it('steps that were left out, of cases that are over and of cases that went past them', async () => {
    const { over, past, under } = await casesOf(
      csv(['over', 'take', 1], ['over', 'close', 2], ['past', 'hear', 1], ['under', 'take', 1], ['whole', 'solve', 9]),
    )
    const skipped = (one: CaseAudit | undefined) => one?.deviations.map(({ kind, command }) => `${kind} ${command}`)
    expect(skipped(over)).toEqual(['skipped listen', 'skipped deliver'])
    expect(skipped(past)).toEqual(['skipped own'])
    expect(skipped(under)).toEqual([])
    expect(over).toMatchObject({ isOver: true, findings: ['skipped-steps'], cost: 2, worst: 5, fitness: 0.6 })
    expect(under).toMatchObject({ isOver: false, findings: [], fitness: 1 })
  })

  it('takes every case for over where nothing in the map closes one', async () => {
    const { one } = await casesOf(csv(['one', 'take', 1], ['two', 'solve', 1]), {
      activities: { take: 'own', solve: 'deliver' },
    })
    expect(one).toMatchObject({ isOver: true, findings: ['skipped-steps'] })
  })

  it('promises that were kept, moved and broken', async () => {
    const map = {
      columns: { ...aMap.columns, due: 'due', promise: 'promise' },
      activities: {
        promise: 'makePromise',
        keep: 'keepPromise',
        move: 'movePromise',
        fail: 'breakPromise',
        solve: 'deliver',
        tag: 'ignore',
      },
    }
    const day = (one: number) => `2026-03-${String(one).padStart(2, '0')}T09:00:00Z`
    const rows: readonly (
      | readonly [string, string, number, number?, string?]
      | readonly [string, string, number, undefined, string]
    )[] = [
      ['kept', 'promise', 1, 5],
      ['kept', 'keep', 4],
      ['late', 'promise', 1, 5],
      ['late', 'keep', 6],
      ['moved', 'promise', 1, 5],
      ['moved', 'move', 4, 9],
      ['moved', 'keep', 8],
      ['moved too late', 'promise', 1, 5],
      ['moved too late', 'move', 6, 9],
      ['moved too late', 'keep', 8],
      ['failed', 'promise', 1, 5],
      ['failed', 'fail', 2],
      ['forgotten', 'promise', 1, 5],
      ['open', 'promise', 1, 30],
      ['by name', 'promise', 1, 5, 'a'],
      ['by name', 'promise', 1, 8, 'b'],
      ['by name', 'keep', 4, undefined, 'a'],
      ['by name', 'keep', 9, undefined, 'b'],
      ['delivered', 'promise', 1, 5],
      ['delivered', 'promise', 1, 6],
      ['delivered', 'solve', 4],
      ['end', 'tag', 20],
    ]
    const log = `case,activity,time,due,promise\n${rows.map(([id, activity, at, due, name = '']) => `${id},${activity},${day(at)},${due === undefined ? '' : day(due)},${name}`).join('\n')}`
    const cases = await casesOf(log, map)
    expect(
      Object.fromEntries(
        Object.entries(cases).map(([id, { promises }]) => [id, [promises.made, promises.kept, promises.broken]]),
      ),
    ).toEqual({
      kept: [1, 1, 0],
      late: [1, 0, 1],
      moved: [1, 1, 0],
      'moved too late': [1, 0, 1],
      failed: [1, 0, 1],
      forgotten: [1, 0, 1],
      open: [1, 0, 0],
      'by name': [2, 1, 1],
      delivered: [2, 2, 0],
      end: [0, 0, 0],
    })
    expect(cases['late']?.findings).toContain('broken-promises')
    expect((await audit(log, map)).promises).toEqual({ made: 11, kept: 5, broken: 5, open: 1, undated: 0 })
  })

  it('promises due within a span, where no column says when', async () => {
    const map = { activities: { promise: { is: 'makePromise', within: { days: 2 } }, keep: 'keepPromise' } }
    const { late, kept } = await casesOf(
      csv(['late', 'promise', 1], ['late', 'keep', 4], ['kept', 'promise', 1], ['kept', 'keep', 3]),
      map,
    )
    expect([late?.promises.broken, kept?.promises.broken]).toEqual([1, 0])
    const moved = await casesOf(
      csv(
        ['late', 'promise', 1],
        ['late', 'move', 2],
        ['late', 'keep', 8],
        ['kept', 'promise', 1],
        ['kept', 'move', 2],
        ['kept', 'keep', 6],
      ),
      { activities: { ...map.activities, move: { is: 'movePromise', within: { days: 5 } } } },
    )
    expect([moved['late']?.promises.broken, moved['kept']?.promises.broken]).toEqual([1, 0])
  })

  it('what there is nothing to judge by, and why', async () => {
    const told = async (log: string, map: object) => {
      const report = await audit(log, map)
      const why = Object.fromEntries(report.findings.map(({ id, unjudged }) => [id, unjudged]))
      for (const { says, unjudged } of report.findings) {
        if (unjudged === null) continue
        expect(toText(report, 'log').replaceAll(/\s+/g, ' ')).toContain(
          `Whether any case ${says} can’t be told: ${unjudged}.`,
        )
        expect(toHtml(report, 'log')).toContain(`<h3>Whether any case ${says} can’t be told</h3>`)
        expect(toHtml(report, 'log')).not.toContain(`No case ${says}`)
      }
      return why
    }
    const all = {
      'problem-first': null,
      'skipped-steps': null,
      'broken-promises': null,
      'waited-too-long': null,
      'hopped-owners': null,
    }
    const log = csv(['1', 'take', 1], ['1', 'solve', 2])
    expect(await told(log, {})).toEqual({
      ...all,
      'broken-promises': 'no activity of the map means agree or makePromise',
      'waited-too-long': 'no wait of the map says how long it may take (`within`)',
      'hopped-owners': 'no event says who did it (`resource`)',
    })
    const waits = [{ name: 'own', to: 'own', within: { days: 2 } }]
    const who = `case,activity,time,who\n1,take,2026-03-01T09:00:00Z,ana\n1,promise,2026-03-02T09:00:00Z,\n1,solve,2026-03-02T10:00:00Z,\n`
    const columns = { ...aMap.columns, resource: 'who' }
    const promise = { is: 'makePromise', within: { days: 1 } }
    expect(await told(who, { columns, waits, activities: { ...aMap.activities, promise } })).toEqual(all)
    expect(await told(who, { columns, waits, activities: { ...aMap.activities, promise: 'makePromise' } })).toEqual({
      ...all,
      'broken-promises': 'no promise in it has a due time, neither by a column `due` nor by `within`',
    })
    expect(await told(log, { waits, activities: { ...aMap.activities, promise } })).toMatchObject({
      'broken-promises': null,
    })
    expect(
      await told(who, {
        columns,
        waits,
        hops: { on: ['promise'] },
        activities: { promise: 'agree', take: 'ignore' },
      }).catch((error) => error.message),
    ).toMatch(/no activity of the map means “own”/)
    expect(
      await told(who, { columns, hops: { on: ['promise'] }, activities: { take: 'own', promise: 'ignore' } }),
    ).toMatchObject({
      'problem-first': 'no activity of the map means agree or deliver or confirm or thank',
      'hopped-owners': 'no event that the map counts says who did it (`resource`)',
    })
    expect(await told(log, { activities: { take: 'deliver', solve: 'close' } })).toMatchObject({
      'problem-first': 'no activity of the map means own or listen or reflect or apologize or empathize',
    })
    expect(await told(log, { activities: { take: 'close' } })).toMatchObject({
      'skipped-steps': 'no activity of the map means a step',
    })
  })

  it('of an activity that no row has, that it was never done, or that the map misspells it', async () => {
    const log = csv(['1', 'hear', 1], ['1', 'solve', 2], ['1', 'close', 3], ['2', 'hear', 1], ['2', 'close', 2])
    const { take: _, ...others } = aMap.activities
    const report = await audit(log, { activities: { ...others, zzz: 'own', yyy: 'ignore' } })
    expect(report.absent).toEqual(['zzz'])
    expect(report.deviations.map(({ kind, command }) => `${kind} ${command}`)).toEqual([
      'skipped own',
      'skipped deliver',
    ])
    const said = 'No row has the activity “zzz” of the map: never done, or misspelt there.'
    expect(toText(report, 'log')).toContain(said)
    expect(toHtml(report, 'log')).toContain(said)
  })

  it('promises without a due time, beside those that have one', async () => {
    const map = {
      activities: { promise: { is: 'makePromise', within: { days: 2 } }, vow: 'makePromise', agree: 'agree' },
    }
    // To have agreed tells of no promise, and what was broken was judged.
    const log = csv(['1', 'promise', 1], ['1', 'vow', 1], ['1', 'agree', 1], ['2', 'vow', 9], ['2', 'agree', 9])
    const report = await audit(log, map)
    expect(report.promises).toEqual({ made: 1, kept: 0, broken: 1, open: 0, undated: 2 })
    expect(toText(report, 'log')).toContain('  2 promises without a due time: nothing is said of them.')
  })

  it('waits that took too long, that never ended, that go on, and that stood still', async () => {
    const map = {
      activities: { ...aMap.activities, wait: 'pause' },
      waits: [
        { name: 'own', to: 'own', within: { days: 2 } },
        { name: 'solve', from: 'own', to: 'deliver', within: { days: 3 }, pausable: true },
      ],
    }
    const cases = await casesOf(
      csv(
        ['quick', 'tag', 1],
        ['quick', 'take', 3],
        ['quick', 'solve', 6],
        ['slow', 'tag', 1],
        ['slow', 'take', 4],
        ['slow', 'solve', 8],
        ['paused', 'take', 1],
        ['paused', 'wait', 2],
        ['paused', 'tag', 9],
        ['paused', 'solve', 11],
        ['paused too late', 'take', 1],
        ['paused too late', 'wait', 5],
        ['paused too late', 'solve', 9],
        ['never', 'tag', 1],
        ['never', 'close', 2],
        ['waiting', 'tag', 10],
        ['still waiting', 'tag', 1],
        ['end', 'take', 11],
      ),
      map,
    )
    const told = (id: string) =>
      cases[id]?.waits.map(({ name, ms, ended, late }) => `${name} ${ms / 86_400_000} ${ended}${late ? ' late' : ''}`)
    expect(told('quick')).toEqual(['own 2 yes', 'solve 3 yes'])
    expect(told('slow')).toEqual(['own 3 yes late', 'solve 4 yes late'])
    expect(told('paused')).toEqual(['own 0 yes', 'solve 3 yes'])
    expect(told('paused too late')).toEqual(['own 0 yes', 'solve 4 yes late'])
    expect(told('never')).toEqual(['own 1 never'])
    expect(told('waiting')).toEqual(['own 1 not-yet'])
    expect(told('still waiting')).toEqual(['own 10 not-yet late'])
  })

  it('counts waits in working hours where the map has a calendar', async () => {
    const map = {
      calendar: officeHours('Europe/London'),
      waits: [{ name: 'own', to: 'own', within: { workingHours: 4 } }],
    }
    // From Friday at 16:00 to Monday at 11:00, and to Monday at 14:00.
    const log = csv(
      ['quick', 'tag', '2026-03-06T16:00:00Z'],
      ['quick', 'take', '2026-03-09T11:00:00Z'],
      ['slow', 'tag', '2026-03-06T16:00:00Z'],
      ['slow', 'take', '2026-03-09T14:00:00Z'],
    )
    const { quick, slow } = await casesOf(log, map, { workingTime: temporalWorkingTime })
    expect(quick?.waits).toEqual([{ name: 'own', ms: 3 * 3_600_000, ended: 'yes', late: false }])
    expect(slow?.waits).toEqual([{ name: 'own', ms: 6 * 3_600_000, ended: 'yes', late: true }])
    await expect(audit(log, map)).rejects.toThrow(/temporalWorkingTime/)
  })

  it('counts all hours without one as a calendar without closing time does', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_000_000_000_000 }),
        fc.constantFrom(
          'workingMinutes',
          'workingHours',
          'workingDays',
          'closeOfWorkingDay',
          'days',
          'weeks',
          'months',
        ),
        fc.integer({ min: 1, max: 30 }),
        (from, unit, count) => {
          const span = { [unit]: count } as { readonly days: number }
          const due = temporalWorkingTime.add(new Date(from).toISOString(), span, aroundTheClock())
          expect(new Date(allHours.add(from, span)).toISOString()).toBe(due)
        },
      ),
    ))

  it('owners that changed too often, by the activities that the map names', async () => {
    const rows = ['take,ana', 'take,ben', 'tag,bot', 'take,ana', 'take,', 'take,cleo']
    const log = `case,activity,time,who\n${rows.map((row, day) => `1,${row.replace(',', `,2026-03-0${day + 1}T09:00:00Z,`)}`).join('\n')}`
    const columns = { ...aMap.columns, resource: 'who' }
    const all = await casesOf(log, { columns })
    expect(all['1']).toMatchObject({ hops: 4, findings: expect.arrayContaining(['hopped-owners']) })
    expect((await casesOf(log, { columns, hops: { on: ['take'] } }))['1']).toMatchObject({ hops: 3 })
    expect((await casesOf(log, { columns, hops: { on: ['take'], limit: 3 } }))['1']?.findings).not.toContain(
      'hopped-owners',
    )
  })

  it('several commands of one activity, another one the second time, and what each costs', async () => {
    const map = {
      activities: { grab: { is: ['own', 'listen'], again: 'ignore' }, solve: 'deliver', close: 'close' },
      costs: { deliver: { unexpected: 5 } },
    }
    const { one } = await casesOf(
      csv(['one', 'grab', 1], ['one', 'grab', 2], ['one', 'solve', 3], ['one', 'solve', 4], ['one', 'close', 5]),
      map,
    )
    expect(one?.deviations).toEqual([{ kind: 'repeated', command: 'deliver', cost: 5 }])
  })

  it('goes by the protocol that the map names, or that it is given', async () => {
    const log = csv(['1', 'take', 1])
    expect((await audit(log)).protocol).toBe('pocock@1')
    expect((await audit(log, { protocol: 'solomon' })).protocol).toBe('solomon@1')
    expect((await audit(log, { protocol: 'solomon' }, { protocol: heard as Protocol })).protocol).toBe('heard@1')
    await expect(audit(log, { protocol: 'nobody' })).rejects.toMatchObject({ code: 'protocol-unknown' })
  })

  // biome-ignore format: a table
  it.each<[string, object, RegExp]>([
    ['no activities', { activities: undefined }, /activities: is missing$/],
    ['activities that are none', { activities: {} }, /activities: is empty: nothing in the log would mean anything$/],
    ['activities that are a list', { activities: [] }, /activities: is to be an object, not a list$/],
    ['columns that are none', { columns: { case: 'case', time: 7 } }, /columns › activity: is missing\n.*columns › time: is to be a text, not a number$/],
    ['a field within another that it does not have', { time: { fromat: 'iso' } }, /time › fromat: there is no such field; did you mean “format”\?/],
    ['a choice that is none', { duplicates: 'forget' }, /duplicates: is one of keep, drop, not "forget"$/],
    ['a limit below nothing', { hops: { limit: -1 } }, /hops › limit: is to be 0 or more$/],
    ['values that are none', { only: { phase: [] } }, /only › phase: is empty$/],
    ['a command that is nearly one', { activities: { take: 'delivr' } }, /“delivr” is no command of pocock.*; did you mean “deliver”\?/],
    ['a protocol that is nearly one, and another fault', { protocol: 'pocok', colums: {} }, /protocol: “pocok” is none of those that are shipped; did you mean “pocock”\?\n.*colums: /],
    ['a protocol that is none, and a fault in what it means', { protocol: 'nobody', waits: [{ name: 'w', to: 'agree' }] }, /protocol: “nobody” is none.*\n.*waits › 0: /],
    ['a command that is none', { activities: { take: 'lisen' } }, /activities › take: “lisen” is no command of pocock/],
    ['a field that it does not have', { colums: {} }, /colums: there is no such field; did you mean “columns”\?/],
    ['a pattern that has no meaning', { time: { format: 'yyyy-QQ-dd' } }, /time › format: “yyyy-QQ-dd” is no pattern/],
    ['a zone that does not exist', { time: { zone: 'Mars/Olympus' } }, /time › zone: an IANA time zone/],
    ['a wait for what nothing means', { waits: [{ name: 'w', to: 'agree' }] }, /waits › 0: no activity of the map means “agree”/],
    ['two waits of one name', { waits: [{ name: 'w', to: 'own' }, { name: 'w', to: 'close' }] }, /waits › 1: there is another wait called “w”/],
    ['hops without a resource', { format: 'csv', hops: { on: ['take'] } }, /hops: there is no `resource`/],
    ['a cost of what is no command', { costs: { sing: { missing: 1 } } }, /costs › sing: no command of pocock/],
    ['an encoding that nobody knows', { encoding: 'klingon' }, /encoding: “klingon” is none/],
    ['due times where nothing is promised', { columns: { ...aMap.columns, due: 'due' } }, /columns › due: nothing has a due time where no activity means agree or makePromise/],
    ['a span where nothing is promised', { activities: { take: { is: 'own', within: { days: 1 } } } }, /`within` is for what makes or moves a promise: agree, makePromise, movePromise/],
  ])('refuses a map with %s, and says where', async (_, map, message) => {
    const refused = audit(csv(['1', 'take', 1]), map)
    await expect(refused).rejects.toThrow(message)
    await expect(refused).rejects.toMatchObject({ code: 'input-invalid', stored: false })
  })

  it('says how waits spread: a bar holds what is no longer than its end, and a median is exact to one in a hundred', async () => {
    const hour = (hours: number) => new Date(Date.UTC(2026, 2, 1) + hours * 3_600_000).toISOString()
    const hours = [0, 0.25, 1, 1, 4, 5, 24, 100, 2000]
    const rows = hours.flatMap((one, index) => [
      [`${index}`, 'tag', hour(0)] as const,
      [`${index}`, 'take', hour(one)] as const,
    ])
    const [wait] = (await audit(csv(...rows))).waits
    expect(wait).toMatchObject({ name: 'until own', count: 9, longest: 2000 * 3_600_000 })
    expect(wait?.bars.map(({ count }) => count)).toEqual([2, 2, 1, 1, 1, 0, 1, 0, 0, 0, 1])
    expect(Math.abs((wait?.median ?? 0) / (4 * 3_600_000) - 1)).toBeLessThan(0.01)
    expect(wait?.p90).toBe(2000 * 3_600_000)
  })

  it('knows what a log is by its name', () => {
    expect(['a.CSV', 'b.ndjson', 'c.xes', 'd.zip'].map(formatOf)).toEqual(['csv', 'jsonl', 'xes', undefined])
  })
})

describe('a long log', () => {
  const activities = ['take', 'hear', 'solve', 'tag', 'close'] as const
  const rows = Array.from(
    { length: 3000 },
    (_, n) => [`case-${(n * 7919) % 197}`, activities[(n * 31) % 5] ?? 'tag', (n % 28) + 1] as const,
  )

  it('comes to the same whether it fits into memory or not, and leaves no file behind', async () => {
    const log = csv(...rows)
    const whole = await audit(log)
    expect(whole.cases).toBe(197)
    for (const inMemory of [50, 7]) {
      const room = { inMemory, folder }
      expect(await audit(log, {}, { room })).toEqual(whole)
      expect(readdirSync(folder)).toEqual([])
    }
  })

  it('groups every record by its key, once, in the order in which it came', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            key: fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('__proto__', 'a\nb', '"')),
            value: fc.nat(),
          }),
          { maxLength: 200 },
        ),
        fc.integer({ min: 1, max: 40 }),
        async (records, inMemory) => {
          const groups = createGroups<number>({ inMemory, folder })
          for (const { key, value } of records) if (!groups.add(key, value)) await groups.spill()
          const found = new Map<string, readonly number[]>()
          for await (const { key, records: own, lost } of groups.all()) {
            expect(found.has(key) || lost > 0).toBe(false)
            found.set(key, own)
          }
          await groups.close()
          const expected = new Map<string, number[]>()
          for (const { key, value } of records) expected.set(key, [...(expected.get(key) ?? []), value])
          expect(found).toEqual(expected)
        },
      ),
      { numRuns: 100 },
    ))

  it('leaves a case out that is too long to be judged, and says so', async () => {
    const log = csv(['1', 'take', 1], ...Array.from({ length: 30 }, () => ['long', 'tag', 2] as const))
    // What was lost in memory is still known once it went through files.
    for (const inMemory of [5, 25, 1000]) {
      const report = await audit(log, {}, { room: { inMemory, aKey: 20, folder } })
      expect(report).toMatchObject({
        cases: 1,
        log: { events: 31, tooLong: { cases: 1, events: 30, examples: ['long'] } },
      })
    }
  })

  it('can be given up, and leaves no file behind', async () => {
    const enough = new AbortController()
    const room = { inMemory: 5, folder }
    const onProgress = ({ cases }: { readonly cases: number }) => cases === 0 && enough.abort(new Error('enough'))
    await expect(audit(csv(...rows), {}, { room, signal: enough.signal, onProgress, pieces: 100 })).rejects.toThrow(
      'enough',
    )
    const onCase = () => {
      throw new Error('no more room')
    }
    await expect(audit(csv(...rows), {}, { room, onCase })).rejects.toThrow('no more room')
    expect(readdirSync(folder)).toEqual([])
  })

  it('hears that it is given up while it judges', async () => {
    const enough = new AbortController()
    let judged = 0
    const onCase = () => {
      if (judged++ === 0) setTimeout(() => enough.abort(new Error('enough')))
      const began = performance.now()
      while (performance.now() - began < 5);
    }
    await expect(audit(csv(...rows), {}, { onCase, signal: enough.signal })).rejects.toThrow('enough')
    expect(judged).toBeLessThan(100)
  })
})

describe.skipIf(!existsSync(helpdesk))(
  'the log of a real helpdesk (skipped where ../shared/data/helpdesk-log.csv is missing)',
  () => {
    /** Counted again, by hand, in a few lines: the log has no quotes and is in the order of its cases’ times. */
    const counted = () => {
      const cases = new Map<string, string[]>()
      for (const row of readFileSync(helpdesk, 'utf8').trim().split('\n').slice(1)) {
        const [id = '', activity = ''] = row.split(',')
        cases.set(id, [...(cases.get(id) ?? []), activity])
      }
      const all = [...cases.values()]
      const times = (pick: (one: string[]) => string | undefined, activity: string) =>
        all.filter((one) => pick(one) === activity).length
      const names = [...new Set(all.flat())]
      return {
        events: all.flat().length,
        cases: all.length,
        variants: new Set(all.map((one) => one.join('>'))).size,
        activities: Object.fromEntries(
          names.map((name) => [
            name,
            [
              all.flat().filter((one) => one === name).length,
              times((one) => one[0], name),
              times((one) => one.at(-1), name),
            ],
          ]),
        ),
        // Resolved, and nobody had taken it in charge before.
        problemFirst: all.filter((one) => {
          const [taken, resolved] = [one.indexOf('Take in charge ticket'), one.indexOf('Resolve ticket')]
          return resolved >= 0 && (taken < 0 || taken > resolved)
        }).length,
        over: all.filter((one) => one.includes('Closed')).length,
        neverInvestigated: all.filter((one) => one.includes('Closed') && !one.includes('Create SW anomaly')).length,
      }
    }

    it('comes to what a separate count of a few lines comes to', async () => {
      const report = await auditLog(createReadStream(helpdesk), { map: helpdeskMap })
      const count = counted()
      expect(count).toMatchObject({ events: 21_348, cases: 4580, variants: 226 })
      const { log, cases, variants, activities, findings, over, deviations } = report
      expect({ events: log.events, cases, variants: variants.distinct, over }).toEqual({
        events: count.events,
        cases: count.cases,
        variants: count.variants,
        over: count.over,
      })
      expect(log).toMatchObject({ rows: 21_348, skipped: [], reordered: { events: 0 } })
      expect(
        Object.fromEntries(activities.map(({ activity, events, first, last }) => [activity, [events, first, last]])),
      ).toEqual(count.activities)
      expect(findings.find(({ id }) => id === 'problem-first')?.cases).toBe(count.problemFirst)
      const investigated = deviations.find(({ kind, command }) => kind === 'skipped' && command === 'investigate')
      // None that is over has it in another place: what was left out is what never was.
      expect(investigated?.cases).toBe(count.neverInvestigated)
    })

    it('comes to the same where hardly anything fits into memory', async () => {
      const whole = await auditLog(createReadStream(helpdesk), { map: helpdeskMap })
      expect(await auditLog(createReadStream(helpdesk), { map: helpdeskMap, room: { inMemory: 500 } })).toEqual(whole)
    })

    it('is told so that a manager could act on it, in text and as a page', async () => {
      const report = await auditLog(createReadStream(helpdesk), { map: helpdeskMap })
      const text = toText(report, 'helpdesk-log.csv')
      expect(text).toMatch(/ 300 +6\.6% {2}fixed the problem before the person: Case 35, Case 56, Case 58, …/)
      expect(text.split('\n').filter((line) => line.length > 100 || line !== line.trimEnd())).toEqual([])
      expect(toHtml(report, 'helpdesk-log.csv')).toContain(
        '<b>300</b><h3>cases fixed the problem before the person</h3>',
      )
    })
  },
)
