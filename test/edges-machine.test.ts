import type { Clocks, Command, Protocol } from 'redress'
import {
  acknowledge,
  courteous,
  createRecoveryMachine,
  customer,
  defineProtocol,
  faulkner,
  full,
  heard,
  latte,
  notify,
  officeHours,
  pocock,
  step,
  thank,
} from 'redress'
import { temporalWorkingTime } from 'redress/clocks'
import { aComplaint, EXAMPLE_START, example, exampleOf, given, owned, type Scenario, upTo } from 'redress/testing'
import { describe, expect, it } from 'vitest'
import { createActor } from 'xstate'
import * as z from 'zod'
import { noFacts } from '../src/protocol/facts.ts'

/** A protocol whose machine nobody has built before. */
const anew = (): Protocol => defineProtocol({ ...heard, system: [notify, ...heard.system] }) as never

const { customer: _, ...unsigned } = aComplaint
const anonymous = { ...unsigned, anonymous: true } as const
const failed = (promise = 'p1') => [example('makePromise'), example('breakPromise', { promise })]
const whyAnswered = example('answer', { answers: { 'why-checked-in': { yes: true } } })
const everyWhat = exampleOf(faulkner, 'listen') as { readonly answers: Readonly<Record<string, object>> }

describe('the edges of the machine', () => {
  it('has the facts as its context: none but what it is given, and what its commands record', () => {
    const machine = createRecoveryMachine(anew())
    expect(createActor(machine).getSnapshot().context).toEqual(noFacts)
    const actor = createActor(machine, { input: { customer: 'cleo' } }).start()
    expect(actor.getSnapshot().context).toEqual({ ...noFacts, customer: 'cleo' })
    actor.send({ ...owned, at: EXAMPLE_START } as Command)
    expect(actor.getSnapshot().context).toMatchObject({ owner: 'ana', customer: 'cleo', steps: { own: 'done' } })
    expect(actor.getSnapshot().value).toEqual({ person: 'listen' })
  })

  it('takes a missed deadline from a machine where it runs and its time has come, and reads what it says', () => {
    const due = '2026-03-02T13:00:00.000Z'
    const machine = createRecoveryMachine(anew())
    const deadlines = [{ name: 'own', since: EXAMPLE_START, due, pausable: true }]
    const snapshot = createActor(machine, { input: { customer: 'cleo', deadlines } })
      .start()
      .getSnapshot()
    const missed = { type: 'missDeadline', by: { kind: 'machine', id: 'clock' }, at: due, deadline: 'own', due }
    const can = (other: object) => snapshot.can({ ...missed, ...other } as unknown as Command)
    expect(can({})).toBe(true)
    for (const other of [{ deadline: 'answer' }, { deadline: undefined }, { due: 'soon' }, { at: EXAMPLE_START }]) {
      expect(can(other)).toBe(false)
    }
  })

  describe('takes from a desk', () => {
    const desk = { kind: 'machine', id: 'desk' }
    /** A machine that has taken the log of a scenario. */
    const machineOf = ({ protocol, log }: Scenario) => {
      const actor = createActor(createRecoveryMachine(protocol), { input: { customer: 'cleo' } }).start()
      for (const { command } of log.slice(1)) actor.send(command as Command)
      return (command: object) => {
        const event = { by: desk, at: '2026-04-01T00:00:00.000Z', ...command } as unknown as Command
        return {
          can: actor.getSnapshot().can(event),
          after() {
            actor.send(event)
            return actor.getSnapshot()
          },
        }
      }
    }

    it('the step of an incident that is due, however it was settled there', () => {
      const shared = {
        type: 'shareStep',
        incident: 'case-2',
        step: 'investigate',
        settled: 'done',
        causes: ['a × b × c'],
      }
      const member = () => machineOf(given(upTo('investigate'), example('joinIncident', { incident: 'case-2' })))
      for (const settled of ['done', 'waived', 'lapsed']) {
        const { context, value } = member()({ ...shared, settled }).after()
        expect([value, context.steps['investigate'], context.causes]).toEqual([
          { system: 'improve' },
          settled,
          ['a × b × c'],
        ])
      }
      const wrong = [
        { incident: 'case-3' },
        { step: 'improve' },
        { settled: 'perhaps' },
        { causes: [''] },
        { causes: ['x'.repeat(611)] },
        { causes: Array.from({ length: 2_501 }, () => 'a × b × c') },
        { incident: undefined },
      ]
      expect(member()(shared).can).toBe(true)
      expect(member()({ ...shared, causes: Array.from({ length: 2_500 }, () => 'x'.repeat(610)) }).can).toBe(true)
      for (const one of wrong) expect(member()({ ...shared, ...one }).can).toBe(false)
    })

    it('that a change did not hold, by the cause and the case that came', () => {
      const closed = () => machineOf(given(upTo('closed')))
      const failed = { type: 'changeFailed', cause: 'a × b × c', caseId: 'case-2' }
      const { context, value } = closed()(failed).after()
      expect([value, context.notHeld]).toEqual([{ system: 'improve' }, ['a × b × c']])
      for (const wrong of [{ cause: '' }, { cause: 'x'.repeat(611) }, { cause: undefined }, { caseId: undefined }]) {
        expect(closed()({ ...failed, ...wrong }).can).toBe(false)
      }
    })

    it('that it was erased, and why', () => {
      const owns = () => machineOf(given(owned))
      const { context, value } = owns()({ type: 'erase', reason: 'asked for' }).after()
      expect([value, context.erasedAt]).toEqual([{ person: 'listen' }, '2026-04-01T00:00:00.000Z'])
      for (const reason of [undefined, '', ' ']) expect(owns()({ type: 'erase', reason }).can).toBe(false)
    })
  })

  it('leads a second failure back to the person, from wherever the case is', () => {
    const protocol = anew()
    for (const step of ['empathize', 'deliver']) given(protocol, upTo(step), failed()).when().leavesIn('person.listen')
    for (const step of ['notify', 'improve']) {
      given(protocol, upTo(step), failed('p2')).when().leavesIn('person.listen')
    }
    const late = [example('makePromise'), example('improve'), example('breakPromise', { promise: 'p2' })]
    given(protocol, upTo('improve'), late).when().leavesIn('person.listen')
    given(protocol, upTo('closed'), example('reopen')).when().leavesIn('person.listen')
  })

  it('leads it to the system where there is nobody to talk to: on from where it stands, or from the beginning', () => {
    const protocol = anew()
    const owns = given(anonymous, protocol, owned)
    owns.when().leavesIn('system.notify')
    owns.when(failed()).accepts().leavesIn('system.notify')
    const work = [example('notify'), example('investigate')]
    owns.when(work, failed()).accepts().leavesIn('system.improve')
    const closed = given(anonymous, protocol, owned, work, example('improve'))
    closed.when().leavesIn('closed')
    const again = closed.when(example('reopen')).accepts().leavesIn('system.notify')
    expect(again.case.facts.steps).toEqual({
      own: 'done',
      ...Object.fromEntries(
        ['listen', 'empathize', 'apologize', 'agree', 'deliver', 'confirm'].map((one) => [one, 'lapsed']),
      ),
    })
  })

  it('leaves a case that nobody has owned yet where it is, whatever fails meanwhile', () => {
    const clocks: Clocks = {
      policies: [courteous],
      calendars: { default: officeHours('Europe/London') },
      workingTime: temporalWorkingTime,
    }
    const asks = example('contact', { direction: 'from-customer' })
    const late = given(anew(), clocks, asks).later({ days: 7 })
    late.leavesIn('received').when(owned).accepts()
    expect(late.case.facts).toMatchObject({ round: 2, failures: [{ kind: 'contact-unanswered', round: 1 }] })
  })

  it('ends a merged case with the last step of its person phase, done or waived, and at once after it', () => {
    const protocol = anew()
    given(protocol, upTo('agree')).when(example('merge')).accepts().leavesIn('closed')
    const merged = given(protocol, upTo('empathize'), example('merge'))
    merged.when().leavesIn('person.empathize')
    merged.when(example('empathize')).accepts().leavesIn('person.apologize')
    for (const last of [example('apologize'), example('waive', { step: 'apologize' })]) {
      const { facts } = merged.when(example('empathize'), last).accepts().leavesIn('closed').case
      expect(facts).toMatchObject({ outcome: 'merged', steps: { listen: 'done', agree: 'lapsed', improve: 'lapsed' } })
      expect(facts.steps['apologize']).toBe(last.type === 'waive' ? 'waived' : 'done')
    }
  })
})

describe('the edges of what a command leaves', () => {
  it('whom we waited for is there once they are heard, and not before', () => {
    const waiting = given(owned, example('pause'))
    const paused = (...then: readonly object[]) => waiting.when(...then).case.facts.pause !== undefined
    expect([paused(example('praise')), paused(example('askWhy')), paused(example('listen'))]).toEqual([
      true,
      false,
      false,
    ])
  })

  it('a new round asks what happened again, and keeps why it happens', () => {
    const heardOut = [owned, example('listen', everyWhat), ...upTo(pocock, 'investigate').slice(2), whyAnswered]
    const again = given(heardOut).when(failed('p2')).accepts()
    expect(again.case.facts.answers).toEqual({ 'why-checked-in': { is: 'yes' } })
    expect(given(owned, failed()).case.facts.answers).toBeUndefined()
    const asked = given(faulkner, upTo('agree'), failed())
    asked.when(example('listen')).refuses('what-complete')
    const closed = given(heardOut, upTo(pocock).slice(-4))
    expect(closed.case.facts.answers).toHaveProperty('why-checked-in')
    expect(closed.when(example('reopen')).case.facts.answers).toBeUndefined()
  })

  it('a new round begins without the talk, and the attempts, of the one before', () => {
    const unmeasured = exampleOf(full, 'listen', { talk: { unmeasured: 'She wrote a letter.' } })
    const again = given(full, upTo('reflect'), failed(), unmeasured, upTo(full, 'empathize').slice(2))
    again.when(example('empathize')).refuses('personal-contact')
    const tried = (channel: string, at: string) => example('attempt', { channel, at })
    const attempts = [
      tried('phone', '2026-03-03T12:00:00Z'),
      tried('mail', '2026-03-03T13:00:00Z'),
      tried('phone', '2026-03-04T12:00:00Z'),
    ]
    const promised = given(owned, example('makePromise'), attempts)
    promised.when(example('declareUnreachable')).accepts()
    promised.when(example('breakPromise'), example('declareUnreachable')).refuses('attempts-made')
  })

  it('a failure of a step of one’s own takes the case back, too', () => {
    const inspect = step({
      name: 'inspect',
      phase: 'problem',
      summary: 'look at it together',
      evidence: z.object({ works: z.boolean() }),
      leads: ['on', 'anew'],
      lead: ({ command }) => (command.works ? 'on' : 'anew'),
    })
    const inspects = defineProtocol({ ...heard, id: 'inspects', problem: [inspect] }) as Protocol
    const again = given(inspects, upTo('inspect')).when(example('inspect', { works: false }))
    again.accepts().leavesIn('person.listen')
    expect(again.case.facts).toMatchObject({ round: 2, failures: [{ kind: 'reopened', round: 1 }] })
  })

  it('the fault of the customer makes what was made good not upheld, and leaves every other end as it is', () => {
    const theirs = example('findFault', { with: 'customer' })
    const rest = upTo(pocock).slice(-4)
    const outcome = (...history: readonly (object | readonly object[])[]) => given(history.flat()).case.facts.outcome
    const confirmed = (resolved: string) => [
      ...upTo(pocock, 'confirm'),
      example('confirm', { resolved }),
      example('thank'),
    ]
    expect(outcome(confirmed('yes'), rest)).toBe('recovered')
    expect(outcome(confirmed('partly'), rest)).toBe('partly-recovered')
    expect(outcome(confirmed('yes'), theirs, rest)).toBe('not-upheld')
    expect(outcome(confirmed('partly'), theirs, rest)).toBe('not-upheld')
    expect(outcome(upTo(pocock, 'deliver'), theirs, example('withdraw'), rest)).toBe('withdrawn')
  })

  it('what lapsed was not made good, whatever the steps are called', () => {
    const thanks = defineProtocol({ ...heard, id: 'thanks', person: [acknowledge], problem: [thank] })
    const system = upTo(thanks).slice(-2)
    const outcome = (opening: object) => given(thanks, opening, owned, system).case.facts.outcome
    expect(outcome(anonymous)).toBe('partly-recovered')
    expect(given(thanks, upTo('closed')).case.facts.outcome).toBe('recovered')
    const waived = given(thanks, upTo('thank'), example('waive', { step: 'thank' }), system)
    expect(waived.case.facts.outcome).toBe('recovered')
  })

  it('where nobody asks the customer, what was not agreed or not delivered is recovered in part', () => {
    const outcome = (...history: readonly (object | readonly object[])[]) =>
      given(
        latte,
        ...history,
        latte.system.map(({ name }) => exampleOf(latte, name)),
      ).case.facts.outcome
    const waive = (step: string) => example('waive', { step })
    const [thanked, explained] = [exampleOf(latte, 'thank'), exampleOf(latte, 'explain')]
    const delivered = exampleOf(latte, 'deliver', { kept: undefined })
    expect(outcome(upTo(latte, 'thank'), thanked, explained)).toBe('recovered')
    expect(outcome(upTo(latte, 'thank'), waive('thank'), explained)).toBe('recovered')
    expect(outcome(upTo(latte, 'agree'), waive('agree'), delivered, thanked, explained)).toBe('partly-recovered')
    const unmet = [waive('agree'), waive('deliver'), thanked, explained]
    expect(outcome(upTo(latte, 'agree'), unmet)).toBe('partly-recovered')
  })

  it('the customer’s word in an earlier round is no word in this one', () => {
    const confirmed = given(upTo('thank'))
    expect(confirmed.case.facts.outcome).toBe('recovered')
    const again = confirmed.when(example('remedyFailed', { saidBy: customer('cleo') })).accepts()
    expect(again.case.facts.outcome).toBeUndefined()
  })

  it('a machine that listened has not reached anybody', () => {
    const bot = { kind: 'machine', id: 'bot' }
    const heardBy = (by: object) => given(example('own', { by: bot }), example('listen', { by })).case.facts.contact
    expect(heardBy(bot)).toBeUndefined()
    expect(heardBy({ kind: 'person', id: 'ana' })).toMatchObject({ personal: true })
  })

  it('a change works where it happens less often, or not at all', () => {
    const verified = (before: number, after: number) =>
      given(upTo('verify'))
        .when(example('verify', { before, after, at: '2026-03-05T09:00:00.000Z' }))
        .accepts()
    for (const [before, after] of [
      [7, 6],
      [1, 0],
      [0, 0],
    ] as const) {
      const works = verified(before, after).leavesIn('system.share')
      expect(works.case.facts.changedAt).toBe('2026-03-05T09:00:00.000Z')
    }
    const improved = given(upTo('verify')).case.facts.changedAt
    for (const [before, after] of [
      [7, 7],
      [7, 9],
      [0, 1],
    ] as const) {
      const fails = verified(before, after).leavesIn('system.improve')
      expect(fails.case.facts.changedAt).toBe(improved)
      expect(fails.case.facts.steps).not.toHaveProperty('improve')
    }
  })
})
