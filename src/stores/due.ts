import type { Due } from './store.ts'

/** The order in which what is due is handed out: the oldest first. */
export const oldestFirst = (one: Due, other: Due): number => (one.due < other.due ? -1 : one.due > other.due ? 1 : 0)
