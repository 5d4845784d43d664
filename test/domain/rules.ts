import {
  type Answer,
  allRules,
  attemptsOver,
  commonRules,
  defineProtocol,
  faulkner,
  listenAtLeast,
  type Protocol,
  type ProtocolDefinition,
  pocock,
  protocols,
  remedyCap,
  rule,
  timeRunsForward,
  type Verdict,
} from 'redress'
import { type Expectation, example, given, upTo } from 'redress/testing'
import 'redress/vitest'
import { describe, expect } from 'vitest'
import { everyRule, pageRules } from './rows.ts'
import { letsPass, proves, refuses } from './scenario.ts'
import { endingRules } from './seen/ending.ts'
import { ownerRules } from './seen/owner.ts'
import { personRules } from './seen/person.ts'
import { problemRules } from './seen/problem.ts'
import { promiseRules } from './seen/promise.ts'
import { agreed, type Seen, type Told, type Trial, talk, words } from './seen/seen.ts'
import { systemRules } from './seen/system.ts'

/** Every rule, seen at work. */
const seen: Readonly<Record<string, Seen>> = {
  ...personRules,
  ...problemRules,
  ...promiseRules,
  ...systemRules,
  ...ownerRules,
  ...endingRules,
}

const verdictOf = async (trial: Trial, protocol: Protocol): Promise<Verdict | Answer | Expectation['verdict']> => {
  const tried = await trial(protocol)
  return 'verdict' in tried ? tried.verdict : tried
}

const brokenBy = async (trial: Trial, protocol: Protocol): Promise<readonly string[] | 'it passed'> => {
  const verdict = await verdictOf(trial, protocol)
  return verdict.accepted ? 'it passed' : verdict.refusal.rules.map(({ id }) => id)
}

for (const [id, { under = pocock, ...told }] of Object.entries(seen)) {
  describe(`§5 ${id}`, () => {
    for (const [sentence, trial] of told.refuses) {
      refuses(id, sentence, async () => expect(await brokenBy(trial, under)).toContain(id))
    }
    for (const [sentence, trial] of told.passes) {
      letsPass(id, sentence, async () => {
        const verdict = await verdictOf(trial, under)
        expect(verdict.accepted ? '' : verdict.refusal.sentence).toBe('')
      })
    }
  })
}

/** A protocol with something else about its rules. */
const changed = (protocol: Protocol, other: Partial<ProtocolDefinition>): Protocol => {
  const { source, person, problem, system, rules, requires } = protocol
  return defineProtocol({
    ...{ id: 'ours', version: 1, source, person, problem, system, rules, requires },
    ...other,
  } as ProtocolDefinition)
}

describe('§5 the rules', () => {
  const all = [...commonRules, ...allRules]

  proves('§5 said', 'each have a stable id, a reason in one sentence, and a source', () => {
    for (const { id, because, source } of all) {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
      expect(because).toMatch(/^[A-Z“].*\.$/)
      expect(because.split(/[.!?] /)).toHaveLength(1)
      expect(source).not.toBe('')
    }
    const reasons = new Map(all.map(({ id, source }) => [id, source]))
    expect(Object.fromEntries([...reasons].filter(([id]) => (pageRules as readonly string[]).includes(id)))).toEqual({
      'in-order': 'Solomon, Pocock',
      'owned-by-a-person': 'Taylor',
      'listen-twice-as-long': 'Pocock',
      'understanding-confirmed': 'Pocock',
      'no-unasked-explanation': 'Pocock',
      'responsibility-accepted': 'Pocock',
      'feeling-named': 'Pocock',
      'both-agree': 'Pocock',
      'promise-has-window-and-basis': 'Taylor',
      'no-open-promises': 'Taylor',
      'customer-confirms': 'Pocock',
      'surprise-adds': 'Taylor',
      proportionate: 'Sales Lab',
      thanked: 'Pocock',
      'bystanders-acknowledged': 'Sales Lab',
      'personal-contact': 'Faulkner',
      'what-complete': 'Faulkner',
      'why-complete': 'Faulkner',
      'different-complete': 'Faulkner',
      'both-sides-heard': 'Faulkner',
      'change-owned-and-dated': 'ISO 10002, 8D',
      'change-verified': '8D',
      'fair-hearing': 'Faulkner',
      'loudness-blind': 'Sales Lab',
    })
  })

  proves('§5 refusal tells', 'are named by a refusal, with the steps skipped and what may be done now', () => {
    const { verdict } = given(example('own'))
      .when(example('agree', { promises: [] }))
      .refuses('in-order', { skipped: ['listen', 'reflect', 'apologize', 'empathize'] })
      .refuses('both-agree')
      .leavesIn('person.listen')
    if (verdict.accepted) throw new Error('It passed.')
    expect(verdict.refusal.open[0]).toBe('listen')
    expect(verdict.refusal.open).toEqual(expect.arrayContaining(['waive', 'contain', 'makePromise', 'withdraw']))
    for (const closed of ['agree', 'keepPromise', 'acceptHandOff', 'resume', 'liftHold', 'returnReferral', 'reopen']) {
      expect(verdict.refusal.open).not.toContain(closed)
    }
    expect(verdict.refusal.rules).toContainEqual({
      id: 'both-agree',
      because: 'Next steps are tangible, and both sides say yes to them.',
      source: 'Pocock',
    })
  })

  proves('§5 refusal tells', 'are said in sentences that an agent can be shown', () => {
    const { verdict } = given(example('own')).when(example('agree'))
    expect(verdict.accepted ? '' : verdict.refusal.sentence).toMatchInlineSnapshot(
      `"Not yet: before “agree” come listen, reflect, apologize, and empathize. First fix the person, then fix the problem, finally fix the system: a step out of its turn falls on deaf ears. (Solomon, Pocock) Due now: listen – hear the customer’s account out."`,
    )
  })

  proves(
    '§5 stored case',
    'read the stored case: what a command says about it beside its evidence is not even read',
    () => {
      const claims = [
        example('explain', { customerAskedWhy: true }),
        example('agree', { facts: { steps: { listen: 'done' } } }),
        example('deliver', { state: 'kept' }),
      ]
      for (const claim of claims) {
        expect(given(example('own')).when(claim).verdict).toBeRefused('malformed')
      }
      const stored = given(upTo(pocock, 'apologize'))
      stored.when(example('apologize', { explanation: 'The scale.' })).refuses('no-unasked-explanation')
      given(upTo(pocock, 'apologize'), example('askWhy'))
        .when(example('apologize', { explanation: 'The scale.' }))
        .accepts()
    },
  )

  proves('§5 tunable', 'are tuned by a threshold of their own, and by which questions count', () => {
    const tuned = (...rules: readonly Protocol['rules'][number][]) =>
      changed(pocock, { rules: [...pocock.rules.filter(({ id }) => rules.every((one) => one.id !== id)), ...rules] })
    const three = tuned(listenAtLeast(3) as never)
    given(three, example('own')).when(talk(179, 60)).refuses('listen-twice-as-long')
    given(three, example('own')).when(talk(180, 60)).accepts()
    const cap = tuned(remedyCap(20) as never)
    given(cap, upTo(cap, 'agree'))
      .when(agreed({ cost: 21 }))
      .refuses('proportionate')
    given(cap, upTo(cap, 'agree'))
      .when(agreed({ cost: 20 }))
      .accepts()
    const attempts = tuned(attemptsOver({ attempts: 1, channels: 1, days: 1 }))
    given(attempts, example('own')).when(example('declareUnreachable')).refuses('attempts-made')
    given(attempts, example('own'), example('attempt')).when(example('declareUnreachable')).accepts()
    const late = tuned(timeRunsForward(1))
    given(late, example('own'))
      .when(example('askWhy', { at: '2026-03-02T07:00:00Z' }))
      .refuses('time-runs-forward')
    const questions = changed(faulkner, { requires: ['what-stage'] })
    given(questions, example('own')).when(example('listen')).refuses('what-complete')
    given(questions, example('own'))
      .when(example('listen', { answers: { 'what-stage': words } }))
      .accepts()
    const own = tuned(
      rule({
        ...pocock.rules[0],
        on: ['listen'],
        id: 'listen-twice-as-long',
        because: 'Ours.',
        source: 'us',
        holds: () => false,
      }),
    )
    given(own, example('own')).when(example('listen')).refuses('listen-twice-as-long')
  })

  for (const id of everyRule.filter((one) => one !== 'in-order')) {
    proves('§5 switchable', `do without “${id}” where a protocol does, and refuse nothing by it`, async () => {
      const { under = pocock, refuses: told } = seen[id] as Seen
      const asks = /^(?:what|why|different)-complete$/.test(id)
      const without = changed(under, { without: [id], ...(asks ? { requires: [] } : {}) })
      const [, trial] = told[0] as Told
      expect(await brokenBy(trial, under)).toContain(id)
      expect(await brokenBy(trial, without)).not.toContain(id)
      expect(without.judgedBy.map((one) => one.id)).not.toContain(id)
    })
  }

  proves('§5 order stays', 'keep the order: it can be neither switched off nor replaced', () => {
    const order = commonRules.find(({ id }) => id === 'in-order') as (typeof commonRules)[number]
    expect(() => changed(pocock, { without: ['in-order'] })).toThrow('can be neither replaced nor switched off')
    expect(() => changed(pocock, { rules: [{ ...order, holds: () => true }] })).toThrow('neither replaced')
    for (const protocol of protocols) {
      const bare = changed(protocol, { rules: [], requires: [], without: everyRule.filter((id) => hasNow(id)) })
      given(bare, example('own')).when(example('agree')).refuses('in-order')
      given(bare, upTo(bare, 'deliver')).when(example('investigate')).refuses('in-order')
    }
  })

  const hasNow = (id: string) => id !== 'in-order' && commonRules.some((one) => one.id === id)
})
