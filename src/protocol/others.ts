import * as z from 'zod'
import type { CommandOf, Judged } from './command.ts'
import { command } from './command.ts'
import { rule } from './rule.ts'
import { Id, Words } from './words.ts'

/** Somebody else who was delayed or affected. */
export const addBystander = command({
  name: 'addBystander',
  summary: 'list somebody else who was delayed or affected',
  evidence: z.object({
    bystander: Id.describe('the host’s id of the person'),
    how: Words.describe('how they were affected'),
  }),
  effect: (facts, { command }) =>
    facts.bystanders?.some((one) => one.id === command.bystander)
      ? facts
      : { ...facts, bystanders: [...(facts.bystanders ?? []), { id: command.bystander, acknowledged: false }] },
})

/** A bystander was thanked or told. */
export const acknowledgeBystander = command({
  name: 'acknowledgeBystander',
  summary: 'thank or tell a bystander',
  evidence: z.object({ bystander: Id.describe('who'), words: Words.describe('what was said') }),
  effect: (facts, { command }) => ({
    ...facts,
    bystanders: facts.bystanders?.map((one) => (one.id === command.bystander ? { ...one, acknowledged: true } : one)),
  }),
})

export const bystanderIsListed = rule<CommandOf<typeof acknowledgeBystander>>({
  id: 'bystander-is-listed',
  because: 'Only somebody who was listed as affected can be acknowledged.',
  source: 'Sales Lab',
  on: ['acknowledgeBystander'],
  holds: ({ facts, command }) => facts.bystanders?.some((one) => one.id === command.bystander) === true,
})

/** Whether the command closes the case: with the last step, or for the case that it was merged into. */
const closes = ({ facts, command, at, protocol }: Judged): boolean =>
  protocol.settlesLastOf('system', command.type, at) ||
  (command.type === 'merge' && at.phase === 'problem') ||
  (facts.mergedInto !== undefined && protocol.settlesLastOf('person', command.type, at))

export const bystandersAcknowledged = rule({
  id: 'bystanders-acknowledged',
  because: 'Those who stood by and said nothing paid too: none is forgotten.',
  source: 'Sales Lab',
  on: 'every',
  reads: 'case',
  holds: (judged) => !closes(judged) || judged.facts.bystanders?.every((one) => one.acknowledged) !== false,
})

/** Praise, captured with the same care as blame. */
export const praise = command({
  name: 'praise',
  summary: 'record praise, with the same care as blame',
  evidence: z.object({ words: Words.describe('what was praised'), whom: Id.optional().describe('whose work it was') }),
  during: ['received', 'person', 'problem', 'system', 'closed'],
  effect: (facts) => ({ ...facts, praise: (facts.praise ?? 0) + 1 }),
})

const reasons = ['harm', 'vulnerability', 'deadline', 'recurrence', 'reach', 'volume'] as const
const loud: readonly string[] = ['reach', 'volume']

/** The priority, and why. */
export const setPriority = command({
  name: 'setPriority',
  summary: 'set the priority, with its reasons',
  evidence: z.object({
    priority: z.int().min(1).max(5).describe('1 is the most urgent'),
    reasons: z.array(z.enum(reasons)).min(1).max(reasons.length).describe('why'),
  }),
  effect: (facts, { command }) => ({ ...facts, priority: command.priority }),
})

const NORMAL_PRIORITY = 3

export const loudnessBlind = rule<CommandOf<typeof setPriority>>({
  id: 'loudness-blind',
  because: 'The squeaky wheel gets no more oil than the silent one: reach and volume alone raise no priority.',
  source: 'Sales Lab',
  on: ['setPriority'],
  holds: ({ facts, command }) =>
    command.priority >= (facts.priority ?? NORMAL_PRIORITY) || command.reasons.some((reason) => !loud.includes(reason)),
})
