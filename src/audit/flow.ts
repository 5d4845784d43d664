import { html, type Markup } from './markup.ts'
import { CLOSE, OPENING } from './meaning.ts'
import type { AuditReport } from './report.ts'
import { number } from './say.ts'

const WIDTH = 360
const MIDDLE = WIDTH / 2
const ROW = 46
const BOX = 112
const BOX_HIGH = 26
const TOP = 20
const ARROWS = 30
const THICKEST = 9
const WIDEST_ARC = 104

type Arrow = AuditReport['flow'][number]

/** Which step came directly after which: the steps from top to bottom, on the right what went on, on the left what went back. */
export function flowPicture({ flow, steps }: AuditReport): Markup {
  const arrows = flow.filter(({ from, to }) => from !== to).slice(0, ARROWS)
  const names = inOrder(arrows, steps)
  if (names.length === 0) return html`<p>Nothing in the log means a step.</p>`
  const most = Math.max(...arrows.map(({ times }) => times))
  const height = TOP * 2 + (names.length - 1) * ROW + BOX_HIGH
  const y = (name: string) => TOP + names.indexOf(name) * ROW + BOX_HIGH / 2
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="flow-title flow-told" class="flow">
<title id="flow-title">Flow between steps</title>
<desc id="flow-told">The commonest: ${arrows
    .slice(0, 5)
    .map(({ from, to, times }) => `${from} then ${to}, ${number(times)} times`)
    .join('; ')}. The table below has them all.</desc>
${arrows.toReversed().map((one) => arc(one, y, names, most))}
${names.map(
  (
    name,
  ) => html`<g><rect x="${MIDDLE - BOX / 2}" y="${y(name) - BOX_HIGH / 2}" width="${BOX}" height="${BOX_HIGH}" rx="6" class="node"/><text x="${MIDDLE}" y="${y(name) + 4.5}" text-anchor="middle" class="name">${name.length > 15 ? `${name.slice(0, 14)}…` : name}</text></g>
`,
)}</svg>`
}

function inOrder(arrows: readonly Arrow[], order: readonly string[]): readonly string[] {
  const names = [...new Set(arrows.flatMap(({ from, to }) => [from, to]))]
  const ranked = [OPENING, ...order, CLOSE, 'end']
  const rank = (name: string) => (ranked.includes(name) ? ranked.indexOf(name) : order.length + 0.5)
  return names.toSorted((one, other) => rank(one) - rank(other))
}

function arc({ from, to, times }: Arrow, y: (name: string) => number, names: readonly string[], most: number): Markup {
  const rows = names.indexOf(to) - names.indexOf(from)
  const thick = 1 + Math.sqrt(times / most) * (THICKEST - 1)
  const [start, end] = [y(from), y(to)]
  const said = html`<title>${from} then ${to}: ${number(times)} times</title>`
  if (rows === 1) {
    return html`<path d="M${MIDDLE} ${start + BOX_HIGH / 2}V${end - BOX_HIGH / 2}" stroke-width="${thick.toFixed(1)}" class="on">${said}</path>${tip(MIDDLE, end - BOX_HIGH / 2, 'down', 'on')}<text x="${MIDDLE + 10}" y="${(start + end) / 2 + 4}" class="times">${number(times)}</text>
`
  }
  const side = rows > 0 ? 1 : -1
  const reach = Math.min(WIDEST_ARC, 26 + Math.abs(rows) * 12)
  const edge = MIDDLE + (side * BOX) / 2
  const out = edge + side * reach
  const way = side > 0 ? 'on' : 'back'
  return html`<path d="M${edge} ${start}C${out} ${start} ${out} ${end} ${edge} ${end}" stroke-width="${thick.toFixed(1)}" class="${way}">${said}</path>${tip(edge, end, side > 0 ? 'left' : 'right', way)}
`
}

const tips = { down: 'l-5-7h10z', left: 'l7-5v10z', right: 'l-7-5v10z' } as const

/** The head of an arrow, where it touches a step. */
const tip = (x: number, y: number, pointing: keyof typeof tips, way: 'on' | 'back'): Markup =>
  html`<path d="M${x} ${y}${tips[pointing]}" class="tip ${way}"/>`
