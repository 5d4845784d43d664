import type { Measured } from './round.ts'

/** A benchmark as lines of JSON, one object each: its own first, then its parts, and what was watched besides. */
export const jsonLines = ({ name, unit, ours, peers, parts, besides }: Measured): readonly string[] => [
  line({
    name,
    unit,
    ours: short(ours),
    peers: mapped(peers, ({ value }) => short(value)),
    ratio: mapped(peers, ({ ratio }) => short(ratio.median)),
  }),
  ...Object.entries(parts).map(([part, value]) =>
    line({ name: `${name}/${part}`, unit, ours: short(value), peers: {}, ratio: {} }),
  ),
  ...Object.entries(besides).map(([one, { value, unit }]) =>
    line({ name: `${name}/${one}`, unit, ours: short(value), peers: {}, ratio: {} }),
  ),
]

/** A benchmark for people: what was compared, the medians, the ratio with its spread, where our time goes, and what was watched besides. */
export const textLines = ({ name, unit, note, ours, peers, parts, besides }: Measured): readonly string[] => [
  name,
  `  ${note}`,
  `  ${'ours'.padEnd(NAME_CHARACTERS)}${amount(ours, unit)}`,
  ...Object.entries(peers).map(
    ([peer, { value, ratio }]) =>
      `  ${peer.padEnd(NAME_CHARACTERS)}${amount(value, unit)}   ratio ${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}..${ratio.max.toFixed(2)})`,
  ),
  ...(Object.keys(parts).length === 0 ? [] : ['  of ours:']),
  ...Object.entries(parts).map(([part, value]) => `    ${part.padEnd(NAME_CHARACTERS - 2)}${amount(value, unit)}`),
  ...Object.entries(besides).map(([one, { value, unit }]) => `  ${one.padEnd(NAME_CHARACTERS)}${amount(value, unit)}`),
  '',
]

interface Line {
  readonly name: string
  readonly unit: string
  readonly ours: number
  readonly peers: Readonly<Record<string, number>>
  readonly ratio: Readonly<Record<string, number>>
}

const line = (one: Line): string => JSON.stringify(one)

const NAME_CHARACTERS = 20
const AMOUNT_CHARACTERS = 9

const amount = (value: number, unit: string): string =>
  `${(value < 100 ? short(value) : Math.round(value)).toLocaleString('en').padStart(AMOUNT_CHARACTERS)} ${unit}`

/** Four digits; more would be noise. */
const short = (value: number): number => Number(value.toPrecision(4))

const mapped = <T>(all: Readonly<Record<string, T>>, to: (one: T) => number): Record<string, number> =>
  Object.fromEntries(Object.entries(all).map(([key, one]) => [key, to(one)]))
