import { type Answer, type AnyCommand, type Case, judge, machine, type Protocol, type Verdict } from 'redress'
import { ana, type Expectation, example, upTo } from 'redress/testing'
import { office } from '../office.ts'

/** Something tried under a protocol, whichever way: what became of it. */
export type Trial = (protocol: Protocol) => Expectation | Verdict | Promise<Answer>
export type Told = readonly [sentence: string, trial: Trial]

/** A rule, seen at work: what it refuses, and what it lets pass, under a protocol that has it. */
export interface Seen {
  readonly under?: Protocol
  readonly refuses: readonly Told[]
  readonly passes: readonly Told[]
}

export const bot = machine('bot')
export const billing = { kind: 'group', id: 'billing' }
export const inMarch = '2026-03-20T12:00:00.000Z'
export const lamp = { text: 'A new lamp', maker: ana, inControl: true, latest: inMarch }
export const talk = (customerSeconds: number, ourSeconds: number) =>
  example('listen', { talk: { customerSeconds, ourSeconds } })
export const corrected = example('reflect', {
  customer: { answer: 'corrected', correction: 'It was not late, it was empty.' },
})
export const agreed = (other: object) => example('agree', { promises: [{ ...lamp, ...other }] })
export const made = (protocol: Protocol) => [...upTo(protocol, 'agree'), agreed({})]
export const handedOver = [example('own'), example('handOff')]
export const tried = (channel: string, day: number) => example('attempt', { channel, at: `2026-03-0${day}T12:00:00Z` })
export const writing = example('contact', { direction: 'from-customer', asksForWriting: true })
export const byLetter = { talk: { unmeasured: 'by letter' } }
export const words = { answer: 'As it was said.' }

/** What a desk answers to the last of these, once the others have passed, in a case that was opened like this. */
export const atADesk = async (protocol: Protocol, opening: object, ...commands: readonly object[]): Promise<Answer> => {
  const { desk, open, send } = office({ protocols: [protocol] })
  await open('one', opening)
  await send('one', ...commands.slice(0, -1))
  return desk.send('one', commands.at(-1))
}

/** A command that only the desk sends, judged. */
export const judged = (protocol: Protocol, before: Case, type: string, evidence: object): Verdict =>
  judge(protocol, before, { type, by: machine('desk'), at: before.facts.lastAt, ...evidence } as unknown as AnyCommand)

export const withDeadline = ({ case: now }: { readonly case: Case }): Case => ({
  ...now,
  facts: { ...now.facts, deadlines: [{ name: 'own', since: now.facts.openedAt as string, due: inMarch }] },
})
