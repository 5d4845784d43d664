import { readFileSync, writeFileSync } from 'node:fs'
import { pocock, toMermaid } from 'redress'
import { describe, expect, it } from 'vitest'
import { shipped } from './arbitrary.ts'

const path = new URL('../README.md', import.meta.url)

/** The README as it must be: its generated parts made anew. `UPDATE_README=1 npm test` writes it. */
function generated(readme: string): string {
  const rows = shipped.map((protocol) => {
    const steps = (phase: 'person' | 'problem' | 'system') => protocol[phase].map((step) => step.name).join(', ')
    const id = protocol === pocock ? '`pocock` (default)' : `\`${protocol.id}\``
    return `| ${id} | ${steps('person')} | ${steps('problem')} | ${steps('system')} | ${protocol.source} |\n`
  })
  return readme
    .replace(/```mermaid\n[^`]*```/, `\`\`\`mermaid\n${toMermaid(pocock)}\`\`\``)
    .replace(/(\| id \| person \|[^\n]*\n\| ---[^\n]*\n)(?:\|[^\n]*\n)*/, `$1${rows.join('')}`)
}

describe('the README', () => {
  it('has the picture of the machine and the table of protocols as they are', () => {
    const readme = readFileSync(path, 'utf8')
    if (process.env['UPDATE_README'] !== undefined) writeFileSync(path, generated(readme))
    else expect(readme).toBe(generated(readme))
    expect(generated(readme)).toContain('received --> person: own')
  })
})
