import { it } from 'vitest'
import { everyRule, rows } from './rows.ts'

const declared = new Set<string>()
const passed = new Map<string, string[]>()

/** A scenario that proves rows of the domain page. It counts once it has passed. */
export function proves(row: string | readonly string[], sentence: string, scenario: () => unknown): void {
  const ids = typeof row === 'string' ? [row] : row
  for (const id of ids) declared.add(id)
  it(sentence, async () => {
    await scenario()
    for (const id of ids) passed.set(id, [...(passed.get(id) ?? []), sentence])
  })
}

/** The scenarios of a rule: at least one that it refuses, and one that it lets pass. */
export const refuses = (rule: string, sentence: string, scenario: () => unknown): void =>
  proves(`§5 ${rule} refuses`, sentence, scenario)

export const letsPass = (rule: string, sentence: string, scenario: () => unknown): void =>
  proves(`§5 ${rule} lets pass`, sentence, scenario)

/** What is wrong with the coverage, a sentence each; none when every row is proved. */
export function gaps(): readonly string[] {
  const known = new Set(rows.map(({ id }) => id))
  return [
    ...rows
      .map(({ id }) => id)
      .filter((id, index, ids) => ids.indexOf(id) !== index)
      .map((id) => `${id}: there twice`),
    ...[...declared].filter((id) => !known.has(id)).map((id) => `${id}: no such row`),
    ...rows.filter(({ id }) => !declared.has(id)).map(({ id, says }) => `${id}: no scenario proves “${says}”`),
    ...rows.filter(({ id }) => declared.has(id) && !passed.has(id)).map(({ id }) => `${id}: no scenario passed`),
    ...everyRule.filter((id) => !passed.has(`§5 ${id} refuses`)).map((id) => `${id}: no scenario that it refuses`),
    ...everyRule.filter((id) => !passed.has(`§5 ${id} lets pass`)).map((id) => `${id}: none that it lets pass`),
  ]
}

/** Every row beside the scenarios that prove it. */
export function coverage(): string {
  const width = Math.max(...rows.map(({ id }) => id.length))
  const lines = rows.flatMap(({ id }) => {
    const [first = '—', ...others] = passed.get(id) ?? []
    return [`${id.padEnd(width)}  ${first}`, ...others.map((one) => `${' '.repeat(width)}  ${one}`)]
  })
  const proved = rows.filter(({ id }) => passed.has(id)).length
  return [`The domain page, row by row: ${proved} of ${rows.length} proved`, '', ...lines].join('\n')
}
