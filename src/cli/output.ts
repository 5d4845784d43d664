import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type BigIntStats, fstatSync } from 'node:fs'
import { access, chmod, constants, type FileHandle, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'

/** Where a command writes. What a path held before is there until the new is whole. */
export interface Output {
  write(text: string): Promise<void>
  /** Makes what was written what the path holds. */
  keep(): Promise<void>
  /** Leaves what the path held before, unless the new was kept. */
  drop(): Promise<void>
}

const PERMISSIONS = 0o777
const WRITABLE = 0o222
const standard = new Set(['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])

/** Whether a path is the command’s own output. */
export const isStandard = (path: string | undefined): boolean => path !== undefined && standard.has(path)

/**
 * Begins to write: to a new file beside the path, which is given the permissions of the one that it will replace, or at
 * once where the path is no file. A link is followed. Errors have the path.
 */
export async function outputTo(path: string): Promise<Output> {
  if (isStandard(path)) return { write: (text) => written(process.stdout, text), async keep() {}, async drop() {} }
  const target = await named(path, targetOf(path))
  const mode = await named(path, permissionsOf(target))
  if (mode === 'no file') return streaming(path, await named(path, open(target, 'w')), undefined)
  const place = join(dirname(target), `.redress-${randomUUID()}`)
  return streaming(path, await named(path, open(place, 'wx', mode)), { place, target, mode })
}

/** The file to which a path leads, over links, whether or not it is there yet. */
async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const folder = await realpath(dirname(resolve(path)))
    const next = await readlink(path).catch(() => undefined)
    return next === undefined ? join(folder, basename(path)) : targetOf(resolve(folder, next))
  }
}

/** What may be done with the file that is there, if there is one; throws `EACCES` where it may not be written over. */
async function permissionsOf(target: string): Promise<number | undefined | 'no file'> {
  const before = await stat(target).catch(() => undefined)
  if (before?.isFile() === false) return 'no file'
  if (before === undefined) return undefined
  // The superuser could, yet somebody has said that nobody is to.
  if ((before.mode & WRITABLE) === 0) throw Object.assign(new Error('It is read-only.'), { code: 'EACCES' })
  await access(target, constants.W_OK)
  return before.mode & PERMISSIONS
}

function streaming(
  path: string,
  file: FileHandle,
  moves: { readonly place: string; readonly target: string; readonly mode: number | undefined } | undefined,
): Output {
  const stream = file.createWriteStream().on('error', () => {})
  let isDone = false
  return {
    write: (text) => named(path, written(stream, text)),
    async keep() {
      stream.end()
      await named(path, finished(stream))
      if (moves?.mode !== undefined) await named(path, chmod(moves.place, moves.mode))
      if (moves !== undefined) await named(path, rename(moves.place, moves.target))
      isDone = true
    },
    async drop() {
      if (isDone) return
      stream.destroy()
      if (moves !== undefined) await rm(moves.place, { force: true })
    },
  }
}

async function written(stream: Writable, text: string): Promise<void> {
  if (stream.errored !== null) throw stream.errored
  if (!stream.write(text)) await once(stream, 'drain')
}

/** What goes wrong is told of the path that was given, not of the file beside it. */
const named = <T>(path: string, work: Promise<T>): Promise<T> =>
  work.catch((error: Error) => {
    throw Object.assign(error, { path })
  })

/** Says what would be written over that is still needed: a file that is read, or another output. */
export async function clashOf(
  read: Readonly<Record<string, string | undefined>>,
  options: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const known = new Map<string, string>()
  for (const [what, path] of Object.entries(read)) {
    const file = path === '-' ? idOf(fstatSync(STDIN, { bigint: true })) : await fileAt(path)
    if (file !== undefined) known.set(file, what)
  }
  for (const [option, path] of Object.entries(options)) {
    const file = await fileAt(path)
    const other = file === undefined ? undefined : known.get(file)
    if (other !== undefined) return `--${option} ${path} would write over ${other}.`
    if (file !== undefined) known.set(file, `what --${option} writes`)
  }
  return undefined
}

/** What a file is, by whichever path; nothing of what is no file. */
async function fileAt(path: string | undefined): Promise<string | undefined> {
  if (path === undefined || isStandard(path)) return undefined
  const there = await stat(path, { bigint: true }).catch(() => undefined)
  return there === undefined ? targetOf(path).catch(() => resolve(path)) : idOf(there)
}

const STDIN = 0
const idOf = (there: BigIntStats): string | undefined => (there.isFile() ? `${there.dev}:${there.ino}` : undefined)
