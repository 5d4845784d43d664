import {
  commonCommands,
  customer,
  defineProtocol,
  explain,
  heard,
  listen,
  person,
  pocock,
  reflect,
  remedyCap,
  representative,
  taylor,
} from 'redress'
import { aComplaint, ana, example, given, owned, type Scenario, upTo } from 'redress/testing'
import { describe, expect, it } from 'vitest'

const lamp = { text: 'A new lamp', maker: ana, inControl: true, latest: '2026-03-20T12:00:00.000Z' }
const agreed = (other: object = {}) => example('agree', { promises: [{ ...lamp, ...other }] })
const due = given(upTo('agree'))
const onOffer = ({ protocol, case: now }: Scenario) =>
  explain(protocol, now)
    .filter(({ open }) => open)
    .map(({ command }) => command)

// Where a rule would let pass one thing more or one less, if it were written a little otherwise.
describe('the edges of the rules', () => {
  it('a delivery keeps a promise, or what its news are about', () => {
    const made = given(upTo('agree'), agreed({ nextUpdateBy: '2026-03-10T12:00:00.000Z' }))
    made.when(example('deliver', { kept: ['p1'] })).accepts()
    made.when(example('deliver', { kept: undefined })).refuses('no-open-promises')
    made.when(example('deliver', { kept: ['p2'] })).refuses('no-open-promises')
    const kept = given(upTo('agree'), agreed(), example('keepPromise'))
    kept.when(example('deliver', { kept: undefined })).accepts()
  })

  it('every change needs its owner and its date, not only one of them', () => {
    const change = { text: 'Weigh it', owner: ana, due: '2026-05-01T00:00:00Z' }
    given(upTo('improve'))
      .when(example('improve', { changes: [change, { text: 'Weigh more' }] }))
      .refuses('change-owned-and-dated')
  })

  it('an explanation waits for its question from the opening on', () => {
    given().when(example('explain')).refuses('no-unasked-explanation')
  })

  it('who speaks for the customer makes no promise of ours', () => {
    due.when(agreed({ maker: representative('dora') })).refuses('promise-has-window-and-basis')
    due.when(agreed({ maker: person('carl') })).accepts()
  })

  it('news that give no date go with a promise that has one; another date takes consent', () => {
    const unknown = agreed({ latest: undefined, nextUpdateBy: '2026-03-04T12:00:00.000Z' })
    const dated = agreed({ nextUpdateBy: '2026-03-04T12:00:00.000Z' })
    const news = (other: object = {}) => example('keepPromise', { promise: 'p2', ...other })
    given(upTo('agree'), unknown).when(news()).refuses('promise-has-window-and-basis')
    given(upTo('agree'), unknown)
      .when(news({ latest: lamp.latest }))
      .accepts()
    given(upTo('agree'), dated).when(news()).accepts()
    given(upTo('agree'), dated)
      .when(news({ nextUpdateBy: '2026-03-06T12:00:00.000Z' }))
      .accepts()
    given(upTo('agree'), dated)
      .when(news({ latest: lamp.latest }))
      .refuses('promise-has-window-and-basis')
    given(upTo('agree'), agreed())
      .when(example('keepPromise', { latest: lamp.latest }))
      .refuses('promise-has-window-and-basis')
  })

  it('a promise moves until the moment when it is due, and no later', () => {
    const moved = (at: string) => example('movePromise', { at, latest: '2026-03-25T12:00:00Z' })
    given(upTo('agree'), agreed()).when(moved(lamp.latest)).accepts()
    given(upTo('agree'), agreed()).when(moved('2026-03-20T12:00:00.001Z')).refuses('promise-moved-with-consent')
    const unknown = agreed({ latest: undefined, nextUpdateBy: '2026-03-04T12:00:00.000Z' })
    given(upTo('agree'), unknown).when(moved('2026-03-04T12:00:00.000Z')).accepts()
    given(upTo('agree'), unknown).when(moved('2026-03-04T12:00:00.001Z')).refuses('promise-moved-with-consent')
    given(upTo('agree'), agreed())
      .when(example('movePromise', { promise: 'p9' }))
      .refuses('promise-is-open')
  })

  it('what is kept or broken is kept, moved, broken and asked about no more, whatever else is open', () => {
    const kept = given(upTo('agree'), agreed(), example('keepPromise'))
    const another = given(upTo('agree'), agreed(), example('keepPromise'), example('makePromise'))
    for (const type of ['keepPromise', 'movePromise', 'breakPromise', 'reportAgain']) {
      expect(onOffer(kept)).not.toContain(type)
      expect(onOffer(another)).toContain(type)
      for (const scenario of [kept, another]) scenario.when(example(type)).refuses('promise-is-open')
      another.when(example(type, { promise: 'p2' })).accepts()
    }
  })

  it('a promise that costs is a remedy, and waits for its phase', () => {
    const costly = example('makePromise', { promise: { ...lamp, cost: 20 } })
    const free = example('makePromise', { promise: { ...lamp, cost: 0 } })
    given(owned).when(costly).refuses('in-order')
    given(owned).when(free).accepts()
    given(upTo('empathize')).when(costly).refuses('in-order')
    due.when(costly).accepts()
    given(upTo('investigate')).when(costly).accepts()
    given(upTo(pocock)).when(costly).refuses('in-order')
  })

  it('a merged case ends with its last step, and not where that step leads back', () => {
    const reflects = defineProtocol({ ...heard, id: 'reflects', person: [listen, reflect] })
    const merged = given(reflects, upTo('reflect'), example('merge'))
    merged.when(example('reflect')).accepts().leavesIn('closed')
    merged
      .when(example('reflect', { customer: { answer: 'corrected', correction: 'It was empty.' } }))
      .accepts()
      .leavesIn('person.listen')
  })

  it('what is open is listed with the due step first, and without what only the desk sends', () => {
    for (const { name } of pocock.steps) {
      const now = given(upTo(name))
      const open = explain(pocock, now.case).filter((option) => option.open)
      expect(open[0]?.command).toBe(name)
      now.when(example('reopen')).refuses('in-order')
      const { verdict } = now.when(example('reopen'))
      const listed = verdict.accepted ? [] : verdict.refusal.open
      expect(listed).toEqual(open.map(({ command }) => command))
      const sendable: readonly string[] = [...pocock.steps, ...commonCommands].map((one) => one.name)
      for (const one of listed) expect(sendable).toContain(one)
    }
  })

  it('a cap holds for all that costs, and an approval is not lowered by a smaller one', () => {
    const capped = defineProtocol({ ...taylor, id: 'capped', rules: [remedyCap(100)] })
    const costly = (type: string, cost: number) =>
      type === 'agree' ? agreed({ cost }) : example('makePromise', { promise: { ...lamp, cost } })
    for (const type of ['agree', 'makePromise']) {
      const now = given(capped, upTo('agree'))
      now.when(costly(type, 101)).refuses('proportionate')
      now.when(costly(type, 100)).accepts()
      const approved = [example('approveRemedy', { upTo: 200 }), example('approveRemedy', { upTo: 150 })]
      given(capped, upTo('agree'), approved).when(costly(type, 200)).accepts()
      given(capped, upTo('agree'), approved).when(costly(type, 201)).refuses('proportionate')
    }
    given(capped, upTo('surprise'))
      .when(example('surprise', { cost: 101 }))
      .refuses('proportionate')
    given(capped, upTo('surprise'))
      .when(example('surprise', { cost: 100 }))
      .accepts()
  })

  it('a date lies ahead, if only by a moment, and no window ends before it begins', () => {
    const at = '2026-03-03T09:00:00.000Z'
    const after = '2026-03-03T09:00:00.001Z'
    const when = (other: object) => due.when({ ...agreed(other), at })
    when({ latest: at }).refuses('promise-has-window-and-basis')
    when({ latest: after }).accepts()
    when({ latest: undefined, nextUpdateBy: at }).refuses('promise-has-window-and-basis')
    when({ latest: undefined, nextUpdateBy: after }).accepts()
    when({ earliest: lamp.latest }).accepts()
    when({ earliest: '2026-03-20T12:00:00.001Z' }).refuses('promise-has-window-and-basis')
  })

  it('what happens to one promise, and to its news, happens to no other', () => {
    const news = { ...lamp, nextUpdateBy: '2026-03-10T12:00:00.000Z' }
    const made = given(upTo('agree'), example('agree', { promises: [news, { ...news, latest: undefined }, lamp] }))
    const states = (then: object) => made.when(then).case.facts.promises.map(({ state }) => state)
    expect(made.case.facts.promises.map(({ state }) => state)).toEqual(['open', 'open', 'open', 'open', 'open'])
    expect(states(example('keepPromise'))).toEqual(['kept', 'kept', 'open', 'open', 'open'])
    expect(states(example('breakPromise'))).toEqual(['broken', 'broken', 'open', 'open', 'open'])
    expect(states(example('breakPromise', { promise: 'p2' }))).toEqual(['open', 'broken', 'open', 'open', 'open'])
    expect(states(example('breakPromise', { promise: 'p4' }))).toEqual(['open', 'open', 'broken', 'broken', 'open'])
    expect(states(example('breakPromise', { promise: 'p5' }))).toEqual(['open', 'open', 'open', 'open', 'broken'])
  })

  it('news that were broken stay broken, though what they were about is kept', () => {
    const made = given(upTo('agree'), agreed({ nextUpdateBy: '2026-03-10T12:00:00.000Z' }))
    const kept = made.when(example('breakPromise', { promise: 'p2' }), example('keepPromise')).accepts()
    expect(kept.case.facts.promises.map(({ state }) => state)).toEqual(['kept', 'broken'])
  })

  it('news without a date leave the date of their promise as it was, and a move takes them along', () => {
    const made = given(upTo('agree'), agreed({ nextUpdateBy: '2026-03-10T12:00:00.000Z' }))
    const told = made.when(example('keepPromise', { promise: 'p2' })).accepts()
    expect(told.case.facts.promises).toMatchObject([{ due: lamp.latest, state: 'open' }, { state: 'kept' }])
    const moved = { latest: '2026-03-25T12:00:00.000Z', nextUpdateBy: '2026-03-12T12:00:00.000Z' }
    expect(made.when(example('movePromise', moved)).case.facts.promises).toMatchObject([
      { id: 'p1', due: moved.latest },
      { id: 'p2', due: moved.nextUpdateBy, state: 'open' },
    ])
    expect(made.when(example('movePromise', moved)).case.facts.promises).toHaveLength(2)
  })

  it('a broken promise costs nothing; what is open or kept does', () => {
    const costs = { promises: [40, 20, 10].map((cost) => ({ ...lamp, cost })) }
    const made = given(upTo('agree'), example('agree', costs), example('keepPromise', { promise: 'p3' }))
    expect(made.case.facts.spent).toBe(70)
    expect(made.when(example('breakPromise')).case.facts.spent).toBe(30)
    expect(made.when(example('breakPromise', { promise: 'p2' })).case.facts.spent).toBe(50)
  })

  it('who approved and owns it by now gives no more of it, but makes promises that cost nothing', () => {
    const capped = defineProtocol({ ...taylor, id: 'capped', rules: [remedyCap(100)] })
    const now = given(
      capped,
      upTo('agree'),
      example('approveRemedy', { upTo: 500 }),
      agreed({ cost: 200 }),
      example('handOff'),
      example('acceptHandOff'),
    )
    const made = (cost: number) => example('makePromise', { by: person('ben'), promise: { ...lamp, cost } })
    now.when(made(0)).accepts()
    now.when(made(1)).refuses('proportionate')
  })

  it('who has the id of a representative, and is none, speaks for nobody', () => {
    const shown = given({ ...aComplaint, representative: 'dora' }, owned, example('grantAuthority'))
    shown.when(example('askWhy', { saidBy: representative('dora') })).accepts()
    shown.when(example('askWhy', { saidBy: representative('eve') })).refuses('asked-by-the-customer')
    for (const saidBy of [person('dora'), customer('dora')]) {
      shown.when(example('askWhy', { saidBy })).refuses('asked-by-the-customer')
    }
  })
})
