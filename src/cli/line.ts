const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

/** An object or a list that a text is in, and which of its fields or items. */
interface Frame {
  key: string | number
  readonly isList: boolean
  isNamed: boolean
}

/**
 * The line of a JSON text on which something is, by the keys that lead to it; of what is not there that of what it should
 * be in. None for all of it.
 */
export function lineIn(text: string, keys: readonly (string | number)[]): number | undefined {
  const frames: Frame[] = []
  let found = { depth: 0, at: 0 }
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const top = frames.at(-1)
    const isName = top?.isList === false && !top.isNamed && token.startsWith('"')
    if (isName) [top.key, top.isNamed] = [JSON.parse(token) as string, true]
    const isItem = top?.isList === true && !/^[\],:}]$/.test(token)
    if ((isName || isItem) && frames.length > found.depth && frames.every(({ key }, depth) => key === keys[depth])) {
      found = { depth: frames.length, at: index }
    }
    if (token === '{') frames.push({ key: '', isList: false, isNamed: false })
    else if (token === '[') frames.push({ key: 0, isList: true, isNamed: true })
    else if (token === '}' || token === ']') frames.pop()
    else if (token === ',' && top !== undefined) {
      if (top.isList) top.key = Number(top.key) + 1
      else top.isNamed = false
    }
  }
  return found.depth === 0 ? undefined : text.slice(0, found.at).split('\n').length
}
