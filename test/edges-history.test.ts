import { type Case, type Command, machine, pocock } from 'redress'
import { aComplaint, ana, EXAMPLE_START, example, given, owned, upTo } from 'redress/testing'
import { describe, expect, it } from 'vitest'
import { judgeHistory } from '../src/machine/history.ts'
import { broken, fallen, fellDue } from '../src/machine/overdue.ts'

describe('the edges of a history', () => {
  const until = '2026-06-01T00:00:00.000Z'
  const told = (...commands: readonly object[]) =>
    commands.map((command, index) => ({
      index,
      ...(index === 0 ? {} : { commandId: `ev-${index}` }),
      command: { at: `2026-03-02T1${index}:00:00.000Z`, ...command } as never as Command,
    }))
  const opened: Case = given(aComplaint).case
  const judged = (commands: ReturnType<typeof told>, terms: object = {}) =>
    judgeHistory(pocock, opened, commands, { until: '2026-03-03T00:00:00.000Z', ...terms })

  it('judges what it is told in the order of times; what has one time keeps its place', () => {
    const at = '2026-03-02T10:00:00.000Z'
    const late = { at: '2026-03-02T11:00:00.000Z' }
    const { steps, refused, reordered } = judged(
      told(
        example('reflect', late),
        { ...owned, at },
        example('listen', { at }),
        example('contain', { at: EXAMPLE_START }),
      ),
    )
    expect(steps.map(({ index }) => index)).toEqual([3, 1, 2, 0])
    expect(refused).toEqual([])
    expect(reordered).toEqual([
      { index: 1, commandId: 'ev-1', type: 'own', at, behind: 0 },
      { index: 2, commandId: 'ev-2', type: 'listen', at, behind: 0 },
      { index: 3, commandId: 'ev-3', type: 'contain', at: EXAMPLE_START, behind: 0 },
    ])
    const early = judged(told(example('contain', { at: '2026-03-02T08:59:59.999Z' }), { ...owned, at })).reordered
    expect(early).toMatchObject([{ index: 0, type: 'contain', behind: 'opening' }])
    expect(judged(told(owned, example('listen'))).reordered).toEqual([])
    expect(judged(told({ ...owned, at }, example('listen', { at }))).reordered).toEqual([])
  })

  it('leaves out what is refused, and says where the case stood', () => {
    const { steps, refused } = judged(told(owned, example('agree'), example('listen')))
    expect(steps.map(({ command }) => command.type)).toEqual(['own', 'listen'])
    expect(refused).toMatchObject([
      {
        index: 1,
        commandId: 'ev-1',
        type: 'agree',
        state: 'person.listen',
        refusal: { code: 'out-of-order', index: 1 },
      },
    ])
  })

  it('lets others speak against what the rules let pass, and not ask them of the rest', () => {
    const asked: string[] = []
    const against = (now: Case, command: Command) => {
      asked.push(`${now.state} ${command.type}`)
      return command.type === 'contain' ? { code: 'conflict', sentence: 'No.' } : undefined
    }
    const { steps, refused } = judged(told(owned, example('contain'), example('agree')), { against })
    expect(steps.map(({ command }) => command.type)).toEqual(['own'])
    expect(refused).toMatchObject([
      { index: 1, type: 'contain', refusal: { code: 'conflict', index: 1 } },
      { index: 2, refusal: { code: 'out-of-order' } },
    ])
    expect(asked).toEqual(['received own', 'person.listen contain'])
  })

  it('knows a promise by the id of the command that made it, wherever it is named', () => {
    const two = example('agree', {
      promises: [1, 2].map(() => ({ text: 'A lamp', maker: ana, inControl: true, latest: '2026-04-01T17:00:00.000Z' })),
    })
    const before = upTo(pocock, 'agree').map((one, index) => ({ ...one, at: `2026-03-02T09:0${index}:00.000Z` }))
    const history = (...then: readonly object[]) =>
      judged(told(...before, { ...two, at: '2026-03-02T09:10:00.000Z' }, ...then))
    const last = ({ steps }: ReturnType<typeof judged>) => steps.at(-1)?.after.facts.promises.map(({ state }) => state)
    const kept = (promise: string) => example('keepPromise', { promise, at: '2026-03-02T12:00:00.000Z' })
    expect(last(history())).toEqual(['open', 'open'])
    expect(last(history(kept('ev-5')))).toEqual(['kept', 'open'])
    expect(last(history(kept('ev-5/1')))).toEqual(['kept', 'open'])
    expect(last(history(kept('ev-5/2')))).toEqual(['open', 'kept'])
    expect(last(history(kept('p2')))).toEqual(['open', 'kept'])
    expect(history(kept('ev-5/3')).refused).toHaveLength(1)
    const delivered = example('deliver', { kept: ['ev-5', 'ev-5/2'], at: '2026-03-02T12:00:00.000Z' })
    expect(last(history(delivered))).toEqual(['kept', 'kept'])
    const mailed = (promise: string) =>
      example('contact', { by: machine('mailer'), stated: 'date', basis: { promise }, at: '2026-03-02T12:00:00.000Z' })
    expect(history(mailed('ev-5/2')).refused).toEqual([])
    expect(history(mailed('ev-5/3')).refused).toHaveLength(1)
    const praised = example('praise', { at: '2026-03-02T11:00:00.000Z' })
    expect(history(praised, kept('ev-6')).refused).toHaveLength(1)
    const unnamed = told(...before, { ...two, at: '2026-03-02T09:10:00.000Z' }).map(({ commandId: _, ...one }) => one)
    expect(judged([...unnamed, ...told(kept('undefined'))]).refused).toHaveLength(1)
  })

  it('records what fell due for the moment when it did, unless the history does', () => {
    const promised = example('makePromise', {
      promise: { text: 'A call', maker: ana, inControl: true, latest: '2026-03-04T10:00:00.000Z' },
    })
    const types = (terms: object, ...then: readonly object[]) =>
      judged(told(owned, promised, ...then), terms).steps.map(
        ({ command: { type, by, at } }) => `${type} ${by.kind} ${at}`,
      )
    const fell = 'breakPromise machine 2026-03-04T10:00:00.000Z'
    expect(types({ until: '2026-03-04T10:00:00.000Z' })).toHaveLength(2)
    expect(types({ until: '2026-03-04T10:00:00.001Z' }).slice(2)).toEqual([fell])
    const listened = example('listen', { at: '2026-03-05T10:00:00.000Z' })
    expect(types({ until }, listened).slice(2)).toEqual([fell, 'listen person 2026-03-05T10:00:00.000Z'])
    const breached = example('breakPromise', { at: '2026-03-05T10:00:00.000Z' })
    expect(types({ until }, breached).slice(2)).toEqual(['breakPromise person 2026-03-05T10:00:00.000Z'])
  })

  it('what falls due is recorded no earlier than what is recorded already', () => {
    const promised = given(owned, example('makePromise')).case
    const overdue = fellDue('2026-06-01T00:00:00.000Z')
    const due = '2026-04-01T17:00:00.000Z'
    expect(overdue(promised)).toEqual(broken('p1', due))
    const known = { ...promised, facts: { ...promised.facts, lastAt: '2026-04-02T00:00:00.000Z' } }
    expect(overdue(known)).toEqual(broken('p1', '2026-04-02T00:00:00.000Z'))
    const { lastAt: _, ...unknown } = promised.facts
    expect(overdue({ ...promised, facts: unknown })).toEqual(broken('p1', due))
    const told = { ...broken('p2', '2026-06-01T00:00:00.000Z'), type: 'breakPromise' }
    expect(overdue(promised, told)).toEqual(broken('p1', due))
    expect(overdue(promised, { ...told, promise: 'p1' } as never)).toBeUndefined()
    expect(overdue(promised, example('listen', { at: due }) as never)).toBeUndefined()
    expect(fallen('promise:p1', due, due)).toEqual(broken('p1', due))
    expect(fallen('own', due, due)).toMatchObject({ type: 'missDeadline', deadline: 'own', due })
  })
})
