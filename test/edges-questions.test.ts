import {
  agree,
  apologize,
  defineProtocol,
  deliver,
  faulkner,
  faulknerRules,
  group,
  heard,
  machine,
  pocock,
} from 'redress'
import { ben, example, exampleOf, given, owned, type Scenario, upTo } from 'redress/testing'
import { describe, expect, it } from 'vitest'
import { questionsOf } from '../src/protocol/inquiry.ts'

const asked = ({ protocol, case: { facts } }: Scenario, id: string) =>
  questionsOf(protocol, facts).find((one) => one.id === id)

const unheard = defineProtocol({
  id: 'unheard',
  version: 1,
  source: 'us',
  person: [apologize],
  problem: [agree, deliver],
  system: heard.system,
})

describe('the edges of the questions', () => {
  it('what a group answers is a draft, as what a machine answers is', () => {
    for (const by of [group('hotline'), machine('bot')]) {
      const { answers } = exampleOf(faulkner, 'listen') as { readonly answers?: object }
      const drafted = given(faulkner, owned, example('answer', { by, answers }))
      expect(asked(drafted, 'what-exactly')).toMatchObject({ answered: undefined, draft: 'said' })
      expect(drafted.case.facts.answers?.['what-exactly']).toEqual({ is: 'said', draft: true })
      drafted.when(example('listen')).refuses('what-complete')
      drafted.when(example('listen', { answers })).accepts()
    }
  })

  it('a later draft takes the place of an earlier one, and of nothing that a person said', () => {
    const empty = (by: object, yes: boolean) => example('answer', { by, answers: { 'why-checked-in': { yes } } })
    const drafts = [empty(machine('bot'), true), empty(machine('bot'), false)]
    const due = upTo('investigate')
    expect(asked(given(due, drafts), 'why-checked-in')).toMatchObject({ answered: undefined, draft: 'no' })
    const said = given(due, empty(ben, true), drafts)
    expect(asked(said, 'why-checked-in')).toMatchObject({ answered: 'yes', draft: undefined })
  })

  it('a question of yes or no takes a yes, a no, or why it has none', () => {
    const answered = (answer: object) => example('answer', { answers: { 'why-checked-in': answer } })
    const due = given(upTo('investigate'))
    due.when(answered({ notApplicable: 'It was bought in a shop.' })).accepts()
    due.when(answered({ answer: 'Twice.', yes: true })).accepts()
    due.when(answered({ answer: 'Twice.' })).refuses('answers-in-turn')
  })

  it('what comes after the listening is refused for its open questions, too, and not once it was waived', () => {
    given(faulkner, owned).when(example('agree')).refuses('what-complete')
    given(faulkner, owned, example('waive')).when(example('agree')).accepts()
  })

  it('what was never said back was not misunderstood, and what was corrected is', () => {
    const rules = (...history: readonly object[]) => {
      const { verdict } = given(history).when(example('agree'))
      return verdict.accepted ? [] : verdict.refusal.rules.map(({ id }) => id)
    }
    expect(rules(owned)).toEqual(['in-order'])
    const corrected = example('reflect', { customer: { answer: 'corrected', correction: 'It was empty.' } })
    expect(rules(owned, example('listen'), corrected)).toEqual(['in-order', 'understanding-confirmed'])
  })

  it('one promise that was broken is over-promising, whatever became of the others', () => {
    const made = given(upTo('agree'), example('agree'), example('makePromise'), example('keepPromise'))
    expect(asked(made, 'why-over-promised')?.draft).toBe('no')
    const broken = made.when(example('breakPromise', { promise: 'p2' }))
    expect(asked(broken, 'why-over-promised')?.draft).toBe('yes')
  })

  it('hand-offs, waivers and approvals make the merry-go-round, two of them together', () => {
    const turns = [example('handOff'), example('acceptHandOff')]
    const carl = { by: { kind: 'person', id: 'carl' } }
    const waived = example('waive', carl)
    const approved = example('approveRemedy', carl)
    const drafted = (...history: readonly object[]) => asked(given(owned, history), 'different-empowered')?.draft
    expect([drafted(), drafted(...turns), drafted(waived), drafted(approved)]).toEqual(['yes', 'yes', 'yes', 'yes'])
    expect(drafted(...turns, waived)).toBe('no')
    expect(drafted(...turns, approved)).toBe('no')
    expect(drafted(waived, approved)).toBe('no')
    expect(drafted(waived, example('waive', { ...carl, step: 'reflect' }))).toBe('no')
  })

  it('it was answered at once within a day, to the millisecond', () => {
    const answeredBy = (at: string) => asked(given(example('own', { at })), 'why-answered-at-once')?.draft
    expect(answeredBy('2026-03-03T09:00:00.000Z')).toBe('yes')
    expect(answeredBy('2026-03-03T09:00:00.001Z')).toBe('no')
  })
})

describe('the edges of handling', () => {
  const theirs = example('findFault', { with: 'customer' })

  it('where nobody is to listen, fault waits for the answers alone', () => {
    given(unheard, owned).when(theirs).accepts()
    const asks = defineProtocol({ ...unheard, id: 'asks', rules: faulknerRules, requires: ['what-exactly'] })
    given(asks, owned).when(theirs).refuses('fair-hearing')
    given(asks, owned, example('answer')).when(theirs).accepts()
    given(pocock, owned).when(theirs).refuses('fair-hearing')
  })

  it('a report is counted where it belongs', () => {
    const two = given(owned, example('makePromise'), example('makePromise'), example('reportAgain', { promise: 'p2' }))
    expect(two.case.facts.promises.map(({ reports }) => reports)).toEqual([undefined, 1])
  })
})
