import { connect, createServer, type Socket } from 'node:net'

/** A way to a server that can be cut: as it `passes`, `deaf` (what the server answers is lost), or `cut`. */
export interface Wire {
  readonly url: string
  mode: 'passes' | 'deaf' | 'cut'
  /** Cuts all connections that there are. */
  cut(): void
  close(): Promise<void>
}

/** A wire to a database, on a port of its own. */
export async function wireTo(url: string): Promise<Wire> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    if (wire.mode === 'cut') return client.destroy()
    const upstream = connect(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        client.destroy()
        upstream.destroy()
        sockets.delete(socket)
      })
    }
    client.pipe(upstream)
    upstream.on('data', (data) => {
      if (wire.mode === 'passes') client.write(data)
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as { port: number }
  const through = new URL(url)
  through.port = String(port)
  const wire: Wire = {
    url: through.href,
    mode: 'passes',
    cut() {
      for (const socket of sockets) socket.destroy()
    },
    close: () =>
      new Promise((closed) => {
        wire.cut()
        server.close(() => closed())
      }),
  }
  return wire
}
