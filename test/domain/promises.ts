import { full, heard, latte, pocock } from 'redress'
import { ana, cleo, example, given, upTo } from 'redress/testing'
import 'redress/vitest'
import { describe, expect } from 'vitest'
import { office } from './office.ts'
import { proves } from './scenario.ts'

const lamp = { text: 'A new lamp', maker: ana, inControl: true, latest: '2026-03-20T12:00:00.000Z' }
const agreed = (other: object = {}) => example('agree', { promises: [{ ...lamp, ...other }] })
const made = [...upTo(pocock, 'agree'), agreed()]
const bot = { kind: 'machine', id: 'bot' }

describe('§4 a promise', () => {
  const due = given(upTo(pocock, 'agree'))

  proves('§4 control', 'has a text, and a maker of ours who has control over it', () => {
    due.when(agreed()).accepts()
    due.when(agreed({ inControl: false })).refuses('promise-has-window-and-basis')
    due.when(agreed({ maker: cleo })).refuses('promise-has-window-and-basis')
    expect(due.when(agreed({ text: ' ' })).verdict).toBeRefused('malformed')
  })

  proves('§4 window', 'has a window: it ends ahead, begins before it ends, and is kept within it', () => {
    due.when(agreed({ latest: '2026-01-01T00:00:00Z' })).refuses('promise-has-window-and-basis')
    due.when(agreed({ earliest: '2026-03-21T00:00:00Z' })).refuses('promise-has-window-and-basis')
    const within = due.when(agreed({ earliest: '2026-03-19T00:00:00Z' })).accepts()
    expect(within.case.facts.promises).toMatchObject([{ id: 'p1', due: lamp.latest, state: 'open', round: 1 }])
    const early = given(upTo(pocock, 'agree'), agreed({ earliest: '2026-03-19T00:00:00Z' }))
    early.when(example('deliver')).refuses('promise-kept-in-time')
    early.when(example('deliver', { at: '2026-03-19T00:00:00Z' })).accepts()
  })

  proves('§4 next update', 'of an unknown date needs a next update, a promise of its own that falls due', async () => {
    due.when(agreed({ latest: undefined })).refuses('promise-has-window-and-basis')
    const unknown = agreed({ latest: undefined, nextUpdateBy: '2026-03-04T12:00:00.000Z' })
    const { promises } = due.when(unknown).accepts().case.facts
    expect(promises).toMatchObject([
      { id: 'p1', state: 'open' },
      { id: 'p2', state: 'open', updateOf: 'p1', due: '2026-03-04T12:00:00.000Z' },
    ])
    expect(promises[0]).not.toHaveProperty('due')
    const { open, send, tick, look } = office()
    await open('one')
    await send('one', upTo(pocock, 'agree'), unknown)
    await tick('2026-03-04T12:00:01.000Z')
    // What had no date but its news is broken with them, and it is one failure.
    expect((await look('one')).facts).toMatchObject({
      promises: [{ state: 'broken' }, { state: 'broken' }],
      failures: [{ kind: 'promise-broken' }],
    })
  })

  proves('§4 next update', 'is no delivery: the news are given, and the promise stays to be kept', () => {
    const unknown = agreed({ latest: undefined, nextUpdateBy: '2026-03-04T12:00:00.000Z' })
    const news = (other: object) => example('keepPromise', { promise: 'p2', ...other })
    const told = given(upTo(pocock, 'agree'), unknown)
    const again = told.when(news({ nextUpdateBy: '2026-03-06T12:00:00.000Z' })).accepts()
    expect(again.case.facts.promises).toMatchObject([
      { id: 'p1', state: 'open' },
      { id: 'p2', state: 'kept' },
      { id: 'p3', state: 'open', updateOf: 'p1', due: '2026-03-06T12:00:00.000Z' },
    ])
    const dated = given(upTo(pocock, 'agree'), unknown, news({ latest: lamp.latest }))
    expect(dated.case.facts.promises).toMatchObject([
      { id: 'p1', due: lamp.latest },
      { id: 'p2', state: 'kept' },
    ])
    dated.when(example('deliver', { kept: [] })).refuses('no-open-promises')
    dated.when(example('deliver', { kept: ['p1'] })).accepts()
  })

  proves('§4 next update', 'stands beside a latest date, and is moot once the promise is kept', () => {
    const both = agreed({ nextUpdateBy: '2026-03-04T12:00:00.000Z' })
    const made = given(upTo(pocock, 'agree'), both)
    expect(made.case.facts.promises).toMatchObject([{ due: lamp.latest }, { updateOf: 'p1' }])
    const kept = made.when(example('deliver', { kept: ['p1'] })).accepts()
    expect(kept.case.facts.promises).toMatchObject([{ state: 'kept' }, { state: 'kept' }])
    const broken = made.when(example('breakPromise', { promise: 'p2' })).accepts()
    expect(broken.case.facts.promises).toMatchObject([{ state: 'open' }, { state: 'broken' }])
    const gone = made.when(example('breakPromise', { promise: 'p1' })).accepts()
    expect(gone.case.facts.promises).toMatchObject([{ state: 'broken' }, { state: 'broken' }])
  })

  proves('§4 kept', 'is kept until the moment it falls due', () => {
    const kept = given(made)
      .when(example('keepPromise', { at: lamp.latest }), example('deliver', { kept: [] }))
      .accepts()
      .leavesIn('problem.confirm')
    expect(kept.case.facts.promises).toMatchObject([{ id: 'p1', state: 'kept' }])
    expect(kept).toHaveKeptItsPromises()
    given(made)
      .when(example('keepPromise', { at: '2026-03-20T12:00:01Z' }))
      .refuses('promise-kept-in-time')
    given(made)
      .when(example('deliver', { kept: [] }))
      .refuses('no-open-promises')
  })

  proves('§4 moved', 'moves before it falls due, with the customer’s consent', () => {
    given(made)
      .when(example('movePromise', { consent: false }))
      .refuses('promise-moved-with-consent')
    given(made)
      .when(example('movePromise', { at: '2026-03-20T12:00:01Z' }))
      .refuses('promise-moved-with-consent')
    const moved = given(made)
      .when(example('movePromise', { latest: '2026-03-25T12:00:00Z' }))
      .accepts()
      .leavesIn('problem.deliver')
    expect(moved.case.facts.promises).toMatchObject([{ due: '2026-03-25T12:00:00.000Z', state: 'open', moves: 1 }])
    const news = { latest: undefined, nextUpdateBy: '2026-03-10T12:00:00Z' }
    const undated = given(made).when(example('movePromise', news)).accepts().case.facts.promises
    expect(undated).toMatchObject([
      { id: 'p1', moves: 1 },
      { id: 'p2', updateOf: 'p1', due: '2026-03-10T12:00:00.000Z' },
    ])
    expect(undated[0]).not.toHaveProperty('due')
    const later = given(made, example('movePromise', news))
      .when(example('movePromise', { promise: 'p2', latest: undefined, nextUpdateBy: '2026-03-12T12:00:00Z' }))
      .accepts()
    expect(later.case.facts.promises).toMatchObject([{}, { due: '2026-03-12T12:00:00.000Z', moves: 1 }])
  })

  proves('§4 broken', 'is broken when we say so, and when it falls due unkept', async () => {
    const said = given(made).when(example('breakPromise')).accepts()
    expect(said.case.facts.promises).toMatchObject([{ id: 'p1', state: 'broken' }])
    expect(said).not.toHaveKeptItsPromises()
    const { open, send, tick, look } = office()
    await open('one')
    await send('one', made)
    await tick('2026-03-20T11:59:59.000Z')
    expect((await look('one')).facts.promises).toMatchObject([{ state: 'open' }])
    expect(await look('one')).toHaveKeptItsPromises()
    await tick('2026-03-20T12:00:00.000Z')
    expect(await look('one')).toMatchObject({ state: 'person.listen', facts: { promises: [{ state: 'broken' }] } })
    expect(await look('one')).not.toHaveKeptItsPromises()
  })

  proves(['§4 broken', '§4 second failure'], 'that was open when the case closed is broken all the same', async () => {
    const { open, send, tick, look } = office()
    await open('one')
    const call = { promise: { ...lamp, text: 'I call you when every parcel is weighed' } }
    await send('one', upTo(pocock, 'share'), example('makePromise', call), example('share'))
    expect(await look('one')).toBeIn('closed')
    await tick('2026-03-20T12:00:00.000Z')
    expect(await look('one')).toMatchObject({
      state: 'person.listen',
      facts: { round: 2, failures: [{ kind: 'promise-broken' }] },
    })
    await send('one', upTo(pocock, undefined, { deliver: { kept: ['p3'] } }).slice(1))
    expect(await look('one')).toBeIn('closed')
  })
})

describe('§4 an automated message', () => {
  const message = (other: object) => example('contact', { by: bot, twoWay: false, channel: 'mail', ...other })

  proves('§4 basis', 'that states a date or a status cites a live promise or a recorded fact', () => {
    for (const stated of ['date', 'status']) {
      given(made).when(message({ stated })).refuses('promise-has-window-and-basis')
      given(made)
        .when(message({ stated, basis: { promise: 'p9' } }))
        .refuses('promise-has-window-and-basis')
      given(made)
        .when(message({ stated, basis: { promise: 'p1' } }))
        .accepts()
      given(made)
        .when(message({ stated, basis: { entry: 1 } }))
        .accepts()
      given(made, example('keepPromise'))
        .when(message({ stated, basis: { promise: 'p1' } }))
        .refuses('promise-has-window-and-basis')
    }
    given(made)
      .when(message({ stated: 'nothing' }))
      .accepts()
    given(made)
      .when(message({ by: ana, stated: 'date' }))
      .accepts()
  })

  proves('§4 basis', 'rests on an entry that the log has', async () => {
    const { desk, open, send } = office()
    await open('one')
    await send('one', example('own'))
    const stated = (entry: number) => message({ stated: 'status', basis: { entry } })
    expect(await desk.send('one', stated(3))).toMatchObject({ refusal: { issues: [{ path: 'basis.entry' }] } })
    expect(await desk.send('one', [example('listen'), stated(3)])).toBeAccepted()
  })

  proves('§4 not human', 'never counts as human contact', () => {
    const owned = given(example('own'), example('contact', { direction: 'from-customer' }))
    const before = owned.case.facts.contact
    expect(before?.unanswered).toBeDefined()
    expect(owned.when(message({ twoWay: true })).accepts().case.facts.contact).toEqual(before)
    const answered = owned.when(message({ by: ana })).accepts().case.facts
    expect(answered.contact?.unanswered).toBeUndefined()
    expect(answered.contact?.human).toBe(answered.lastAt)
  })
})

describe('§4 a second failure', () => {
  const broken = [...made, example('breakPromise')]

  proves('§4 second failure', 'takes the case back to the person phase, with the round counted', () => {
    const back = given(made).when(example('breakPromise')).accepts().leavesIn('person.listen')
    expect(back.case.facts).toMatchObject({
      round: 2,
      steps: { own: 'done' },
      promises: [{ id: 'p1', state: 'broken', round: 1 }],
      failures: [{ kind: 'promise-broken', round: 1 }],
    })
  })

  proves('§4 person and problem anew', 'is heard and apologised for before any new remedy', () => {
    given(broken)
      .when(agreed())
      .refuses('in-order', { skipped: ['listen', 'reflect', 'apologize', 'empathize'] })
    given(broken, upTo(pocock, 'agree').slice(1)).when(agreed()).accepts().leavesIn('problem.deliver')
  })

  proves(
    '§4 person and problem anew',
    'is heard again: what was asked, confirmed and explained before does not count',
    () => {
      given(full, upTo(full, 'deliver'), example('breakPromise')).when(example('listen')).refuses('what-complete')
      const asked = [example('own'), example('makePromise'), example('askWhy'), example('breakPromise')]
      given(asked).when(example('explain')).refuses('no-unasked-explanation')
      const corrected = example('reflect', { customer: { answer: 'corrected', correction: 'It was empty.' } })
      const again = given(example('own'), example('makePromise'), example('listen'), corrected, example('breakPromise'))
      expect(again.case.facts.understanding).toBeUndefined()
    },
  )

  proves('§4 system goes on', 'in the system phase leads on, later, at the first open step', () => {
    const inSystem = [...upTo(pocock, 'improve'), example('makePromise'), example('breakPromise', { promise: 'p2' })]
    const again = given(inSystem)
      .when(upTo(pocock, 'investigate', { deliver: { kept: ['p3'] } }).slice(1))
      .accepts()
      .leavesIn('system.improve')
    expect(again.case.facts.failures).toHaveLength(1)
  })

  proves('§4 remedy failed', 'is one of which they say so later, in the system phase too', () => {
    for (const protocol of [pocock, latte]) {
      const failed = given(protocol, upTo(protocol, 'improve')).when(example('remedyFailed')).accepts()
      failed.leavesIn('person.listen')
      expect(failed.case.facts).toMatchObject({ round: 2, failures: [{ kind: 'remedy-failed', round: 1 }] })
      expect(failed.case.facts.outcome).toBeUndefined()
    }
  })
  proves('§4 remedy failed', 'is a remedy of which the customer says that it did not work', () => {
    const failed = given(upTo(pocock, 'confirm'))
      .when(example('confirm', { resolved: 'no' }))
      .accepts()
      .leavesIn('person.listen')
    expect(failed.case.facts).toMatchObject({ round: 2, failures: [{ kind: 'remedy-failed', round: 1 }] })
    expect(failed.case.facts.outcome).toBeUndefined()
  })

  proves('§4 contact unanswered', 'is a contact that nobody answered in time', async () => {
    const { open, send, tick, look, at } = office()
    for (const caseId of ['answered', 'silent']) {
      at('2026-03-02T09:00:00.000Z')
      await open(caseId)
      await send(caseId, upTo(pocock, 'agree'), example('contact', { direction: 'from-customer' }))
    }
    at('2026-03-04T08:59:00.000Z')
    await send('answered', example('contact'))
    await tick('2026-03-04T08:59:59.000Z')
    expect((await look('silent')).facts.failures).toEqual([])
    await tick('2026-03-04T09:00:00.000Z')
    expect(await look('silent')).toMatchObject({
      state: 'person.listen',
      facts: { round: 2, failures: [{ kind: 'contact-unanswered', round: 1 }] },
    })
    expect(await look('answered')).toMatchObject({ state: 'problem.agree', facts: { round: 1, failures: [] } })
  })

  proves('§4 contact unanswered', 'is one again, each time that somebody waits anew', async () => {
    const { open, send, tick, look } = office()
    await open('one')
    const writes = example('contact', { direction: 'from-customer', channel: 'mail' })
    await send('one', example('own'), writes)
    await tick('2026-03-04T10:00:00.000Z')
    await send('one', writes)
    await tick('2026-03-06T10:00:00.000Z')
    expect((await look('one')).facts.failures).toMatchObject([
      { kind: 'contact-unanswered', round: 1 },
      { kind: 'contact-unanswered', round: 2 },
    ])
  })

  proves('§4 contact unanswered', 'is one too where the case was closed over a contact of the customer’s', async () => {
    const { open, send, tick, look } = office()
    await open('one', { protocol: 'heard' })
    const writes = example('contact', { direction: 'from-customer', channel: 'mail' })
    await send('one', upTo(heard, 'improve'), writes, example('improve'))
    expect(await look('one')).toBeIn('closed')
    await tick('2026-03-04T10:00:00.000Z')
    expect(await look('one')).toMatchObject({
      state: 'person.listen',
      facts: { failures: [{ kind: 'contact-unanswered' }] },
    })
  })

  proves(
    '§4 contact unanswered',
    'is none where a customer who writes to a closed case is answered in time',
    async () => {
      const { open, send, tick, look } = office()
      await open('one', { protocol: 'heard' })
      await send('one', upTo(heard), example('contact', { direction: 'from-customer' }), example('contact'))
      await tick('2026-03-05T10:00:00.000Z')
      expect(await look('one')).toMatchObject({ state: 'closed', facts: { failures: [] } })
    },
  )

  proves(
    '§4 person and problem anew',
    'costs nothing that was promised and not done: the same can be promised again',
    () => {
      const costly = (id: string) => [agreed({ cost: 300 }), example('breakPromise', { promise: id })]
      const again = given(full, upTo(full, 'agree'), costly('p1'), upTo(full, 'agree').slice(1))
      expect(again.case.facts.spent).toBe(0)
      again.when(agreed({ cost: 300 })).accepts()
    },
  )

  proves('§4 breaches stay', 'stays on the record, whatever comes after', () => {
    const { facts } = given(
      broken,
      upTo(pocock, undefined, { deliver: { kept: ['p2'] } }).slice(1),
      example('reopen'),
    ).case
    expect(facts).toMatchObject({
      round: 3,
      promises: [
        { id: 'p1', state: 'broken', round: 1 },
        { id: 'p2', state: 'kept', round: 2 },
      ],
      failures: [
        { kind: 'promise-broken', round: 1 },
        { kind: 'reopened', round: 2 },
      ],
    })
  })

  proves('§4 same fault again', 'is none where the same fault is reported while a promise is open', () => {
    const again = given(made).when(example('reportAgain'), example('reportAgain')).accepts().leavesIn('problem.deliver')
    expect(again.case.facts).toMatchObject({ round: 1, failures: [], promises: [{ id: 'p1', reports: 2 }] })
    given(upTo(pocock, 'agree')).when(example('reportAgain')).refuses('promise-is-open')
  })
})
