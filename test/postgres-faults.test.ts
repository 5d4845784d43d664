import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { Client } from 'pg'
import { type Commit, createDesk, type Store } from 'redress'
import { postgresMigrations, postgresStore } from 'redress/postgres'
import { aComplaint, EXAMPLE_START, example } from 'redress/testing'
import 'redress/vitest'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { thrownBy } from './fixtures/thrown.ts'
import { nothingGoesUnhandled } from './fixtures/unhandled.ts'
import { poolsAt } from './postgres/pools.ts'
import { type Wire, wireTo } from './postgres/wire.ts'

const url = inject('databaseUrl')
const now = () => new Date(EXAMPLE_START)
const pools = poolsAt(url, `faults_${process.pid}`)
const pool = pools.open({ max: 4 })
nothingGoesUnhandled()
afterEach(() => pools.noneLeaks())
afterAll(() => pools.end())

let schemas = 0
const fresh = () => `faults_${process.pid}_${++schemas}`
const opening = (caseId = 'case-1') => ({ ...aComplaint, caseId })

describe('a connection to PostgreSQL that fails', () => {
  let wire: Wire
  let far: pg.Pool
  beforeAll(async () => {
    wire = await wireTo(url)
    far = pools.open({ connectionString: wire.url, max: 2, connectionTimeoutMillis: 2_000 })
  })
  afterAll(async () => {
    wire.mode = 'passes'
    await far.end()
    await wire.close()
  })

  it('after the commit leaves nobody knowing, until the same send is repeated', async () => {
    const desk = createDesk({ store: postgresStore(far, { schema: fresh() }), now })
    await desk.open(opening())
    wire.mode = 'deaf'
    const sent = thrownBy(desk.send('case-1', example('own'), { id: 'send-1' }))
    await pause(300)
    wire.cut()
    expect(await sent).toMatchObject({ code: 'store-failed', stored: 'unknown' })
    wire.mode = 'passes'
    expect(await desk.send('case-1', example('own'), { id: 'send-1' })).toMatchObject({
      accepted: true,
      repeated: true,
    })
    expect(await desk.send('case-1', example('listen'))).toMatchObject({ accepted: true, case: { version: 3 } })
  })

  it('before the commit stores nothing, as the same send tells when it is repeated', async () => {
    const desk = createDesk({ store: postgresStore(far, { schema: fresh() }), now })
    await desk.open(opening())
    wire.mode = 'cut'
    wire.cut()
    const error = await thrownBy(desk.send('case-1', example('own'), { id: 'send-1' }))
    expect(error).toMatchObject({ code: 'store-failed', stored: 'unknown' })
    wire.mode = 'passes'
    expect(await desk.send('case-1', example('own'), { id: 'send-1' })).toMatchObject({
      accepted: true,
      repeated: false,
    })
  })

  it('fails each send of a shared write, and the desk goes on afterwards with none lost nor doubled', async () => {
    const desk = createDesk({ store: postgresStore(far, { schema: fresh() }), now })
    const cases = Array.from({ length: 20 }, (_, index) => `case-${index}`)
    for (const caseId of cases) await desk.open(opening(caseId))
    wire.mode = 'deaf'
    const sent = cases.map((caseId) => thrownBy(desk.send(caseId, example('own'), { id: `own-${caseId}` })))
    await pause(300)
    wire.cut()
    for (const error of await Promise.all(sent)) expect(error).toMatchObject({ code: 'store-failed' })
    wire.mode = 'passes'
    const again = cases.map((caseId) => desk.send(caseId, example('own'), { id: `own-${caseId}` }))
    for (const answer of await Promise.all(again))
      expect(answer).toMatchObject({ accepted: true, case: { version: 2 } })
  })
})

describe('PostgreSQL', () => {
  it('out of connections is an error that says so, and passes', async () => {
    const narrow = pools.open({ max: 1, connectionTimeoutMillis: 100 })
    const desk = createDesk({ store: postgresStore(narrow, { schema: fresh() }), now })
    await desk.open(opening())
    const held = await narrow.connect()
    expect(await thrownBy(desk.send('case-1', example('own')))).toMatchObject({ code: 'store-failed' })
    held.release()
    expect(await desk.send('case-1', example('own'))).toBeAccepted()
    await narrow.end()
  })

  it('that keeps a row locked for too long is an error, and nothing was stored', async () => {
    const schema = fresh()
    const patient = pools.open({ options: '-c lock_timeout=200', max: 2 })
    const desk = createDesk({ store: postgresStore(patient, { schema }), now })
    await desk.open(opening())
    const other = await pool.connect()
    await other.query('BEGIN')
    await other.query(`SELECT 1 FROM ${schema}.redress_case FOR UPDATE`)
    const error = await thrownBy(desk.send('case-1', example('own')))
    expect(error).toMatchObject({ code: 'store-failed', stored: false, facts: { sqlState: '55P03' } })
    await other.query('ROLLBACK')
    other.release()
    expect(await desk.send('case-1', example('own'))).toMatchObject({ accepted: true, case: { version: 2 } })
    await patient.end()
  })

  it('whose schema is newer is left alone', async () => {
    const schema = fresh()
    await createDesk({ store: postgresStore(pool, { schema }), now }).open(opening())
    await pool.query(`INSERT INTO ${schema}.redress_schema VALUES (99)`)
    const desk = createDesk({ store: postgresStore(pool, { schema }), now })
    expect(await thrownBy(desk.look('case-1'))).toMatchObject({ code: 'store-newer', stored: false })
    await pool.query(`DELETE FROM ${schema}.redress_schema WHERE version = 99`)
    expect(await desk.look('case-1')).toMatchObject({ version: 1 })
  })

  it('is migrated by hosts who do it themselves, and by nobody else then', async () => {
    const schema = fresh()
    const store = postgresStore(pool, { schema, prefix: 'case_', createSchema: false })
    const desk = createDesk({ store, now })
    expect(await thrownBy(desk.open(opening()))).toMatchObject({ code: 'store-older', stored: false })
    await pool.query(`CREATE SCHEMA ${schema}`)
    for (const sql of postgresMigrations({ schema, prefix: 'case_' })) await pool.query(sql)
    expect(await desk.open(opening())).toBeAccepted()
  })

  it('is migrated once, however many desks begin at once', async () => {
    const schema = fresh()
    const desks = Array.from({ length: 8 }, () => createDesk({ store: postgresStore(pool, { schema }), now }))
    const answers = await Promise.all(desks.map((desk, index) => desk.open(opening(`case-${index}`))))
    expect(answers.every(({ accepted }) => accepted)).toBe(true)
    const { rows } = await pool.query(`SELECT version FROM ${schema}.redress_schema`)
    expect(rows).toEqual([{ version: 1 }])
  })

  it('takes no name of a table that would need care', () => {
    for (const place of [{ schema: 'a"b' }, { prefix: 'x; DROP TABLE case' }, { schema: '' }, { prefix: 7 as never }]) {
      expect(() => postgresStore(pool, place)).toThrow(/lower case letters/)
    }
  })
})

describe('what PostgreSQL’s store says of a failure', () => {
  it('is that nobody knows, where a pipe broke', async () => {
    const broken = { query: () => Promise.reject(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })) }
    const desk = createDesk({ store: postgresStore(broken), now })
    expect(await thrownBy(desk.open(opening()))).toMatchObject({ code: 'store-failed', stored: 'unknown' })
  })

  it('is told of the part of a batch that failed, and not of the part that was stored', async () => {
    const store = postgresStore(pool, { schema: fresh() })
    const written: Commit[] = []
    const commit = (batch: readonly Commit[]) => {
      written.push(...batch)
      return store.commit(batch)
    }
    await createDesk({ store: { ...store, commit }, now }).open(opening(), { id: 'opening' })
    const [first] = written as [Commit]
    const next = { ...first, caseId: 'case-2', commandId: 'one', state: { ...first.state, caseId: 'case-2' } }
    const unreadable = { ...next, commandId: 'other', ties: [{ kind: 'cause' as const, key: 'a\0b' }] }
    const error = expect.objectContaining({ code: 'store-failed', stored: false })
    expect(await store.commit([next, unreadable])).toEqual([{ outcome: 'committed' }, { outcome: 'failed', error }])
    expect(await store.load('default', 'case-2')).toBeDefined()
  })

  /** Two cases that stand at their second step, and the commits of it. */
  async function steps(store: Store): Promise<readonly [Commit, Commit]> {
    const written: Commit[] = []
    const { grouping: _, ...alone } = store
    const commit = async (batch: readonly Commit[]) => {
      if (batch[0]?.expectedVersion === 0) return store.commit(batch)
      written.push(...batch)
      return batch.map(() => ({ outcome: 'committed' as const }))
    }
    const desk = createDesk({ store: { ...alone, commit }, now })
    for (const caseId of ['case-1', 'case-2']) {
      await desk.open(opening(caseId))
      await desk.send(caseId, example('own'))
    }
    return written as unknown as [Commit, Commit]
  }

  it('of asking why one lost is told of that one alone: its neighbours are stored', async () => {
    const schema = fresh()
    const [one, other] = await steps(postgresStore(pool, { schema }))
    const impatient = {
      query: (config: pg.QueryConfig) =>
        /AS actual/.test(config.text)
          ? Promise.reject(Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' }))
          : pool.query(config),
    }
    const store = postgresStore(impatient as never, { schema })
    const error = expect.objectContaining({ code: 'store-failed', stored: false })
    const late = { ...other, expectedVersion: 7, state: { ...other.state, version: 8 } }
    expect(await store.commit([one, late])).toEqual([{ outcome: 'committed' }, { outcome: 'failed', error }])
  })

  it('is none where somebody has only claimed the cases meanwhile', async () => {
    const schema = fresh()
    const store = postgresStore(pool, { schema })
    const both = await steps(store)
    const claims = await pool.connect()
    await claims.query('BEGIN')
    await claims.query(`UPDATE ${schema}.redress_case SET leased_until = '2026-01-01T00:00:00.000Z'`)
    const written = store.commit(both)
    await pause(200)
    await claims.query('COMMIT')
    claims.release()
    expect(await written).toEqual([{ outcome: 'committed' }, { outcome: 'committed' }])
  })

  it('does not come of two stores on one connection, whatever their tables are called', async () => {
    const client = new Client(url)
    await client.connect()
    const desks = ['tan', 'tc0'].map((prefix) =>
      createDesk({ store: postgresStore(client, { schema: fresh(), prefix }), now }),
    )
    for (const desk of desks) {
      expect(await desk.open(opening())).toBeAccepted()
      expect(await desk.send('case-1', example('own'))).toBeAccepted()
    }
    await client.end()
  })
})
