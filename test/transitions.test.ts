import { createDesk, memoryStore, pocock, type Transition } from 'redress'
import { aComplaint, EXAMPLE_START, example, upTo } from 'redress/testing'
import { describe, expect, it } from 'vitest'
import { transitionsFrom } from '../src/desk/transitions.ts'

const now = () => new Date(EXAMPLE_START)

async function opened() {
  const desk = createDesk({ store: memoryStore(), now })
  await desk.open({ ...aComplaint, caseId: 'case-1' })
  return desk
}

const said = ({ entry }: Transition) => `${entry.version} ${entry.command.type}`

/** Listeners of which it can be seen how many there are. */
function countedListeners() {
  const hearing = new Set<(told: Transition) => unknown>()
  return {
    hearing,
    on: (_: string, listener: (told: never) => unknown) => {
      hearing.add(listener as (told: Transition) => unknown)
      return () => hearing.delete(listener as (told: Transition) => unknown)
    },
  } as never as { readonly hearing: typeof hearing } & Parameters<typeof transitionsFrom>[0]
}

describe('the transitions of a desk', () => {
  it('are those that are accepted from the call on, in the order of the log, each to every consumer', async () => {
    const desk = await opened()
    const heard: string[] = []
    desk.on('accepted', (told) => heard.push(said(told)))
    const [one, other] = [desk.transitions(), desk.transitions()]
    for (const command of upTo(pocock)) await desk.send('case-1', command)
    await desk.send('case-1', example('agree'))
    for (const consumer of [one, other]) {
      const followed: string[] = []
      for await (const transition of consumer) {
        followed.push(said(transition))
        if (transition.case.state === 'closed') break
      }
      expect(followed).toEqual(heard)
    }
    expect(heard[0]).toBe('2 own')
  })

  it('are handed on as they come, to those who wait', async () => {
    const desk = await opened()
    const transitions = desk.transitions()
    const [first, second] = [transitions.next(), transitions.next()]
    await desk.send('case-1', upTo(pocock, 'reflect'))
    expect([await first, await second].map(({ value }) => said(value))).toEqual(['2 own', '3 listen'])
  })

  it('are stored when they are heard of', async () => {
    const store = memoryStore()
    const desk = createDesk({ store, now })
    const next = desk.transitions().next()
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    await next
    expect(await store.load('default', 'case-1')).toMatchObject({ version: 1 })
  })

  it('end when the signal aborts, for those who wait and for good', async () => {
    const desk = await opened()
    const ended = new AbortController()
    const transitions = desk.transitions({ signal: ended.signal })
    const waiting = transitions.next()
    ended.abort()
    expect(await waiting).toEqual({ done: true, value: undefined })
    await desk.send('case-1', example('own'))
    expect(await transitions.next()).toEqual({ done: true, value: undefined })
    expect(await desk.transitions({ signal: ended.signal }).next()).toEqual({ done: true, value: undefined })
  })

  it('leave no listener behind, however they end', async () => {
    const told = { caseId: 'case-1', entry: { version: 1 } } as Transition
    const ends: Readonly<Record<string, (ended: AbortController, it: AsyncIterableIterator<Transition>) => unknown>> = {
      abort: (ended) => ended.abort(),
      return: (_, it) => it.return?.(),
      async break(_, it) {
        for await (const _ of it) break
      },
      async throw(_, it) {
        const failing = async () => {
          for await (const _ of it) throw new Error('the consumer failed')
        }
        await expect(failing()).rejects.toThrow('the consumer failed')
      },
      async overflow(_, it) {
        await it.next()
        await expect(it.next()).rejects.toMatchObject({ code: 'overflowed' })
      },
    }
    for (const [how, end] of Object.entries(ends)) {
      const listeners = countedListeners()
      const ended = new AbortController()
      const transitions = transitionsFrom(listeners, { signal: ended.signal, buffer: 1 })
      for (const listener of listeners.hearing) for (let times = 0; times < 2; times++) listener(told)
      expect(listeners.hearing.size, how).toBe(1)
      await end(ended, transitions)
      expect(listeners.hearing.size, how).toBe(0)
    }
    const listeners = countedListeners()
    transitionsFrom(listeners, { signal: AbortSignal.abort() })
    expect(listeners.hearing.size).toBe(0)
  })

  it('that outgrow their buffer are handed over as far as it held, and then say what was missed', async () => {
    const desk = await opened()
    const [slow, quick] = [desk.transitions({ buffer: 2 }), desk.transitions({ buffer: 5 })]
    await desk.send('case-1', upTo(pocock, 'empathize'))
    expect(said((await slow.next()).value)).toBe('2 own')
    // A gap is never in the middle: what comes once there is room again is missed, too.
    await desk.send('case-1', example('empathize'))
    expect(said((await slow.next()).value)).toBe('3 listen')
    const facts = { missed: 3, caseId: 'case-1', version: 4 }
    await expect(slow.next()).rejects.toMatchObject({ code: 'overflowed', stored: false, facts })
    expect(await slow.next()).toEqual({ done: true, value: undefined })
    expect(said((await quick.next()).value)).toBe('2 own')
    const log: number[] = []
    for await (const { version } of desk.log(facts.caseId, facts.version - 1)) log.push(version)
    expect(log).toHaveLength(facts.missed)
  })

  it('come after the host’s commit, where they are written within its transaction', async () => {
    const store = memoryStore()
    const desk = createDesk({ store: { ...store, within: () => store }, now })
    const transitions = desk.transitions()
    const within = desk.within({})
    await within.open({ ...aComplaint, caseId: 'case-1' })
    let heard = false
    const next = transitions.next().then(({ value }) => {
      heard = true
      return said(value)
    })
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(heard).toBe(false)
    await within.committed()
    expect(await next).toBe('1 open')
  })

  it.each([
    [{ buffer: 0 }, '`buffer`'],
    [{ buffer: 1.5 }, '`buffer`'],
    [{ buffer: '9' }, '`buffer`'],
    [{ signal: {} }, '`signal`'],
    [{ signal: null }, '`signal`'],
  ])('are not followed with %o', async (options, named) => {
    const desk = await opened()
    expect(() => desk.transitions(options as never)).toThrow(
      expect.objectContaining({ code: 'input-invalid', message: expect.stringContaining(named) }),
    )
  })

  it('end when the desk has closed, with all that it told before', async () => {
    const desk = await opened()
    const [reading, waiting] = [desk.transitions(), desk.transitions()]
    const [, second] = [waiting.next(), waiting.next()]
    await desk.send('case-1', example('own'))
    await desk.close()
    expect(await second).toMatchObject({ done: true })
    const had: string[] = []
    for await (const transition of reading) had.push(said(transition))
    expect(had).toEqual(['2 own'])
    expect(() => desk.transitions()).toThrow(expect.objectContaining({ code: 'desk-closed' }))
  })
})
