import { heard, pocock, solomon } from 'redress'
import { ana, ben, cleo, example, given, upTo } from 'redress/testing'
import { describe, expect, it } from 'vitest'

const owned = example('own')

describe('the order of things', () => {
  it('refuses a solution before the customer was heard', () => {
    given(owned)
      .when(example('agree'))
      .refuses('in-order', { skipped: ['listen', 'reflect', 'apologize', 'empathize'] })
      .leavesIn('person.listen')
  })

  it('accepts the six steps in their order, to the end', () => {
    given().when(upTo(pocock)).accepts().leavesIn('closed')
  })

  it('lets Solomon apologise first, and HEARD last', () => {
    given(solomon, owned).when(example('apologize')).accepts().leavesIn('person.listen')
    given(heard, owned)
      .when(example('apologize'))
      .refuses('in-order', { skipped: ['listen', 'empathize'] })
    given(heard, upTo(heard, 'apologize')).when(example('apologize')).accepts().leavesIn('problem.agree')
  })

  it('refuses a step that has had its turn', () => {
    given(upTo(pocock, 'apologize')).when(example('listen')).refuses('in-order', { skipped: [] })
  })

  it('allows but reopening, praise, containment and holds once it is closed', () => {
    const closed = given(upTo(pocock))
    const allowed = ['reopen', 'praise', 'contain', 'placeHold']
    for (const { name, internal } of pocock.commands.values()) {
      if (internal === true) continue
      const tried = closed.when(example(name))
      if (allowed.includes(name)) tried.accepts().leavesIn(name === 'reopen' ? 'person.listen' : 'closed')
      else tried.refuses(name === 'liftHold' ? 'is-held' : 'in-order').leavesIn('closed')
    }
  })

  it('says in a sentence what comes first', () => {
    const { verdict } = given(owned).when(example('agree'))
    expect(verdict.accepted ? '' : verdict.refusal.sentence).toMatchInlineSnapshot(
      `"Not yet: before “agree” come listen, reflect, apologize, and empathize. First fix the person, then fix the problem, finally fix the system: a step out of its turn falls on deaf ears. (Solomon, Pocock) Due now: listen – hear the customer’s account out."`,
    )
  })
})

describe('owned-by-a-person', () => {
  it('refuses a queue, a bot and the customer as owner', () => {
    for (const owner of [{ kind: 'group', id: 'billing' }, { kind: 'machine', id: 'bot' }, cleo]) {
      given().when(example('own', { owner })).refuses('owned-by-a-person').leavesIn('received')
    }
  })
  it('refuses to say anything while nobody owns the case', () => {
    given().when(example('makePromise')).refuses('owned-by-a-person')
  })
  it('accepts a named person', () => {
    given().when(example('own')).accepts().leavesIn('person.listen')
  })
})

describe('listen-twice-as-long', () => {
  const talk = (customerSeconds: number, ourSeconds: number) =>
    example('listen', { talk: { customerSeconds, ourSeconds } })
  it('refuses to have spoken more than half as long as the customer', () => {
    given(owned).when(talk(119, 60)).refuses('listen-twice-as-long')
  })
  it('accepts two to one, and what was not measured for a reason', () => {
    given(owned).when(talk(120, 60)).accepts()
    given(owned)
      .when(example('listen', { talk: { unmeasured: 'by letter' } }))
      .accepts()
  })
})

describe('understanding-confirmed', () => {
  const corrected = example('reflect', {
    customer: { answer: 'corrected', correction: 'It was not late, it was empty.' },
  })
  it('goes back to listen on a correction, and refuses to go on', () => {
    given(upTo(pocock, 'reflect')).when(corrected).accepts().leavesIn('person.listen')
    given(upTo(pocock, 'reflect'), corrected).when(example('apologize')).refuses('understanding-confirmed')
  })
  it('goes on once the customer confirms', () => {
    given(upTo(pocock, 'reflect'), corrected)
      .when(example('listen'), example('reflect'), example('apologize'))
      .accepts()
      .leavesIn('person.empathize')
  })
})

describe('no-unasked-explanation', () => {
  it('refuses an explanation before the customer asked why', () => {
    given(owned).when(example('explain')).refuses('no-unasked-explanation')
    given(upTo(pocock, 'apologize'))
      .when(example('apologize', { explanation: 'The scale was broken.' }))
      .refuses('no-unasked-explanation')
  })
  it('accepts one once the customer asked, and in the problem phase', () => {
    given(owned, example('askWhy')).when(example('explain')).accepts().leavesIn('person.listen')
    given(upTo(pocock, 'agree')).when(example('explain')).accepts()
  })
  it('records one that was given all the same, erases the apology, and makes it due again', () => {
    const given_ = given(upTo(pocock, 'empathize')).when(example('explain', { alreadyGiven: true }))
    given_.accepts().leavesIn('person.apologize')
    expect(given_.case.facts.steps).not.toHaveProperty('apologize')
  })
  it('erases nothing where the customer had asked, or where there is no apology yet', () => {
    const given_ = example('explain', { alreadyGiven: true })
    given(upTo(pocock, 'empathize'), example('askWhy')).when(given_).accepts().leavesIn('person.empathize')
    given(upTo(pocock, 'reflect')).when(given_).accepts().leavesIn('person.reflect')
  })
})

describe('the apology', () => {
  const due = upTo(pocock, 'apologize')
  it('needs a person', () => {
    given(due)
      .when(example('apologize', { by: { kind: 'machine', id: 'bot' } }))
      .refuses('apology-by-a-person')
  })
  it('points at nobody else', () => {
    given(due)
      .when(example('apologize', { responsibility: 'passed-on' }))
      .refuses('responsibility-accepted')
  })
  it('is followed by a feeling, named', () => {
    given(due, example('apologize'))
      .when(example('empathize', { feeling: ' ' }))
      .refuses('feeling-named')
    given(due, example('apologize')).when(example('empathize')).accepts()
  })
})

describe('both-agree', () => {
  const due = upTo(pocock, 'agree')
  it('refuses an agreement that one side has not accepted, or with nothing tangible in it', () => {
    given(due)
      .when(example('agree', { accepted: { customer: false, organisation: true } }))
      .refuses('both-agree')
    given(due)
      .when(example('agree', { accepted: { customer: true, organisation: false } }))
      .refuses('both-agree')
    given(due)
      .when(example('agree', { promises: [] }))
      .refuses('both-agree')
  })
  it('accepts one that both accepted', () => {
    given(due).when(example('agree')).accepts().leavesIn('problem.deliver')
  })
})

describe('promises', () => {
  const promise = { text: 'A new lamp', maker: ana, inControl: true, latest: '2026-03-20T12:00:00Z' }
  const agreed = (other: object) => example('agree', { promises: [{ ...promise, ...other }] })
  const made = [...upTo(pocock, 'agree'), agreed({})]

  it('need a date that lies ahead, or a next update, and somebody with control', () => {
    const due = given(upTo(pocock, 'agree'))
    due.when(agreed({ latest: undefined })).refuses('promise-has-window-and-basis')
    due.when(agreed({ latest: '2026-01-01T00:00:00Z' })).refuses('promise-has-window-and-basis')
    due.when(agreed({ inControl: false })).refuses('promise-has-window-and-basis')
    due.when(agreed({ maker: cleo })).refuses('promise-has-window-and-basis')
    due.when(agreed({ earliest: '2026-03-21T00:00:00Z' })).refuses('promise-has-window-and-basis')
    due.when(agreed({ latest: undefined, nextUpdateBy: '2026-03-04T12:00:00Z' })).accepts()
  })

  it('are kept before they fall due, and before anything is confirmed', () => {
    given(made)
      .when(example('deliver', { kept: [] }))
      .refuses('no-open-promises')
    given(made)
      .when(example('keepPromise', { promise: 'p9' }))
      .refuses('promise-is-open')
    given(made)
      .when(example('keepPromise', { at: '2026-03-20T12:00:01Z' }))
      .refuses('promise-kept-in-time')
    given(made)
      .when(example('keepPromise', { at: '2026-03-20T12:00:00Z' }), example('deliver', { kept: [] }))
      .accepts()
      .leavesIn('problem.confirm')
  })

  it('move before they fall due, with the customer’s consent', () => {
    given(made)
      .when(example('movePromise', { consent: false }))
      .refuses('promise-moved-with-consent')
    given(made)
      .when(example('movePromise', { at: '2026-03-21T00:00:00Z' }))
      .refuses('promise-moved-with-consent')
    const moved = given(made)
      .when(example('movePromise', { latest: '2026-03-25T12:00:00Z' }))
      .accepts()
    expect(moved.case.facts.promises).toMatchObject([{ id: 'p1', due: '2026-03-25T12:00:00.000Z', state: 'open' }])
  })

  it('that are open hold back the confirmation, wherever they were made', () => {
    given(upTo(pocock, 'confirm'), example('makePromise')).when(example('confirm')).refuses('no-open-promises')
  })

  it('that are broken are a second failure: person and problem start anew', () => {
    const broken = given(made).when(example('breakPromise')).accepts().leavesIn('person.listen')
    expect(broken.case.facts).toMatchObject({
      round: 2,
      steps: { own: 'done' },
      promises: [{ id: 'p1', state: 'broken', round: 1 }],
      failures: [{ kind: 'promise-broken', round: 1 }],
    })
    given(made, example('breakPromise')).when(agreed({})).refuses('in-order')
  })

  it('that break in the system phase send the case back, and it goes on later at the first open step', () => {
    const inSystem = [...upTo(pocock, 'improve'), example('makePromise'), example('breakPromise', { promise: 'p2' })]
    given(inSystem)
      .when(upTo(pocock, 'investigate', { deliver: { kept: ['p3'] } }).slice(1))
      .accepts()
      .leavesIn('system.improve')
  })
})

describe('the customer’s word', () => {
  it('resolves it, not ours', () => {
    given(upTo(pocock, 'confirm'))
      .when(example('confirm', { saidBy: ana }))
      .refuses('customer-confirms')
    given(upTo(pocock, 'confirm')).when(example('confirm')).accepts()
  })
  it('that it did not work is a second failure', () => {
    const failed = given(upTo(pocock, 'confirm'))
      .when(example('confirm', { resolved: 'no' }))
      .accepts()
    failed.leavesIn('person.listen')
    expect(failed.case.facts).toMatchObject({ round: 2, failures: [{ kind: 'remedy-failed', round: 1 }] })
    expect(failed.case.facts.outcome).toBeUndefined()
  })
  it('that it worked in part is the outcome', () => {
    const partly = upTo(pocock, undefined, { confirm: { resolved: 'partly' } })
    expect(given(partly).case.facts.outcome).toBe('partly-recovered')
  })
  it('is thanked for before the system phase', () => {
    given(upTo(pocock, 'thank'))
      .when(example('investigate'))
      .refuses('thanked', { skipped: ['thank'] })
    given(upTo(pocock, 'thank')).when(example('thank')).accepts().leavesIn('system.investigate')
  })
})

describe('change-owned-and-dated', () => {
  const due = upTo(pocock, 'improve')
  it('refuses a change without an owner or a date', () => {
    for (const change of [
      { owner: ana },
      { due: '2026-04-01T00:00:00Z' },
      { owner: { kind: 'group', id: 'x' }, due: '2026-04-01T00:00:00Z' },
    ]) {
      given(due)
        .when(example('improve', { changes: [{ text: 'Weigh it', ...change }] }))
        .refuses('change-owned-and-dated')
    }
  })
  it('accepts one with both', () => {
    given(due).when(example('improve')).accepts()
  })
})

describe('a waiver', () => {
  it('covers the due step and no other', () => {
    given(owned)
      .when(example('waive', { step: 'reflect' }))
      .refuses('waiver-covers-the-due-step')
    const waived = given(owned).when(example('waive')).accepts().leavesIn('person.reflect')
    expect(waived.case.facts).toMatchObject({
      steps: { listen: 'waived' },
      waivers: [{ step: 'listen', round: 1, by: 'ben' }],
    })
  })
  it('is never given by the owner, a machine or a queue', () => {
    for (const by of [ana, { kind: 'machine', id: 'bot' }, { kind: 'group', id: 'billing' }]) {
      given(owned).when(example('waive', { by })).refuses('waived-by-a-second-person')
    }
  })
  it('lasts one round, and is marked for ever', () => {
    const again = given(owned, example('waive'), example('makePromise')).when(example('breakPromise')).accepts()
    again.leavesIn('person.listen')
    expect(again.case.facts.waivers).toMatchObject([{ step: 'listen', round: 1, by: ben.id }])
  })
})

describe('reopening', () => {
  it('begins a new round with everything due again, the earlier breaches kept', () => {
    const reopened = given(upTo(pocock, 'deliver'), example('breakPromise'))
      .when(upTo(pocock, undefined, { deliver: { kept: ['p2'] } }).slice(1), example('reopen'))
      .accepts()
      .leavesIn('person.listen')
    expect(reopened.case.facts).toMatchObject({
      round: 3,
      steps: { own: 'done' },
      failures: [
        { kind: 'promise-broken', round: 1 },
        { kind: 'reopened', round: 2 },
      ],
    })
    expect(reopened.case.facts.outcome).toBeUndefined()
  })
  it('has no place while the case is open', () => {
    given(owned).when(example('reopen')).refuses('in-order')
  })
})
