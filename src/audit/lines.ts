const TAB = 0x09
/** A character of UTF-16 takes no more in UTF-8. */
const MOST_BYTES = 3
const FIRST_LINES = 1024

/** The lines of one part, side by side. */
export interface PartOfLines {
  readonly part: number
  readonly bytes: Buffer
}

/** Lines of a key, a tab and the rest, in the order in which they came, as bytes; and which part each belongs to. */
export interface Lines {
  add(line: string, part: number): void
  count(): number
  key(index: number): string
  rest(index: number): string
  /** Gives them part by part, and forgets them; what it gives is good until it is asked again. */
  take(): readonly PartOfLines[]
  /** Forgets them. */
  reset(): void
  /** Forgets them, and gives their memory back. */
  clear(): void
}

/** Holds lines outside of the heap, which the collector would go through again and again. There are at most 256 parts. */
export function createLines(parts: number): Lines {
  let bytes = Buffer.alloc(0)
  let sorted = bytes
  let ends = new Float64Array(FIRST_LINES)
  let partsOf = new Uint8Array(FIRST_LINES)
  let count = 0
  const begin = (index: number) => (index === 0 ? 0 : (ends[index - 1] as number))
  const tab = (index: number) => bytes.indexOf(TAB, begin(index))

  return {
    add(line, part) {
      const used = begin(count)
      const needed = used + line.length * MOST_BYTES
      if (needed > bytes.length) bytes = Buffer.concat([bytes.subarray(0, used)], Math.max(needed, bytes.length * 2))
      if (count === ends.length) {
        const [moreEnds, moreParts] = [new Float64Array(count * 2), new Uint8Array(count * 2)]
        moreEnds.set(ends)
        moreParts.set(partsOf)
        ;[ends, partsOf] = [moreEnds, moreParts]
      }
      ends[count] = used + bytes.write(line, used)
      partsOf[count] = part
      count++
    },
    count: () => count,
    key: (index) => bytes.toString('utf8', begin(index), tab(index)),
    rest: (index) => bytes.toString('utf8', tab(index) + 1, ends[index]),
    take() {
      const places = new Array<number>(parts + 1).fill(0)
      for (let index = 0; index < count; index++) {
        const part = partsOf[index] as number
        places[part + 1] = (places[part + 1] as number) + (ends[index] as number) - begin(index)
      }
      for (let part = 1; part <= parts; part++) places[part] = (places[part] as number) + (places[part - 1] as number)
      const begins = [...places]
      if (sorted.length < bytes.length) sorted = Buffer.allocUnsafe(bytes.length)
      for (let index = 0; index < count; index++) {
        const part = partsOf[index] as number
        const place = places[part] as number
        places[part] = place + bytes.copy(sorted, place, begin(index), ends[index])
      }
      count = 0
      return begins.slice(0, parts).flatMap((from, part) => {
        const to = places[part] as number
        return to === from ? [] : [{ part, bytes: sorted.subarray(from, to) }]
      })
    },
    reset() {
      count = 0
    },
    clear() {
      bytes = Buffer.alloc(0)
      sorted = bytes
      count = 0
    },
  }
}
