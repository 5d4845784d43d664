/** Answers one question, perhaps together with others. */
export type Read<Asked, Answer> = (asked: Asked) => Promise<readonly Answer[]>

interface Waiting<Asked, Answer> {
  readonly asked: Asked
  resolve(answers: readonly Answer[]): void
  reject(error: unknown): void
}

const MOST = 64

/**
 * The way to a database for questions that many ask at the same time: what is asked while others are being answered goes
 * along with the next. No answer is older than its question.
 */
export function sharedReads<Asked, Answer extends { readonly n: number }>(
  read: (all: readonly Asked[]) => Promise<readonly Answer[]>,
): Read<Asked, Answer> {
  const waiting: Waiting<Asked, Answer>[] = []
  let isUnderWay = false

  async function readNext(): Promise<void> {
    const all = waiting.splice(0, MOST)
    try {
      const answers = await read(all.map(({ asked }) => asked))
      for (const [index, { resolve }] of all.entries()) resolve(answers.filter(({ n }) => n === index))
    } catch (error) {
      for (const { reject } of all) reject(error)
    }
    if (waiting.length > 0) void readNext()
    else isUnderWay = false
  }

  return (asked) =>
    new Promise((resolve, reject) => {
      waiting.push({ asked, resolve, reject })
      if (isUnderWay) return
      isUnderWay = true
      setImmediate(() => void readNext())
    })
}
