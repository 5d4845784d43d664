import { defineProtocol, faulkner, full, heard, pocock, protocols, questions, questionsWith } from 'redress'
import { ana, ben, cleo, example, exampleOf, given, upTo } from 'redress/testing'
import 'redress/vitest'
import { describe, expect } from 'vitest'
import { office } from './office.ts'
import { proves } from './scenario.ts'

const group = (name: string) => questions.filter((one) => one.group === name)
const words = { answer: 'As it was said.' }
const yes = { yes: true }
const no = { yes: false }
const bot = { kind: 'machine', id: 'bot' }

/** Each question of a group by what makes it this one, in the order of the page. */
const asks = (name: string, marks: readonly RegExp[]) => {
  expect(group(name)).toHaveLength(marks.length)
  group(name).forEach((one, index) => {
    expect(one.text).toMatch(marks[index] as RegExp)
  })
}

/** All answers of a group that apply, but for some. */
const answersTo = (name: string, but: Readonly<Record<string, unknown>> = {}) =>
  Object.fromEntries(
    group(name)
      .filter((one) => one.when?.yes !== false)
      .map(({ id, yesNo }) => [id, but[id] ?? (yesNo ? yes : words)]),
  )

/** A question of a case, as a board shows it. */
async function shown(caseId: string, desk: ReturnType<typeof office>['desk'], id: string) {
  return (await desk.look(caseId)).questions.find((one) => one.id === id)
}

describe('§3 the 25 questions', () => {
  proves('§3 what 6', 'are six WHAT, answered in listen', () => {
    asks('what', [/exactly/, /part/, /between purchase and delivery/, /try/, /we answer/, /not enough/])
    given(full, example('own')).when(exampleOf(full, 'listen')).accepts()
    const { facts } = given(full, example('own'), exampleOf(full, 'listen')).case
    expect(Object.keys(facts.answers ?? {})).toEqual(group('what').map(({ id }) => id))
  })

  proves('§3 why 11', 'are eleven WHY, answered in investigate', () => {
    asks('why', [
      /expectations agreed up front/,
      /check in along the way/,
      /answer at once/,
      /If so, what/,
      /If not, why/,
      /before delivery/,
      /soon after/,
      /record the reply/,
      /quality fault.*vendor/,
      /exceed what client and market/,
      /over-promise/,
    ])
    const { facts } = given(full, upTo(full, 'improve')).case
    expect(Object.keys(facts.answers ?? {}).filter((id) => id.startsWith('why-'))).toHaveLength(10)
  })

  proves('§3 different 8', 'are eight DIFFERENT, answered in improve', () => {
    asks('different', [
      /process/,
      /empowered.*merry-go-round/,
      /wrong job/,
      /endemic/,
      /cumbersome/,
      /next time/,
      /below what the market/,
      /in business/,
    ])
    const { facts } = given(full, upTo(full, 'verify')).case
    expect(Object.keys(facts.answers ?? {}).filter((id) => id.startsWith('different-'))).toHaveLength(8)
  })

  proves('§3 ids and texts', 'have ids that stay and texts that a protocol can replace', async () => {
    expect(new Set(questions.map(({ id }) => id)).size).toBe(25)
    const translated = questionsWith({ 'what-part': 'Ist es alles oder ein Teil, und welcher?' })
    expect(translated.map(({ id }) => id)).toEqual(questions.map(({ id }) => id))
    const { person, problem, system, source } = heard
    const german = defineProtocol({
      ...{ id: 'hoeren', version: 1, source, person, problem, system },
      texts: { 'what-part': 'Ist es alles oder ein Teil, und welcher?' },
    })
    const { createDesk, memoryStore } = await import('redress')
    const desk = createDesk({ store: memoryStore(), protocols: [german] })
    await desk.open({ by: ana, caseId: 'c', customer: 'cleo', channel: 'mail', words: 'Leer.' })
    expect((await desk.look('c')).questions.find(({ id }) => id === 'what-part')?.text).toMatch(/^Ist es alles/)
  })

  proves('§3 answers', 'take an answer, or “not applicable” with a reason, and nothing else', () => {
    const owned = given(example('own'))
    const answered = (answer: object) => owned.when(example('answer', { answers: { 'what-part': answer } }))
    expect(answered(words).accepts().case.facts.answers).toEqual({ 'what-part': { is: 'said' } })
    const none = answered({ notApplicable: 'There is but one part.' }).accepts()
    expect(none.case.facts.answers).toEqual({ 'what-part': { is: 'not-applicable' } })
    for (const wrong of [{}, { notApplicable: ' ' }, { notApplicable: 'No part.', answer: 'All.' }]) {
      expect(answered(wrong).verdict).toBeRefused('malformed')
    }
    given(full, upTo(full, 'investigate'))
      .when(example('answer', { answers: { 'why-checked-in': words } }))
      .refuses('answers-in-turn')
  })

  proves('§3 conditions', 'are asked only where their condition holds', async () => {
    const { desk, open, send } = office()
    await open('one')
    await send('one', example('own'))
    const asked = async () => (await desk.look('one')).questions.map(({ id }) => id)
    const conditional = ['why-what-we-did', 'why-not-at-once', 'why-recorded-reply', 'different-still-in-business']
    expect(questions.filter((one) => one.when).map(({ id }) => id)).toEqual(conditional)
    for (const id of conditional) expect(await asked()).not.toContain(id)
    await send(
      'one',
      example('answer', {
        answers: { 'why-answered-at-once': no, 'why-asked-soon-after': yes, 'different-below-market': yes },
      }),
    )
    expect(await asked()).toEqual(expect.arrayContaining(conditional.slice(1)))
    expect(await asked()).not.toContain('why-what-we-did')
    given(example('own'), example('answer', { answers: { 'why-answered-at-once': no } }))
      .when(example('answer', { answers: { 'why-what-we-did': words } }))
      .refuses('answers-in-turn')
    given(example('own'), example('answer', { answers: { 'why-answered-at-once': yes } }))
      .when(example('answer', { answers: { 'why-what-we-did': words } }))
      .accepts()
  })

  proves('§3 conditions', 'whose condition holds are asked for before the case goes on', () => {
    const due = given(full, upTo(full, 'investigate'))
    const answers = answersTo('why', { 'why-answered-at-once': no })
    const { 'why-what-we-did': _, ...without } = answers
    due.when(example('investigate', { answers: without })).refuses('why-complete')
    due.when(example('investigate', { answers: { ...without, 'why-not-at-once': words } })).accepts()
  })

  proves(['§3 conditions', '§3 draft confirmed'], 'are not asked on a condition that is a machine’s draft', () => {
    const drafted = example('answer', { by: bot, answers: { 'why-answered-at-once': no } })
    given(example('own'), drafted)
      .when(example('answer', { answers: { 'why-not-at-once': words } }))
      .refuses('answers-in-turn')
  })

  proves('§3 any protocol', 'are accepted by every protocol, required or not', () => {
    for (const protocol of protocols) {
      given(protocol, example('own'))
        .when(
          example('answer', { answers: answersTo('what') }),
          example('answer', { answers: answersTo('why') }),
          example('answer', { answers: answersTo('different') }),
        )
        .accepts()
    }
  })

  proves('§3 required is data', 'are required by a protocol’s data: none, one, or all', () => {
    const { person, problem, system, source } = faulkner
    const definition = { id: 'ours', version: 1, source, person, problem, system, rules: faulkner.rules }
    const one = defineProtocol({ ...definition, requires: ['what-stage'] })
    given(one, example('own')).when(example('listen')).refuses('what-complete')
    given(one, example('own'))
      .when(example('listen', { answers: { 'what-stage': words } }))
      .accepts()
    given(defineProtocol(definition), example('own')).when(example('listen')).accepts()
    given(heard, example('own')).when(example('listen')).accepts()
    expect([faulkner.requires.length, full.requires.length]).toEqual([25, 25])
  })
})

describe('§3 the locks', () => {
  const why = example('answer', { answers: { 'why-checked-in': yes } })
  const different = example('answer', { answers: { 'different-process': words } })

  proves('§3 why locked', 'WHY is refused until the required WHAT are there', () => {
    const owned = given(full, example('own'))
    owned.when(why).refuses('answers-in-turn')
    const { 'what-part': part, ...five } = answersTo('what')
    owned.when(example('answer', { answers: five }), why).refuses('answers-in-turn')
    owned.when(example('answer', { answers: { ...five, 'what-part': part } }), why).accepts()
    given(pocock, example('own')).when(why).accepts()
  })

  proves('§3 different locked', 'DIFFERENT is refused until the required WHY are there', () => {
    const heardOut = given(full, upTo(full, 'reflect'))
    heardOut.when(different).refuses('answers-in-turn')
    heardOut.when(example('answer', { answers: answersTo('why') }), different).accepts()
  })

  proves(['§3 why locked', '§6 waiver: declines to talk'], 'opens for a customer who declines to talk', () => {
    const talked = example('contact', { direction: 'from-customer', asksForWriting: true })
    const waived = [
      ...upTo(full, 'listen'),
      talked,
      example('waive'),
      ...upTo(full, 'investigate').filter(({ type }) => !['own', 'listen'].includes(type)),
    ]
    given(full, waived).when(exampleOf(full, 'investigate')).accepts().leavesIn('system.improve')
    given(full, example('own'), example('withdraw'))
      .when(exampleOf(full, 'investigate'), exampleOf(full, 'improve'))
      .accepts()
      .leavesIn('system.verify')
  })
})

describe('§3 the drafts', () => {
  proves(
    ['§3 why locked', '§3 different locked'],
    'are asked anew in the system phase of a case that was reopened',
    () => {
      const reopened = given(faulkner, upTo(faulkner), example('reopen'))
      const again = upTo(faulkner, undefined, { deliver: { kept: ['p2'] } }).slice(1)
      reopened.when(...again.slice(0, -3), example('investigate')).refuses('why-complete')
      reopened.when(...again.slice(0, -2), example('improve')).refuses('different-complete')
      reopened
        .when(...again)
        .accepts()
        .leavesIn('closed')
    },
  )

  proves('§3 draft at once', 'say whether the complaint was answered at once, from the contacts', async () => {
    const { desk, open, send, at } = office()
    for (const caseId of ['soon', 'late']) await open(caseId)
    expect((await shown('soon', desk, 'why-answered-at-once'))?.draft).toBeUndefined()
    await send('soon', example('own'))
    at('2026-03-05T09:00:00.000Z')
    await send('late', example('own'))
    expect(await shown('soon', desk, 'why-answered-at-once')).toMatchObject({ draft: 'yes', answered: undefined })
    expect(await shown('late', desk, 'why-answered-at-once')).toMatchObject({ draft: 'no', answered: undefined })
  })

  proves('§3 draft over-promised', 'say whether we over-promised, from the promise ledger', async () => {
    const { desk, open, send } = office()
    await open('one')
    await send('one', upTo(pocock, 'agree'))
    expect((await shown('one', desk, 'why-over-promised'))?.draft).toBeUndefined()
    await send('one', example('agree'))
    expect((await shown('one', desk, 'why-over-promised'))?.draft).toBe('no')
    await send('one', example('breakPromise'))
    expect((await shown('one', desk, 'why-over-promised'))?.draft).toBe('yes')
  })

  proves('§3 draft merry-go-round', 'say whether people are empowered, from hand-offs and approvals', async () => {
    const { desk, open, send } = office()
    await open('one')
    await send('one', example('own'))
    expect((await shown('one', desk, 'different-empowered'))?.draft).toBe('yes')
    await send('one', example('approveRemedy'), example('handOff'), example('acceptHandOff'))
    expect((await shown('one', desk, 'different-empowered'))?.draft).toBe('no')
  })

  proves(
    '§3 draft confirmed',
    'count once a person confirms them, and never overwrite what a person said',
    async () => {
      const { desk, open, send } = office()
      await open('one', { protocol: 'full' })
      await send('one', example('own'))
      const drafted = example('answer', { by: bot, answers: answersTo('what') })
      await send('one', drafted)
      expect(await shown('one', desk, 'what-part')).toMatchObject({
        draft: 'said',
        answered: undefined,
        required: true,
      })
      given(full, example('own'), drafted).when(example('listen')).refuses('what-complete')
      given(full, example('own'))
        .when(exampleOf(full, 'listen', { by: bot }))
        .refuses('what-complete')
      await send('one', example('answer', { answers: { 'what-part': { notApplicable: 'It was empty.' } } }))
      expect(await shown('one', desk, 'what-part')).toMatchObject({ draft: undefined, answered: 'not-applicable' })
      await send('one', drafted)
      expect(await shown('one', desk, 'what-part')).toMatchObject({ draft: undefined, answered: 'not-applicable' })
    },
  )
})

describe('§3 the three trust questions', () => {
  const trustIn = async (desk: ReturnType<typeof office>['desk'], caseId: string) =>
    Object.fromEntries((await desk.look(caseId)).trust.map(({ id, yes, basis }) => [id, [yes, basis]]))

  proves(['§3 trust: care', '§3 trust: derived'], '“do you care for me” follows from the person phase', async () => {
    const { desk, open, send } = office()
    for (const caseId of ['done', 'waived']) await open(caseId)
    await send('done', upTo(pocock, 'empathize'))
    expect(await trustIn(desk, 'done')).toMatchObject({ care: [undefined, 'derived'] })
    await send('done', example('empathize'))
    expect(await trustIn(desk, 'done')).toMatchObject({ care: [true, 'derived'], help: [undefined, 'derived'] })
    await send('waived', upTo(pocock, 'empathize'), example('waive', { step: 'empathize' }))
    expect(await trustIn(desk, 'waived')).toMatchObject({ care: [undefined, 'derived'] })
  })

  proves(['§3 trust: help', '§3 trust: derived'], '“can you help me” follows from the problem phase', async () => {
    const { desk, open, send } = office()
    await open('one')
    await send('one', upTo(pocock, 'thank'))
    expect(await trustIn(desk, 'one')).toMatchObject({ help: [undefined, 'derived'] })
    await send('one', example('thank'))
    expect(await trustIn(desk, 'one')).toMatchObject({ help: [true, 'derived'], trust: [undefined, 'derived'] })
  })

  proves(
    ['§3 trust: trust', '§3 trust: derived'],
    '“can I trust you” follows from promises and the system',
    async () => {
      const { desk, open, send } = office()
      for (const caseId of ['kept', 'broken']) await open(caseId)
      await send('kept', upTo(pocock))
      expect(await trustIn(desk, 'kept')).toMatchObject({ trust: [true, 'derived'] })
      await send('broken', upTo(pocock, 'deliver'), example('breakPromise'))
      expect(await trustIn(desk, 'broken')).toMatchObject({ trust: [false, 'derived'], care: [undefined, 'derived'] })
      await send('broken', upTo(pocock, undefined, { deliver: { kept: ['p2'] } }).slice(1))
      expect(await trustIn(desk, 'broken')).toMatchObject({ trust: [false, 'derived'], help: [true, 'derived'] })
    },
  )

  proves('§3 trust: asked', 'are the customer’s own answer where they were asked, until a second failure', async () => {
    const { desk, open, send } = office()
    await open('one')
    await send('one', upTo(pocock, 'deliver'))
    for (const question of ['care', 'help', 'trust'])
      await send('one', example('askTrust', { question, yes: question !== 'trust', saidBy: cleo }))
    const said = { care: [true, 'asked'], help: [true, 'asked'], trust: [false, 'asked'] }
    expect(await trustIn(desk, 'one')).toEqual(said)
    await send('one', example('breakPromise'))
    expect(await trustIn(desk, 'one')).toMatchObject({ care: [undefined, 'derived'], trust: [false, 'derived'] })
    given(example('own'))
      .when(example('askTrust', { saidBy: ben }))
      .refuses('trust-is-the-customers-word')
  })
})
