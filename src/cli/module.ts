import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What a module of the host's exports under a name, or in a sentence why there is no such thing. */
export async function exportOf(
  path: string,
  name: string,
): Promise<{ readonly loaded: true; readonly exported: unknown } | { readonly loaded: false; readonly why: string }> {
  const file = resolve(path)
  if (!existsSync(file)) return { loaded: false, why: `There is no module ${path}.` }
  try {
    const module = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>
    if (Object.hasOwn(module, name)) return { loaded: true, exported: module[name] }
    const others = Object.keys(module).join(', ') || 'nothing'
    const wanted = name === 'default' ? 'no default export' : `no export “${name}”`
    return { loaded: false, why: `${path} has ${wanted}; it exports ${others}. Choose with --export <name>.` }
  } catch (error) {
    return { loaded: false, why: `${path} can’t be loaded: ${whyNot(error)}` }
  }
}

function whyNot(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ((error as { readonly code?: unknown }).code === 'ERR_UNKNOWN_FILE_EXTENSION') {
    return `this Node (${process.version}) does not run such files. TypeScript takes Node 22.18 or newer, or a build.`
  }
  const hint = error instanceof SyntaxError ? ' (`node --check` shows where)' : ''
  return `${error.message}${hint}`
}
