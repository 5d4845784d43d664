import type { ParseArgsConfig } from 'node:util'
import { parseArgs } from 'node:util'

/** An option of a command: `--out <file>`, or a flag where it takes no value. */
export interface Option {
  readonly what: string
  /** What its value is called; a flag has none. */
  readonly value?: string
  /** What its value may be, where not anything. */
  readonly choices?: readonly string[]
  /** It may be given several times. */
  readonly isMany?: true
}

/** How a command of the shell is called: what its help says, and what its arguments are read by. */
export interface Shape {
  readonly usage: string
  readonly about: string
  readonly options: Readonly<Record<string, Option>>
  readonly examples: readonly (readonly [command: string, what: string])[]
  readonly codes: Readonly<Record<number, string>>
}

/** The arguments of a call. */
export interface Asked {
  readonly asked: 'work'
  readonly given: readonly string[]
  readonly flags: ReadonlySet<string>
  readonly values: Readonly<Record<string, string | undefined>>
  /** Of an option that may be given several times, each. */
  readonly lists: Readonly<Record<string, readonly string[] | undefined>>
}

/** The arguments of a call, `help` where that was asked for, or in a sentence what is wrong with them. */
export type Arguments = Asked | { readonly asked: 'help' } | { readonly asked: 'nothing'; readonly wrong: string }

/** Reads arguments, through Node’s own parser. */
export function readArguments(args: readonly string[], { options }: Shape): Arguments {
  try {
    const config: ParseArgsConfig['options'] = { help: { type: 'boolean', short: 'h' } }
    for (const [name, { value }] of Object.entries(options)) {
      config[name] = value === undefined ? { type: 'boolean' } : { type: 'string', multiple: true }
    }
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: config })
    if (values['help'] === true) return { asked: 'help' }
    const lists = Object.entries(values).filter((entry): entry is [string, string[]] => Array.isArray(entry[1]))
    for (const [name, given] of lists) {
      const { choices, isMany } = options[name] ?? {}
      const none = given.find((value) => choices?.includes(value) === false)
      if (none !== undefined) {
        return { asked: 'nothing', wrong: `--${name} is one of ${choices?.join(', ')}; “${none}” is none of them.` }
      }
      if (given.length > 1 && !isMany) return { asked: 'nothing', wrong: `--${name} can be given once.` }
    }
    return {
      asked: 'work',
      given: positionals,
      flags: new Set(Object.keys(values).filter((name) => values[name] === true)),
      values: Object.fromEntries(lists.map(([name, [first]]) => [name, first])),
      lists: Object.fromEntries(lists),
    }
  } catch (error) {
    return { asked: 'nothing', wrong: (error as Error).message }
  }
}

/** What `--help` says. */
export function helpOf({ usage, about, options, examples, codes }: Shape): string {
  const named = Object.entries(options).map(([name, { value, what, choices, isMany }]) => [
    `--${name}${value === undefined ? '' : ` <${value}>`}`,
    `${what}${choices === undefined ? '' : `: ${choices.join(', ')}`}${isMany ? ' (may be given several times)' : ''}`,
  ])
  const wide = Math.max(0, ...named.map(([name = '']) => name.length))
  return [
    `${usage}\n\n${about}`,
    ...(named.length === 0 ? [] : [named.map(([name = '', what]) => `  ${name.padEnd(wide)}  ${what}`).join('\n')]),
    `Examples:\n${examples.map(([command, what]) => `  ${command}\n      ${what}`).join('\n')}`,
    `Ends with ${Object.entries(codes)
      .map(([code, what]) => `${code} ${what}`)
      .join(', ')}.\n`,
  ].join('\n\n')
}
