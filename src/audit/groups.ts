import { createReadStream } from 'node:fs'
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLines, type Lines } from './lines.ts'

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
  /** Adds a record to a key. False where there is no room for more: `spill` makes some. */
  add(key: string, record: R): boolean
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

/**
 * Groups records by key, exactly, in bounded memory. They are kept as the lines that will be written, side by side, so that
 * the collector has little to move. What does not fit is written to files of its own user, by a hash of the key; each of
 * those is read back by itself, and divided again by another hash where it is still too much. Records are plain JSON.
 */
export function createGroups<R>(room: Room = {}): Groups<R> {
  const parts = createParts<R>(room, 0)
  return {
    ...parts,
    add: (key, record) => parts.put(JSON.stringify(key), `${JSON.stringify(key)}\t${JSON.stringify(record)}\n`),
  }
}

interface Parts<R> extends Omit<Groups<R>, 'add'> {
  put(key: string, line: string): boolean
  /** Makes it as it was when nothing had been added. */
  reset(): Promise<void>
}

/** Groups of which records are lines: the key, a tab, which no JSON has, and the record. */
function createParts<R>(room: Room, depth: number): Parts<R> {
  const { inMemory = IN_MEMORY, aKey = A_KEY } = room
  const held = createLines(PARTS)
  const written = new Set<number>()
  // Where nothing can be divided any more, what is beyond a key is not kept.
  const kept = new Map<string, number>()
  // One for all parts, so that what it holds them in is not given up with each.
  let within: Parts<R> | undefined
  let place: Promise<string> | undefined

  function put(key: string, line: string): boolean {
    if (depth === MAX_DEPTH) {
      const count = (kept.get(key) ?? 0) + 1
      kept.set(key, count)
      if (count > aKey) return true
    }
    held.add(line, hash(key, depth) % PARTS)
    return held.count() < inMemory || depth === MAX_DEPTH
  }

  async function spill(): Promise<void> {
    place ??= mkdtemp(join(room.folder ?? tmpdir(), 'redress-audit-'))
    const folder = await place
    for (const { part, bytes } of held.take()) {
      written.add(part)
      await appendFile(join(folder, `${part}`), bytes, { mode: 0o600 })
    }
  }

  async function* all(): AsyncGenerator<Group<R>> {
    if (place === undefined) return yield* groupsIn<R>(held, kept, aKey)
    await spill()
    const folder = await place
    within ??= createParts<R>(room, depth + 1)
    for (const part of written) {
      const path = join(folder, `${part}`)
      for await (const line of linesOf(createReadStream(path, 'utf8'))) {
        if (!within.put(line.slice(0, line.indexOf('\t')), line)) await within.spill()
      }
      await rm(path)
      yield* within.all()
      await within.reset()
    }
  }

  async function reset(): Promise<void> {
    held.reset()
    kept.clear()
    written.clear()
    const before = place
    place = undefined
    if (before !== undefined) await rm(await before, { recursive: true, force: true })
  }

  return {
    put,
    spill,
    all,
    reset,
    async close() {
      held.clear()
      await Promise.all([reset(), within?.close()])
    },
  }
}

/** Makes the records of a key when it is its turn: none of them lives long. */
function* groupsIn<R>(held: Lines, kept: ReadonlyMap<string, number>, aKey: number): Generator<Group<R>> {
  const places = new Map<string, number[]>()
  for (let index = 0; index < held.count(); index++) {
    const key = held.key(index)
    const own = places.get(key)
    if (own === undefined) places.set(key, [index])
    else own.push(index)
  }
  for (const [key, own] of places) {
    const records = own.slice(0, aKey).map((index) => JSON.parse(held.rest(index)) as R)
    yield { key: JSON.parse(key) as string, records, lost: (kept.get(key) ?? own.length) - records.length }
  }
}

/** The lines of a text, each with its newline. */
async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield `${line}\n`
  }
}

/** FNV-1a, another one for each depth: what fell into one part is spread over all parts of the next. */
function hash(key: string, depth: number): number {
  let value = 2_166_136_261 ^ Math.imul(depth, 0x9e37_79b9)
  for (let at = 0; at < key.length; at++) value = Math.imul(value ^ key.charCodeAt(at), 16_777_619)
  value ^= value >>> 15
  return Math.imul(value, 0x2c1b_3c6d) >>> 8
}
