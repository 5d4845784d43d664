import * as z from 'zod'
import type { Actor } from './actor.ts'
import type { Stamp } from './command.ts'
import { command } from './command.ts'
import type { Facts } from './facts.ts'
import type { Protocol } from './protocol.ts'
import type { Question, QuestionId } from './question.ts'
import { allQuestions, questions, questionsWith } from './question.ts'
import { rule } from './rule.ts'
import { Words } from './words.ts'

/** An answer: in words, with yes or no where the question asks for it; or not applicable, with the reason. */
export const InquiryAnswer = z.union([
  z.strictObject({ answer: Words, yes: z.boolean().optional() }),
  z.strictObject({ yes: z.boolean() }),
  z.strictObject({ notApplicable: Words }),
])
export type InquiryAnswer = z.infer<typeof InquiryAnswer>

/** Answers by the questions' ids. */
export const InquiryAnswers = z.partialRecord(z.enum(allQuestions), InquiryAnswer)
export type InquiryAnswers = z.infer<typeof InquiryAnswers>

/** What the facts know of an answer; its words stay in the log. A draft waits for a person to confirm it. */
export interface Answered {
  readonly is: 'said' | 'yes' | 'no' | 'not-applicable'
  readonly draft?: true
}

const answered = (answer: InquiryAnswer): Answered['is'] => {
  if ('notApplicable' in answer) return 'not-applicable'
  if (answer.yes === undefined) return 'said'
  return answer.yes ? 'yes' : 'no'
}

/** Whether answers wait for a person to confirm them: those of a machine, or of nobody in particular. */
export const isDraft = ({ kind }: Actor): boolean => kind === 'machine' || kind === 'group'

/** The facts with answers; drafts leave alone what a person has said. */
export function recordAnswers(facts: Facts, answers: InquiryAnswers | undefined, asDraft: boolean): Facts {
  if (answers === undefined || Object.keys(answers).length === 0) return facts
  const isSaid = (id: string) => facts.answers?.[id] !== undefined && facts.answers[id].draft === undefined
  const recorded = Object.entries(answers)
    .filter(([id]) => !(asDraft && isSaid(id)))
    .map(([id, answer]): [string, Answered] => [
      id,
      asDraft ? { is: answered(answer), draft: true } : { is: answered(answer) },
    ])
  return { ...facts, answers: { ...facts.answers, ...Object.fromEntries(recorded) } }
}

/** Whether a question is asked at all: its condition holds, or it has none. A draft settles no condition. */
export function isAsked({ when }: Question, { answers }: Facts): boolean {
  if (when === undefined) return true
  const decisive = answers?.[when.question]
  return decisive?.draft === undefined && decisive?.is === (when.yes ? 'yes' : 'no')
}

/** Whether every required question of a group that is asked has its answer. */
export const isComplete = (protocol: Protocol, facts: Facts, group: Question['group']): boolean =>
  questions
    .filter((one) => one.group === group && protocol.requires.includes(one.id) && isAsked(one, facts))
    .every(({ id }) => facts.answers?.[id] !== undefined && facts.answers[id].draft === undefined)

/** A question of a case: required or not, answered or not, with a draft where the log already knows. */
export interface QuestionAsked extends Question {
  readonly required: boolean
  readonly answered: Answered['is'] | undefined
  /** What a machine answered, or what happened says; it counts once a person has confirmed it. */
  readonly draft: 'said' | 'yes' | 'no' | 'not-applicable' | undefined
}

/** The questions that are asked of a case, in the protocol's words. */
export const questionsOf = (protocol: Protocol, facts: Facts): readonly QuestionAsked[] =>
  questionsWith(protocol.texts)
    .filter((one) => isAsked(one, facts))
    .map((one) => {
      const answer = facts.answers?.[one.id]
      const final = answer !== undefined && answer.draft === undefined
      return {
        ...one,
        required: protocol.requires.includes(one.id),
        answered: final ? answer.is : undefined,
        draft: final ? undefined : (answer?.is ?? derived(one.id, facts)),
      }
    })

const MERRY_GO_ROUND_TURNS = 2

/** What the log already knows: answered at once, from the contacts; over-promised, from the ledger; the merry-go-round, from hand-offs and approvals. */
function derived(id: QuestionId, facts: Facts): 'yes' | 'no' | undefined {
  const yesNo = (known: boolean) => (known ? 'yes' : 'no')
  const { contact, promises, hops = 0, approved, waivers } = facts
  switch (id) {
    case 'why-answered-at-once':
      return contact?.answeredAtOnce === undefined ? undefined : yesNo(contact.answeredAtOnce)
    case 'why-over-promised':
      return promises.length === 0 ? undefined : yesNo(promises.some((one) => one.state === 'broken'))
    case 'different-empowered':
      return yesNo(hops + waivers.length + (approved === undefined ? 0 : 1) < MERRY_GO_ROUND_TURNS)
    default:
      return undefined
  }
}

/** Answers to some of the 25 questions; they can be corrected until the step that asks them is done. */
export const answer = command({
  name: 'answer',
  summary: 'answer some of the questions: what, why, different',
  evidence: z.object({ answers: InquiryAnswers.describe('the answers by the questions’ ids') }),
  effect: (facts, { command }) => recordAnswers(facts, command.answers, isDraft(command.by)),
})

const stepOf = { what: 'listen', why: 'investigate', different: 'improve' } as const
const before = { why: 'what', different: 'why' } as const

type Answering = Stamp & { readonly answers?: InquiryAnswers | undefined }

/** Every answer comes in its turn: WHY waits for WHAT, DIFFERENT for WHY, and none changes once its step is settled. */
export const answersInTurn = rule<Answering>({
  id: 'answers-in-turn',
  because: 'Why waits until what is clear, and different until why; once its step is done, an answer stands.',
  source: 'Faulkner',
  on: ['answer', 'listen', 'investigate', 'improve'],
  holds: ({ facts, command, protocol }) => {
    const after = recordAnswers(facts, command.answers, false)
    const known = recordAnswers(facts, command.answers, isDraft(command.by))
    return questions
      .filter(({ id }) => command.answers?.[id] !== undefined)
      .every((one) => {
        const { id, group, yesNo } = one
        const answer = command.answers?.[id] as InquiryAnswer
        if (yesNo === true && !('notApplicable' in answer) && answer.yes === undefined) return false
        if (facts.steps[stepOf[group]] !== undefined || !isAsked(one, after)) return false
        return group === 'what' || letGo(facts, stepOf[before[group]]) || isComplete(protocol, known, before[group])
      })
  },
})

/** Whether the step that asks was waived or lapsed: what it would have asked, nobody will answer. */
const letGo = ({ steps }: Facts, step: string): boolean => steps[step] === 'waived' || steps[step] === 'lapsed'

const complete = (group: Question['group'], because: string) => {
  const id = `${group}-complete`
  const step = stepOf[group]
  const said = { id, because, source: 'Faulkner' }
  return [
    rule<Answering>({
      ...said,
      on: [step],
      holds: ({ facts, command, protocol }) =>
        isComplete(protocol, recordAnswers(facts, command.answers, isDraft(command.by)), group),
    }),
    rule({
      ...said,
      on: 'every',
      reads: 'case',
      holds: ({ facts, command, protocol }) =>
        !protocol.isAfter(command.type, step) || letGo(facts, step) || isComplete(protocol, facts, group),
    }),
  ]
}

/** The rules that ask the 25 questions, as far as the protocol requires them. */
export const inquiryRules = [
  ...complete('what', 'As long as a “what” is open, nobody has listened.'),
  ...complete('why', 'As long as a “why” is open, the cause is a guess.'),
  ...complete('different', 'As long as a “different” is open, it happens again.'),
]
