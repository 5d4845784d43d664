import { createDesk, memoryStore, pocock, type SendOptions } from 'redress'
import { aComplaint, ana, EXAMPLE_START, example, upTo } from 'redress/testing'
import 'redress/vitest'
import { describe, expect, it } from 'vitest'
import { thrownBy } from './fixtures/thrown.ts'

/** A desk on a store that waits, before it loads, until it is let. */
function slowDesk() {
  const store = memoryStore()
  let letGo = () => {}
  const gate = { wait: Promise.resolve() }
  const hold = () => {
    gate.wait = new Promise((resolve) => (letGo = resolve))
  }
  const load: typeof store.load = async (...of) => {
    await gate.wait
    return store.load(...of)
  }
  const desk = createDesk({ store: { ...store, load }, warmCases: 0, now: () => new Date(EXAMPLE_START) })
  return { store, desk, hold, letGo: () => letGo() }
}

const gone = new Error('The browser has gone.')

describe('a signal', () => {
  it('calls a send off that has written nothing yet, and it can be sent again', async () => {
    const { store, desk, hold, letGo } = slowDesk()
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    hold()
    const controller = new AbortController()
    const sent = thrownBy(desk.send('case-1', example('own'), { id: 'own-1', signal: controller.signal }))
    controller.abort(gone)
    letGo()
    expect(await sent).toMatchObject({ code: 'aborted', stored: false, cause: gone })
    expect((await store.load('default', 'case-1'))?.version).toBe(1)
    expect(await desk.send('case-1', example('own'), { id: 'own-1' })).toMatchObject({
      accepted: true,
      repeated: false,
    })
  })

  it('does nothing once it is written', async () => {
    const desk = createDesk({ store: memoryStore() })
    const controller = new AbortController()
    const { signal } = controller
    desk.on('accepted', () => controller.abort(gone))
    expect(await desk.open({ ...aComplaint, caseId: 'case-1' }, { signal })).toBeAccepted()
    expect(signal.aborted).toBe(true)
  })

  it('calls off an opening, an import and an erasure, too', async () => {
    const { desk } = slowDesk()
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    const options = { signal: AbortSignal.abort(gone) }
    const history = { by: ana, opening: { ...aComplaint, caseId: 'case-3' }, commands: [...upTo(pocock)] }
    for (const call of [
      desk.open({ ...aComplaint, caseId: 'case-2' }, options),
      desk.import(history, options),
      desk.erase('case-1', { by: ana, reason: 'asked for' }, options),
    ]) {
      expect(await thrownBy(call)).toMatchObject({ code: 'aborted', stored: false })
    }
    expect((await desk.find()).cases.map(({ caseId }) => caseId)).toEqual(['case-1'])
    expect((await desk.look('case-1')).version).toBe(1)
  })

  it('ends a tick between two claims', async () => {
    let now = new Date(EXAMPLE_START)
    const desk = createDesk({ store: memoryStore(), now: () => now })
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    await desk.send('case-1', upTo(pocock, 'deliver'))
    now = new Date(now.getTime() + 60 * 86_400_000)
    expect(await desk.tick(undefined, { signal: AbortSignal.abort() })).toBe(0)
    expect(await desk.tick()).toBe(1)
  })

  it('ends the reading of a log', async () => {
    const desk = createDesk({ store: memoryStore() })
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    await desk.send('case-1', upTo(pocock, 'listen'))
    const controller = new AbortController()
    const read: number[] = []
    const reading = async () => {
      for await (const { version } of desk.log('case-1', 0, { signal: controller.signal })) {
        read.push(version)
        controller.abort(gone)
      }
    }
    expect(await thrownBy(reading())).toMatchObject({ code: 'aborted', cause: gone })
    expect(read).toEqual([1])
  })

  it('is refused where it is none, and where the options can’t be read', async () => {
    const desk = createDesk({ store: memoryStore() })
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const unreadable = {
      get signal() {
        throw gone
      },
    }
    for (const options of [{ signal: 'now' }, { signal: null }, proxy, unreadable] as SendOptions[]) {
      const answer = await desk.send('case-1', example('own'), options)
      expect(answer).toBeRefused('malformed')
    }
    expect((await desk.look('case-1')).version).toBe(1)
  })
})
