import * as z from 'zod'
import { Actor } from './actor.ts'
import type { CommandOf } from './command.ts'
import { command } from './command.ts'
import type { askWhy } from './common.ts'
import type { Facts } from './facts.ts'
import type { Protocol } from './protocol.ts'
import { rule } from './rule.ts'

/** The three questions that every customer has of us (Maxwell, in Faulkner). */
export const trustQuestions = [
  { id: 'care', text: 'Do you care for me?' },
  { id: 'help', text: 'Can you help me?' },
  { id: 'trust', text: 'Can I trust you?' },
] as const

export type TrustQuestionId = (typeof trustQuestions)[number]['id']

/** The customer's own answer, and in which round they gave it. */
export interface TrustAnswer {
  readonly yes: boolean
  readonly round: number
}

/** A trust question of a case, answered by the customer (`asked`) or by what happened (`derived`). */
export interface Trust {
  readonly id: TrustQuestionId
  readonly text: string
  readonly yes: boolean | undefined
  readonly basis: 'asked' | 'derived'
}

/** The customer's own answer to a trust question. */
export const askTrust = command({
  name: 'askTrust',
  summary: 'record what the customer answers to a trust question',
  heard: true,
  evidence: z.object({
    question: z.enum(['care', 'help', 'trust']).describe('which of the three'),
    yes: z.boolean().describe('what they answered'),
    saidBy: Actor.describe('whose word it is'),
  }),
  effect: (facts, { command }) => ({
    ...facts,
    trust: { ...facts.trust, [command.question]: { yes: command.yes, round: facts.round } },
  }),
})

/** Whether it is the word of the one who complained, or of somebody who has shown that they speak for them. */
export const isCustomersWord = ({ customer, representative, authority }: Facts, { kind, id }: Actor): boolean =>
  kind === 'customer'
    ? customer === undefined || id === customer
    : kind === 'representative' && authority === 'given' && id === representative

export const trustIsTheCustomers = rule<CommandOf<typeof askTrust>>({
  id: 'trust-is-the-customers-word',
  because: 'Whether we can be trusted is for the customer to say.',
  source: 'Faulkner',
  on: ['askTrust'],
  holds: ({ facts, command }) => isCustomersWord(facts, command.saidBy),
})

export const askedByTheCustomer = rule<CommandOf<typeof askWhy>>({
  id: 'asked-by-the-customer',
  because: 'Only the customer’s own question makes an explanation an answer.',
  source: 'Pocock',
  on: ['askWhy'],
  holds: ({ facts, command }) => isCustomersWord(facts, command.saidBy),
})

/** The three questions of a case. What the customer said in an earlier round no longer holds: a second failure came since. */
export function trustOf(protocol: Protocol, facts: Facts): readonly Trust[] {
  const fixed = (phase: 'person' | 'problem' | 'system') =>
    protocol[phase].every((step) => facts.steps[step.name] === 'done')
  const broken = facts.promises.some((promise) => promise.state === 'broken')
  const derived: Readonly<Record<TrustQuestionId, boolean | undefined>> = {
    care: fixed('person') ? true : undefined,
    help: fixed('problem') ? true : undefined,
    trust: broken ? false : fixed('system') ? true : undefined,
  }
  return trustQuestions.map(({ id, text }) => {
    const asked = facts.trust?.[id]
    return asked?.round === facts.round
      ? { id, text, yes: asked.yes, basis: 'asked' }
      : { id, text, yes: derived[id], basis: 'derived' }
  })
}
