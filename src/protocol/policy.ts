import type { Span } from './calendar.ts'

/** One clock of a policy: from when it counts how long, what stops it, and what happens when nothing did. */
export interface Clock {
  readonly name: string
  /** From the opening, from the last human contact (or the opening), or since the customer waits for an answer. */
  readonly from: 'opening' | 'contact' | 'customer-contact'
  readonly span: Span
  /** A `response` is final, with the problem fixed, or a holding one, which says why it takes longer. */
  readonly until: 'owned' | 'contact' | 'answer' | 'response' | 'problem-fixed' | 'closed'
  /** Whether waiting for the customer stops it. A regulator's clock never stops. */
  readonly pausable: boolean
  /** A miss is a second failure: the case goes back to the person phase. Otherwise it is noted. */
  readonly fails?: true
}

/** Deadlines as data, with their source. */
export interface Policy {
  readonly id: string
  readonly source: string
  readonly clocks: readonly Clock[]
}

/** The default policy: a person owns it the same half-day, speaks the next day, and is never silent for long. */
export const courteous: Policy = {
  id: 'courteous',
  source: 'Taylor, Pocock',
  clocks: [
    { name: 'own', from: 'opening', span: { workingHours: 4 }, until: 'owned', pausable: true },
    {
      name: 'first-contact',
      from: 'opening',
      span: { workingDays: 1 },
      until: 'contact',
      pausable: true,
    },
    { name: 'next-contact', from: 'contact', span: { workingDays: 2 }, until: 'closed', pausable: true },
    {
      name: 'answer',
      from: 'customer-contact',
      span: { workingDays: 2 },
      until: 'answer',
      pausable: false,
      fails: true,
    },
  ],
}

/** The UK's Financial Conduct Authority. “Promptly” is read as one working day. */
export const ukDisp: Policy = {
  id: 'uk-disp',
  source: 'FCA Handbook, DISP 1.5 and 1.6',
  clocks: [
    { name: 'acknowledge', from: 'opening', span: { workingDays: 1 }, until: 'contact', pausable: false },
    {
      name: 'summary-resolution',
      from: 'opening',
      span: { closeOfWorkingDay: 3 },
      until: 'problem-fixed',
      pausable: false,
    },
    {
      name: 'final-response',
      from: 'opening',
      span: { weeks: 8 },
      until: 'response',
      pausable: false,
    },
  ],
}

/** The US Consumer Financial Protection Bureau. */
export const usCfpb: Policy = {
  id: 'us-cfpb',
  source: 'CFPB, company portal manual',
  clocks: [
    { name: 'response', from: 'opening', span: { days: 15 }, until: 'response', pausable: false },
    {
      name: 'final-response',
      from: 'opening',
      span: { days: 60 },
      until: 'problem-fixed',
      pausable: false,
    },
  ],
}

/** NHS complaints in England. */
export const nhsEngland: Policy = {
  id: 'nhs-england',
  source: 'Local Authority Social Services and NHS Complaints (England) Regulations 2009',
  clocks: [
    { name: 'acknowledge', from: 'opening', span: { workingDays: 3 }, until: 'contact', pausable: false },
    { name: 'explain', from: 'opening', span: { months: 6 }, until: 'response', pausable: false },
  ],
}

/** India's grievance portal: 21 days, with an interim reply when it takes longer. */
export const inCpgrams: Policy = {
  id: 'in-cpgrams',
  source: 'DARPG, CPGRAMS guidelines of August 2024',
  clocks: [{ name: 'resolve', from: 'opening', span: { days: 21 }, until: 'response', pausable: false }],
}
