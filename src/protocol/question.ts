/** One of the 25 questions: its id stays, its text may be replaced or translated. */
export interface Question {
  readonly id: QuestionId
  readonly group: 'what' | 'why' | 'different'
  readonly text: string
  /** Whether it is answered with yes or no, and words if there is more to say. */
  readonly yesNo?: true
  /** It is asked only where this other question was answered so. */
  readonly when?: { readonly question: QuestionId; readonly yes: boolean }
}

/** The ids of the 25 questions. */
export type QuestionId = (typeof allQuestions)[number]

/** The ids of all 25 questions: what `faulkner` and `full` require. */
export const allQuestions = [
  'what-exactly',
  'what-part',
  'what-stage',
  'what-they-tried',
  'what-we-answered',
  'what-was-not-enough',
  'why-expectations',
  'why-checked-in',
  'why-answered-at-once',
  'why-what-we-did',
  'why-not-at-once',
  'why-checked-before-delivery',
  'why-asked-soon-after',
  'why-recorded-reply',
  'why-quality-fault',
  'why-above-market',
  'why-over-promised',
  'different-process',
  'different-empowered',
  'different-wrong-job',
  'different-endemic',
  'different-cumbersome',
  'different-next-time',
  'different-below-market',
  'different-still-in-business',
] as const

const question = (id: QuestionId, text: string, other: Partial<Question> = {}): Question => ({
  id,
  group: id.slice(0, id.indexOf('-')) as Question['group'],
  text,
  ...other,
})

/** The 25 questions, in their order: WHAT, WHY, DIFFERENT (Faulkner). */
export const questions: readonly Question[] = [
  question('what-exactly', 'What exactly are they unhappy about?'),
  question('what-part', 'Is it all of it or a part, and which part?'),
  question('what-stage', 'Where between purchase and delivery did it go wrong?'),
  question('what-they-tried', 'When and how did they try to put it right?'),
  question('what-we-answered', 'What did we answer?'),
  question('what-was-not-enough', 'Why was that not enough?'),
  question('why-expectations', 'Were expectations agreed up front: time, scope, function, conditions?', {
    yesNo: true,
  }),
  question('why-checked-in', 'Did we check in along the way?', { yesNo: true }),
  question('why-answered-at-once', 'Did we answer at once when the complaint came?', { yesNo: true }),
  question('why-what-we-did', 'If so, what did we do?', { when: { question: 'why-answered-at-once', yes: true } }),
  question('why-not-at-once', 'If not, why not?', { when: { question: 'why-answered-at-once', yes: false } }),
  question('why-checked-before-delivery', 'Was it checked before delivery?', { yesNo: true }),
  question('why-asked-soon-after', 'Did we ask soon after whether it met expectations?', { yesNo: true }),
  question('why-recorded-reply', 'Did we record the reply?', {
    yesNo: true,
    when: { question: 'why-asked-soon-after', yes: true },
  }),
  question('why-quality-fault', 'Is it a quality fault, ours or a vendor’s?', { yesNo: true }),
  question('why-above-market', 'Does our service exceed what client and market expect?', { yesNo: true }),
  question('why-over-promised', 'Did we over-promise?', { yesNo: true }),
  question('different-process', 'Which process stood in the way?'),
  question(
    'different-empowered',
    'Are people empowered to put things right, or is it the “check with my boss” merry-go-round?',
    {
      yesNo: true,
    },
  ),
  question('different-wrong-job', 'Do we have the right people in the wrong job?', { yesNo: true }),
  question('different-endemic', 'What has become endemic?'),
  question('different-cumbersome', 'Where are we too cumbersome to be personal, and how do we alter it?'),
  question('different-next-time', 'What will we do next time?'),
  question('different-below-market', 'Has quality slipped below what the market accepts?', { yesNo: true }),
  question('different-still-in-business', 'If so, why are we still in business?', {
    when: { question: 'different-below-market', yes: true },
  }),
]

/** The questions with other texts, a translation say; ids, order and conditions stay. */
export const questionsWith = (texts: Partial<Readonly<Record<QuestionId, string>>>): readonly Question[] =>
  questions.map((one) => ({ ...one, text: texts[one.id] ?? one.text }))
