import fc from 'fast-check'
import { type AnyCommand, createDesk, defineProtocol, fold, heard, memoryStore, step } from 'redress'
import { anyCase, anyHistory, anyProtocol } from 'redress/fast-check'
import { given } from 'redress/testing'
import 'redress/vitest'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'

const walk = step({ name: 'walk', phase: 'person', summary: 'walk over', evidence: z.object({ how: z.string() }) })
const ours = defineProtocol({ ...heard, id: 'ours', person: [walk, ...heard.person] })
const evidence = { walk: { how: 'at once' } }

describe('what fast-check makes of a protocol', () => {
  it('is a history whose log follows the protocol, and folds into its case', () =>
    fc.assert(
      fc.property(
        anyProtocol.chain((protocol) => anyHistory(protocol)),
        ({ protocol, log, case: now, sent }) => {
          expect(log).toFollow(protocol)
          expect(now).toFollow(protocol)
          expect(fold(protocol, log as never)).toEqual(now)
          for (const { before, after, refusal } of sent) if (refusal !== undefined) expect(after).toBe(before)
        },
      ),
      { numRuns: 40 },
    ))

  it('is sent to a host’s own adapter, which says the same', () =>
    fc.assert(
      fc.asyncProperty(anyHistory(ours, { evidence, maxLength: 20 }), async ({ opening, sent }) => {
        let now = opening.at as string
        const desk = createDesk({ store: memoryStore(), protocols: [ours], now: () => new Date(now) })
        await desk.open({ ...opening, caseId: 'case-1' })
        await desk.open({ ...opening, caseId: 'case-0' })
        for (const { command, refusal } of sent) {
          const { at, type } = command as AnyCommand
          now = now < at ? at : now
          // A desk looks after the other case that a command names, and after what fell due.
          if (['merge', 'joinIncident'].includes(type)) return
          const answer = await desk.send('case-1', command)
          expect(answer.accepted).toBe(refusal === undefined)
        }
      }),
      { numRuns: 20 },
    ))

  it('gets to every state and every outcome, with the evidence of a host’s own steps', () => {
    const cases = fc.sample(anyCase(ours, { evidence }), { numRuns: 200, seed: 7 })
    const states = new Set<string>(cases.map(({ state }) => state))
    for (const { phase, name } of ours.steps.slice(1)) expect(states).toContain(`${phase}.${name}`)
    expect(states).toContain('closed')
    expect(new Set(cases.map(({ facts }) => facts.outcome)).size).toBeGreaterThan(3)
  })

  it('shrinks to the shortest history that breaks a property', () => {
    const { counterexample } = fc.check(
      fc.property(anyHistory(heard), (history) => history.case.state === 'received'),
      { seed: 7, numRuns: 200 },
    )
    expect(counterexample?.[0].sent).toHaveLength(1)
    expect(
      given(heard, counterexample?.[0].opening as object, counterexample?.[0].sent[0]?.command as object).case.version,
    ).toBe(2)
  })
})
