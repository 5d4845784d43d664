import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import pg from 'pg'
import type { Commit, Desk, Entry, Store } from 'redress'
import { causeKey, createDesk, fold, memoryStore, pocock, RedressError } from 'redress'
import { postgresStore } from 'redress/postgres'
import { sqliteStore } from 'redress/sqlite'
import { aComplaint, ana, EXAMPLE_START, example, upTo } from 'redress/testing'
import 'redress/vitest'
import { afterAll, afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { thrownBy } from './fixtures/thrown.ts'
import { nothingGoesUnhandled } from './fixtures/unhandled.ts'
import { note, unlimited } from './fixtures/unlimited.ts'

const LONG = process.env['LONG'] !== undefined
const MANY_ENTRIES = LONG ? 10_000 : 1_000

nothingGoesUnhandled()
const folder = mkdtempSync(join(tmpdir(), 'redress-hostile-'))
const pool = new pg.Pool({ connectionString: inject('databaseUrl'), max: 4 })
pool.on('error', () => {})
afterAll(async () => {
  await pool.end()
  rmSync(folder, { recursive: true, force: true })
})
let opened = 0

const stores: Readonly<Record<string, () => Store>> = {
  memory: memoryStore,
  SQLite: () => sqliteStore(join(folder, `${++opened}.db`)),
  PostgreSQL: () => postgresStore(pool, { schema: `hostile_${process.pid}_${++opened}` }),
  ...(LONG && {
    'PostgreSQL, nothing prepared': () =>
      postgresStore(pool, { schema: `hostile_${process.pid}_${++opened}`, prepare: false }),
  }),
}

const now = () => new Date(EXAMPLE_START)

/** What a database, a driver or a format might take for its own. */
const payloads: readonly string[] = [
  `'); DROP TABLE redress_case; --`,
  `"; DELETE FROM redress_log; /*`,
  `' OR '1'='1`,
  `x'||(SELECT body FROM redress_case LIMIT 1)||'x`,
  '$1 $2 ?1 ?2 :name @name %s %1$s {} #{}',
  '$sql$ $redress$ $$; ROLLBACK; $$',
  String.raw`\u0000 \\u0000 \x00 \0 \' \" \\`,
  '{"version":99,"state":"closed"}',
  '[null,{"caseId":1}] -> ->> #>> @> ::json',
  'tab\there, \u0001\u001F\u007F\u0080, \uFEFF\uFFFE\uFFFF\uFFFD',
  'e\u0301 \u00E9 \u1E9B\u0323 ﬀ İ ı ß \u202Eabc\u202C',
  '👩‍👩‍👧‍👦 𝒳 \u{10FFFF} 漢字 العربية',
  '%_%_ LIKE * [a-z] ^$',
  '__proto__ constructor toString',
]

/** What a field says by one of a few words, or by the id of something that is there. */
const chosen = ['type', 'kind', 'answer', 'responsibility', 'resolved', 'kept', 'direction', 'latest', 'due', 'at']

/** The same with a payload in each text that is not one of a few words. */
const spoilt = (value: unknown, payload: string, key = ''): unknown =>
  chosen.includes(key)
    ? value
    : typeof value === 'string'
      ? payload
      : Array.isArray(value)
        ? value.map((one) => spoilt(one, payload, key))
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, spoilt(one, payload, name)]))
          : value

/** Equal as JSON is written, field by field in their order: byte for byte. */
const same = (one: unknown, other: unknown) => expect(JSON.stringify(one)).toBe(JSON.stringify(other))

describe.each(Object.entries(stores))('hostile input at the store in %s', (_, openStore) => {
  let store: Store
  let desk: Desk

  beforeEach(() => {
    store = openStore()
    desk = createDesk({ store, now, protocols: [pocock, unlimited] })
  })
  afterEach(() => store.close())

  async function logOf(of: Desk, caseId: string): Promise<readonly [Entry, ...Entry[]]> {
    const entries: Entry[] = []
    for await (const entry of of.log(caseId)) entries.push(entry)
    return entries as [Entry, ...Entry[]]
  }

  it('keeps what a database could take for its own as it is, in every text and every id', async () => {
    await desk.open({ ...aComplaint, caseId: 'neighbour' })
    for (const payload of payloads) {
      for (const tenant of ['default', payload]) await keepsIt(payload, tenant)
    }
    expect(await desk.look('neighbour')).toMatchObject({ version: 1 })
    expect((await logOf(desk, 'neighbour')).length).toBe(1)
  })

  /** A recovery in which every text and every id is the payload is read back as it was sent. */
  async function keepsIt(payload: string, tenant: string): Promise<void> {
    const there = createDesk({ store, now, tenant })
    const caseId = payload
    const said = { ...(spoilt(aComplaint, payload) as object), at: EXAMPLE_START }
    const opening = { ...said, caseId }
    const sent: object[] = [{ type: 'open', ...said }]
    expect(await there.open(opening, { id: payload }), payload).toMatchObject({ accepted: true, repeated: false })
    expect(await there.open(opening, { id: payload }), payload).toMatchObject({ accepted: true, repeated: true })
    for (const [index, command] of [...upTo(pocock, 'verify'), example('praise'), example('addBystander')].entries()) {
      const words = spoilt(command, payload) as object
      const id = `${payload}${index}`
      const answer = await there.send(caseId, words, { id })
      if (!answer.accepted) expect.fail(`${JSON.stringify(words)}: ${answer.refusal.sentence}`)
      same(await there.send(caseId, words, { id }), { ...answer, repeated: true })
      sent.push(words)
    }
    const log = await logOf(there, caseId)
    expect(log.length).toBe(sent.length)
    for (const [index, { command }] of log.entries()) expect(command).toMatchObject(sent[index] as object)
    same(fold(pocock, log), await store.load(tenant, caseId))
    const key = causeKey({ part: payload, stage: payload })
    expect(await store.tied(tenant, { kind: 'cause', key })).toEqual([caseId])
    const { causes } = await there.insights({ from: '2026-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z' })
    expect(causes.map((one) => one.key)).toContain(key)
  }

  it('keeps any text that it takes as it is, and takes any but a blank, a NUL and half a character', async () => {
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    const unit = fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
      { weight: 1, arbitrary: fc.constantFrom(0, 0x27, 0x22, 0x5c, 0xd83d, 0xdc00, 0xfeff, 0xfffe, 0x2028) },
    )
    const texts = fc.array(unit, { minLength: 1, maxLength: 8 }).map((units) => String.fromCharCode(...units))
    await fc.assert(
      fc.asyncProperty(texts, async (words) => {
        const answer = await desk.send('case-1', example('praise', { words }))
        const isText = words.isWellFormed() && !words.includes('\0') && words.trim() !== ''
        expect(answer.accepted).toBe(isText)
        if (!answer.accepted) return
        const { version } = answer.case
        for await (const { command } of desk.log('case-1', version - 1)) expect(command).toMatchObject({ words })
      }),
      { numRuns: LONG ? 2_000 : 150 },
    )
  })

  it.each(['a\0b', 'half \uD83D', '\uDC00 half'])(
    'refuses %j in every id and every text, and stores nothing',
    async (bad) => {
      await desk.open({ ...aComplaint, caseId: 'case-1' })
      const before = await logOf(desk, 'case-1')
      for (const field of ['caseId', 'customer', 'channel', 'words']) {
        expect(await desk.open({ ...aComplaint, [field]: bad })).toBeRefused('malformed')
      }
      for (const command of [...upTo(pocock), example('praise'), example('addBystander')]) {
        for (const [field, value] of Object.entries(command)) {
          if (typeof value !== 'string' || field === 'type') continue
          expect(await desk.send('case-1', { ...command, [field]: bad })).toBeRefused()
        }
      }
      expect(await desk.send('case-1', example('own'), { id: bad })).toBeRefused('malformed')
      for (const call of [desk.look(bad), desk.send(bad, example('own')), desk.explain(bad), logOf(desk, bad)]) {
        expect(await thrownBy(call)).toMatchObject({ code: 'case-unknown' })
      }
      same(await logOf(desk, 'case-1'), before)
    },
  )

  it('keeps 5 MB of evidence as it is', async () => {
    const caseId = 'large'
    await desk.open({ ...aComplaint, caseId, protocol: 'unlimited' })
    await desk.send(caseId, example('own'))
    const sheet = payloads.join('\n')
    const data = Array.from({ length: 40 }, (_, index) => `${index}${sheet.repeat(400)}`.slice(0, 130_000))
    const command = note(data)
    expect(Buffer.byteLength(JSON.stringify(command))).toBeGreaterThan(5_000_000)
    const answer = await desk.send(caseId, command, { id: 'large' })
    expect(answer).toBeAccepted()
    const [, , entry] = await logOf(desk, caseId)
    expect(entry?.command.type).toBe('note')
    same((entry as unknown as { command: { data: unknown } }).command.data, data)
    same(await desk.send(caseId, command, { id: 'large' }), { ...answer, repeated: true })
    expect(await desk.send(caseId, note([...data, 'x'.repeat(5_000_000)]))).toBeRefused('malformed')
    expect(await desk.erase(caseId, { by: ana, reason: 'asked for' })).toBeAccepted()
  })

  it(`reads a case of ${MANY_ENTRIES} entries as it was written, goes on with it, and erases it`, {
    timeout: 300_000,
  }, async () => {
    const caseId = 'long'
    await desk.open({ ...aComplaint, caseId })
    await desk.send(caseId, example('own'))
    const said: string[] = []
    while (said.length < MANY_ENTRIES) {
      const batch = Array.from(
        { length: 100 },
        (_, index) => `${said.length + index} ${payloads[index % payloads.length]}`,
      )
      const answer = await desk.send(
        caseId,
        batch.map((words) => example('praise', { words })),
      )
      expect(answer).toBeAccepted()
      said.push(...batch)
    }
    const log = await logOf(desk, caseId)
    expect(log.map(({ version }) => version)).toEqual(log.map((_, index) => index + 1))
    same(
      log.slice(2).map(({ command }) => (command as unknown as { readonly words: string }).words),
      said,
    )
    same(fold(pocock, log), await store.load('default', caseId))
    expect(await desk.send(caseId, example('listen'))).toMatchObject({ case: { version: MANY_ENTRIES + 3 } })
    expect(await desk.look(caseId)).toMatchObject({ due: 'reflect' })
    for await (const { version } of desk.log(caseId, MANY_ENTRIES + 2)) expect(version).toBe(MANY_ENTRIES + 3)
    expect(await desk.erase(caseId, { by: ana, reason: 'asked for' })).toBeAccepted()
    const left = await logOf(desk, caseId)
    expect(left.length).toBe(MANY_ENTRIES + 4)
    expect(JSON.stringify(left)).not.toContain('DROP TABLE')
  })

  it('shows nobody the case of another tenant, whatever is asked of it', async () => {
    const ours = createDesk({ store, now, tenant: 'ours' })
    const theirs = createDesk({ store, now, tenant: 'theirs' })
    await theirs.open({ ...aComplaint, caseId: 'secret', words: 'Zaharova' }, { id: 'their-opening' })
    for (const command of upTo(pocock, 'improve')) await theirs.send('secret', command, { id: `id-${command.type}` })
    const before = [await theirs.look('secret'), await logOf(theirs, 'secret')]
    await ours.open({ ...aComplaint, caseId: 'case-1' })
    for (const command of upTo(pocock, 'agree')) await ours.send('case-1', command)

    const request = { by: ana, reason: 'asked for' }
    const calls = [
      () => ours.look('secret'),
      () => ours.send('secret', example('praise'), { id: 'id-own' }),
      () => ours.send('secret', example('praise'), { id: 'their-opening' }),
      () => ours.explain('secret'),
      () => ours.explain('secret', example('praise')),
      () => ours.erase('secret', request),
      () => logOf(ours, 'secret'),
    ]
    for (const call of calls) expect(await thrownBy(call)).toMatchObject({ code: 'case-unknown' })
    const referring = [example('merge', { into: 'secret' }), example('joinIncident', { incident: 'secret' })]
    for (const command of referring) {
      const answer = await ours.send('case-1', command)
      expect(answer).toBeRefused('malformed')
      expect(JSON.stringify(answer)).not.toContain('Zaharova')
    }
    // Their ids are free here, and so is their case’s.
    expect(await ours.open({ ...aComplaint, caseId: 'secret' }, { id: 'their-opening' })).toMatchObject({
      accepted: true,
      repeated: false,
    })
    for (const tie of [{ kind: 'cause', key: causeKey({ part: 'packing', stage: 'dispatch' }) } as const]) {
      expect(await store.tied('ours', tie)).toEqual([])
      expect(await store.tied('theirs', tie)).toEqual(['secret'])
    }
    const period = { from: '2026-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z' }
    expect((await ours.insights(period)).causes).toEqual([])
    const claim = { by: '9999-01-01T00:00:00.000Z', limit: 9, now: EXAMPLE_START, until: EXAMPLE_START }
    expect((await store.claimDue('ours', claim)).map(({ caseId }) => caseId)).not.toContain('secret')
    expect([await theirs.look('secret'), await logOf(theirs, 'secret')]).toEqual(before)
  })

  it('is not opened for a tenant whose name a database would not give back', () => {
    for (const tenant of ['a\0b', 'half \uD83D', '\uDC00 half', ' a', 'a\nb', '', 'x'.repeat(201)]) {
      expect(() => createDesk({ store, tenant })).toThrow(RedressError)
    }
  })

  it('given what no desk would give it, keeps it as it is, or refuses it and goes on', async () => {
    const written: Commit[] = []
    const real = createDesk({
      now,
      store: {
        ...store,
        commit: (batch) => {
          written.push(...batch)
          return store.commit(batch)
        },
      },
    })
    await real.open({ ...aComplaint, caseId: 'case-1' }, { id: 'opening' })
    const [commit] = written as [Commit]
    const bad = ['a\0b', '', ' ', '\n', "'", '\\', '\\u0000', 'x'.repeat(300)]
    for (const [index, text] of bad.entries()) {
      const caseId = `${text}:${index}`
      const entries = commit.entries.map((entry) => ({
        ...entry,
        caseId,
        command: { ...entry.command, words: text },
      })) as Commit['entries']
      const one: Commit = {
        ...commit,
        caseId,
        entries,
        state: { ...commit.state, caseId },
        ties: [{ kind: 'cause', key: text }],
        commandId: text,
        receipt: { ...commit.receipt, caseId },
      }
      const result = await store.commit([one]).catch((error: unknown) => error)
      if (result instanceof RedressError) {
        expect(result).toMatchObject({ code: 'store-failed', stored: false })
        continue
      }
      expect(result).toEqual([{ outcome: 'committed' }])
      same(await store.load(one.tenant, caseId), one.state)
      for await (const entry of store.log(one.tenant, caseId)) same(entry, one.entries[0])
      expect((await store.remembered(one.tenant, text))?.receipt).toEqual(one.receipt)
      expect(await store.tied(one.tenant, { kind: 'cause', key: text })).toEqual([caseId])
    }
    expect(await real.send('case-1', example('own'))).toBeAccepted()
  })
})
