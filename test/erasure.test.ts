import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createDesk, defineProtocol, type Entry, full, heard, memoryStore, type Protocol, step, Words } from 'redress'
import { sqliteStore } from 'redress/sqlite'
import { aComplaint, ana, EXAMPLE_START, example, exampleOf } from 'redress/testing'
import 'redress/vitest'
import { afterAll, describe, expect, it } from 'vitest'
import * as z from 'zod'

const folder = mkdtempSync(join(tmpdir(), 'redress-erasure-'))
afterAll(() => rmSync(folder, { recursive: true }))

const SECRET = 'Xanthippe'
const now = () => new Date(EXAMPLE_START)

/** Every string in a command's personal fields, made one that is easy to look for. */
const secretly = (command: object): object =>
  JSON.parse(JSON.stringify(command), (key, value: unknown) =>
    typeof value === 'string' && personal.has(key) && !['confirmed', 'corrected'].includes(value)
      ? `${SECRET} ${value}`
      : value,
  )

const personal = new Set(
  `words introduced account outcome heard correction unmeasured explanation feeling text what wanted got letsUsFix
   customerSide staffSide evidence toldCustomer toldTeam reason answer notApplicable how briefing`.split(/\s+/),
)
const notPersonal = (type: string) => type === 'pause' || type === 'setPriority'

async function logOf(desk: { log(caseId: string): AsyncIterable<Entry> }): Promise<Entry[]> {
  const entries: Entry[] = []
  for await (const entry of desk.log('case-1')) entries.push(entry)
  return entries
}

/** A case in which everybody said something in every field that there is. */
async function talkative(desk: ReturnType<typeof createDesk>, protocol: Protocol) {
  await desk.open(secretly({ ...aComplaint, caseId: 'case-1' }))
  const before = [
    example('own'),
    example('contact', { words: 'Hello' }),
    example('praise'),
    example('addBystander'),
    example('acknowledgeBystander'),
    example('contain'),
    example('askWhy'),
    example('explain'),
    example('attempt'),
    example('makePromise'),
    example('reportAgain'),
    example('keepPromise'),
    example('handOff'),
    example('declineHandOff'),
    example('resume'),
  ]
  const steps = protocol.steps.slice(1).map(({ name }) =>
    exampleOf(protocol, name, {
      ...(name === 'deliver' ? { kept: ['p2'] } : {}),
      ...(name === 'improve' ? { keepDoing: [`${SECRET} drove`] } : {}),
      ...(name === 'reflect' ? { customer: { answer: 'corrected', correction: 'No.' } } : {}),
    }),
  )
  for (const command of [...before, ...steps.slice(0, 2), example('listen'), example('reflect'), ...steps.slice(2)]) {
    await desk.send('case-1', notPersonal(command.type) ? command : secretly(command), { id: crypto.randomUUID() })
  }
}

describe('erasing a case', () => {
  const protocols = [full as Protocol] as const

  for (const place of ['memory', 'sqlite'] as const) {
    it(`removes what was said from the ${place} store, and leaves types, times, actors and versions`, async () => {
      const path = join(folder, `${place}.db`)
      const store = place === 'memory' ? memoryStore() : sqliteStore(path)
      const desk = createDesk({ store, protocols, now })
      await talkative(desk as never, full as Protocol)
      const before = await logOf(desk)
      const view = await desk.look('case-1')
      expect(view.state).toBe('closed')
      expect(JSON.stringify(before).split(SECRET).length).toBeGreaterThan(30)

      const answer = await desk.erase('case-1', { by: ana, reason: 'request' })

      expect(answer).toMatchObject({ accepted: true, entries: [{ command: { type: 'erase', by: ana } }] })
      const after = await logOf(desk)
      expect(JSON.stringify(after)).not.toContain(SECRET)
      const outline = (entries: readonly Entry[]) =>
        entries.map(({ command, ...entry }) => ({ ...entry, type: command.type, by: command.by, at: command.at }))
      expect(outline(after.slice(0, -1))).toEqual(outline(before))
      expect(JSON.stringify(await desk.look('case-1'))).not.toContain(SECRET)
      if (place === 'sqlite') {
        const files = readdirSync(folder).filter((name) => name.startsWith('sqlite.db'))
        expect(files.length).toBeGreaterThan(0)
        for (const name of files) expect(readFileSync(join(folder, name)).includes(SECRET)).toBe(false)
      }
      await store.close()
    })
  }

  it('finds the words in the database file before, so that not finding them afterwards says something', async () => {
    const path = join(folder, 'before.db')
    const store = sqliteStore(path)
    const desk = createDesk({ store, protocols, now })
    await talkative(desk as never, full as Protocol)
    const files = readdirSync(folder).filter((name) => name.startsWith('before.db'))
    expect(files.some((name) => readFileSync(join(folder, name)).includes(SECRET))).toBe(true)
    await store.close()
  })

  it('within the host’s transaction leaves nothing in the files once the desk has written again', async () => {
    const path = join(folder, 'within.db')
    const store = sqliteStore(path)
    const desk = createDesk({ store, protocols, now })
    await talkative(desk as never, full as Protocol)
    const host = new DatabaseSync(path)
    host.exec('BEGIN IMMEDIATE')
    const inside = desk.within(host)
    expect(await inside.erase('case-1', { by: ana, reason: 'request' })).toBeAccepted()
    host.exec('COMMIT')
    await inside.committed()
    await desk.open({ ...aComplaint, caseId: 'case-2' })
    const files = readdirSync(folder).filter((name) => name.startsWith('within.db'))
    for (const name of files) expect(readFileSync(join(folder, name)).includes(SECRET), name).toBe(false)
    host.close()
    await store.close()
  })

  it('is refused while there is a legal hold, which blocks nothing else', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    await desk.send('case-1', [example('placeHold'), example('own'), example('listen')])
    const refused = await desk.erase('case-1', { by: ana, reason: 'request' })
    expect(refused).toMatchObject({ accepted: false, refusal: { rules: [{ id: 'no-erasure-under-hold' }] } })
    expect(JSON.stringify(await logOf(desk))).toContain('paper')
    expect(await desk.send('case-1', [example('reflect'), example('apologize')])).toBeAccepted()
    await desk.send('case-1', example('liftHold'))
    expect(await desk.erase('case-1', { by: ana, reason: 'request' })).toBeAccepted()
  })

  it('can’t be had by sending a command, nor without saying who and why', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    expect(await desk.send('case-1', { type: 'erase', by: ana, reason: 'request' })).toBeRefused('malformed')
    for (const request of [undefined, {}, { by: ana }, { reason: 'x' }, { by: ana, reason: 'x', all: true }]) {
      expect(await desk.erase('case-1', request)).toBeRefused('malformed')
    }
  })

  it('can be repeated, and answers a repeated send of before without its words', async () => {
    const desk = createDesk({ store: memoryStore(), now })
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    await desk.send('case-1', example('own'), { id: 'send-1' })
    await desk.erase('case-1', { by: ana, reason: 'request' }, { id: 'erase-1' })
    expect(await desk.erase('case-1', { by: ana, reason: 'request' }, { id: 'erase-1' })).toMatchObject({
      repeated: true,
    })
    expect(await desk.erase('case-1', { by: ana, reason: 'again' })).toBeAccepted()
    expect(await desk.send('case-1', example('own'), { id: 'send-1' })).toMatchObject({
      accepted: true,
      repeated: true,
      entries: [{ command: { type: 'own', introduced: '[erased]' } }],
    })
  })

  it('reaches the fields that a host marks as personal, and no others', async () => {
    const ours = defineProtocol({
      ...heard,
      id: 'ours',
      person: [
        step({
          name: 'inspect',
          phase: 'person',
          summary: 'look at the thing',
          evidence: z.object({
            found: z.array(z.object({ words: Words, shelf: z.string() })),
            model: z.string(),
            pair: z.tuple([z.string(), Words]),
            named: z.record(z.string(), Words.nullable()),
            both: z.intersection(z.object({ one: Words }), z.object({ other: Words.optional() })),
            either: z.discriminatedUnion('is', [
              z.object({ is: z.literal('said'), said: Words }),
              z.object({ is: z.literal('seen') }),
            ]),
            lazy: z.lazy(() => z.object({ words: Words.readonly() })),
            byName: z.record(Words, z.number()),
            anything: z.looseObject({ known: z.string() }).catchall(Words),
            trimmed: Words.transform((words) => words.trim()).pipe(z.string()),
            one: z.union([z.object({ is: z.string() }), z.object({ is: Words })]),
          }),
        }),
      ],
    })
    const desk = createDesk({ store: memoryStore(), protocols: [ours], now })
    await desk.open({ ...aComplaint, caseId: 'case-1' })
    const found = [{ words: `${SECRET} broke it`, shelf: 'A1' }]
    const wrapped = {
      pair: ['left', SECRET],
      named: { a: SECRET, b: null },
      both: { one: SECRET, other: SECRET },
      either: { is: 'said', said: SECRET },
      lazy: { words: SECRET },
      byName: { [SECRET]: 1, [`${SECRET} again`]: 2 },
      anything: { known: 'A1', more: SECRET },
      trimmed: ` ${SECRET} `,
      one: { is: SECRET },
    }
    await desk.send('case-1', [example('own'), example('inspect', { found, model: 'L-2', ...wrapped })])
    expect((await desk.look('case-1')).version).toBe(3)
    await desk.erase('case-1', { by: ana, reason: 'request' })
    expect((await logOf(desk))[2]?.command).toEqual({
      ...example('inspect'),
      at: EXAMPLE_START,
      found: [{ words: '[erased]', shelf: 'A1' }],
      model: 'L-2',
      pair: ['left', '[erased]'],
      named: { a: '[erased]', b: null },
      both: { one: '[erased]', other: '[erased]' },
      either: { is: 'said', said: '[erased]' },
      lazy: { words: '[erased]' },
      byName: { '[erased] 1': 1, '[erased] 2': 2 },
      anything: { known: 'A1', more: '[erased]' },
      trimmed: '[erased]',
      one: { is: '[erased]' },
    })
  })
})
