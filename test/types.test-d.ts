import { DatabaseSync } from 'node:sqlite'
import type nodeTest from 'node:test'
import type { PGlite, Transaction } from '@electric-sql/pglite'
import { expect as expectOfJest } from '@jest/globals'
import Database from 'better-sqlite3'
import type pg from 'pg'
import type postgres from 'postgres'
import {
  type Command,
  type CommandInput,
  createDesk,
  createRecoveryMachine,
  customer,
  type Desk,
  defineProtocol,
  heard,
  listen,
  memoryStore,
  type Outcome,
  person,
  pocock,
  type StateName,
  step,
} from 'redress'
import type { PostgresClient } from 'redress/postgres'
import { type SqliteDatabase, sqliteStore } from 'redress/sqlite'
import type { TestRunner } from 'redress/testing'
import 'redress/jest'
import 'redress/vitest'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { createActor, type EventFrom, type SnapshotFrom } from 'xstate'
import * as z from 'zod'

const by = person('ana')
const at = '2026-03-02T09:00:00Z'

describe('the types of a protocol', () => {
  const machine = createRecoveryMachine(pocock)

  it('know its states', () => {
    type Value = SnapshotFrom<typeof machine>['value']
    expectTypeOf<{ person: 'listen' }>().toExtend<Value>()
    expectTypeOf<'closed'>().toExtend<Value>()
    expectTypeOf<{ person: 'agree' }>().not.toExtend<Value>()
    expectTypeOf<'person.listen'>().toExtend<StateName<typeof pocock>>()
    expectTypeOf<'person.reflect'>().not.toExtend<StateName<typeof heard>>()
    const snapshot = createActor(machine).getSnapshot()
    snapshot.matches({ person: 'listen' })
    // @ts-expect-error agree is no step of the person phase
    snapshot.matches({ person: 'agree' })
    expectTypeOf(snapshot.context.round).toEqualTypeOf<number>()
    expectTypeOf(snapshot.context.owner).toEqualTypeOf<string | undefined>()
  })

  it('know its events and their evidence', () => {
    const actor = createActor(machine)
    actor.send({ type: 'empathize', by, at, feeling: 'let down', words: 'I see.' })
    // @ts-expect-error empathy needs the feeling
    actor.send({ type: 'empathize', by, at, words: 'I see.' })
    // @ts-expect-error no such command
    actor.send({ type: 'apologise', by, at, words: 'Sorry' })
    expectTypeOf<EventFrom<typeof machine>['type']>().toEqualTypeOf<Command<typeof pocock>['type']>()
    expectTypeOf<'reflect'>().not.toExtend<Command<typeof heard>['type']>()
  })

  it('let a caller leave out the time, but not the actor', () => {
    expectTypeOf<{ type: 'askWhy'; by: typeof by; saidBy: typeof by; words: string }>().toExtend<
      CommandInput<typeof heard>
    >()
    expectTypeOf<{ type: 'askWhy'; saidBy: typeof by; words: string }>().not.toExtend<CommandInput<typeof heard>>()
  })

  it('know a host’s own steps', () => {
    const inspect = step({
      name: 'inspect',
      phase: 'person',
      summary: 'look',
      evidence: z.object({ found: z.string() }),
      rules: [{ id: 'seen', because: 'x', source: 'x', holds: ({ command }) => command.found.length > 0 }],
    })
    const ours = defineProtocol({ ...heard, id: 'ours', person: [listen, inspect] })
    const snapshot = createActor(createRecoveryMachine(ours)).getSnapshot()
    snapshot.matches({ person: 'inspect' })
    // @ts-expect-error this protocol has no empathize
    snapshot.matches({ person: 'empathize' })
    expectTypeOf<{ type: 'inspect'; by: typeof by; found: string }>().toExtend<CommandInput<typeof ours>>()
    expectTypeOf<{ type: 'inspect'; by: typeof by; found: number }>().not.toExtend<CommandInput<typeof ours>>()
  })
})

describe('a wrong protocol does not compile', () => {
  it('with an empty phase', () => {
    // @ts-expect-error the problem phase is empty
    expectTypeOf(() => defineProtocol({ ...heard, id: 'x', problem: [] })).toBeFunction()
  })
  it('with a step of one phase in another', () => {
    // @ts-expect-error agree belongs to the problem phase
    expectTypeOf(() => defineProtocol({ ...heard, id: 'x', person: [listen, heard.problem[0]] })).toBeFunction()
  })
  it('with a step twice', () => {
    // @ts-expect-error the step “listen” is there twice
    expectTypeOf(() => defineProtocol({ ...heard, id: 'x', person: [listen, listen] })).toBeFunction()
  })
})

describe('a desk', () => {
  it('offers the commands of its protocols, and takes anything', () => {
    const desk = createDesk({ store: memoryStore(), protocols: [heard] })
    expectTypeOf(desk.send).toBeCallableWith('case-1', { type: 'askWhy', by, words: 'Why?' })
    expectTypeOf(desk.send).toBeCallableWith('case-1', JSON.parse('{}') as unknown)
    desk.on('closed', ({ outcome, entry }) => {
      expectTypeOf(outcome).toEqualTypeOf<Outcome | undefined>()
      expectTypeOf(entry.version).toEqualTypeOf<number>()
    })
    // @ts-expect-error no such event
    desk.on('solved', () => {})
    expectTypeOf(customer('c-1').kind).toExtend<string>()
  })
})

describe('the transitions of a desk', () => {
  it('are those of its protocols', async () => {
    const desk = createDesk({ store: memoryStore(), protocols: [heard, pocock] })
    for await (const { case: after, entry } of desk.transitions()) {
      expectTypeOf(after.state).toEqualTypeOf<StateName<typeof heard | typeof pocock>>()
      if (entry.command.type === 'reflect') expectTypeOf(entry.command.heard).toEqualTypeOf<string>()
      // @ts-expect-error no command of these protocols
      if (entry.command.type === 'surprise') break
    }
    desk.on('accepted', ({ entry: { command } }) => {
      if (command.type === 'open') expectTypeOf(command.words).toEqualTypeOf<string>()
    })
    expectTypeOf(desk).toExtend<Desk>()
  })
})

describe('a PostgreSQL client', () => {
  it('may be one of pg’s, of postgres’, or PGlite, or a transaction of theirs', () => {
    expectTypeOf<pg.Pool>().toExtend<PostgresClient>()
    expectTypeOf<pg.Client>().toExtend<PostgresClient>()
    expectTypeOf<pg.PoolClient>().toExtend<PostgresClient>()
    expectTypeOf<postgres.Sql>().toExtend<PostgresClient>()
    expectTypeOf<postgres.TransactionSql>().toExtend<PostgresClient>()
    expectTypeOf<PGlite>().toExtend<PostgresClient>()
    expectTypeOf<Transaction>().toExtend<PostgresClient>()
    expectTypeOf<DatabaseSync>().not.toExtend<PostgresClient>()
  })
})

describe('a test runner', () => {
  it('may be vitest’s or node:test’s', () => {
    expectTypeOf<{ describe: typeof describe; it: typeof it }>().toExtend<TestRunner>()
    expectTypeOf<Pick<typeof nodeTest, 'describe' | 'it'>>().toExtend<TestRunner>()
  })
})

describe('a SQLite connection', () => {
  it('may be node:sqlite’s or better-sqlite3’s', () => {
    expectTypeOf(sqliteStore).toBeCallableWith(new Database('cases.db'))
    expectTypeOf(sqliteStore).toBeCallableWith(new DatabaseSync('cases.db'), { synchronous: 'normal' })
    expectTypeOf<DatabaseSync>().toExtend<SqliteDatabase>()
    expectTypeOf<Database.Database>().toExtend<SqliteDatabase>()
  })
})

describe('the matchers', () => {
  const desk = createDesk({ store: memoryStore() })
  const list = [{ name: 'own', at }]

  it('are known in vitest, and must be awaited where a log is', async () => {
    expectTypeOf(expect(list).toFollow(pocock)).toEqualTypeOf<void>()
    expectTypeOf(expect(list).not.toBeIn('closed')).toEqualTypeOf<void>()
    expectTypeOf(expect(await desk.look('case-1')).toHaveKeptItsPromises()).toEqualTypeOf<void>()
    expectTypeOf(expect(desk.log('case-1')).toFollow(pocock)).toEqualTypeOf<Promise<void>>()
    expectTypeOf(expect(desk.log('case-1')).not.toHaveSkipped(['listen'])).toEqualTypeOf<Promise<void>>()
    expectTypeOf(expect(desk.look('case-1')).resolves.toBeIn('closed')).toEqualTypeOf<Promise<void>>()
    expectTypeOf(expect(JSON.parse('[]')).toFollow(pocock)).toEqualTypeOf<void>()
    // @ts-expect-error no protocol
    expect(list).toFollow('pocock')
  })

  it('are known in vitest within others, and where they are not expected', () => {
    expect({ list }).toEqual({ list: expect.toFollow(pocock) })
    expect([list]).toEqual([expect.not.toBeRefused()])
    // @ts-expect-error no list of steps
    expect([list]).toEqual([expect.not.toHaveSkipped('listen')])
  })

  it('are known in Jest', async () => {
    expectTypeOf(expectOfJest(list).toFollow(pocock, { names: { assigned: 'own' } })).toEqualTypeOf<void>()
    expectTypeOf(expectOfJest(list).not.toBeIn('closed')).toEqualTypeOf<void>()
    expectTypeOf(expectOfJest(desk.log('case-1')).toFollow(pocock)).toEqualTypeOf<Promise<void>>()
    expectTypeOf(expectOfJest(desk.look('case-1')).resolves.toBeIn('closed')).toEqualTypeOf<Promise<void>>()
    expectOfJest({ list }).toEqual({ list: expectOfJest.toHaveSkipped([]) })
    expectOfJest([list]).toEqual([expectOfJest.not.toBeRefused()])
    // @ts-expect-error no protocol
    expectOfJest(list).toFollow('pocock')
    // @ts-expect-error no list of steps
    expectOfJest([list]).toEqual([expectOfJest.not.toHaveSkipped('listen')])
  })
})
