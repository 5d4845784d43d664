export { tracedHandler } from './handler.ts'
export { type InstrumentOptions, instrument } from './instrument.ts'
