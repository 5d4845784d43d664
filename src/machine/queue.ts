/** Items of which the first, by an order, is always at hand: a binary heap. */
export interface Queue<T> {
  first(): T | undefined
  add(item: T): void
  /** Takes the first away. */
  take(): T | undefined
}

/** A queue in the order that `isBefore` says. */
export function createQueue<T>(isBefore: (one: T, other: T) => boolean): Queue<T> {
  const heap: T[] = []
  const isLess = (one: number, other: number) => isBefore(heap[one] as T, heap[other] as T)
  const swap = (one: number, other: number) => {
    ;[heap[one], heap[other]] = [heap[other] as T, heap[one] as T]
  }
  return {
    first: () => heap[0],
    add(item) {
      let at = heap.push(item) - 1
      for (let above = (at - 1) >> 1; at > 0 && isLess(at, above); above = (at - 1) >> 1) {
        swap(at, above)
        at = above
      }
    },
    take() {
      if (heap.length === 0) return undefined
      swap(0, heap.length - 1)
      const taken = heap.pop()
      for (let at = 0; ; ) {
        const [left, right] = [2 * at + 1, 2 * at + 2]
        const below = right < heap.length && isLess(right, left) ? right : left
        if (below >= heap.length || !isLess(below, at)) return taken
        swap(at, below)
        at = below
      }
    },
  }
}
