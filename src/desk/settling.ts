import type { LaneSettlement, Lanes } from '../stores/lanes.ts'

/** Notes what became of a lane; false where it is in other hands. */
export type Settle = (settlement: LaneSettlement) => Promise<boolean>

interface Waiting {
  readonly settlement: LaneSettlement
  resolve(held: boolean): void
  reject(error: unknown): void
}

const MOST = 64

/** The way to note what became of lanes: those that are done at the same time share a write. */
export function sharedSettling(lanes: Lanes, tenant: string): Settle {
  const waiting: Waiting[] = []
  let isUnderWay = false

  async function settleNext(): Promise<void> {
    const all = waiting.splice(0, MOST)
    try {
      const held = await lanes.settle(
        tenant,
        all.map(({ settlement }) => settlement),
      )
      for (const [index, { resolve }] of all.entries()) resolve(held[index] === true)
    } catch (error) {
      for (const { reject } of all) reject(error)
    }
    if (waiting.length > 0) void settleNext()
    else isUnderWay = false
  }

  return (settlement) =>
    new Promise((resolve, reject) => {
      waiting.push({ settlement, resolve, reject })
      if (isUnderWay) return
      isUnderWay = true
      setImmediate(() => void settleNext())
    })
}
