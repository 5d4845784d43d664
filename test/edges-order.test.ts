import { defineProtocol, heard, type Protocol, reflect } from 'redress'
import { EXAMPLE_START } from 'redress/testing'
import { describe, expect, it } from 'vitest'
import { judgeOrder } from '../src/machine/order.ts'
import { arrived, markOf, whereaboutsAfter } from '../src/machine/whereabouts.ts'

const anew = (): Protocol => defineProtocol({ ...heard, id: 'anew' }) as never

/** How each of these came, where the case stood, and where it stands after them. */
const orderOf = (names: string, terms: object = {}, protocol = anew()) => {
  const happenings = names.split(' ').map((name) => ({ name }))
  const { turns, state } = judgeOrder(protocol, happenings, terms)
  return [...turns.map(({ name, came }) => (came === 'in-turn' ? name : `${came}: ${name}`)), state]
}

describe('the edges of an order', () => {
  it('goes on with what came in its turn, and leaves out what did not', () => {
    expect(orderOf('own listen empathize apologize agree')).toEqual([
      'own',
      'listen',
      'empathize',
      'apologize',
      'agree',
      'problem.deliver',
    ])
    expect(orderOf('own agree listen dance empathize')).toEqual([
      'own',
      'out-of-turn: agree',
      'listen',
      'unknown: dance',
      'empathize',
      'person.apologize',
    ])
    expect(orderOf('own listen empathize apologize agree deliver confirm investigate improve').at(-1)).toBe('closed')
  })

  it('tells of each turn where the case stood, what was due, and what was skipped', () => {
    const { turns } = judgeOrder(anew(), [{ name: 'own', at: EXAMPLE_START }, { name: 'agree' }, { name: 'own' }])
    expect(turns).toEqual([
      { name: 'own', at: EXAMPLE_START, state: 'received', due: 'own', came: 'in-turn', skipped: [] },
      {
        name: 'agree',
        state: 'person.listen',
        due: 'listen',
        came: 'out-of-turn',
        skipped: ['listen', 'empathize', 'apologize'],
        sentence: 'Not yet: before “agree” come listen, empathize, and apologize.',
      },
      {
        name: 'own',
        state: 'person.listen',
        due: 'listen',
        came: 'out-of-turn',
        skipped: [],
        sentence: '“own” has had its turn.',
      },
    ])
  })

  it('begins where it is told, with all before it settled', () => {
    expect(orderOf('agree', { from: 'problem.agree' })).toEqual(['agree', 'problem.deliver'])
    expect(judgeOrder(anew(), [], { from: 'person.empathize' }).facts.steps).toEqual({ own: 'done', listen: 'done' })
    expect(judgeOrder(anew(), []).facts.steps).toEqual({})
    expect(Object.keys(judgeOrder(anew(), [], { from: 'closed' }).facts.steps)).toHaveLength(anew().steps.length)
    expect(orderOf('reopen', { from: 'closed' })).toEqual(['reopen', 'person.listen'])
    expect(orderOf('withdraw investigate', { from: 'person.empathize' })).toEqual([
      'withdraw',
      'investigate',
      'system.improve',
    ])
  })

  it('leads an anonymous complaint to the system, and one of a customer to the person', () => {
    expect(orderOf('own investigate', { anonymous: true })).toEqual(['own', 'investigate', 'system.improve'])
    expect(orderOf('own listen', { anonymous: true })).toEqual(['own', 'out-of-turn: listen', 'system.investigate'])
    expect(orderOf('own investigate')).toEqual(['own', 'out-of-turn: investigate', 'person.listen'])
  })

  it('leads back to no step that has not been', () => {
    expect(orderOf('own explain apologize')).toEqual(['own', 'explain', 'out-of-turn: apologize', 'person.listen'])
    const two = defineProtocol({ ...heard, id: 'two', person: [heard.person[2], heard.person[0]] }) as never
    expect(orderOf('own apologize explain apologize listen', {}, two)).toEqual([
      'own',
      'apologize',
      'explain',
      'apologize',
      'listen',
      'problem.agree',
    ])
    expect(orderOf('own apologize explain listen', {}, two).at(-1)).toBe('problem.agree')
  })

  it('takes for what came what comes next: confirmed or corrected, merged or not, fixed or failed', () => {
    const reflects = defineProtocol({
      ...heard,
      id: 'reflects',
      person: [heard.person[0], reflect, heard.person[2]],
    }) as never
    const told = (names: string) => orderOf(names, {}, reflects)
    expect(told('own listen reflect').at(-1)).toBe('person.apologize')
    expect(told('own listen reflect listen').at(-1)).toBe('person.reflect')
    expect(told('own listen reflect apologize').at(-1)).toBe('problem.agree')
    expect(orderOf('own merge reopen')).toEqual(['own', 'merge', 'out-of-turn: reopen', 'person.listen'])
    expect(orderOf('own merge listen empathize apologize reopen').at(-1)).toBe('person.listen')
    expect(orderOf('own merge listen empathize apologize agree').slice(-2)).toEqual(['out-of-turn: agree', 'closed'])
    const toConfirm = 'own listen empathize apologize agree deliver confirm'
    expect(orderOf(`${toConfirm} listen`).at(-1)).toBe('person.empathize')
    expect(orderOf(`${toConfirm} investigate`).at(-1)).toBe('system.improve')
    const stood = (names: string, protocol: Protocol) =>
      judgeOrder(
        protocol,
        names.split(' ').map((name) => ({ name })),
      ).turns.map(({ state }) => state)
    // What was left out is told as it looked then: confirmed.
    expect(stood('own listen reflect agree listen', reflects)).toEqual([
      'received',
      'person.listen',
      'person.reflect',
      'person.apologize',
      'person.listen',
    ])
    const two = defineProtocol({ ...heard, id: 'two', person: [heard.person[2], heard.person[0]] }) as never
    expect(stood('own apologize explain explain apologize', two)).toEqual([
      'received',
      'person.apologize',
      'person.listen',
      'person.listen',
      'person.apologize',
    ])
  })

  it('keeps to the states that it is told of', () => {
    const of = (name: string, from?: string, to?: string) => ({ name, from, to }) as never
    const stands = (...happenings: never[]) => judgeOrder(anew(), happenings).state
    expect(stands(of('own', 'received', 'person.listen'))).toBe('person.listen')
    expect(stands(of('own', 'closed'))).toBe('received')
    expect(orderOf('breakPromise improve', { from: 'system.improve' }).at(-1)).toBe('person.listen')
    expect(stands(of('own', 'received', 'system.investigate'))).toBe('received')
  })

  it('knows the places after a command, and what tells them apart', () => {
    const protocol = anew()
    expect(whereaboutsAfter(protocol, arrived, 'listen')).toEqual([])
    expect(whereaboutsAfter(protocol, arrived, 'dance')).toEqual([])
    const [owns, ...others] = whereaboutsAfter(protocol, arrived, 'own', EXAMPLE_START)
    expect(others).toEqual([])
    expect(owns).toMatchObject({ state: 'person.listen', lead: 'on', facts: { steps: { own: 'done' } } })
    if (owns === undefined) return
    const [merged] = whereaboutsAfter(protocol, owns, 'merge')
    expect(merged).toMatchObject({ state: 'person.listen', lead: 'stays' })
    expect(merged?.facts.mergedInto).toBeDefined()
    const [contained] = whereaboutsAfter(protocol, owns, 'contain')
    expect(contained?.facts.mergedInto).toBeUndefined()
    expect(markOf(protocol, owns)).toBe('person.listen investigate false')
    expect(merged && markOf(protocol, merged)).toBe('person.listen investigate true')
    expect(markOf(protocol, { state: 'problem.agree', facts: { ...owns.facts, mergedInto: 'x' } })).toBe(
      'problem.agree investigate false',
    )
  })
})
