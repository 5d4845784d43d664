import { createDesk, defineProtocol, heard, memoryStore, pocock } from 'redress'
import { aComplaint, ana, EXAMPLE_START, example, given, owned, upTo } from 'redress/testing'
import { type Happened, type MatcherTerms, matchers } from 'redress/vitest'
import { afterEach, describe, expect, it, vi } from 'vitest'

const ours = defineProtocol({ ...heard, id: 'ours' })
const day = (n: number) => `2026-03-0${n}T09:00:00.000Z`

/** A host's own list: the steps of a recovery, a minute apart. */
const timesOf = (...names: readonly string[]): Happened[] =>
  names.map((name, index) => ({ name, at: Date.parse(EXAMPLE_START) + index * 60_000 }))
const six = ['own', 'listen', 'reflect', 'apologize', 'empathize', 'agree'] as const

/** What is thrown where a test asks for what there is not. */
const misuse = expect.objectContaining({ name: 'RedressError', code: 'input-invalid', stored: false })

/** What a matcher says where it fails. */
const messageOf = (expectation: () => unknown): string => {
  try {
    expectation()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('It did not fail.')
}

afterEach(() => {
  vi.unstubAllEnvs()
})

async function deskWith(...commands: readonly object[]) {
  const desk = createDesk({ store: memoryStore(), now: () => new Date(EXAMPLE_START) })
  await desk.open({ ...aComplaint, caseId: 'case-1' })
  for (const command of commands) await desk.send('case-1', command)
  return desk
}

describe('toFollow', () => {
  it('takes a list of names and times, in the order of the times', () => {
    expect(timesOf(...six)).toFollow(pocock)
    expect(timesOf(...six).toReversed()).toFollow(pocock)
    expect([...six]).toFollow(pocock)
    expect([
      ['own', day(2)],
      ['apologize', day(4)],
      ['listen', day(3)],
    ]).not.toFollow(pocock)
    expect([
      ['own', day(2)],
      ['apologize', day(4)],
      ['listen', day(3)],
      ['reflect', new Date(day(3))],
    ]).toFollow(pocock)
    expect(timesOf('own', 'agree')).not.toFollow(pocock)
  })

  it('follows a correction, a waiver, a second failure and a reopening', () => {
    expect(['own', 'listen', 'reflect', 'listen', 'reflect', 'apologize']).toFollow(pocock)
    expect(['own', 'listen', 'reflect', 'listen', 'apologize']).not.toFollow(pocock)
    expect(['own', 'waive', 'reflect', 'apologize']).toFollow(pocock)
    const fixed = heard.steps.map(({ name }) => name)
    expect([...fixed, 'reopen', 'listen', 'empathize']).toFollow(heard)
    expect([...fixed, 'reopen', 'empathize']).not.toFollow(heard)
    expect([...fixed, 'listen']).not.toFollow(heard)
    expect([...fixed.slice(0, 6), 'breakPromise', 'listen']).toFollow(heard)
    expect([...fixed.slice(0, 6), 'breakPromise', 'confirm']).not.toFollow(heard)
    expect(['own', 'withdraw', 'investigate', 'improve']).toFollow(heard)
    expect(['own', 'merge', 'listen', 'empathize', 'apologize']).toFollow(heard)
    expect(['own', 'merge', 'listen', 'empathize', 'apologize']).toBeIn('closed', { protocol: heard })
  })

  it('goes from the owner to the system only where nobody is known', () => {
    expect(['own', 'investigate']).not.toFollow(pocock)
    expect(['own', 'investigate']).toFollow(pocock, { anonymous: true })
  })

  it('reads the names of the host’s own system, from the middle too', () => {
    const list = [
      { type: 'ticket.assigned', at: day(2) },
      { type: 'sla.paused', at: day(3) },
      { type: 'call.ended', at: day(4) },
    ]
    expect(list).toFollow(pocock, { names: { 'ticket.assigned': 'own', 'call.ended': 'listen' } })
    expect(list).not.toFollow(pocock, { names: { 'ticket.assigned': 'own', 'call.ended': 'agree' } })
    expect(['agree', 'deliver']).toFollow(pocock, { from: 'problem.agree' })
  })

  it('reads names that mean several commands, none, or something else where they come again', () => {
    const names = { assigned: { is: 'own', again: 'ignore' }, call: ['listen', 'reflect'], explain: 'ignore' } as const
    const list = timesOf('assigned', 'call', 'explain', 'assigned', 'apologize')
    expect(list).toFollow(pocock, { names })
    expect(list).toBeIn('person.empathize', { names })
    expect(list).not.toFollow(pocock, { names: { ...names, assigned: 'own' } })
    expect(list.toReversed()).toFollow(pocock, { names })
    expect(list).not.toFollow(pocock, { names: { ...names, call: 'listen' } })
  })

  it('takes a case, an answer, a scenario, and the log of a desk', async () => {
    const desk = await deskWith(...upTo(pocock, 'agree'))
    await expect(desk.log('case-1')).toFollow(pocock)
    expect(await desk.look('case-1')).toFollow(pocock)
    expect(await desk.send('case-1', example('agree'))).toFollow(pocock)
    expect(given(heard, upTo('agree'))).toFollow(heard)
    expect(given(ours, upTo('agree')).case).toFollow(ours)
    expect(given(heard, upTo('agree'))).not.toFollow(pocock)
    expect({ ...given(upTo('agree')).case, state: 'system.investigate' }).not.toFollow(pocock)
  })

  it('follows a log along the states that it has', () => {
    const { log } = given(upTo('thank'))
    expect(log).toFollow(pocock)
    expect(log.toSpliced(3, 1)).not.toFollow(pocock)
    expect(log.with(3, { ...log[3], to: 'problem.agree' } as never)).not.toFollow(pocock)
    const anonymous = given({ by: ana, anonymous: true, channel: 'letter', words: 'Dust.' }, owned)
    expect(anonymous).toFollow(pocock)
    expect(anonymous).toBeIn('system.investigate')
  })

  it('shows the order beside what was due', () => {
    expect(messageOf(() => expect(timesOf('own', 'note', 'listen', 'agree', 'reflect')).toFollow(pocock))).toBe(
      `Expected the order to follow pocock, but it does not. Not yet: before “agree” come reflect, apologize, and empathize.

   due        came     at
   own        own      2026-03-02T09:00:00.000Z
   listen     note     2026-03-02T09:01:00.000Z  (passed over)
   listen     listen   2026-03-02T09:02:00.000Z
✗  reflect    agree    2026-03-02T09:03:00.000Z  skips reflect, apologize, empathize
   reflect    reflect  2026-03-02T09:04:00.000Z
   apologize  …`,
    )
    expect(messageOf(() => expect(['own']).not.toFollow(pocock))).toContain('not to follow pocock, but it does:')
    expect(messageOf(() => expect(given(heard)).toFollow(pocock))).toContain(
      'to follow pocock@1, but it is one of heard@1',
    )
    const jumped = { ...given(heard, upTo('empathize')).case, state: 'problem.agree' }
    expect(messageOf(() => expect(jumped).toFollow(heard))).toContain(
      'stands in problem.agree without empathize, apologize',
    )
  })
})

describe('toBeIn', () => {
  it('says where a case stands, or where a list has led', async () => {
    const now = given(upTo('apologize')).case
    expect(now).toBeIn('person.apologize')
    expect(now).not.toBeIn('closed')
    expect(given(upTo('closed'))).toBeIn('closed')
    expect(timesOf('own', 'listen', 'reflect')).toBeIn('person.apologize')
    expect(timesOf('own', 'listen', 'reflect')).not.toBeIn('person.listen')
    await expect((await deskWith(owned)).log('case-1')).toBeIn('person.listen')
    expect(given(ours, owned).case).toBeIn('person.listen', { protocol: ours })
    expect(given(ours, owned).case).toBeIn('person.listen')
    expect(given(ours, owned).case).not.toBeIn('received')
  })

  it('throws for a state that a protocol of one’s own has not, or can’t be known to have', () => {
    for (const scenario of [given(ours, owned), given(ours).when(owned)]) {
      expect(scenario).toBeIn('person.listen')
      expect(scenario).not.toBeIn('person.empathize')
      expect(() => expect(scenario).not.toBeIn('person.wallk')).toThrow('ours has no state “person.wallk”')
    }
    for (const bare of [given(ours, owned).case, given(ours, owned).log]) {
      for (const state of ['nonsense', 'person.empathize']) {
        expect(() => expect(bare).not.toBeIn(state)).toThrow(
          `The case is in person.listen. Whether ours@1 has a state “${state}” is not known`,
        )
        expect(() => expect(bare).not.toBeIn(state)).toThrow(misuse)
        expect(() => expect(bare).toBeIn(state)).toThrow('Give it, as in { protocol: ours }')
      }
      expect(bare).not.toBeIn('closed')
      expect(bare).not.toBeIn('person.empathize', { protocol: ours })
      expect(() => expect(bare).toBeIn('person.listen', { protcol: ours } as never)).toThrow('was given protcol')
    }
  })

  it('tells a state that there is not, and a protocol that it does not know', () => {
    expect(() => expect(given()).not.toBeIn('person.apologise')).toThrow('pocock has no state “person.apologise”')
    expect(() => expect(given(ours).case).toHaveSkipped()).toThrow('ours@1, which is not shipped: give it')
    expect(messageOf(() => expect(given()).toBeIn('closed'))).toBe(
      'Expected the case to be in closed, but it is in received.',
    )
    expect(messageOf(() => expect(given()).not.toBeIn('received'))).toBe(
      'Expected the case not to be in received, but it is.',
    )
    expect(messageOf(() => expect(['own']).toBeIn('closed'))).toContain(
      'to be in closed, but it has led to person.listen:',
    )
  })
})

describe('toBeAccepted and toBeRefused', () => {
  it('say what became of a command, by its answer, its verdict, or a scenario', async () => {
    const desk = await deskWith(owned)
    expect(await desk.explain('case-1', example('listen'))).toBeAccepted()
    const refused = await desk.send('case-1', example('agree'))
    for (const one of [refused, given(owned).when(example('agree')), given(owned).when(example('agree')).verdict]) {
      expect(one).toBeRefused()
      expect(one).toBeRefused('in-order')
      expect(one).toBeRefused('out-of-order')
      expect(one).not.toBeAccepted()
    }
    const told = given(owned).when(example('agree')).told[0]?.[1]
    expect(told).toBeRefused('in-order')
    const accepted = await desk.send('case-1', example('listen'))
    for (const one of [accepted, given(owned).when(example('listen')), given(owned).when(example('listen')).verdict]) {
      expect(one).toBeAccepted()
      expect(one).not.toBeRefused()
    }
    expect([accepted, refused]).toEqual([expect.toBeAccepted(), expect.toBeRefused('in-order')])
  })

  it('say what it was instead', async () => {
    const desk = await deskWith(owned)
    const refused = await desk.send('case-1', example('agree'))
    expect(messageOf(() => expect(refused).toBeAccepted())).toMatch(/^Expected it to pass, but it was refused: Not yet/)
    expect(messageOf(() => expect(refused).not.toBeRefused())).toMatch(/^Expected it to pass, but it was refused: Not/)
    expect(messageOf(() => expect(refused).toBeRefused('both-agree'))).toMatch(
      /^Expected “both-agree” to refuse it, but out-of-order, in-order did: Not yet/,
    )
    const accepted = await desk.send('case-1', example('listen'))
    expect(messageOf(() => expect(accepted).toBeRefused('in-order'))).toBe(
      'Expected “in-order” to refuse it, but it passed, into person.reflect.',
    )
    expect(messageOf(() => expect(accepted).not.toBeAccepted())).toBe(
      'Expected it to be refused, but it passed, into person.reflect.',
    )
  })

  it('throw for what is no answer, and where `.not` would pass by mistake', async () => {
    const desk = await deskWith(owned)
    const refused = await desk.send('case-1', example('agree'))
    expect(() => expect(refused).not.toBeRefused('in-ordr')).toThrow(misuse)
    for (const idle of [given(owned).when(), given(owned).when([]), given(owned).later({ days: 1 })]) {
      expect(() => expect(idle).toBeAccepted()).toThrow('Nothing was sent')
      expect(() => expect(idle.verdict).not.toBeRefused()).toThrow(misuse)
    }
    for (const wrong of [undefined, null, true, {}, { accepted: false }, given(owned)]) {
      expect(() => expect(wrong).toBeAccepted()).toThrow(misuse)
      expect(() => expect(wrong).not.toBeRefused()).toThrow(misuse)
    }
  })
})

describe('toRefuse', () => {
  it('asks the rules of a case', () => {
    const now = given(owned)
    expect(now).toRefuse(example('agree'), 'in-order')
    expect(now).toRefuse(example('agree'))
    expect(now).toRefuse('agree', 'in-order')
    expect(now).not.toRefuse(example('listen'))
    expect(now).not.toRefuse('listen')
    expect(now).toRefuse(example('listen', { talk: { customerSeconds: 1, ourSeconds: 60 } }), 'listen-twice-as-long')
    expect(now.log).toRefuse('agree', 'in-order')
  })

  it('asks the order of a list', () => {
    expect(timesOf('own')).toRefuse('agree', 'in-order')
    expect(timesOf('own')).not.toRefuse('listen', 'in-order')
    expect(() => expect(timesOf('own')).toRefuse('agree', 'both-agree')).toThrow('needs a case')
  })

  it('knows a command by the name that the host has for it', () => {
    const names = { assigned: { is: 'own', again: 'handOff' }, refunded: ['agree', 'deliver'], noted: 'ignore' }
    expect(['assigned']).toRefuse('refunded', 'in-order', { names })
    expect(['assigned']).toRefuse({ type: 'refunded' }, 'in-order', { names })
    expect(timesOf(...six).slice(0, 5)).not.toRefuse('refunded', 'in-order', { names })
    expect(['assigned']).not.toRefuse('assigned', 'in-order', { names })
    expect(given(owned)).toRefuse('solved', 'in-order', { names: { solved: 'deliver' } })
    expect(given(owned)).not.toRefuse({ ...example('listen'), type: 'heard' }, 'in-order', {
      names: { heard: 'listen' },
    })
    expect(() => expect(given(owned)).toRefuse('refunded', 'in-order', { names })).toThrow('ask a case for one of them')
    expect(() => expect(['assigned']).not.toRefuse('noted', 'in-order', { names })).toThrow('means no command')
  })

  it('throws for a rule or a command that there is not, and for what no rule was asked of', () => {
    expect(() => expect(given()).not.toRefuse('agree', 'inorder')).toThrow('pocock has no rule “inorder”')
    expect(() => expect(given()).not.toRefuse('agreed')).toThrow('pocock has no command “agreed”')
    expect(() => expect(given()).not.toRefuse({ type: 'own' }, 'in-order')).toThrow(
      'No rule was asked: “own” can’t be read',
    )
    expect(() => expect(given(owned)).toRefuse({ type: 'agree' })).toThrow('No rule was asked: “agree” can’t be read')
    expect(() => expect(given(owned)).toRefuse({ type: 'agree' })).toThrow(misuse)
    expect(() => expect(given(owned)).not.toRefuse({ type: 'listen' })).toThrow('Ask with its evidence')
  })

  it('says who refuses it, or where it leads', () => {
    expect(messageOf(() => expect(given(owned)).toRefuse(example('listen'), 'in-order'))).toBe(
      'Expected “in-order” to refuse “listen”, but it passes, into person.reflect.',
    )
    expect(messageOf(() => expect(given(owned)).toRefuse(example('agree'), 'both-agree'))).toMatch(
      /^Expected “both-agree” to refuse “agree”, but in-order refused it: Not yet/,
    )
    expect(messageOf(() => expect(given(owned)).not.toRefuse(example('agree'), 'in-order'))).toMatch(
      /^Expected “in-order” not to refuse “agree”, but it does: Not yet/,
    )
    expect(messageOf(() => expect(given(owned)).not.toRefuse(example('agree')))).toMatch(
      /^Expected “agree” not to be refused, but it is: /,
    )
  })
})

describe('toHaveSkipped', () => {
  it('names the steps that were passed by', () => {
    expect(timesOf('own', 'listen', 'agree')).toHaveSkipped(['reflect', 'apologize', 'empathize'])
    expect(timesOf('own', 'listen')).not.toHaveSkipped()
    expect(timesOf('own', 'listen')).toHaveSkipped([])
    expect(timesOf('own', 'waive')).toHaveSkipped(['listen'])
    expect(given(owned, example('waive'))).toHaveSkipped(['listen'])
    expect(given(owned, example('waive')).case).toHaveSkipped(['listen'])
    expect(given(owned)).not.toHaveSkipped()
    expect(given(owned).when(example('apologize'))).toHaveSkipped(['reflect', 'listen'])
  })

  it('shows both, and throws for a step that there is not', () => {
    expect(messageOf(() => expect(timesOf('own', 'reflect')).toHaveSkipped(['apologize']))).toBe(
      'Expected it to have skipped apologize, but it skipped listen.\n\n  expected  apologize\n  skipped   listen',
    )
    expect(messageOf(() => expect(['own', 'agree']).not.toHaveSkipped())).toContain('but it skipped listen, reflect')
    expect(() => expect(['own']).not.toHaveSkipped(['apologise'])).toThrow('pocock has no step “apologise”')
  })

  it('throws for a step that there is not and for terms that are none, of a refusal too', async () => {
    const refused = given(heard, owned).when(example('agree'))
    const [, told] = refused.told[0] ?? []
    expect(refused).not.toHaveSkipped(['listen'])
    for (const one of [refused, told]) {
      expect(() => expect(one).not.toHaveSkipped(['lissten'])).toThrow('heard has no step “lissten”')
      expect(() => expect(one).not.toHaveSkipped(['reflect'])).toThrow('heard has no step “reflect”')
    }
    const answer = await (await deskWith(owned)).send('case-1', example('agree'))
    expect(() => expect(given(owned).when({ type: 'agree' })).not.toHaveSkipped()).toThrow('Its order was not asked')
    for (const one of [refused.verdict, answer]) {
      expect(one).not.toHaveSkipped(['reflect'])
      expect(() => expect(one).not.toHaveSkipped(['lissten'])).toThrow('What is shipped has no step “lissten”')
      expect(() => expect(one).not.toHaveSkipped(['reflect'], { protocol: heard })).toThrow(misuse)
      expect(() => expect(one).not.toHaveSkipped(['listen'], { protcol: heard } as never)).toThrow('was given protcol')
    }
  })
})

describe('toHaveKeptItsPromises', () => {
  const promised = given(upTo('deliver'))

  it('looks into the ledger of a case', () => {
    expect(promised).toHaveKeptItsPromises()
    expect(promised).not.toHaveKeptItsPromises({ until: '2027-01-01T00:00:00Z' })
    expect(given(upTo('closed'))).toHaveKeptItsPromises()
    expect(promised.later({ days: 60 })).not.toHaveKeptItsPromises()
    expect(promised.later({ days: 60 }).log).not.toHaveKeptItsPromises()
  })

  it('reads a ledger from a list', () => {
    const made = { name: 'makePromise', at: day(2), promise: 'call', due: day(4) }
    expect([made, { name: 'keepPromise', at: day(3), promise: 'call' }]).toHaveKeptItsPromises()
    expect([made, { name: 'keepPromise', at: day(5), promise: 'call' }]).not.toHaveKeptItsPromises()
    expect([made, { name: 'contact', at: day(5) }]).not.toHaveKeptItsPromises()
    expect([made]).toHaveKeptItsPromises()
    expect([
      made,
      { name: 'movePromise', at: day(3), promise: 'call', due: day(6) },
      ['deliver', day(5)],
    ]).toHaveKeptItsPromises()
    expect(['agree', 'breakPromise']).not.toHaveKeptItsPromises()
  })

  it('holds a promise of a list to its time, wherever it is moved to later', () => {
    const made = { name: 'agree', at: day(1), due: day(5) }
    const kept = { name: 'keepPromise', at: day(8) }
    expect([made, { name: 'movePromise', at: day(4), due: day(9) }, kept]).toHaveKeptItsPromises()
    expect([made, { name: 'movePromise', at: day(6), due: day(9) }, kept]).not.toHaveKeptItsPromises()
    expect([made, { name: 'movePromise', at: day(4) }, kept]).not.toHaveKeptItsPromises()
    expect([made, { name: 'movePromise', at: day(4) }]).not.toHaveKeptItsPromises({ until: day(6) })
    expect([made]).not.toHaveKeptItsPromises({ until: day(6) })
    expect(['breakPromise']).not.toHaveKeptItsPromises()
  })

  it('takes for absent what a row of a database has not', () => {
    const row = { at: day(2), due: null, promise: null, name: null }
    expect([
      { ...row, type: 'agree' },
      { ...row, type: 'makePromise', due: day(4) },
      { ...row, type: 'deliver', at: day(3) },
      { ...row, type: 'contact', at: day(5) },
    ]).toHaveKeptItsPromises()
    expect([{ type: 'own', at: null }, { type: 'listen', at: null }, ['reflect', null]]).toBeIn('person.apologize')
  })

  it('throws for a list of which no promise can be judged', () => {
    const promises = (list: readonly Happened[], terms?: MatcherTerms) => expect(list).toHaveKeptItsPromises(terms)
    expect(() => promises(timesOf('own', 'listen'))).toThrow('Nothing in the list makes a promise')
    for (const list of [timesOf('agree', 'deliver'), ['agree', 'deliver'], ['makePromise']]) {
      expect(() => promises(list)).toThrow('No promise in the list has its time')
    }
    expect(() => promises(timesOf('agree', 'contact'))).toThrow('No promise in the list has its time')
    expect(() => promises(timesOf('agree', 'contact'), { until: day(9) })).toThrow(
      'No promise in the list has its time',
    )
    expect(() => promises([{ name: 'agree', due: day(4) }, 'contact'])).toThrow('The list has no times')
    expect(() => expect(['own']).not.toHaveKeptItsPromises()).toThrow(misuse)
    promises([{ name: 'agree', due: day(4) }, 'contact'], { until: day(3) })
    expect(given(owned)).toHaveKeptItsPromises()
    expect(given(upTo('deliver')).log).toHaveKeptItsPromises()
  })

  it('shows the ledger', () => {
    expect(messageOf(() => expect(promised.later({ days: 60 })).toHaveKeptItsPromises())).toBe(
      `Expected every promise to be kept, but p1 was broken:

   promise  due
✗  p1       2026-04-01T17:00:00.000Z  broken`,
    )
    expect(messageOf(() => expect(promised).not.toHaveKeptItsPromises())).toContain('but all 1 were')
  })
})

describe('the matchers', () => {
  it('fit into other expectations', () => {
    expect({ log: timesOf(...six) }).toEqual({ log: expect.toFollow(pocock) })
    expect({ log: timesOf('agree') }).not.toEqual({ log: expect.toFollow(pocock) })
    expect({ case: given().case }).toMatchObject({ case: expect.toBeIn('received') })
  })

  it('say what they take', () => {
    for (const wrong of [undefined, 7, {}, 'own', [7], [null], [{ at: day(2) }]]) {
      expect(() => expect(wrong).toFollow(pocock)).toThrow(misuse)
    }
    expect(() => expect([['own', 'soon']]).toFollow(pocock)).toThrow('“own” has a time that can’t be read')
    expect(() => expect([['own', true]]).toFollow(pocock)).toThrow('“own” has a time that can’t be read')
    for (const wrong of [undefined, null, 'heard', {}]) {
      expect(() => expect(['own']).toFollow(wrong as never)).toThrow(
        /^toFollow takes a protocol, as in toFollow\(pocock\)/,
      )
      expect(() => expect(['own']).toFollow(wrong as never)).toThrow(misuse)
    }
    expect(() => expect(['own']).toBeIn('received', { protocol: 'heard' } as never)).toThrow(
      'protocol takes a protocol',
    )
    expect(() => expect(['own']).toBeIn('received', heard as never)).toThrow(/^A matcher takes \{ protocol, names, /)
    expect(() => expect(['own']).toBeIn('received', { name: {} } as never)).toThrow('was given name')
    expect(() => expect(['own']).not.toHaveSkipped('listen' as never)).toThrow('takes a list of steps')
    expect(() => expect(['own']).not.toRefuse(undefined as never)).toThrow('takes a command, or its name')
    expect(Object.keys(matchers)).toHaveLength(7)
  })

  const each: readonly (readonly [string, (list: readonly Happened[], terms?: MatcherTerms) => unknown])[] = [
    ['toFollow', (list, terms) => expect(list).toFollow(pocock, terms)],
    ['not.toFollow', (list, terms) => expect(list).not.toFollow(pocock, terms)],
    ['toBeIn', (list, terms) => expect(list).toBeIn('received', terms)],
    ['not.toBeIn', (list, terms) => expect(list).not.toBeIn('closed', terms)],
    ['toRefuse', (list, terms) => expect(list).toRefuse('deliver', 'in-order', terms)],
    ['toHaveSkipped', (list, terms) => expect(list).toHaveSkipped([], terms)],
    ['not.toHaveSkipped', (list, terms) => expect(list).not.toHaveSkipped(['listen'], terms)],
    ['toHaveKeptItsPromises', (list, terms) => expect(list).toHaveKeptItsPromises(terms)],
  ]

  it.each(each)('never pass on what is still to come: %s', (_, expectation) => {
    expect(() => expectation(Promise.resolve(['own']) as never)).toThrow('This is a promise: await it first')
    expect(() => expect(Promise.resolve()).toBeRefused()).toThrow(misuse)
    expect(() => expect(Promise.resolve()).not.toBeAccepted()).toThrow('This is a promise: await it first')
  })

  it('never pass on a log within another expectation, which is not awaited there', async () => {
    const desk = await deskWith(owned)
    const awaitable = { log: desk.log('case-1') }
    for (const within of [expect.not.toFollow(pocock), expect.toBeIn('person.listen'), expect.not.toHaveSkipped()]) {
      expect(() => expect(awaitable).toEqual({ log: within })).toThrow('a log can’t be awaited: gather it first')
      expect(() => expect(awaitable).not.toEqual({ log: within })).toThrow(misuse)
    }
    await expect(awaitable.log).toFollow(pocock)
  })

  it.each(each)('never pass on nothing: %s', (_, expectation) => {
    expect(() => expectation([])).toThrow('The list is empty')
    expect(() => expectation(['ticket.created'])).toThrow(
      'Nothing in the list has a name that pocock knows, but ticket.created: say what they are called here',
    )
    expect(() => expectation([])).toThrow(misuse)
  })

  it.each(each)('never pass on a name that means no command: %s', (_, expectation) => {
    const names = { assigned: 'own', refunded: 'delivr', closed: { is: 'thank', again: ['close'] } }
    expect(() => expectation(['assigned', 'refunded'], { names })).toThrow(
      /“refunded”: “delivr” is no command of pocock, nor `ignore`\n.*“closed”: “close” is no command/,
    )
    expect(() => expectation(['assigned'], { names: { assigned: 7 } as never })).toThrow('“assigned”: a command of')
    const within = { is: 'agree', within: { days: 1 } }
    expect(() => expectation(['assigned'], { names: { assigned: within } as never })).toThrow(
      'Unrecognized key: "within"',
    )
    expect(() => expectation(['assigned'], { names })).toThrow(misuse)
  })

  it('never pass on a list in which nothing is of the order', () => {
    const ignored = { names: { a: 'ignore' } }
    for (const [list, terms] of [[['a'], ignored], [['contact']], [['contact', 'askWhy']]] as const) {
      expect(() => expect(list).toFollow(pocock, terms)).toThrow('Nothing in the list is of the order of pocock')
      expect(() => expect(list).not.toFollow(pocock, terms)).toThrow(misuse)
      expect(() => expect(list).toHaveSkipped([], terms)).toThrow(misuse)
      expect(list).toBeIn('received', terms)
      expect(list).toRefuse('agree', 'in-order', terms)
    }
    expect(() => expect(['a']).toHaveKeptItsPromises(ignored)).toThrow(misuse)
    expect(['contact', 'own']).toFollow(pocock)
    expect(['reopen']).not.toFollow(pocock)
    expect(['breakPromise']).toFollow(pocock, { from: 'problem.confirm' })
    expect(given().log).toFollow(pocock)
  })

  it.each(['UTC', 'America/New_York', 'Asia/Kolkata'])(
    'read a time without an offset as UTC, wherever they run: %s',
    (zone) => {
      vi.stubEnv('TZ', zone)
      expect(new Date('2026-03-05T12:00').getTimezoneOffset() === 0).toBe(zone === 'UTC')
      const made = { name: 'agree', at: '2026-03-01', due: '2026-03-05T13:00:00Z' }
      for (const at of [
        '2026-03-05 12:00',
        '2026-03-05T12:00:00.000',
        '2026-03-05 12:30:00.123456',
        '2026-03-05 18:00+05:30',
      ]) {
        expect([made, { name: 'deliver', at }]).toHaveKeptItsPromises()
      }
      for (const at of [
        '2026-03-05 14:00',
        '2026-03-05T14:00:00',
        '2026-03-05 12:00-02',
        'Thu, 05 Mar 2026 14:00:00 GMT',
        'Thu, 05 Mar 2026 12:00:00 -0200',
        'Thu Mar 05 2026 12:00:00 GMT-0200 (Fernando de Noronha)',
      ]) {
        expect([made, { name: 'deliver', at }]).not.toHaveKeptItsPromises()
      }
      expect([made]).toHaveKeptItsPromises({ until: '2026-03-05 12:59' })
      expect([made]).not.toHaveKeptItsPromises({ until: '2026-03-05 13:01' })
      for (const at of ['March 5, 2026', '3/5/2026 12:00', '2026-02-31x', '2026-13-01']) {
        expect(() => expect([['own', at]]).toFollow(pocock)).toThrow(
          'has a time that can’t be read: give it as ISO 8601',
        )
      }
    },
  )

  it('refuse names that mean no command for a case, too', () => {
    const names = { refunded: 'delivr' }
    expect(() => expect(given()).toBeIn('received', { names })).toThrow(misuse)
    expect(() => expect(given().log).toHaveSkipped([], { names })).toThrow(misuse)
  })

  it('don’t guess when something was that has no time among others that have', () => {
    const list: Happened[] = [['agree', day(3)], 'own', ['listen', day(2)]]
    expect(() => expect(list).not.toFollow(pocock)).toThrow('“own” at place 1 has no time, and others have')
    expect(() =>
      expect([
        ['agree', day(3)],
        ['own', null],
      ]).not.toFollow(pocock),
    ).toThrow(misuse)
  })
})
