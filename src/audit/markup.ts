import { plain } from './say.ts'

/** Text as markup of ours; everything else that comes into a page is escaped. */
export interface Markup {
  readonly markup: string
}

type Part = Markup | string | number | readonly (Markup | string | number)[]

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** What is somebody else’s, so that it stays text: nothing in it ends a tag, and nothing turns the writing round. */
export const escaped = (text: string): string => plain(text).replaceAll(/[&<>"']/g, (one) => entities[one] as string)

const written = (part: Part): string => {
  if (typeof part === 'object') return 'markup' in part ? part.markup : part.map(written).join('')
  return escaped(`${part}`)
}

/** Markup with values in it, which are escaped unless they are markup themselves. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return {
    markup: strings.map((one, index) => one + (index < parts.length ? written(parts[index] as Part) : '')).join(''),
  }
}

/** Nothing. */
export const none: Markup = { markup: '' }
