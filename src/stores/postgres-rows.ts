import type { Ask } from './postgres-client.ts'

/** So many rows of parameters as a list of values, each led by its number, after so many parameters that are none of theirs. */
export function listOfRows(types: readonly string[], size: number, before = 0): string {
  const rows = Array.from({ length: size }, (_, row) => {
    const values = types.map((type, at) => `$${before + row * types.length + at + 1}${row === 0 ? `::${type}` : ''}`)
    return `(${row}, ${values.join(', ')})`
  })
  return `(VALUES ${rows.join(', ')})`
}

/** Asks about each of some rows; `n` of an answer is the number of the row that it is about. */
export type AskAboutRows = <Row extends { readonly n: number }>(
  rows: readonly (readonly (string | null)[])[],
) => Promise<readonly Row[]>

/** A statement has 65,535 parameters at most, and is planned for all of its rows. */
const MOST = 64

/**
 * A question about rows of texts, which `sql` writes about a list of them. The planner knows how long such a list is, as
 * it does of no JSON. Few statements are prepared, and used often: what is missing to the next size are rows of nothing.
 */
export function askAboutRows(ask: Ask, name: string, columns: number, sql: (list: string) => string): AskAboutRows {
  const texts = new Map<number, string>()
  const types = Array<string>(columns).fill('text')
  return async <Row extends { readonly n: number }>(rows: readonly (readonly (string | null)[])[]) => {
    const found: Row[] = []
    for (let from = 0; from < rows.length; from += MOST) {
      const some = rows.slice(from, from + MOST)
      const size = 2 ** Math.ceil(Math.log2(some.length))
      const text = texts.get(size) ?? sql(listOfRows(types, size))
      texts.set(size, text)
      const missing = Array<null>((size - some.length) * columns).fill(null)
      const answers = await ask<Row>(`${name}_${size}`, text, [...some.flat(), ...missing])
      for (const one of answers) found.push({ ...one, n: from + one.n })
    }
    return found
  }
}
