export { anyCommand, type Making, type Standing } from './arbitrary/command.ts'
export {
  type AnyHistory,
  anyCase,
  anyHistory,
  anyOpening,
  type HistoryTerms,
  type Sent,
} from './arbitrary/history.ts'
export { anyProtocol, definedProtocol } from './arbitrary/protocol.ts'
