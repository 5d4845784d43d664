import type { Ask } from './postgres-client.ts'

/**
 * So many rows of parameters as a list of values, each led by its number, after so many parameters that are none of
 * theirs. It is read four times as quickly as JSON.
 */
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

/**
 * A question about rows of texts, of which few statements are prepared, and used often: what is missing to the next size
 * are rows of nothing. `sql` writes it about a list of them.
 */
export function askAboutRows(ask: Ask, name: string, columns: number, sql: (list: string) => string): AskAboutRows {
  const texts = new Map<number, string>()
  const types = Array<string>(columns).fill('text')
  return async (rows) => {
    if (rows.length === 0) return []
    const size = 2 ** Math.ceil(Math.log2(rows.length))
    const text = texts.get(size) ?? sql(listOfRows(types, size))
    texts.set(size, text)
    const missing = Array<null>((size - rows.length) * columns).fill(null)
    return ask(`${name}_${size}`, text, [...rows.flat(), ...missing])
  }
}
