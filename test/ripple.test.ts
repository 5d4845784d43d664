import type { Answer, Entry, Store } from 'redress'
import { createDesk, memoryStore, pocock, taylor } from 'redress'
import { sqliteStore } from 'redress/sqlite'
import { aComplaint, EXAMPLE_START, example, upTo } from 'redress/testing'
import 'redress/vitest'
import { describe, expect, it } from 'vitest'

const HOUR_MS = 3_600_000

/** A desk whose clock goes on by an hour with each call, and what it tells. */
function office(store: Store = memoryStore()) {
  let hours = 0
  const now = () => new Date(Date.parse(EXAMPLE_START) + hours * HOUR_MS)
  const desk = createDesk({ store, now, protocols: [pocock, taylor] })
  const refused: string[] = []
  const failed: unknown[] = []
  desk.on('refused', ({ refusal }) => refused.push(refusal.sentence))
  desk.on('desk-error', (failure) => failed.push(failure))
  return {
    desk,
    refused,
    failed,
    now: () => now().toISOString(),
    async open(caseId: string, protocol = 'pocock') {
      hours += 1
      await desk.open({ ...aComplaint, at: undefined, caseId, protocol })
    },
    async send(caseId: string, ...commands: readonly object[]): Promise<Answer> {
      hours += 1
      const answer = await desk.send(caseId, commands)
      if (!answer.accepted) throw new Error(answer.refusal.sentence)
      return answer
    },
    look: (caseId: string) => desk.look(caseId),
    async state(caseId: string) {
      return (await desk.look(caseId)).state
    },
    async said(caseId: string) {
      const said: string[] = []
      for await (const { command } of desk.log(caseId)) said.push(command.type)
      return said
    },
  }
}

const inTheSystem = upTo(pocock, 'investigate')
const theSystem = upTo(pocock).slice(inTheSystem.length)
const found = (...parts: readonly string[]) =>
  example('investigate', { causes: parts.map((part) => ({ part, stage: 'dispatch', text: 'So it is.' })) })

const stores: Readonly<Record<string, () => Store>> = { memory: memoryStore, sqlite: () => sqliteStore(':memory:') }

describe.each(Object.entries(stores))('a change that did not hold (%s)', (_, openStore) => {
  it('opens its system work again, says so, and says which case showed it', async () => {
    const { open, send, look, desk, now } = office(openStore())
    await open('first')
    await send('first', ...upTo(pocock))
    await open('second')
    await send('second', ...inTheSystem)
    expect(await look('first')).toBeIn('closed')
    await send('second', example('investigate'))
    const { state, facts } = await look('first')
    expect([state, facts.notHeld]).toEqual(['system.improve', ['packing × dispatch × ']])
    const log: Entry[] = []
    for await (const entry of desk.log('first')) log.push(entry)
    expect(log.at(-1)?.command).toEqual({
      type: 'changeFailed',
      by: { kind: 'machine', id: 'desk' },
      at: now(),
      cause: 'packing × dispatch × ',
      caseId: 'second',
    })
  })

  it('is found out by a case that comes and goes in one call, with a change of its own', async () => {
    const { open, send, state } = office(openStore())
    await open('first')
    await send('first', ...upTo(pocock))
    await open('second')
    await send('second', ...upTo(pocock))
    expect([await state('first'), await state('second')]).toEqual(['system.improve', 'closed'])
  })

  it('is found out at the end of its own work, by a case that came before it was shared', async () => {
    const { open, send, state, said } = office(openStore())
    await open('first')
    await send('first', ...upTo(pocock, 'share'))
    await open('second')
    await send('second', ...upTo(pocock, 'improve'))
    expect(await state('first')).toBe('system.share')
    await send('first', example('share'))
    expect((await said('first')).slice(-2)).toEqual(['share', 'changeFailed'])
    expect(await state('first')).toBe('system.improve')
  })

  it('is the newest one: those before it were answered by it', async () => {
    const { open, send, state } = office(openStore())
    for (const caseId of ['first', 'second']) {
      await open(caseId)
      await send(caseId, ...inTheSystem)
    }
    for (const caseId of ['first', 'second']) await send(caseId, ...theSystem)
    await open('third')
    await send('third', ...upTo(pocock, 'improve'))
    expect([await state('first'), await state('second')]).toEqual(['closed', 'system.improve'])
  })

  it('is none when the case came before the change, has another cause, or is another tenant’s', async () => {
    const store = openStore()
    const { open, send, state } = office(store)
    await open('before')
    await open('first')
    await send('first', ...upTo(pocock))
    await send('before', ...upTo(pocock, 'improve'))
    await open('other')
    await send('other', ...inTheSystem, found('van'))
    const elsewhere = createDesk({ store, tenant: 'other', now: () => new Date('2026-03-20T09:00:00Z') })
    await elsewhere.open({ ...aComplaint, at: undefined, caseId: 'there' })
    await elsewhere.send('there', upTo(pocock, 'improve'))
    expect(await state('first')).toBe('closed')
  })

  it('is none where nothing was changed', async () => {
    const { open, send, state, failed } = office(openStore())
    await open('first')
    await send('first', ...inTheSystem, example('investigate'))
    const waivers = ['improve', 'verify', 'share'].map((step) => example('waive', { step }))
    await send('first', ...waivers)
    await open('second')
    await send('second', ...upTo(pocock, 'improve'))
    expect([await state('first'), failed]).toEqual(['closed', []])
  })

  it('is opened again once for a change: neither a repetition nor a waiver in its place goes round in circles', async () => {
    const { open, send, desk, state, said, failed } = office(openStore())
    await open('first')
    await send('first', ...upTo(pocock))
    await open('second')
    await send('second', ...inTheSystem)
    const again = () => desk.send('second', example('investigate'), { id: 'found' })
    for (let times = 0; times < 3; times++) expect((await again()).accepted).toBe(true)
    expect((await said('first')).filter((type) => type === 'changeFailed').length).toBe(1)
    await send('first', ...['improve', 'verify', 'share'].map((step) => example('waive', { step })))
    await again()
    await send('second', example('improve'), example('verify'), example('share'))
    await again()
    expect([await state('first'), await state('second'), failed]).toEqual(['closed', 'closed', []])
  })

  it('ends, however often two cases of one cause open each other’s work: a change answers all that came before', async () => {
    const { open, send, state, said } = office(openStore())
    await open('first')
    await send('first', ...upTo(pocock))
    await open('second')
    await send('second', ...upTo(pocock))
    await send('first', example('improve'), example('verify'), example('share'))
    expect([await state('first'), await state('second')]).toEqual(['closed', 'closed'])
    await open('third')
    await send('third', ...upTo(pocock))
    // The newest change is that of the first.
    expect([await state('first'), await state('second')]).toEqual(['system.improve', 'closed'])
    expect((await said('first')).filter((type) => type === 'changeFailed').length).toBe(2)
  })
})

describe.each(Object.entries(stores))('an incident (%s)', (_, openStore) => {
  const joined = (incident: string) => [example('own'), example('joinIncident', { incident })]
  const personAndProblem = inTheSystem.slice(1)

  it('shares its system phase with all its members when it closes, and each keeps its own person phase', async () => {
    const { open, send, state, look, said, refused } = office(openStore())
    for (const caseId of ['incident', 'one', 'two', 'three']) await open(caseId)
    for (const caseId of ['one', 'two', 'three']) await send(caseId, ...joined('incident'))
    await send('one', ...personAndProblem)
    await send('two', ...personAndProblem)
    await send('incident', ...upTo(pocock))
    expect([await state('one'), await state('two'), await state('three')]).toEqual([
      'closed',
      'closed',
      'person.listen',
    ])
    const { facts, steps } = await look('two')
    expect([facts.outcome, facts.causes]).toEqual(['recovered', ['packing × dispatch × ']])
    expect(steps.every(({ settled }) => settled === 'done')).toBe(true)
    expect((await said('two')).at(-1)).toBe('shareStep')
    // What the desk tries in vain is nobody’s lesson.
    expect(refused).toEqual([])
    await send('three', ...personAndProblem)
    expect(await state('three')).toBe('closed')
  })

  it('shares it with a member that arrives, or joins, when it is closed', async () => {
    const { open, send, state } = office(openStore())
    for (const caseId of ['incident', 'late', 'later']) await open(caseId)
    await send('incident', ...upTo(pocock))
    await send('late', ...joined('incident'), ...personAndProblem)
    await send('later', ...inTheSystem)
    expect([await state('late'), await state('later')]).toEqual(['closed', 'system.investigate'])
    await send('later', example('joinIncident', { incident: 'incident' }))
    expect(await state('later')).toBe('closed')
    // Both are of the incident’s own failure.
    expect(await state('incident')).toBe('closed')
  })

  it('waits with a member whose bystanders are forgotten, until they are not', async () => {
    const { open, send, state } = office(openStore())
    await open('incident')
    await open('member')
    await send('member', ...joined('incident'), example('addBystander'), ...personAndProblem)
    await send('incident', ...upTo(pocock))
    expect(await state('member')).toBe('system.share')
    await send('member', example('acknowledgeBystander'))
    expect(await state('member')).toBe('closed')
  })

  it('shares nothing of before with a member that was opened again, and what it fixes since', async () => {
    const { open, send, state, said } = office(openStore())
    await open('incident')
    await open('member')
    await send('member', ...joined('incident'), ...personAndProblem)
    await send('incident', ...upTo(pocock))
    await send('member', example('reopen'))
    const promise = { ...example('deliver'), kept: ['p2'] }
    const again = personAndProblem.map((one) => ((one as { type: string }).type === 'deliver' ? promise : one))
    await send('member', ...again)
    expect(await state('member')).toBe('system.investigate')
    await send('incident', example('reopen'), ...again, ...theSystem)
    expect(await state('member')).toBe('closed')
    expect((await said('member')).filter((type) => type === 'shareStep').length).toBe(2 * pocock.system.length)
  })

  it('shares nothing when it was merged, which fixes no system', async () => {
    const { open, send, state } = office(openStore())
    for (const caseId of ['incident', 'member', 'another']) await open(caseId)
    await send('member', ...joined('incident'), ...personAndProblem)
    await send('incident', ...upTo(pocock, 'agree'), example('merge', { into: 'another' }))
    expect([await state('incident'), await state('member')]).toEqual(['closed', 'system.investigate'])
  })

  it('keeps the causes that a member found by itself', async () => {
    const { open, send, look } = office(openStore())
    for (const caseId of ['incident', 'member']) await open(caseId)
    await send('member', ...joined('incident'), ...personAndProblem, found('van'))
    await send('incident', ...upTo(pocock))
    expect((await look('member')).facts.causes).toEqual(['van × dispatch × ', 'packing × dispatch × '])
  })

  it('ends where incidents are members of each other', async () => {
    const { open, send, state, said } = office(openStore())
    for (const caseId of ['one', 'other']) await open(caseId)
    await send('one', ...joined('other'), ...personAndProblem)
    await send('other', ...joined('one'), ...personAndProblem)
    expect([await state('one'), await state('other')]).toEqual(Array(2).fill('system.investigate'))
    await send('one', ...theSystem)
    expect([await state('one'), await state('other')]).toEqual(['closed', 'closed'])
    expect((await said('one')).at(-1)).toBe('share')
  })

  it('passes it on where a member carries an incident of its own', async () => {
    const { open, send, state } = office(openStore())
    for (const caseId of ['flood', 'street', 'house']) await open(caseId)
    await send('house', ...joined('street'), ...personAndProblem)
    await send('street', ...joined('flood'), ...personAndProblem)
    await send('flood', ...upTo(pocock))
    expect([await state('street'), await state('house')]).toEqual(['closed', 'closed'])
  })

  it('leaves a member alone that has a change of its own to mend', async () => {
    const { open, send, state, said } = office(openStore())
    for (const caseId of ['incident', 'member']) await open(caseId)
    await send('member', ...joined('incident'), ...personAndProblem, ...theSystem)
    await open('recurs')
    await send('recurs', ...upTo(pocock, 'improve'))
    expect(await state('member')).toBe('system.improve')
    await send('incident', ...inTheSystem, found('van'), ...theSystem.slice(1))
    await send('member', example('contact'))
    expect([await state('incident'), await state('member')]).toEqual(['closed', 'system.improve'])
    await send('member', ...theSystem.slice(1))
    expect(await state('member')).toBe('closed')
    expect(await said('member')).not.toContain('shareStep')
  })
})

describe('a consequence that fails', () => {
  const deaf = (store: Store): Store & { deaf: boolean } => {
    const one = {
      ...store,
      deaf: false,
      tied: async (...asked: Parameters<Store['tied']>) => {
        if (one.deaf) throw new Error('no disk')
        return store.tied(...asked)
      },
    }
    return one
  }

  it('leaves the send as it stands, is told, and comes about when the send is repeated', async () => {
    const store = deaf(memoryStore())
    const { open, send, state, desk, failed } = office(store)
    await open('incident')
    await open('member')
    await send('member', example('own'), example('joinIncident', { incident: 'incident' }), ...inTheSystem.slice(1))
    await send('incident', ...upTo(pocock, 'share'))
    store.deaf = true
    const closing = () => desk.send('incident', example('share'), { id: 'the-end' })
    expect(await closing()).toMatchObject({ accepted: true, repeated: false })
    expect([await state('incident'), await state('member')]).toEqual(['closed', 'system.investigate'])
    expect(failed).toEqual([{ during: 'consequence', caseId: 'incident', error: new Error('no disk') }])
    store.deaf = false
    expect(await closing()).toMatchObject({ accepted: true, repeated: true })
    expect(await state('member')).toBe('closed')
  })

  it('keeps nobody else from theirs: a member whose protocol this desk lacks is passed over', async () => {
    const store = memoryStore()
    const { open, send, state } = office(store)
    await open('incident')
    await open('foreign', 'taylor')
    await open('member')
    await send('foreign', example('own'), example('joinIncident', { incident: 'incident' }))
    await send('foreign', ...upTo(taylor, 'investigate').slice(1))
    await send('member', example('own'), example('joinIncident', { incident: 'incident' }), ...inTheSystem.slice(1))
    const failed: object[] = []
    const narrow = createDesk({ store, now: () => new Date('2026-03-20T09:00:00Z') })
    narrow.on('desk-error', (failure) => failed.push(failure))
    expect(await narrow.send('incident', upTo(pocock))).toBeAccepted()
    expect(failed).toMatchObject([{ during: 'consequence', caseId: 'foreign', error: { code: 'protocol-unknown' } }])
    expect(await state('member')).toBe('closed')
  })
})
