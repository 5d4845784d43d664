import { judge, machine, person, pocock } from 'redress'
import { EXAMPLE_START, example, given, owned, upTo } from 'redress/testing'
import { describe, expect, it } from 'vitest'
import { malformed, refusedWith } from '../src/machine/refusal.ts'

const refusal = (history: readonly object[], command: object) => {
  const { verdict } = given(history).when(command)
  if (verdict.accepted) throw new Error('It passed.')
  return verdict.refusal
}

describe('the edges of a refusal', () => {
  it('says whose turn it is not, and why', () => {
    const listened = upTo(pocock, 'reflect')
    const turn = (history: readonly object[], type: string) => refusal(history, example(type)).sentence
    expect(turn(listened, 'apologize')).toMatch(/^Not yet: before “apologize” comes reflect\. First fix the person/)
    expect(turn(listened, 'empathize')).toMatch(/^Not yet: before “empathize” come reflect and apologize\. /)
    expect(turn(listened, 'own')).toMatch(/^“own” has had its turn\. /)
    expect(turn([], 'handOff')).toMatch(/^“handOff” has no place while a case is just received\. /)
    expect(turn(listened, 'reopen')).toMatch(/^“reopen” has no place while a case is in the person phase\. /)
    expect(turn(listened, 'apologize')).toMatch(/\(Solomon, Pocock\).* Due now: reflect – say back what we heard/)
    const closed = refusal(upTo(pocock), example('listen'))
    expect(closed.sentence).toMatch(/^Not now: the case is closed, and “listen” has no place in it\. /)
    expect(closed.sentence).toMatch(/ Possible now: reopen – open a closed case again\.$/)
    expect(closed.skipped).toEqual([])
  })

  it('says which rules were broken, and what is due unless that was tried', () => {
    const ben = refusal([owned], example('contact', { by: person('ben') }))
    expect(ben).toMatchObject({ code: 'against-the-rules', skipped: [], issues: [], index: 0 })
    expect(ben.sentence).toMatch(
      /^“contact” can’t be done like this\. One voice .*\(Taylor\) Due now: listen – [^.]*\.$/,
    )
    const bot = refusal([], example('own', { owner: machine('bot') })).sentence
    expect(bot).toMatch(/^“own” can’t be done like this\. A named person .*\(Taylor\)$/)
    const missed = {
      type: 'missDeadline',
      by: machine('clock'),
      at: EXAMPLE_START,
      deadline: 'own',
      due: EXAMPLE_START,
    }
    const { refusal: internal } = judge(pocock, given(owned).case, missed as never) as {
      readonly refusal: typeof ben
    }
    expect(internal.sentence).toMatch(/its time has come\. \(redress\)$/)
  })

  it('says what can’t be read, or what else stands against it', () => {
    const issues = [
      { path: '', message: 'all wrong' },
      { path: 'by', message: 'is missing' },
    ]
    const nothing = { rules: [], skipped: [], open: [], index: 0 }
    expect(malformed('own', issues)).toEqual({
      ...nothing,
      code: 'malformed',
      command: 'own',
      issues,
      sentence: '“own” can’t be read: all wrong; by: is missing.',
    })
    expect(malformed(undefined, issues, ['own'])).toMatchObject({
      open: ['own'],
      sentence: 'This can’t be read: all wrong; by: is missing.',
    })
    expect(refusedWith('conflict', 'own', 'Somebody was quicker.')).toEqual({
      ...nothing,
      code: 'conflict',
      command: 'own',
      issues: [],
      sentence: 'Somebody was quicker.',
    })
  })
})
