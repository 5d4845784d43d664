import { protocols } from '../protocol/catalogue.ts'
import type { Protocol } from '../protocol/protocol.ts'
import { exportOf } from './module.ts'

/** A protocol that was found, or in a sentence why there is none. */
export type FoundProtocol =
  | { readonly found: true; readonly protocol: Protocol }
  | { readonly found: false; readonly why: string }

/** A protocol by its id, or from a module of the host’s that exports one by default or under a name. */
export async function protocolNamed(name: string, exported = 'default'): Promise<FoundProtocol> {
  const shipped = protocols.find(({ id }) => id === name)
  if (shipped !== undefined) return { found: true, protocol: shipped as Protocol }
  const ids = protocols.map(({ id }) => id).join(', ')
  if (!/[./\\]/.test(name)) {
    return {
      found: false,
      why: `There is no protocol “${name}”. There are ${ids}; one of your own is a module: ./${name}.js`,
    }
  }
  const loaded = await exportOf(name, exported)
  if (!loaded.loaded) return { found: false, why: loaded.why }
  const protocol = loaded.exported as Partial<Protocol> | null | undefined
  return typeof protocol?.commandAt === 'function'
    ? { found: true, protocol: protocol as Protocol }
    : { found: false, why: `${name} exports no protocol: \`defineProtocol\` makes one.` }
}
