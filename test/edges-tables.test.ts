import {
  blast,
  courteous,
  explain,
  full,
  inCpgrams,
  nhsEngland,
  type Place,
  pocock,
  protocols,
  questions,
  ukDisp,
  usCfpb,
} from 'redress'
import { cleo, example, exampleOf, given, owned, upTo } from 'redress/testing'
import { describe, expect, it } from 'vitest'

const all = [...full.commands.values()]
const namesWhere = (test: (name: string) => boolean): string =>
  all
    .map(({ name }) => name)
    .filter(test)
    .join(' ')

const places: readonly Place[] = [
  { phase: 'received', step: 'own' },
  { phase: 'person', step: full.person[0].name },
  { phase: 'problem', step: full.problem[0].name },
  { phase: 'system', step: full.system[0].name },
  { phase: 'closed', step: undefined },
]

// What modules say once, as they are loaded.
describe('the tables of commands and rules', () => {
  // biome-ignore format: a table
  it.each([
    ['received person problem system', 'answer askWhy explain attempt makePromise reportAgain approveRemedy findFault setPriority askTrust addBystander acknowledgeBystander grantAuthority excludeOwner pause resume joinIncident'],
    ['received person problem system closed', 'contact keepPromise movePromise breakPromise contain praise placeHold liftHold missDeadline erase'],
    ['person problem system', 'waive handOff acceptHandOff declineHandOff'],
    ['person problem', 'withdraw declareUnreachable merge refer returnReferral'],
    ['problem system', 'remedyFailed'],
    ['system', 'shareStep'],
    ['closed', 'reopen changeFailed'],
  ])('let these commands come while a case is %s, whatever step is due', (phases, names) => {
    const isStep = (name: string) => full.steps.some((step) => step.name === name)
    const phasesOf = (name: string) => places.filter((at) => full.inTurn(name, at)).map(({ phase }) => phase)
    expect(namesWhere((name) => !isStep(name) && phasesOf(name).join(' ') === phases)).toBe(names)
  })

  // biome-ignore format: a table
  it.each([
    ['heard', 'listen reflect confirm askWhy remedyFailed askTrust withdraw'],
    ['said', 'own believe acknowledge reflect apologize empathize agree surprise thank share explain makePromise movePromise'],
    ['postpones', 'movePromise pause refer'],
    ['needs', 'waive approveRemedy'],
    ['internal', 'missDeadline shareStep changeFailed erase'],
    ['failure', 'confirm breakPromise remedyFailed reopen missDeadline'],
    ['settles', 'waive'],
    ['backTo', 'reflect verify explain'],
  ] as const)('mark these commands as `%s`, in every protocol', (mark, names) => {
    const marked = names.split(' ')
    const others = protocols.flatMap((one) =>
      [...one.commands.values()].filter((each) => Boolean(each[mark]) !== marked.includes(each.name)),
    )
    expect(others.map(({ name }) => name)).toEqual([])
  })

  it('mark the same steps as `said` where they are due', () => {
    const said = 'own believe acknowledge reflect apologize empathize agree surprise thank share explain'.split(' ')
    const steps = protocols.flatMap((one) => one.steps)
    expect(new Set(steps.filter((one) => one.said === true).map(({ name }) => name))).toEqual(new Set(said))
  })

  it('say that a surprise that costs is spent', () => {
    const surprised = given(full, upTo(full, 'surprise')).when(exampleOf(full, 'surprise', { cost: 20 }))
    expect(surprised.case.facts.spent).toBe(20)
  })

  // biome-ignore format: a table
  it.each([
    ['deliver keepPromise movePromise breakPromise reportAgain', 'promise-is-open'],
    ['agree contact makePromise keepPromise', 'promise-has-window-and-basis'],
    ['deliver keepPromise', 'promise-kept-in-time'],
    ['deliver confirm', 'no-open-promises'],
    ['acceptHandOff declineHandOff', 'hand-off-accepted'],
    ['own handOff', 'handler-excluded'],
    ['agree surprise makePromise', 'proportionate'],
    ['listen investigate improve answer', 'answers-in-turn'],
    ['apologize explain', 'no-unasked-explanation'],
  ])('have %s judged by %s', (commands, id) => {
    const judged = new Set(
      protocols.flatMap((one) => [...one.commands.keys()].filter((name) => one.rulesOn(name).some((by) => by.id === id))),
    )
    expect(judged).toEqual(new Set(commands.split(' ')))
  })

  it('say of these rules that the case alone decides, so that what they forbid is not open', () => {
    const rules = protocols.flatMap((one) => [...one.commands.keys()].flatMap((name) => one.rulesOn(name)))
    const ids = new Set(rules.filter(({ reads }) => reads === 'case').map(({ id }) => id))
    expect([...ids].sort().join(' ')).toBe(
      'attempts-made authority-before-disclosure bystanders-acknowledged change-verified different-complete hand-off-accepted in-order is-held is-paused is-referred no-erasure-under-hold no-open-promises owned-by-a-person personal-contact promise-is-open remedy-delivered thanked understanding-confirmed waits-for-referral what-complete why-complete',
    )
  })
})

describe('while somebody else decides', () => {
  const referred = given(upTo('listen'), example('refer'))

  it.each(['listen', 'waive', 'withdraw', 'merge', 'declareUnreachable', 'refer'])('no `%s` is taken', (type) => {
    referred.when(example(type)).refuses('waits-for-referral')
  })

  it('all else goes on', () => {
    for (const type of ['pause', 'contain', 'praise', 'returnReferral']) referred.when(example(type)).accepts()
  })
})

describe('before somebody may speak for the customer', () => {
  const opening = {
    by: cleo,
    customer: cleo.id,
    representative: 'dora',
    channel: 'mail',
    words: 'My mother’s heating is dead.',
  }
  const steps = upTo(blast, 'believe')

  it('they are believed, and we say who we are', () => {
    given(blast, opening, ...steps)
      .when(exampleOf(blast, 'believe'))
      .accepts()
    given(pocock, opening).when(owned).accepts()
  })

  it('nothing of the case is said', () => {
    given(pocock, opening, owned, example('listen')).when(example('reflect')).refuses('authority-before-disclosure')
  })
})

it('these questions are answered with yes or no', () => {
  const ids = questions.filter(({ yesNo }) => yesNo === true).map(({ id }) => id)
  expect(ids).toEqual([
    'why-expectations',
    'why-checked-in',
    'why-answered-at-once',
    'why-checked-before-delivery',
    'why-asked-soon-after',
    'why-recorded-reply',
    'why-quality-fault',
    'why-above-market',
    'why-over-promised',
    'different-empowered',
    'different-wrong-job',
    'different-below-market',
  ])
})

it('a hand-off is declined where there is one, and by whom it was offered to', () => {
  const none = given(owned)
  none.when(example('declineHandOff')).refuses('hand-off-accepted')
  const open = explain(pocock, none.case).filter((one) => one.open)
  expect(open.map(({ command }) => command)).not.toContain('declineHandOff')
  const offered = given(owned, example('handOff'))
  offered.when(example('declineHandOff', { by: cleo })).refuses('hand-off-accepted')
  const declined = offered.when(example('declineHandOff')).accepts()
  declined.when(example('acceptHandOff')).refuses('hand-off-accepted')
  declined.when(example('listen')).accepts()
})

describe('the clocks of', () => {
  // biome-ignore format: a table
  it.each([
    [courteous, 'own opening {"workingHours":4} owned true', 'first-contact opening {"workingDays":1} contact true', 'next-contact contact {"workingDays":2} closed true', 'answer customer-contact {"workingDays":2} answer false'],
    [ukDisp, 'acknowledge opening {"workingDays":1} contact false', 'summary-resolution opening {"closeOfWorkingDay":3} problem-fixed false', 'final-response opening {"weeks":8} response false'],
    [usCfpb, 'response opening {"days":15} response false', 'final-response opening {"days":60} problem-fixed false'],
    [nhsEngland, 'acknowledge opening {"workingDays":3} contact false', 'explain opening {"months":6} response false'],
    [inCpgrams, 'resolve opening {"days":21} response false'],
  ])('$id run so, and so long, until they are met', ({ clocks }, ...expected) => {
    const said = clocks.map(({ name, from, span, until, pausable }) =>
      [name, from, JSON.stringify(span), until, pausable].join(' '),
    )
    expect(said).toEqual(expected)
  })
})
