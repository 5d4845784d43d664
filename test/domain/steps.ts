import { heard, pocock, solomon } from 'redress'
import { example, given, upTo } from 'redress/testing'
import { describe, expect } from 'vitest'
import { letsPass } from './scenario.ts'

const corrected = example('reflect', {
  customer: { answer: 'corrected', correction: 'It was not late, it was empty.' },
})
const alreadyGiven = example('explain', { alreadyGiven: true })

describe('§5 where what is let pass leads', () => {
  letsPass('in-order', 'the last step of a phase leads into the next phase', () => {
    given(upTo(pocock, 'empathize')).when(example('empathize')).accepts().leavesIn('problem.agree')
    given(upTo(pocock, 'thank')).when(example('thank')).accepts().leavesIn('system.investigate')
    given(upTo(pocock, 'share')).when(example('share')).accepts().leavesIn('closed')
    given(solomon, upTo(solomon, 'listen')).when(example('listen')).accepts().leavesIn('problem.agree')
    given(heard, upTo(heard, 'apologize')).when(example('apologize')).accepts().leavesIn('problem.agree')
  })

  letsPass('understanding-confirmed', 'a correction leads back to listen, and is kept until it is confirmed', () => {
    const back = given(upTo(pocock, 'reflect')).when(corrected).accepts().leavesIn('person.listen')
    expect(back.case.facts).toMatchObject({ understanding: 'corrected', steps: { own: 'done' } })
    given(upTo(pocock, 'reflect'), corrected)
      .when(example('listen'), example('reflect'), example('apologize'))
      .accepts()
      .leavesIn('person.empathize')
  })

  letsPass('no-unasked-explanation', 'one that was given all the same erases the apology, which is due again', () => {
    const erased = given(upTo(pocock, 'empathize')).when(alreadyGiven).accepts().leavesIn('person.apologize')
    expect(erased.case.facts.steps).not.toHaveProperty('apologize')
    given(upTo(pocock, 'empathize'), alreadyGiven)
      .when(example('apologize'), example('empathize'))
      .accepts()
      .leavesIn('problem.agree')
    given(solomon, upTo(solomon, 'listen')).when(alreadyGiven).accepts().leavesIn('person.apologize')
  })

  letsPass('no-unasked-explanation', 'it erases nothing where the customer had asked, or nobody has apologised', () => {
    given(upTo(pocock, 'empathize'), example('askWhy')).when(alreadyGiven).accepts().leavesIn('person.empathize')
    given(upTo(pocock, 'reflect')).when(alreadyGiven).accepts().leavesIn('person.reflect')
    given(upTo(pocock, 'agree')).when(alreadyGiven).accepts().leavesIn('problem.agree')
  })

  letsPass('customer-confirms', 'the customer’s word is the outcome: yes, or in part', () => {
    expect(given(upTo(pocock)).case.facts.outcome).toBe('recovered')
    const partly = upTo(pocock, undefined, { confirm: { resolved: 'partly' } })
    expect(given(partly).case.facts.outcome).toBe('partly-recovered')
  })

  letsPass('customer-confirms', 'without their word it is recovered in part, at most', () => {
    const waived = [...upTo(pocock, 'confirm'), example('waive', { step: 'confirm' })]
    expect(given(waived, upTo(pocock).slice(-5)).case).toMatchObject({
      state: 'closed',
      facts: { outcome: 'partly-recovered' },
    })
  })

  letsPass('fair-hearing', 'fault with the customer, fairly found, is the outcome; they have had their answer', () => {
    const unfounded = [...upTo(pocock, 'reflect'), example('findFault', { with: 'customer' })]
    const ended = given(unfounded, upTo(pocock).slice(2)).case
    expect(ended).toMatchObject({ state: 'closed', facts: { outcome: 'not-upheld', steps: { apologize: 'done' } } })
  })
})
