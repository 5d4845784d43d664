import { createDesk, memoryStore, person, pocock } from 'redress'
import { aComplaint, ben, EXAMPLE_START, example, upTo } from 'redress/testing'
import 'redress/vitest'
import { describe, expect, it } from 'vitest'

const now = () => new Date(EXAMPLE_START)
const carl = person('carl')

describe('who may do what', () => {
  it('is asked of the host, with the actor, the command and the case', async () => {
    const asked: string[] = []
    const desk = createDesk({
      store: memoryStore(),
      now,
      authorize: ({ actor, command, case: now }) => {
        asked.push(`${actor.id} ${command.type} ${now?.state}`)
        return command.type === 'listen' ? 'Only the hotline listens.' : actor.id !== 'carl'
      },
    })
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    await desk.send('case-1', example('own'))
    expect(await desk.send('case-1', example('askWhy', { by: carl }))).toMatchObject({
      accepted: false,
      refusal: { code: 'forbidden', command: 'askWhy', index: 0 },
    })
    const batch = [example('askWhy'), example('listen')]
    const refused = { accepted: false, refusal: { code: 'forbidden', index: 1, sentence: 'Only the hotline listens.' } }
    expect(await desk.explain('case-1', batch)).toMatchObject(refused)
    expect(await desk.send('case-1', batch)).toMatchObject(refused)
    expect(asked.slice(0, 3)).toEqual(['ana open undefined', 'ana own received', 'carl askWhy person.listen'])
    const byCarl = { ...aComplaint, by: carl, caseId: 'case-2' }
    expect(await desk.open(byCarl)).toMatchObject({ refusal: { code: 'forbidden', command: 'open' } })
    await expect(desk.look('case-2')).rejects.toMatchObject({ code: 'case-unknown' })
    expect((await desk.look('case-1')).version).toBe(2)
  })

  it('may be asked of a directory that takes its time', async () => {
    const desk = createDesk({
      store: memoryStore(),
      now,
      roles: async ({ id }) => (id === 'ben' ? ['authority'] : []),
    })
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    await desk.send('case-1', example('own'))
    expect(await desk.send('case-1', example('waive', { by: carl }))).toBeRefused('forbidden')
    expect(await desk.send('case-1', example('approveRemedy', { by: carl }))).toMatchObject({
      refusal: { code: 'forbidden' },
    })
    expect(await desk.send('case-1', example('waive', { by: ben }))).toBeAccepted()
    expect(await desk.send('case-1', example('approveRemedy', { by: ben }))).toBeAccepted()
  })

  it('lets only the owner speak for the organisation, or the one to whom they hand over', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    await desk.send('case-1', upTo(pocock, 'apologize'))
    const byBen = example('apologize', { by: ben })
    expect(await desk.send('case-1', byBen)).toMatchObject({ refusal: { rules: [{ id: 'owner-speaks' }] } })
    await desk.send('case-1', example('handOff'))
    expect(await desk.explain('case-1', byBen)).toBeAccepted()
    await desk.send('case-1', example('acceptHandOff'))
    expect(await desk.send('case-1', example('apologize'))).toMatchObject({
      refusal: { rules: [{ id: 'owner-speaks' }] },
    })
    expect(await desk.send('case-1', byBen)).toBeAccepted()
  })

  it('is not asked for what the desk itself records when a promise falls due', async () => {
    let time = EXAMPLE_START
    const authorize = ({ command }: { command: { type: string } }) => command.type !== 'breakPromise'
    const desk = createDesk({ store: memoryStore(), now: () => new Date(time), authorize })
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    await desk.send('case-1', upTo(pocock, 'deliver'))
    expect(await desk.send('case-1', example('breakPromise'))).toBeRefused('forbidden')
    time = '2026-04-02T00:00:00.000Z'
    expect(await desk.tick()).toBe(1)
    expect(await desk.look('case-1')).toMatchObject({ state: 'person.listen', facts: { round: 2 } })
  })
})
