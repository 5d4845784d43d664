import {
  agree,
  apologize,
  commonRules,
  confirm,
  defineProtocol,
  deliver,
  explain,
  faulkner,
  faulknerRules,
  full,
  heard,
  improve,
  investigate,
  latte,
  listen,
  type Protocol,
  phases,
  pocock,
  pocockRules,
  protocols,
  step,
  taylor,
  taylorRules,
} from 'redress'
import { example, exampleOf, given, upTo } from 'redress/testing'
import 'redress/vitest'
import { describe, expect } from 'vitest'
import * as z from 'zod'
import { everyRule } from './rows.ts'
import { proves } from './scenario.ts'

// biome-ignore format: a table
const table: readonly (readonly [id: string, person: string, problem: string, system: string])[] = [
  ['pocock',   'listen, reflect, apologize, empathize', 'agree, deliver, confirm, thank',           'investigate, improve, verify, share'],
  ['solomon',  'apologize, listen',                     'agree, deliver, confirm',                  'investigate, improve'],
  ['heard',    'listen, empathize, apologize',          'agree, deliver, confirm',                  'investigate, improve'],
  ['heart',    'listen, empathize, apologize',          'agree, deliver, confirm, thank',           'investigate, improve'],
  ['last',     'listen, apologize',                     'agree, deliver, confirm, thank',           'investigate, improve'],
  ['latte',    'listen, acknowledge',                   'agree, deliver, thank, explain',           'investigate, improve'],
  ['learn',    'listen, empathize, apologize',          'agree, deliver, confirm',                  'notify, investigate, improve'],
  ['blast',    'believe, listen, apologize',            'agree, deliver, confirm, thank',           'investigate, improve'],
  ['arffd',    'apologize, listen',                     'agree, deliver, confirm',                  'investigate, improve'],
  ['faulkner', 'listen',                                'agree, deliver, confirm',                  'investigate, improve, share'],
  ['taylor',   'listen, apologize',                     'agree, deliver, confirm, surprise',        'investigate, improve'],
  ['full',     'listen, reflect, apologize, empathize', 'agree, deliver, confirm, surprise, thank', 'investigate, improve, verify, share'],
]

const stepsOf = (protocol: Protocol) =>
  phases.map((phase) => protocol[phase].map(({ name }) => name).join(', ')) as readonly string[]

describe('§2 the protocols', () => {
  for (const [id, ...steps] of table) {
    proves(`§2 ${id}`, `${id} has its steps in the order of the page, and goes through them to the end`, () => {
      const protocol = protocols.find((one) => one.id === id) as Protocol
      expect(stepsOf(protocol)).toEqual(steps)
      const names = ['own', ...steps.flatMap((row) => row.split(', '))]
      names.forEach((name, index) => {
        const now = given(protocol, upTo(protocol, name))
        expect(now.case.state.split('.').at(-1)).toBe(index === 0 ? 'received' : name)
        for (const later of names.slice(index + 1)) {
          if (later === 'explain') continue
          now
            .when(exampleOf(protocol, later))
            .refuses('in-order', { skipped: names.slice(index, names.indexOf(later)) })
        }
      })
      given(protocol).when(upTo(protocol)).accepts().leavesIn('closed')
    })
  }

  proves(['§2 pocock', '§2 phases fixed'], 'pocock is the default, and the table has all that are shipped', () => {
    expect(given(example('own')).case.protocol).toBe('pocock@1')
    expect(protocols.map(({ id }) => id)).toEqual(table.map(([id]) => id))
  })

  proves('§2 faulkner', 'faulkner hears all six WHAT answers in a personal call, and nothing less', () => {
    const owned = given(faulkner, example('own'))
    owned.when(example('listen')).refuses('what-complete')
    owned.when(exampleOf(faulkner, 'listen', { talk: { unmeasured: 'by letter' } })).refuses('personal-contact')
    owned.when(exampleOf(faulkner, 'listen')).accepts().leavesIn('problem.agree')
  })

  proves('§2 source', 'every protocol says where its method comes from', () => {
    for (const { source } of protocols) expect(source).not.toBe('')
    expect(new Set(protocols.map(({ source }) => source)).size).toBe(protocols.length)
  })
})

const apologizeInWriting = step({
  name: 'apologizeInWriting',
  phase: 'person',
  summary: 'apologise in a letter of one’s own hand',
  evidence: z.object({ letter: z.string() }),
  said: true,
})

const ours = defineProtocol({
  id: 'ours',
  version: 1,
  source: 'our own house',
  person: [listen, apologizeInWriting],
  problem: [agree, deliver, confirm],
  system: [investigate, improve],
  requires: ['what-part'],
  rules: [...faulknerRules],
  without: ['personal-contact'],
})

describe('§2 a host’s own protocol', () => {
  const steps = {
    listen: { answers: { 'what-part': { answer: 'All of it.' } } },
    apologizeInWriting: { letter: 'I am.' },
  }

  proves(['§2 host’s own', '§2 phases fixed'], 'is judged and gone through like one that is shipped', () => {
    given(ours, example('own'))
      .when(example('agree'))
      .refuses('in-order', { skipped: ['listen', 'apologizeInWriting'] })
    given(ours)
      .when(upTo(ours, undefined, steps))
      .accepts()
      .leavesIn('closed')
  })

  proves('§2 questions and rules', 'says which questions it requires and which rules it has', () => {
    given(ours, example('own')).when(example('listen')).refuses('what-complete')
    given(ours, example('own')).when(example('listen', steps.listen)).accepts()
    given(ours, upTo(ours, 'investigate', steps))
      .when(example('investigate', { staffSide: undefined }))
      .refuses('both-sides-heard')
    given(heard, upTo(heard, 'investigate'))
      .when(example('investigate', { staffSide: undefined }))
      .accepts()
  })
})

describe('§2 the rules of the protocols', () => {
  const common = [
    'in-order',
    'owned-by-a-person',
    'both-agree',
    'promise-has-window-and-basis',
    'no-open-promises',
    'customer-confirms',
    'fair-hearing',
    'change-owned-and-dated',
    'bystanders-acknowledged',
    'loudness-blind',
  ]
  const idsOf = (protocol: Protocol) => protocol.judgedBy.map(({ id }) => id)

  proves('§2 common rules', 'all protocols have the common ones', () => {
    for (const protocol of protocols) expect(idsOf(protocol)).toEqual(expect.arrayContaining(common))
    for (const id of common) expect(commonRules.map((rule) => rule.id)).toContain(id)
  })

  proves('§2 own rules', 'each protocol has those of its own source, and none of another’s', () => {
    for (const [protocol, rules] of [
      [pocock, pocockRules],
      [faulkner, faulknerRules],
      [taylor, taylorRules],
    ] as const) {
      expect(idsOf(protocol)).toEqual(expect.arrayContaining(rules.map(({ id }) => id)))
    }
    given(heard, upTo(heard, 'apologize'))
      .when(example('apologize', { responsibility: 'passed-on' }))
      .accepts()
    expect(idsOf(pocock)).not.toContain('surprise-adds')
    expect(idsOf(taylor)).not.toContain('thanked')
    for (const id of ['heart', 'last', 'latte', 'blast']) {
      expect(idsOf(protocols.find((one) => one.id === id) as Protocol)).toContain('thanked')
    }
  })

  proves('§2 full has all', 'full has every rule, and requires all 25 answers', () => {
    expect(new Set(idsOf(full))).toEqual(new Set(everyRule))
    expect(full.requires).toHaveLength(25)
    expect(faulkner.requires).toHaveLength(25)
  })

  proves('§2 pocock asks little', 'pocock asks for the account, a cause and a change, and for no answer', () => {
    expect(pocock.requires).toEqual([])
    given(upTo(pocock, 'investigate'))
      .when(
        example('investigate', { customerSide: undefined, staffSide: undefined }),
        example('improve'),
        example('verify'),
        example('share'),
      )
      .accepts()
      .leavesIn('closed')
    const owned = given(example('own'))
    expect(owned.when(example('listen', { account: ' ' })).verdict).toBeRefused('malformed')
    for (const [step, nothing] of [
      ['investigate', { causes: [] }],
      ['improve', { changes: [] }],
    ] as const) {
      expect(given(upTo(pocock, step)).when(example(step, nothing)).verdict).toMatchObject({
        refusal: { code: 'malformed' },
      })
    }
  })
})

describe('§2 explain', () => {
  proves(
    '§2 explain anywhere',
    'is a command of every protocol, ruled by no-unasked-explanation where that is a rule of it',
    () => {
      for (const protocol of protocols) {
        for (const step of [protocol.problem[0].name, protocol.system[0].name]) {
          given(protocol, upTo(protocol, step)).when(example('explain')).accepts()
        }
      }
      given(full, example('own')).when(example('explain')).refuses('no-unasked-explanation')
      given(heard, example('own')).when(example('explain')).accepts().leavesIn('person.listen')
    },
  )

  proves('§2 latte', 'ends as recovered only where something was agreed and delivered', () => {
    const ends = (...waived: readonly string[]) =>
      given(
        latte,
        latte.steps.map(({ name }) => (waived.includes(name) ? example('waive', { step: name }) : example(name))),
      ).case.facts.outcome
    expect([ends(), ends('thank'), ends('deliver'), ends('agree', 'deliver')]).toEqual([
      'recovered',
      'recovered',
      'partly-recovered',
      'partly-recovered',
    ])
  })

  proves('§2 explain in latte', 'is a step of latte, due after the thanks', () => {
    given(latte, upTo(latte, 'explain')).when(example('explain')).accepts().leavesIn('system.investigate')
    given(latte, upTo(latte, 'thank')).when(example('explain')).accepts().leavesIn('problem.thank')
    given(latte, upTo(latte, 'explain'))
      .when(example('investigate'))
      .refuses('in-order', { skipped: ['explain'] })
    const explained = explain(latte, given(latte, upTo(latte, 'explain')).case)[0]
    expect(explained).toMatchObject({ command: 'explain', open: true })
  })
})

describe('§2 a protocol that can’t work', () => {
  const sound = {
    id: 'ours',
    version: 1,
    source: 'our own house',
    person: [listen, apologize],
    problem: [agree, deliver, confirm],
    system: [investigate, improve],
  } as const
  const faultsOf = (other: object): readonly string[] => {
    try {
      defineProtocol({ ...sound, ...other } as unknown as typeof sound)
      return []
    } catch (error) {
      expect(error).toMatchObject({ code: 'protocol-faulty' })
      const { faults } = (error as { facts: { faults: readonly string[] } }).facts
      for (const fault of faults) expect((error as Error).message).toContain(fault)
      return faults
    }
  }

  proves(['§2 refused: empty phase', '§2 refused: named'], 'is refused for an empty phase', () => {
    expect(faultsOf({})).toEqual([])
    for (const phase of phases) expect(faultsOf({ [phase]: [] })).toEqual([`the ${phase} phase is empty`])
  })

  proves(['§2 refused: step twice', '§2 refused: named'], 'is refused for a step that is there twice', () => {
    expect(faultsOf({ person: [listen, apologize, listen] })).toEqual(['the step “listen” is there twice'])
  })

  proves(['§2 refused: other phase', '§2 refused: named'], 'is refused for a step of one phase in another', () => {
    expect(faultsOf({ person: [listen, agree], problem: [deliver] })).toEqual([
      'the step “agree” belongs to the problem phase, not to person',
    ])
  })

  proves(['§2 refused: no way on', '§2 refused: named'], 'is refused for a step that leads nowhere', () => {
    const stuck = step({ name: 'wait', phase: 'problem', summary: 'wait', evidence: z.object({}), leads: ['stays'] })
    expect(faultsOf({ problem: [agree, stuck] })).toEqual(['the step “wait” has no way on, so that no case could end'])
  })

  proves('§2 refused: by types', 'does not compile where types can see it, and throws at run time', () => {
    // @ts-expect-error an empty phase
    expect(() => defineProtocol({ ...sound, person: [] })).toThrow('is not defined')
    // @ts-expect-error a step of the problem phase among those of the person
    expect(() => defineProtocol({ ...sound, person: [listen, agree], problem: [deliver] })).toThrow('is not defined')
    // @ts-expect-error a step twice
    expect(() => defineProtocol({ ...sound, person: [listen, listen] })).toThrow('is not defined')
    expect(defineProtocol(sound).steps.map(({ name }) => name)).toContain('apologize')
  })
})
