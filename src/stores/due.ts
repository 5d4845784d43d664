export { byDue as oldestFirst } from '../protocol/clock.ts'
