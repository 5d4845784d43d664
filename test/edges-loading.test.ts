import { expect, it } from 'vitest'

// A definition that is refused keeps every file that imports it from being a test at all: this one imports when it runs.
it('what is shipped can be loaded', async () => {
  const { protocols } = await import('redress')
  expect(protocols.map(({ id }) => id)).toContain('pocock')
  const { cleo } = await import('redress/testing')
  expect(cleo).toEqual({ kind: 'customer', id: 'cleo' })
})
