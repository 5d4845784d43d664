import { escaped } from '../audit/markup.ts'
import { phases, type StepPhase } from '../protocol/place.ts'
import type { Protocol } from '../protocol/protocol.ts'

const WIDE = 190
const HIGH = 44
const GAP = 18
const BESIDE = 56
const MARGIN = 24
const HEADING = 56

const titles: Readonly<Record<StepPhase, string>> = {
  person: 'First the person',
  problem: 'then the problem',
  system: 'finally the system',
}

/** A protocol as a picture: its three phases side by side, the steps of each from top to bottom. */
export function toSvg(protocol: Protocol): string {
  const columns = phases.map((phase) => protocol[phase].map(({ name, summary }) => ({ name, summary })))
  const rows = Math.max(...columns.map((steps) => steps.length))
  const left = (column: number) => MARGIN + column * (WIDE + BESIDE)
  const top = (row: number) => MARGIN + HEADING + row * (HIGH + GAP)
  const width = left(2) + WIDE + MARGIN
  const height = top(rows) + HIGH + MARGIN
  const steps = columns.flatMap((steps, column) => steps.map((step, row) => box(left(column), top(row), step)))
  const down = columns.flatMap((steps, column) =>
    steps.slice(1).map((_, row) => arrow([`M${left(column) + WIDE / 2} ${top(row) + HIGH}`, `v${GAP - 2}`])),
  )
  const across = [0, 1].map((column) => {
    const from = top((columns[column]?.length ?? 1) - 1) + HIGH / 2
    const right = left(column) + WIDE
    return arrow([`M${right} ${from}`, `h${BESIDE / 2}`, `V${top(0) + HIGH / 2}`, `H${left(column + 1) - 2}`])
  })
  const back = arrow([
    `M${left(1) + WIDE / 2} ${top((columns[1]?.length ?? 1) - 1) + HIGH}`,
    `V${top(rows) + HIGH / 2}`,
    `H${left(0) - MARGIN / 2}`,
    `V${top(0) + HIGH / 2}`,
    `H${left(0) - 2}`,
  ])
  const told = `${phases.map((phase) => `${titles[phase]}: ${protocol[phase].map(({ name }) => name).join(', ')}`).join('; ')}.`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title told" font-family="system-ui, sans-serif" font-size="14">
<title id="title">${escaped(`${protocol.id}@${protocol.version}: ${protocol.source}`)}</title>
<desc id="told">${escaped(told)}</desc>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="#475569"/></marker></defs>
<rect width="100%" height="100%" fill="#ffffff"/>
${phases.map((phase, column) => `<text x="${left(column) + WIDE / 2}" y="${MARGIN + 24}" text-anchor="middle" font-weight="600" fill="#0f172a">${titles[phase]}</text>`).join('\n')}
${[...steps, ...down, ...across, back].join('\n')}
<text x="${(left(0) + left(1) + WIDE) / 2}" y="${top(rows) + HIGH / 2 - 6}" text-anchor="middle" fill="#475569" font-size="12">a second failure</text>
</svg>
`
}

function box(x: number, y: number, { name, summary }: { readonly name: string; readonly summary: string }): string {
  return `<g><title>${escaped(summary)}</title><rect x="${x}" y="${y}" width="${WIDE}" height="${HIGH}" rx="8" fill="#eef2ff" stroke="#6366f1"/><text x="${x + WIDE / 2}" y="${y + HIGH / 2 + 5}" text-anchor="middle" fill="#0f172a">${escaped(name.length > 22 ? `${name.slice(0, 21)}…` : name)}</text></g>`
}

const arrow = (path: readonly string[]): string =>
  `<path d="${path.join('')}" fill="none" stroke="#475569" stroke-width="1.5" marker-end="url(#tip)"/>`
