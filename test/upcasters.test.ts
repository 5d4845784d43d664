import type { Case, Entry, Store } from 'redress'
import { createDesk, defineProtocol, heard, machine, memoryStore, pocock, step, type Upcaster } from 'redress'
import { aComplaint, example, upTo } from 'redress/testing'
import 'redress/vitest'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { createLift } from '../src/desk/lift.ts'
import { createShelf } from '../src/desk/shelf.ts'

const now = () => new Date('2026-03-02T10:00:00.000Z')

/** A protocol whose third version calls the listening `hear`, and writes down in minutes what was in words. */
const hear = step({ name: 'hear', phase: 'person', summary: 'hear them out', evidence: z.object({ minutes: z.int() }) })
const first = defineProtocol({ ...heard, id: 'ours', version: 1 })
const second = defineProtocol({ ...heard, id: 'ours', version: 2 })
const third = defineProtocol({
  ...heard,
  id: 'ours',
  version: 3,
  person: [hear, ...heard.person.filter(({ name }) => name !== 'listen')],
} as never)

const renamed = (state: Entry['from']) => (state === 'person.listen' ? ('person.hear' as never) : state)
const toSecond: Upcaster = { from: 'ours@1', to: 'ours@2', entry: (entry) => entry }
const toThird: Upcaster = {
  from: 'ours@2',
  to: 'ours@3',
  entry(entry) {
    const { type, by, at } = entry.command
    const command = type === 'listen' ? { type: 'hear', by, at, minutes: 5 } : entry.command
    return {
      ...entry,
      command: command as Entry['command'],
      from: renamed(entry.from),
      to: renamed(entry.to) as Entry['to'],
    }
  },
}

async function old(store: Store, protocols = [first]): Promise<Case> {
  const desk = createDesk({ store, protocols, now })
  await desk.open({ ...aComplaint, caseId: 'case-1' })
  const answer = await desk.send('case-1', upTo(first, 'empathize'))
  if (!answer.accepted) throw new Error(answer.refusal.sentence)
  return answer.case
}

const logOf = async (log: AsyncIterable<Entry>): Promise<readonly Entry[]> => {
  const entries: Entry[] = []
  for await (const entry of log) entries.push(entry)
  return entries
}

describe('a case of a protocol that the desk no longer has', () => {
  it('is lifted by an unbroken chain, folded anew, and goes on under the new version', async () => {
    const store = memoryStore()
    const before = await old(store)
    const desk = createDesk({ store, protocols: [third], upcasters: [toThird, toSecond], now })
    const seen = await desk.look('case-1')
    expect(seen.protocol).toBe('ours@3')
    expect(seen.version).toBe(before.version)
    expect(seen.facts.steps).toMatchObject({ own: 'done', hear: 'done' })
    expect(seen.facts.steps).not.toHaveProperty('listen')
    expect(await desk.send('case-1', example('empathize'))).toMatchObject({
      accepted: true,
      case: { protocol: 'ours@3' },
    })
  })

  it('keeps its log as it was written, and shows it in the new words', async () => {
    const store = memoryStore()
    await old(store)
    const desk = createDesk({ store, protocols: [third], upcasters: [toThird, toSecond], now })
    await desk.send('case-1', example('empathize'))
    const shown = await logOf(desk.log('case-1'))
    expect(shown.map(({ command }) => command.type)).toEqual(['open', 'own', 'hear', 'empathize'])
    expect(new Set(shown.map(({ protocol }) => protocol))).toEqual(new Set(['ours@3']))
    const kept = await logOf(store.log('default', 'case-1'))
    expect(kept.map(({ command, protocol }) => `${command.type} ${protocol}`)).toEqual([
      'open ours@1',
      'own ours@1',
      'listen ours@1',
      'empathize ours@3',
    ])
  })

  it('keeps all that its entries hold but command, from and to, whatever an upcaster gives back', async () => {
    const store = memoryStore()
    const at = now().toISOString()
    const by = machine('migration')
    const history = {
      by,
      opening: { ...aComplaint, at, caseId: 'case-1' },
      commands: [{ at, commandId: 'own-1', ...example('own') }],
    }
    expect(await createDesk({ store, protocols: [first], now }).import(history)).toBeAccepted()
    const kept = await logOf(store.log('default', 'case-1'))
    expect(kept).toMatchObject([{ importedBy: by }, { importedBy: by, commandId: 'own-1' }])
    const entry: Upcaster['entry'] = ({ command, from, to }) => ({ command, from, to }) as Entry
    const desk = createDesk({ store, protocols: [second], upcasters: [{ ...toSecond, entry }], now })
    expect(await logOf(desk.log('case-1'))).toEqual(kept.map((one) => ({ ...one, protocol: 'ours@2' })))
  })

  it('is not lifted while the desk has its version, side by side with the newer one', async () => {
    const store = memoryStore()
    await old(store)
    const desk = createDesk({ store, protocols: [third, second, first], upcasters: [toThird, toSecond], now })
    expect((await desk.look('case-1')).protocol).toBe('ours@1')
  })

  it('is lifted without its log where every upcaster says how the case itself reads', async () => {
    const store = memoryStore()
    const before = await old(store)
    let read = 0
    const watched: Store = {
      ...store,
      log(...of) {
        read += 1
        return store.log(...of)
      },
    }
    const state = (found: Case) => found
    const desk = createDesk({ store: watched, protocols: [second], upcasters: [{ ...toSecond, state }], now })
    expect((await desk.look('case-1')).facts).toEqual(before.facts)
    expect(read).toBe(0)
  })

  it('is refused, nothing guessed, where the chain is broken, where it lies, and where it can’t say something', async () => {
    const wrong: readonly (readonly [readonly Upcaster[], string])[] = [
      [[toSecond], 'protocol-unknown'],
      [[toThird], 'protocol-unknown'],
      [[toSecond, { ...toThird, entry: () => undefined }], 'case-unreadable'],
      [[toSecond, { ...toThird, entry: (entry) => entry }], 'case-unreadable'],
      [[toSecond, { ...toThird, entry: () => (undefined as never as Entry).command as never }], 'case-unreadable'],
      [
        [
          { ...toSecond, state: (found) => found },
          { ...toThird, state: (found) => ({ ...found, state: 'person.mourn' as never }) },
        ],
        'case-unreadable',
      ],
    ]
    for (const [upcasters, code] of wrong) {
      const store = memoryStore()
      const before = await old(store)
      const desk = createDesk({ store, protocols: [third], upcasters, now })
      await expect(desk.send('case-1', example('empathize'))).rejects.toMatchObject({ code, stored: false })
      expect(await store.load('default', 'case-1')).toEqual(before)
      expect((await desk.find({ needsAttention: true })).cases.map(({ caseId }) => caseId)).toEqual(['case-1'])
    }
  })

  it('is erased whole where the new version does not know a command or a field of the old one', async () => {
    const silent = defineProtocol({ ...heard, id: 'ours', version: 2, person: heard.person.slice(1) } as never)
    const state = (found: Case) => ({ ...found, state: 'person.empathize' }) as Case
    const older = { type: 'own', note: 'a field of old' }
    const store = memoryStore()
    await old(store)
    const aged: Store = {
      ...store,
      async *log(...of) {
        for await (const entry of store.log(...of)) {
          yield entry.command.type === 'own' ? { ...entry, command: { ...entry.command, ...older } as never } : entry
        }
      },
    }
    const desk = createDesk({ store: aged, protocols: [silent], upcasters: [{ ...toSecond, state }], now })
    expect(await desk.erase('case-1', { by: example('own').by, reason: 'asked for' })).toBeAccepted()
    const kept = JSON.stringify(await logOf(store.log('default', 'case-1')))
    expect(kept).toContain('"listen"')
    expect(kept).not.toContain('account')
    expect(kept).not.toContain(older.note)
  })

  it('is still listed by when it was opened, whatever an upcaster makes of that', async () => {
    const store = memoryStore()
    const before = await old(store)
    const entry = (one: Entry) => ({ ...one, command: { ...one.command, at: '2020-01-01T00:00:00.000Z' } })
    const desk = createDesk({ store, protocols: [second], upcasters: [{ ...toSecond, entry }], now })
    expect((await desk.look('case-1')).facts.openedAt).toBe(before.facts.openedAt)
  })

  it('is not taken for unreadable because its log can’t be read just now', async () => {
    const store = memoryStore()
    await old(store)
    let isDown = true
    const passing: Store = {
      ...store,
      log(...of) {
        if (isDown) throw new Error('read ECONNRESET')
        return store.log(...of)
      },
    }
    const desk = createDesk({ store: passing, protocols: [second], upcasters: [toSecond], now })
    await expect(desk.look('case-1')).rejects.toThrow('ECONNRESET')
    expect(await store.keys('default', 'attention')).toEqual([])
    isDown = false
    expect((await desk.look('case-1')).protocol).toBe('ours@2')
  })

  it('is erased in the words in which it is read, and nothing of the old ones stays', async () => {
    const store = memoryStore()
    await old(store)
    const desk = createDesk({ store, protocols: [second], upcasters: [toSecond], now })
    expect(await desk.erase('case-1', { by: example('own').by, reason: 'asked for' })).toBeAccepted()
    const kept = JSON.stringify(await logOf(store.log('default', 'case-1')))
    expect(kept).not.toContain(aComplaint.words)
    expect(kept).toContain('[erased]')
  })
})

describe('upcasters', () => {
  it('that lead nowhere are refused when the desk is set up', () => {
    const desk = (upcasters: readonly Upcaster[]) => () => createDesk({ store: memoryStore(), upcasters })
    expect(desk([toSecond, toSecond])).toThrow(/two begin at “ours@1”/)
    expect(desk([toSecond, { ...toSecond, from: 'ours@2', to: 'ours@1' }])).toThrow(/lead back/)
    expect(desk([{ from: 'a@1', to: 'a@2' } as never])).toThrow(/no `entry`/)
    expect(desk([toSecond, toThird])).not.toThrow()
  })

  it('of the lifecycle go before those of a protocol, and a lifecycle newer than this release is left alone', async () => {
    const store = memoryStore()
    const before = await old(store)
    const aged = { ...store, load: async () => ({ ...before, machine: 0 }) as Case }
    const order: string[] = []
    const said = (what: string) => (found: Case) => {
      order.push(what)
      return found
    }
    const lifecycle = [{ from: 0, entry: (entry: Entry) => entry, state: said('lifecycle') }]
    const upcaster: Upcaster = { ...toSecond, state: said('protocol') }
    const lift = createLift(createShelf([second]), [upcaster], 'default', undefined, lifecycle)
    expect(await lift.over(aged).load('default', 'case-1')).toMatchObject({ protocol: 'ours@2', machine: 1 })
    expect(order).toEqual(['lifecycle', 'protocol'])
    expect(lift.canRead({ protocol: 'ours@1', machine: 2 })).toBe(false)
    expect(
      createLift(createShelf([pocock]), [], 'default', undefined).canRead({ protocol: 'pocock@1', machine: 0 }),
    ).toBe(false)
  })
})
