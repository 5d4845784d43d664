import { Phase } from '../protocol/place.ts'
import type { Dialect } from './find-sql.ts'
import { placeKey } from './listing.ts'

/** How PostgreSQL finds cases: by their places, as `person.listen`. `table('case')` is the full name of a table. */
export function postgresDialect(table: (name: string) => string): Dialect {
  const placesOf = (step: string, phases: readonly Phase[] = Phase.options) =>
    phases.map((phase) => placeKey({ phase, step }))
  return {
    table,
    parameter: (number, type) => `$${number}::${type}`,
    fellDue: (by) => `c.due_at <= ${by}`,
    isAt(phases, step, given) {
      if (step !== undefined) return `c.place IN (${placesOf(step, phases).map(given).join(', ')})`
      // A stretch of places, of which the planner knows how many cases it has.
      const within = (phase: string) => `c.place >= ${phase} AND c.place < ${phase} || '/'`
      return `(${(phases ?? []).map(given).map(within).join(' OR ')})`
    },
    stretches(phases, step, given) {
      if (step !== undefined) return placesOf(step, phases).map((place) => ({ where: `c.place = ${given(place)}` }))
      const inUse = placesInUse(table, (phases ?? Phase.options).map(given))
      return [{ each: `${inUse} CROSS JOIN LATERAL`, where: 'c.place = p.place' }]
    },
  }
}

/**
 * The places of these phases at which any tenant has a case, as the table `p (place)`: as many as the protocols have
 * steps, each looked up by the one before it. So phases need no index of their own, which every step would have to write.
 *
 * In an array, since the planner takes that for ten, and what is recursive for hundreds: worth to be compiled, which
 * takes longer than anything else here.
 */
export const placesInUse = (table: (name: string) => string, phases: readonly string[]): string => {
  const next = (after: string) =>
    `(SELECT c.place FROM ${table('case')} c WHERE c.place ${after} AND c.place < p.phase || '/' ORDER BY c.place LIMIT 1)`
  return `unnest(ARRAY(
    WITH RECURSIVE used (phase, place) AS (
      SELECT p.phase, ${next('>= p.phase')} FROM (VALUES ${phases.map((phase) => `(${phase})`).join(', ')}) p (phase)
      UNION ALL
      SELECT p.phase, ${next('> p.place')} FROM used p WHERE p.place IS NOT NULL)
    SELECT place FROM used WHERE place IS NOT NULL)) p (place)`
}
