import type { Store } from 'redress'
import { createDesk, memoryStore, pocock } from 'redress'
import { aComplaint, upTo } from 'redress/testing'
import 'redress/vitest'
import { describe, expect, test } from 'vitest'

/** A store that counts how often it was asked. */
function counting() {
  const store = memoryStore()
  const asked = { load: 0, commit: 0 }
  const counted: Store = {
    ...store,
    load(...of) {
      asked.load += 1
      return store.load(...of)
    },
    commit(batch) {
      asked.commit += 1
      return store.commit(batch)
    },
  }
  return { store: counted, asked }
}

const [own, listen, reflect, apologize] = upTo(pocock, 'agree')
const complaint = { ...aComplaint, caseId: 'case-1' }

describe('a desk remembers the cases that were used last', () => {
  test('so that a step on one of them asks the store once, to write', async () => {
    const { store, asked } = counting()
    const desk = createDesk({ store })
    await desk.open(complaint)
    await desk.send('case-1', own)
    await desk.send('case-1', listen)
    expect(asked).toEqual({ load: 0, commit: 3 })
  })

  test('no more of them than it may', async () => {
    const { store, asked } = counting()
    const desk = createDesk({ store, warmCases: 1 })
    await desk.open(complaint)
    await desk.open({ ...complaint, caseId: 'case-2' })
    await desk.send('case-2', own)
    expect(asked.load).toBe(0)
    await desk.send('case-1', own)
    expect(asked.load).toBe(1)
    await desk.send('case-1', listen)
    expect(asked.load).toBe(1)
  })

  test('none, where it may remember none', async () => {
    const { store, asked } = counting()
    const desk = createDesk({ store, warmCases: 0 })
    await desk.open(complaint)
    await desk.send('case-1', own)
    await desk.send('case-1', listen)
    expect(asked.load).toBe(2)
  })

  test('and judges anew what another desk has overtaken: accepted, where the newest state lets it pass', async () => {
    const { store } = counting()
    const [one, other] = [createDesk({ store }), createDesk({ store })]
    await one.open(complaint)
    await other.send('case-1', own)
    // To the first desk the case is still unowned.
    expect(await one.send('case-1', listen)).toMatchObject({ accepted: true, case: { version: 3 } })
    expect(await other.send('case-1', listen)).toBeRefused('out-of-order')
    expect(await other.send('case-1', reflect)).toMatchObject({ accepted: true, case: { version: 4 } })
  })

  test('and refuses nothing, malformed or stale, by what it remembers', async () => {
    const { store } = counting()
    const [one, other] = [createDesk({ store }), createDesk({ store })]
    await one.open(complaint)
    await other.send('case-1', own)
    const refusal = { open: expect.arrayContaining(['listen']) }
    expect(await one.send('case-1', { type: 'listen' })).toMatchObject({ accepted: false, refusal })
    await one.open({ ...complaint, caseId: 'case-2' })
    await other.send('case-2', own)
    expect(await one.send('case-2', listen, { expectedVersion: 2 })).toBeAccepted()
  })

  test('and what a host does to what it was handed changes no case', async () => {
    const { store } = counting()
    const spoil = (value: object): void => {
      for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) spoil(part)
      for (const key of Object.keys(value)) Reflect.set(value, key, 'spoilt')
    }
    const authorize = (request: object) => {
      spoil(request)
      return true
    }
    const desk = createDesk({ store, authorize })
    desk.on('accepted', spoil)
    for (const command of [own, listen, [reflect, apologize]]) {
      if (command === own) spoil(await desk.open({ ...complaint }))
      const answer = await desk.send('case-1', command)
      expect(answer.accepted).toBeTruthy()
      spoil(answer)
    }
    const { state, version, facts } = await desk.look('case-1')
    expect({ state, version, steps: facts.steps }).toEqual({
      state: 'person.empathize',
      version: 5,
      steps: { own: 'done', listen: 'done', reflect: 'done', apologize: 'done' },
    })
    const types: string[] = []
    for await (const { command } of desk.log('case-1')) types.push(command.type)
    expect(types).toEqual(['open', 'own', 'listen', 'reflect', 'apologize'])
  })
})
