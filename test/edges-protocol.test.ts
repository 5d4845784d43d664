import {
  apologize,
  attemptsOver,
  commonRules,
  defineProtocol,
  explain,
  faulknerRules,
  heard,
  investigate,
  judge,
  latte,
  notify,
  type Protocol,
  pocock,
  reflect,
  rule,
  step,
} from 'redress'
import { ana, ben, example, exampleOf, given, owned, upTo } from 'redress/testing'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { faultsOf } from '../src/protocol/fault.ts'

const { version, source, person, problem, system } = heard
const steps = { version, source, person, problem, system }

// Each is defined in its test: what a shipped protocol was made of is made when it is loaded, and no test is there to see.
describe('the edges of a definition', () => {
  const lists = ['rules', 'without', 'requires'] as const

  it('keeps what it was given, and has an empty list, or the limit, for what it was not', () => {
    const bare = defineProtocol({ ...steps, id: 'bare' })
    for (const list of lists) expect(bare[list]).toEqual([])
    const given = { rules: faulknerRules, without: ['both-agree'], requires: ['what-part'], hopLimit: 5 } as const
    expect(defineProtocol({ ...heard, ...given })).toMatchObject(given)
    expect(bare.hopLimit).toBe(2)
  })

  it('judges by the common rules and its own, each of which is one', () => {
    const polite = { id: 'polite', because: 'x', source: 'us', holds: () => true }
    const asks = step({ name: 'ask', phase: 'person', summary: 'ask', evidence: z.object({}), rules: [polite] })
    const own = defineProtocol({ ...heard, id: 'own', person: [...person, asks], without: ['both-agree'] })
    const ids = [...commonRules.map((one) => one.id).filter((id) => id !== 'both-agree'), polite.id]
    expect(own.judgedBy.map((one) => one.id)).toEqual(ids)
    expect(defineProtocol({ ...steps, id: 'common' }).judgedBy).toEqual(commonRules)
  })

  it('an agreement of its own makes no promise, where its evidence has none', () => {
    const shake = step({ name: 'agree', phase: 'problem', summary: 'shake hands', evidence: z.object({}) })
    const [, ...rest] = problem
    const shakes = defineProtocol({ ...steps, id: 'shakes', problem: [shake, ...rest], without: ['both-agree'] })
    const agreed = given(shakes, upTo(shakes, 'agree')).when({ type: 'agree', by: ana }).accepts()
    expect(agreed.case.facts.promises).toEqual([])
  })

  it('a rule on what is said judges that, and nothing that is not', () => {
    const silent = rule({ id: 'silent', because: 'x', source: 'us', on: 'said', holds: () => false })
    const quiet = given(defineProtocol({ ...heard, id: 'quiet', rules: [silent] }))
    quiet.when(owned).refuses('silent')
    quiet.when(example('contain')).accepts()
    quiet.when(example('addBystander')).accepts()
  })

  it('a rule in the place of a common one is judged instead of it', () => {
    const mild = rule({ id: 'both-agree', because: 'x', source: 'us', on: ['agree'], holds: () => true })
    const lax = defineProtocol({ ...heard, id: 'lax', rules: [mild] })
    given(lax, upTo('agree'))
      .when(example('agree', { promises: [] }))
      .accepts()
  })

  it('the questions of a step are asked of what comes after it, and of nothing before', () => {
    const asks = defineProtocol({
      ...heard,
      id: 'asks',
      rules: faulknerRules,
      requires: ['what-part', 'why-checked-in'],
    })
    const due = given(asks as Protocol, owned)
    due.when(example('agree')).refuses('what-complete')
    const refused = due.when(example('own')).verdict
    expect(refused).toMatchObject({ accepted: false, refusal: { rules: [{ id: 'in-order' }] } })
    due.when(exampleOf(asks as Protocol, 'listen')).accepts()
  })

  it('a step without leads goes on', () => {
    const look = step({ name: 'look', phase: 'person', summary: 'look at it', evidence: z.object({}) })
    const looks = defineProtocol({ ...heard, id: 'looks', person: [look, ...heard.person] })
    given(looks, owned).when(example('look')).accepts().leavesIn('person.listen')
  })

  it('the system work begins again at improve, or where there is none with its first step', () => {
    const again = (...system: readonly object[]) => defineProtocol({ ...heard, system } as never).again
    expect(again(notify, ...heard.system)).toBe('improve')
    expect(again(notify, investigate)).toBe('notify')
  })

  it('a command that no protocol has is out of order, and nothing else', () => {
    const verdict = judge(pocock, given(owned).case, { type: 'dance', by: ana, at: '2026-03-02T10:00:00Z' })
    expect(verdict).toMatchObject({ accepted: false, refusal: { code: 'out-of-order', rules: [{ id: 'in-order' }] } })
  })

  it('the step that is due is told first, though an earlier one is open as a command', () => {
    const now = given(latte, upTo('investigate'))
    const { verdict } = now.when(example('reopen'))
    expect(verdict.accepted ? [] : verdict.refusal.open.slice(0, 2)).toEqual(['investigate', 'explain'])
    const commands = explain(latte, now.case).map(({ command }) => command)
    expect(commands.slice(0, 2)).toEqual(['investigate', 'explain'])
  })

  it('attempts that a protocol asks for keep the command closed until they were made', () => {
    const once = defineProtocol({
      ...heard,
      id: 'once',
      rules: [attemptsOver({ attempts: 1, channels: 1, days: 1 })],
    })
    const isOpen = (...attempts: readonly object[]) =>
      explain(once, given(once, owned, attempts).case).find((one) => one.command === 'declareUnreachable')?.open
    expect([isOpen(), isOpen(example('attempt'))]).toEqual([false, true])
  })

  it('a case shares the step of its incident that is due, and no other', () => {
    const joined = given(upTo('verify'), example('joinIncident')).case
    const shared = (other: object) =>
      judge(pocock, joined, {
        type: 'shareStep',
        by: ana,
        at: '2026-03-02T12:00:00Z',
        incident: 'case-0',
        step: 'verify',
        settled: 'done',
        causes: [],
        ...other,
      } as never)
    expect(shared({})).toMatchObject({ accepted: true, after: { state: 'system.share' } })
    for (const other of [{ step: 'share' }, { incident: 'case-9' }]) {
      expect(shared(other)).toMatchObject({ accepted: false, refusal: { rules: [{ id: 'incident-is-fixed' }] } })
    }
  })

  it('a second person approves once: who approves the same again takes nothing over', () => {
    const dan = { by: { kind: 'person', id: 'dan' } }
    const twice = given(owned, example('approveRemedy'), example('approveRemedy', dan))
    expect(twice.case.facts.approvedBy).toBe(ben.id)
  })
})

describe('the edges of a sound definition', () => {
  const sound = { ...steps, id: 'ours' }
  const faults = (wrong: object) => faultsOf({ ...sound, ...wrong } as never)
  const look = step({ name: 'look', phase: 'person', summary: 'look', evidence: z.object({}) })

  it('has steps that are steps, each with a name of its own', () => {
    expect(faultsOf(undefined as never)).toEqual([expect.stringMatching(/^the definition: /)])
    expect(faults({})).toEqual([])
    for (const none of [{}, { name: 7 }, function look() {}, 'look', null]) {
      expect(faults({ person: [none] })).toEqual(['the person phase holds something that is no step'])
    }
    const asExplanation = { ...look, name: 'explain', phase: 'person' }
    expect(faults({ person: [asExplanation] })).toEqual([
      'the step “explain” has the name of a command that every protocol has',
    ])
    const { evidence } = pocock.commands.get('explain') as { readonly evidence: object }
    expect(faults({ person: [{ ...asExplanation, evidence }] })).toEqual([])
    expect(faults({ person: [{ ...look, name: 'waive', evidence }] })).toHaveLength(1)
  })

  it('has steps that lead on, and back to an earlier one alone', () => {
    expect(faults({ person: [{ ...look, leads: undefined }] })).toEqual([
      'the step “look” has no way on, so that no case could end',
    ])
    expect(faults({ person: [{ ...look, leads: ['on', 'lapses'] }] })).toEqual([
      'the step “look” leads past the phases, by “lapses”',
    ])
    expect(faults({ person: [{ ...look, leads: ['stays', 'on', 'anew'] }] })).toEqual([])
    expect(faults({ person: [apologize, reflect] })).toEqual([
      'the step “reflect” leads back to “listen”, which is no earlier step of its phase',
    ])
    expect(faults({ person: [heard.person[0], apologize, reflect] })).toEqual([])
    const evidence = z.object({ type: z.string(), by: z.string(), at: z.string() })
    expect(faults({ person: [{ ...look, evidence }] })).toEqual([
      'the step “look” has evidence fields that every command has: type, by, at',
    ])
  })

  it('is called by letters, digits and dashes', () => {
    for (const id of ['a', 'our-way-2', 'x'.repeat(100)]) expect(faults({ id })).toEqual([])
    for (const id of ['', 'Ours', '2nd', 'our way', '-ours', 'ours!', 'x'.repeat(101)]) {
      expect(faults({ id })).toEqual(['id: must be lower case letters, digits and dashes'])
    }
  })

  it('has no step called by the name of what is no step', () => {
    for (const name of ['own', 'open', 'erase', 'contact', 'toString']) {
      expect(faults({ person: [{ ...look, name }] })).toHaveLength(1)
    }
  })

  it('has a rule for each question that it requires', () => {
    const unasked = (group: string) => `it requires questions for which it has no rule “${group}-complete”`
    expect(faults({ requires: ['what-part'] })).toEqual([unasked('what')])
    expect(faults({ requires: ['why-checked-in', 'different-endemic'] })).toEqual([
      unasked('why'),
      unasked('different'),
    ])
    expect(faults({ requires: ['what-part'], rules: faulknerRules })).toEqual([])
    expect(faults({ requires: ['what-part'], rules: faulknerRules, without: ['what-complete'] })).toEqual([
      unasked('what'),
    ])
    expect(faults({ requires: ['what-part'], rules: faulknerRules, without: ['why-complete'] })).toEqual([])
    expect(faults({ without: ['in-order'] })).toHaveLength(1)
    const polite = { id: 'polite', because: 'x', source: 'us', on: ['look'], holds: () => true }
    expect(faults({ person: [{ ...look, rules: [polite] }], without: ['polite'] })).toEqual([])
  })
})
