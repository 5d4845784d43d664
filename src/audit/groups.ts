import { appendFile, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const IN_MEMORY = 50_000
const A_KEY = 20_000
const PARTS = 64
const MAX_DEPTH = 3

/** All records of a key, in the order in which they came in. */
export interface Group<R> {
  readonly key: string
  readonly records: readonly R[]
  /** How many more there were than a group may hold: those are lost, and the group is not whole. */
  readonly lost: number
}

/** Records by their key, however many: in memory, and in files once there are too many. */
export interface Groups<R> {
  /** Adds records to a key. False where there is no room for more: `spill` makes some. */
  add(key: string, records: readonly R[], lost?: number): boolean
  spill(): Promise<void>
  /** Every group, once. Nothing can be added any more. */
  all(): AsyncGenerator<Group<R>>
  /** Removes the files. */
  close(): Promise<void>
}

/** How much is held in memory, how much a key may have, and in which folder files are made; a test holds less. */
export interface Room {
  readonly inMemory?: number
  readonly aKey?: number
  readonly folder?: string
}

interface Held<R> {
  readonly records: R[]
  lost: number
}

/**
 * Groups records by key, exactly, in bounded memory. What does not fit is written to files of its own user, by a hash of
 * the key; each of those is read back by itself, and divided again by another hash where it is still too much. Records
 * are plain JSON.
 */
export function createGroups<R>(room: Room = {}, depth = 0): Groups<R> {
  const { inMemory = IN_MEMORY, aKey = A_KEY } = room
  const held = new Map<string, Held<R>>()
  const written = new Set<number>()
  let size = 0
  let place: Promise<string> | undefined

  function add(key: string, records: readonly R[], lost = 0): boolean {
    let group = held.get(key)
    if (group === undefined) {
      group = { records: [], lost: 0 }
      held.set(key, group)
      size++
    }
    const fitting = Math.min(records.length, aKey - group.records.length)
    for (let at = 0; at < fitting; at++) group.records.push(records[at] as R)
    group.lost += lost + records.length - fitting
    size += fitting
    return size < inMemory || depth === MAX_DEPTH
  }

  async function spill(): Promise<void> {
    place ??= mkdtemp(join(room.folder ?? tmpdir(), 'redress-audit-'))
    const folder = await place
    const parts = new Map<number, string[]>()
    for (const [key, { records, lost }] of held) {
      const part = hash(key, depth) % PARTS
      const lines = parts.get(part) ?? []
      if (lines.length === 0) parts.set(part, lines)
      lines.push(`${JSON.stringify([key, records, lost])}\n`)
    }
    held.clear()
    size = 0
    for (const [part, lines] of parts) {
      written.add(part)
      await appendFile(join(folder, `${part}`), lines.join(''), { mode: 0o600 })
    }
  }

  async function* all(): AsyncGenerator<Group<R>> {
    if (place === undefined) {
      for (const [key, { records, lost }] of held) yield { key, records, lost }
      return
    }
    await spill()
    const folder = await place
    for (const part of written) {
      const within = createGroups<R>({ ...room, folder }, depth + 1)
      const file = await open(join(folder, `${part}`))
      for await (const line of file.readLines()) {
        const [key, records, lost] = JSON.parse(line) as [string, readonly R[], number]
        if (!within.add(key, records, lost)) await within.spill()
      }
      await rm(join(folder, `${part}`))
      yield* within.all()
      await within.close()
    }
  }

  return {
    add,
    spill,
    all,
    async close() {
      held.clear()
      if (place !== undefined) await rm(await place, { recursive: true, force: true })
    },
  }
}

/** FNV-1a, another one for each depth: what fell into one part is spread over all parts of the next. */
function hash(key: string, depth: number): number {
  let value = 2_166_136_261 ^ Math.imul(depth, 0x9e37_79b9)
  for (let at = 0; at < key.length; at++) value = Math.imul(value ^ key.charCodeAt(at), 16_777_619)
  value ^= value >>> 15
  return Math.imul(value, 0x2c1b_3c6d) >>> 8
}
