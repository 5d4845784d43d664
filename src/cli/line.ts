const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

/** An object or a list that a text is in, and which of its fields or items. */
interface Frame {
  key: string | number
  readonly isList: boolean
  isNamed: boolean
  readonly names: Set<string | number>
}

/**
 * The line of a JSON text on which something is, by the keys that lead to it; of what is not there that of what it should
 * be in. None for all of it.
 */
export function lineIn(text: string, keys: readonly (string | number)[]): number | undefined {
  let found = { depth: 0, at: 0 }
  for (const { frames, index } of placesIn(text)) {
    if (frames.length > found.depth && frames.every(({ key }, depth) => key === keys[depth])) {
      found = { depth: frames.length, at: index }
    }
  }
  return found.depth === 0 ? undefined : lineAt(text, found.at)
}

/** The first name of a JSON text that an object has had before, of which JSON.parse keeps the last alone, and its line. */
export function twiceIn(text: string): { readonly name: string; readonly line: number } | undefined {
  for (const { frames, index } of placesIn(text)) {
    const { key = '', isList = true, names } = frames.at(-1) ?? {}
    if (!isList && names?.has(key)) return { name: `${key}`, line: lineAt(text, index) }
    if (!isList) names?.add(key)
  }
  return undefined
}

const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length

/** The places of a JSON text, each where its name or, in a list, its value begins. */
function* placesIn(text: string): Generator<{ readonly frames: readonly Frame[]; readonly index: number }> {
  const frames: Frame[] = []
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const top = frames.at(-1)
    const isName = top?.isList === false && !top.isNamed && token.startsWith('"')
    if (isName) [top.key, top.isNamed] = [JSON.parse(token) as string, true]
    const isItem = top?.isList === true && !/^[\],:}]$/.test(token)
    if (isName || isItem) yield { frames, index }
    if (token === '{') frames.push({ key: '', isList: false, isNamed: false, names: new Set() })
    else if (token === '[') frames.push({ key: 0, isList: true, isNamed: true, names: new Set() })
    else if (token === '}' || token === ']') frames.pop()
    else if (token === ',' && top !== undefined) {
      if (top.isList) top.key = Number(top.key) + 1
      else top.isNamed = false
    }
  }
}
