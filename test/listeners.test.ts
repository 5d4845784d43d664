import { createDesk, type DeskEvents, memoryStore, pocock } from 'redress'
import { aComplaint, EXAMPLE_START, example, upTo } from 'redress/testing'
import 'redress/vitest'
import { describe, expect, it } from 'vitest'

const now = () => new Date(EXAMPLE_START)

async function opened() {
  const desk = createDesk({ store: memoryStore(), now })
  await desk.open({ ...aComplaint, caseId: 'case-1' })
  return desk
}

describe('listeners', () => {
  it('hear of every transition after it is stored, in the order of the log', async () => {
    const store = memoryStore()
    const desk = createDesk({ store, now })
    const heard: string[] = []
    const stored: Promise<number | undefined>[] = []
    const events = ['opened', 'accepted', 'refused', 'phase-fixed', 'second-failure', 'closed'] as const
    for (const event of events) desk.on(event, (told) => heard.push(`${event} ${detail(told)}`))
    desk.on('accepted', ({ caseId }) => stored.push(store.load('default', caseId).then((one) => one?.version)))
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    await desk.send('case-1', example('agree'))
    for (const command of upTo(pocock)) await desk.send('case-1', command)
    await desk.send('case-1', example('reopen'))
    expect(heard).toEqual([
      'accepted open',
      'opened open',
      'refused in-order',
      ...['own', 'listen', 'reflect', 'apologize', 'empathize'].map((name) => `accepted ${name}`),
      'phase-fixed person',
      ...['agree', 'deliver', 'confirm', 'thank'].map((name) => `accepted ${name}`),
      'phase-fixed problem',
      ...['investigate', 'improve', 'verify', 'share'].map((name) => `accepted ${name}`),
      'phase-fixed system',
      'closed recovered',
      'accepted reopen',
      'second-failure reopened',
    ])
    expect(await Promise.all(stored)).toEqual(Array.from({ length: 15 }, (_, index) => index + 1))
  })

  it('hear each entry of a batch, with the case as it was then', async () => {
    const desk = await opened()
    const states: string[] = []
    desk.on('accepted', (told) => states.push(`${told.entry.to} ${told.case.state} ${told.case.version}`))
    await desk.send('case-1', upTo(pocock, 'reflect'))
    expect(states).toEqual(['person.listen person.listen 2', 'person.reflect person.reflect 3'])
  })

  it('hear nothing of a batch that was refused, but the refusal', async () => {
    const desk = await opened()
    const heard: string[] = []
    desk.on('accepted', () => heard.push('accepted'))
    desk.on('refused', ({ refusal, state }) => heard.push(`refused ${refusal.index} in ${state}`))
    await desk.send('case-1', [example('own'), example('agree')])
    expect(heard).toEqual(['refused 1 in received'])
    expect((await desk.look('case-1')).version).toBe(1)
  })

  it('hear nothing twice when a command is repeated', async () => {
    const desk = await opened()
    let heard = 0
    desk.on('accepted', () => heard++)
    const first = await desk.send('case-1', example('own'), { id: 'send-1' })
    const second = await desk.send('case-1', example('own'), { id: 'send-1' })
    expect(heard).toBe(1)
    expect(second).toMatchObject({ accepted: true, repeated: true, entries: first.accepted ? first.entries : [] })
  })

  it('stop hearing when they are removed, once for each time that they were added', async () => {
    const desk = await opened()
    let heard = 0
    const listener = () => heard++
    const removals = [desk.on('accepted', listener), desk.on('accepted', listener)]
    await desk.send('case-1', example('own'))
    removals[0]?.()
    removals[0]?.()
    await desk.send('case-1', example('listen'))
    removals[1]?.()
    await desk.send('case-1', example('reflect'))
    expect(heard).toBe(3)
  })

  it('that throw, reject or hang disturb nobody, and their error is heard', async () => {
    const desk = await opened()
    const errors: DeskEvents['listener-error'][] = []
    let heard = 0
    desk.on('listener-error', (error) => errors.push(error))
    desk.on('listener-error', () => {
      throw new Error('nobody hears this one')
    })
    desk.on('accepted', () => {
      throw new Error('thrown')
    })
    desk.on('accepted', () => Promise.reject(new Error('rejected')))
    // biome-ignore lint/suspicious/noThenProperty: what a host's own kind of promise may do
    desk.on('accepted', () => ({ then: (_: unknown, reject: (error: Error) => void) => reject(new Error('thenable')) }))
    desk.on('accepted', () => new Promise(() => {}))
    desk.on('accepted', () => heard++)
    const answer = await desk.send('case-1', example('own'))
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(answer).toBeAccepted()
    expect(heard).toBe(1)
    expect(errors.map(({ event, error }) => `${event}: ${(error as Error).message}`)).toEqual([
      'accepted: thrown',
      'accepted: rejected',
      'accepted: thenable',
    ])
  })

  it('can’t spoil what they are told for one another, nor the answer', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    const spoil = (value: object): void => {
      for (const key of Object.keys(value)) expect(Reflect.set(value, key, 'spoilt'), key).toBe(false)
      for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) spoil(part)
    }
    const events = ['opened', 'accepted', 'imported', 'refused', 'phase-fixed', 'second-failure', 'closed'] as const
    const errors: unknown[] = []
    const spoilt = new Set<string>()
    desk.on('listener-error', ({ error }) => errors.push(error))
    for (const event of events) {
      desk.on(event, (told) => {
        spoil(told)
        spoilt.add(event)
      })
    }
    const answers = [
      await desk.open({ ...aComplaint, caseId: 'case-1' }),
      await desk.send('case-1', [example('agree')]),
      await desk.send('case-1', upTo(pocock)),
      await desk.send('case-1', example('reopen')),
      await desk.import({ by: aComplaint.by, opening: { ...aComplaint, caseId: 'case-2' }, commands: [] }),
    ]
    expect(answers.map(({ accepted }) => accepted)).toEqual([true, false, true, true, true])
    expect(errors).toEqual([])
    expect([...spoilt].sort()).toEqual([...events].sort())
    expect(JSON.stringify(answers)).not.toContain('spoilt')
  })

  it('may send commands themselves, on the same case too', async () => {
    const desk = await opened()
    const done = new Promise((resolve) =>
      desk.on('accepted', async ({ entry }) => {
        if (entry.command.type === 'own') resolve(await desk.send('case-1', example('listen')))
      }),
    )
    await desk.send('case-1', example('own'))
    expect(await done).toBeAccepted()
  })
})

function detail(told: DeskEvents[keyof DeskEvents]): string {
  if ('refusal' in told) return told.refusal.rules[0]?.id ?? told.refusal.code
  if ('phase' in told) return told.phase
  if ('failure' in told) return told.failure.kind
  if ('outcome' in told) return String(told.outcome)
  return 'entry' in told ? told.entry.command.type : ''
}
