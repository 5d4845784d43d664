import {
  agree,
  apologize,
  confirm,
  createDesk,
  defineProtocol,
  deliver,
  empathize,
  improve,
  investigate,
  listen,
  memoryStore,
  type Protocol,
  pocock,
  pocockRules,
  RedressError,
  reflect,
  rule,
  step,
} from 'redress'
import { aComplaint, example, given, upTo } from 'redress/testing'
import 'redress/vitest'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'

const sound = {
  id: 'ours',
  version: 1,
  source: 'us',
  person: [listen, apologize],
  problem: [agree, deliver, confirm],
  system: [investigate, improve],
} as const

const faultsOf = (wrong: object): readonly string[] => {
  try {
    defineProtocol({ ...sound, ...wrong } as never)
  } catch (error) {
    expect(error).toBeInstanceOf(RedressError)
    expect((error as RedressError).code).toBe('protocol-faulty')
    return (error as RedressError).facts['faults'] as string[]
  }
  return []
}

const inspect = step({
  name: 'inspect',
  phase: 'person',
  summary: 'look at the thing together',
  evidence: z.object({ found: z.string(), photos: z.number().int() }),
  rules: [
    {
      id: 'photographed',
      because: 'What was not photographed is disputed later.',
      source: 'us',
      holds: ({ command }) => command.photos > 0,
    },
  ],
})

describe('a protocol is refused, and the fault named, when', () => {
  const wrong: Readonly<Record<string, readonly [object, RegExp]>> = {
    'a phase is empty': [{ problem: [] }, /the problem phase is empty/],
    'a step is there twice': [{ person: [listen, listen] }, /“listen” is there twice/],
    'a step of one phase is in another': [
      { person: [listen, agree] },
      /“agree” belongs to the problem phase, not to person/,
    ],
    'a step has the name of a common command': [
      { person: [step({ ...inspect, name: 'waive' })] },
      /“waive” has the name of a command that every protocol has/,
    ],
    'a step would answer XState’s own events': [
      { person: [step({ ...inspect, name: 'xstate.init' })] },
      /needs a name of letters/,
    ],
    'a step has no way on': [{ person: [step({ ...inspect, leads: ['stays'] })] }, /“inspect” has no way on/],
    'a step leads back to none before it': [
      { person: [reflect, listen] },
      /“reflect” leads back to “listen”, which is no earlier/,
    ],
    'evidence has a field that every command has': [
      { person: [{ ...inspect, evidence: z.object({ by: z.string() }) }] },
      /fields that every command has: by/,
    ],
    'evidence is no object': [{ person: [{ ...inspect, evidence: z.string() }] }, /needs a z.object/],
    'evidence can’t be stored as JSON': [
      { person: [{ ...inspect, evidence: z.object({ when: z.date() }) }] },
      /can’t be stored as JSON/,
    ],
    'the order is switched off': [{ without: ['in-order'] }, /“in-order” can be neither replaced nor switched off/],
    'the order is replaced': [
      { rules: [rule({ id: 'in-order', because: 'x', source: 'x', on: ['agree'], holds: () => true })] },
      /neither replaced/,
    ],
    'a rule judges no command': [
      { rules: [{ id: 'vain', because: 'x', source: 'x', holds: () => false }] },
      /rules\.0\.on: must say which commands/,
    ],
    'a rule says nothing': [
      { rules: [{ id: 'vain', because: 'x', source: 'x', on: ['agree'] } as never] },
      /rules\.0\.holds: must be a function/,
    ],
    'it does without an unknown rule': [{ without: ['by-friday'] }, /“by-friday”, which is no rule of it/],
    'the id is not one': [{ id: 'Ours!' }, /id: must be lower case/],
    'the version is not one': [{ version: 0 }, /version/],
    'a phase is no list': [{ person: listen }, /person/],
    'a step is none': [{ person: [null] }, /something that is no step/],
  }
  for (const [when, [definition, fault]] of Object.entries(wrong)) {
    it(when, () => expect(faultsOf(definition).join('\n')).toMatch(fault))
  }

  it('it has several faults: all of them', () => {
    expect(faultsOf({ person: [], problem: [agree, agree], without: ['by-friday'] })).toHaveLength(3)
  })

  it('it is nothing at all', () => {
    for (const nothing of [undefined, null, 7, 'pocock', []]) {
      expect(() => defineProtocol(nothing as never)).toThrow(RedressError)
    }
  })
})

describe('a host’s own protocol', () => {
  const ours = defineProtocol({ ...sound, person: [listen, inspect, apologize] })
  const found = { found: 'a crack', photos: 2 }

  it('has steps with evidence and rules of its own', () => {
    const due = upTo(ours, 'inspect')
    given(ours as Protocol, due)
      .when(example('inspect', found))
      .accepts()
      .leavesIn('person.apologize')
    given(ours as Protocol, due)
      .when(example('inspect', { ...found, photos: 0 }))
      .refuses('photographed')
    const { verdict } = given(ours as Protocol, due).when(example('inspect', { found: 7 }))
    expect(verdict).toMatchObject({
      accepted: false,
      refusal: { code: 'malformed', issues: [{ path: 'found' }, { path: 'photos' }] },
    })
  })

  it('goes through to the end', () => {
    expect(given(ours as Protocol, upTo(ours, undefined, { inspect: found }))).toBeIn('closed')
  })

  it('switches a rule off by name, or puts a sterner one in its place', () => {
    const lax = defineProtocol({ ...sound, id: 'lax', without: ['both-agree'] })
    given(lax, upTo(lax, 'agree'))
      .when(example('agree', { promises: [] }))
      .accepts()
    const alone = rule({
      ...pocockRules[0],
      id: 'both-agree',
      because: 'No.',
      source: 'us',
      on: ['agree'],
      holds: () => false,
    })
    const stern = defineProtocol({ ...sound, id: 'stern', rules: [alone] })
    given(stern, upTo(stern, 'agree')).when(example('agree')).refuses('both-agree')
  })

  it('has the common rules and those of its own source only', () => {
    given(sound_, upTo(sound_, 'apologize'))
      .when(example('apologize', { responsibility: 'passed-on' }))
      .accepts()
      .leavesIn('problem.agree')
  })
  const sound_ = defineProtocol(sound)
})

describe('protocols and versions side by side', () => {
  const first = defineProtocol(sound)
  const second = defineProtocol({ ...sound, version: 2, person: [listen, empathize, apologize] })

  it('a case stays on the one it was opened with', async () => {
    const store = memoryStore()
    const before = createDesk({ store, protocols: [first] })
    await before.open({ ...aComplaint, caseId: 'old' })
    const desk = createDesk({ store, protocols: [pocock, first, second] })
    await desk.open({ ...aComplaint, caseId: 'new', protocol: 'ours' })
    await desk.open({ ...aComplaint, caseId: 'default' })
    await desk.open({ ...aComplaint, caseId: 'exact', protocol: 'ours@1' })
    const names = await Promise.all(
      ['old', 'new', 'default', 'exact'].map(async (id) => (await desk.look(id)).protocol),
    )
    expect(names).toEqual(['ours@1', 'ours@2', 'pocock@1', 'ours@1'])
    await desk.send('old', [example('own'), example('listen'), example('apologize')])
    await desk.send('new', [example('own'), example('listen')])
    expect(await desk.look('old')).toBeIn('problem.agree', { protocol: first as Protocol })
    expect((await desk.look('new')).due).toBe('empathize')
  })

  it('a desk that lacks the case’s protocol says so, and stores nothing', async () => {
    const store = memoryStore()
    await createDesk({ store, protocols: [second] }).open({ ...aComplaint, caseId: 'new' })
    const desk = createDesk({ store, protocols: [first] })
    await expect(desk.send('new', example('own'))).rejects.toMatchObject({ code: 'protocol-unknown', stored: false })
    await expect(desk.open({ ...aComplaint, protocol: 'nobody' })).rejects.toMatchObject({ code: 'protocol-unknown' })
  })

  it('two of one name are refused', () => {
    expect(() => createDesk({ store: memoryStore(), protocols: [first, { ...first }] })).toThrow(/called “ours@1”/)
  })
})
