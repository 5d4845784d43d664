/** Whether a value has all that is expected of it: the fields of objects among others, lists item by item. */
export function contains(value: unknown, expected: unknown): boolean {
  if (Object.is(value, expected)) return true
  if (typeof value !== 'object' || typeof expected !== 'object' || value === null || expected === null) return false
  if (Array.isArray(expected) && (!Array.isArray(value) || value.length !== expected.length)) return false
  return Object.entries(expected).every(([key, one]) => contains((value as Record<string, unknown>)[key], one))
}
