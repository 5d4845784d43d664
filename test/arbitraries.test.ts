import fc from 'fast-check'
import {
  type AnyCommand,
  aroundTheClock,
  type Clocks,
  courteous,
  createDesk,
  defineProtocol,
  type Entry,
  fold,
  heard,
  memoryStore,
  step,
} from 'redress'
import { temporalWorkingTime } from 'redress/clocks'
import { anyCase, anyCommand, anyHistory, anyProtocol } from 'redress/fast-check'
import { given } from 'redress/testing'
import 'redress/vitest'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'

const walk = step({ name: 'walk', phase: 'person', summary: 'walk over', evidence: z.object({ how: z.string() }) })
const ours = defineProtocol({ ...heard, id: 'ours', person: [walk, ...heard.person] })
const evidence = { walk: { how: 'at once' } }

const clocks: Clocks = {
  policies: [courteous],
  calendars: { default: aroundTheClock() },
  workingTime: temporalWorkingTime,
}

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

  it.each([
    ['that counts no time', undefined],
    ['with clocks', clocks],
  ])('is sent to an adapter %s, which says the same and comes to the same', (_, clocks) =>
    fc.assert(
      fc.asyncProperty(anyHistory(ours, { evidence, ...(clocks && { clocks }) }), async ({ opening, sent, log }) => {
        let now = opening.at as string
        const desk = createDesk({
          store: memoryStore(),
          protocols: [ours],
          ...(clocks && { clocks }),
          now: () => new Date(now),
        })
        await desk.open({ ...opening, caseId: 'case-1' })
        // The other case that some commands name.
        await desk.open({ ...opening, caseId: 'case-0' })
        for (const { command, refusal } of sent) {
          const { at } = command as AnyCommand
          now = now < at ? at : now
          const answer = await desk.send('case-1', command)
          expect(answer.accepted ? undefined : answer.refusal.sentence).toBe(refusal?.sentence)
        }
        const kept: Entry[] = []
        for await (const entry of desk.log('case-1')) kept.push(entry)
        const order = (entries: readonly Entry[]) => entries.map(({ command: { type }, from, to }) => [type, from, to])
        expect(order(kept)).toEqual(order(log))
      }),
      { numRuns: 100 },
    ),
  )

  it('needs the evidence of a host’s own steps', () => {
    for (const any of [anyCommand, anyCase, anyHistory]) {
      expect(() => any(ours)).toThrow('“walk” can’t be read: how: is missing. Give its evidence.')
      expect(() => any('heard' as never)).toThrow('anyCommand takes a protocol')
      expect(() => any(ours)).toThrow(expect.objectContaining({ code: 'input-invalid' }))
    }
  })

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
    expect(fc.stringify(counterexample?.[0])).toMatch(
      /^a history of heard@1:\n {2}\{.*\}\n {2}\{.*"type":"own".*\} → person\.listen$/,
    )
    expect(
      given(heard, counterexample?.[0].opening as object, counterexample?.[0].sent[0]?.command as object).case.version,
    ).toBe(2)
  })
})
