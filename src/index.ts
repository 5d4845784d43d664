export type { Accepted, Answer, ImportAnswer, Imported, ImportReport } from './desk/answer.ts'
export type { AuthorityOptions, Authorize, AuthorizeRequest, RolesOf } from './desk/authority.ts'
export { type Delivery, DeliveryError, type DeliveryHandler, type DeliveryWithin } from './desk/delivery.ts'
export { createDesk, type Desk, type DeskOptions, type DeskWithin } from './desk/desk.ts'
export { type CaseListed, type CasesFound, Search } from './desk/find.ts'
export { type History, ImportOptions } from './desk/history.ts'
export { Erasure, SendOptions } from './desk/letter.ts'
export type { Upcaster } from './desk/lift.ts'
export type { DeskEvents, Listener, Transition } from './desk/listeners.ts'
export type { Signalled } from './desk/signal.ts'
export {
  type DurableListening,
  EntryFilter,
  type RunTransaction,
  SubscribeOptions,
  type Subscription,
} from './desk/subscription.ts'
export type { TransitionsOptions } from './desk/transitions.ts'
export type { CaseView } from './desk/view.ts'
export { RedressError, type RedressErrorCode } from './errors.ts'
export type {
  Case,
  Command,
  CommandInput,
  Entry,
  EntryOf,
  Opened,
  StateName,
  StateValueOf,
} from './machine/case.ts'
export { explain, type Need, type Option } from './machine/explain.ts'
export { fold } from './machine/fold.ts'
export type { RefusedCommand, Reordered } from './machine/history.ts'
export { type BatchVerdict, judge, judgeAll, type Passed, type Refused, type Verdict } from './machine/judge.ts'
export { createRecoveryMachine, type RecoveryMachine } from './machine/machine.ts'
export { toMermaid } from './machine/mermaid.ts'
export type { Refusal, RefusalCode, RuleSaid } from './machine/refusal.ts'
export { Actor, customer, group, machine, person, representative } from './protocol/actor.ts'
export { aroundTheClock, Calendar, officeHours, readCalendar, Span, type WorkingTime } from './protocol/calendar.ts'
export {
  arffd,
  blast,
  faulkner,
  full,
  heard,
  heart,
  last,
  latte,
  learn,
  pocock,
  protocols,
  solomon,
  taylor,
} from './protocol/catalogue.ts'
export type { Clocks, Deadline, Pause } from './protocol/clock.ts'
export type {
  AnyCommand,
  CommandDefinition,
  CommandInputOf,
  CommandOf,
  Judged,
  Lead,
  Stamp,
} from './protocol/command.ts'
export { commonCommands, deskCommands } from './protocol/common.ts'
export { commonRules } from './protocol/common-rules.ts'
export { attemptsOver } from './protocol/contact.ts'
export type { ContactFacts, Facts, Outcome, SecondFailure, Settled, Waiver } from './protocol/facts.ts'
export { timeRunsForward } from './protocol/handling.ts'
export { type Answered, InquiryAnswer, InquiryAnswers, type QuestionAsked } from './protocol/inquiry.ts'
export { causeKey } from './protocol/learning.ts'
export { type CustomerPromise, PromiseMade } from './protocol/ledger.ts'
export { own } from './protocol/ownership.ts'
export { type Issue, Opening, type Parsed, parseCommand, type ReadCommand } from './protocol/parse.ts'
export { Period } from './protocol/period.ts'
export { Phase, type Place, phases, type StepPhase } from './protocol/place.ts'
export {
  type Clock,
  courteous,
  inCpgrams,
  nhsEngland,
  type Policy,
  ukDisp,
  usCfpb,
} from './protocol/policy.ts'
export { defineProtocol, type Protocol, type ProtocolDefinition } from './protocol/protocol.ts'
export { allQuestions, type Question, type QuestionId, questions, questionsWith } from './protocol/question.ts'
export { remedyCap } from './protocol/remedy.ts'
export { type Rule, rule } from './protocol/rule.ts'
export { allRules, faulknerRules, listenAtLeast, pocockRules, taylorRules } from './protocol/rules.ts'
export { type Step, type Steps, step } from './protocol/step.ts'
export { acknowledge, apologize, believe, empathize, listen, reflect, TalkTime } from './protocol/steps/person.ts'
export { agree, confirm, deliver, explainAfterwards, surprise, thank } from './protocol/steps/problem.ts'
export { Cause, Change, improve, investigate, notify, share, verify } from './protocol/steps/system.ts'
export { type Trust, type TrustAnswer, type TrustQuestionId, trustQuestions } from './protocol/trust.ts'
export { Id, Instant, Label, Words } from './protocol/words.ts'
export type {
  CauseInsights,
  ChangeInsights,
  Counts,
  Insights,
  InsightsAsked,
  Median,
  Milestone,
  Spend,
} from './stores/insights.ts'
export type {
  Backlog,
  LaneClaim,
  LaneInHand,
  LaneName,
  LaneReplay,
  LaneSettlement,
  LaneStart,
  Lanes,
  LaneTimes,
  ParkedLane,
} from './stores/lanes.ts'
export { memoryStore } from './stores/memory.ts'
export type {
  CasesAsked,
  Claim,
  Commit,
  CommitResult,
  Due,
  Guard,
  Listing,
  NotedRefusal,
  PlaceInList,
  Receipt,
  Recurrence,
  Remembered,
  Store,
  Tie,
  TieName,
} from './stores/store.ts'
