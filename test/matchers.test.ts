import { createDesk, defineProtocol, heard, memoryStore, pocock } from 'redress'
import { aComplaint, ana, EXAMPLE_START, example, given, owned, upTo } from 'redress/testing'
import { type Happened, matchers } from 'redress/vitest'
import { describe, expect, it } from 'vitest'

const ours = defineProtocol({ ...heard, id: 'ours' })
const day = (n: number) => `2026-03-0${n}T09:00:00.000Z`

/** A host's own list: the steps of a recovery, a minute apart. */
const timesOf = (...names: readonly string[]): Happened[] =>
  names.map((name, index) => ({ name, at: Date.parse(EXAMPLE_START) + index * 60_000 }))
const six = ['own', 'listen', 'reflect', 'apologize', 'empathize', 'agree'] as const

/** What a matcher says where it fails. */
const messageOf = (expectation: () => unknown): string => {
  try {
    expectation()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('It did not fail.')
}

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
    expect([]).toFollow(pocock)
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
    expect(() => expect(list).toFollow(pocock)).toThrow(
      'Nothing in the list has a name that pocock knows, but ticket.assigned',
    )
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
  })

  it('tells a state that there is not, and a protocol that it does not know', () => {
    expect(() => expect(given()).not.toBeIn('person.apologise')).toThrow('pocock has no state “person.apologise”')
    expect(() => expect(given(ours).case).toBeIn('received')).toThrow('ours@1, which is not shipped: give it')
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
    expect(now).toRefuse({ type: 'listen' })
  })

  it('asks the order of a list', () => {
    expect(timesOf('own')).toRefuse('agree', 'in-order')
    expect(timesOf('own')).not.toRefuse('listen', 'in-order')
    expect(() => expect(timesOf('own')).toRefuse('agree', 'both-agree')).toThrow('needs a case')
  })

  it('throws for a rule or a command that there is not, and for what no rule was asked of', () => {
    expect(() => expect(given()).not.toRefuse('agree', 'inorder')).toThrow('pocock has no rule “inorder”')
    expect(() => expect(given()).not.toRefuse('agreed')).toThrow('pocock has no command “agreed”')
    expect(() => expect(given()).not.toRefuse({ type: 'own' }, 'in-order')).toThrow(
      'No rule was asked: “own” can’t be read',
    )
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
    expect(['agree', 'deliver']).toHaveKeptItsPromises()
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
    for (const wrong of [undefined, 7, {}, 'own', [7], [{ at: day(2) }]]) {
      expect(() => expect(wrong).toFollow(pocock)).toThrow(TypeError)
    }
    expect(() => expect([['own', 'soon']]).toFollow(pocock)).toThrow('“own” has a time that can’t be read')
    expect(Object.keys(matchers)).toHaveLength(5)
  })
})
