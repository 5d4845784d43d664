import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const host = mkdtempSync(join(tmpdir(), 'redress-jest-'))
afterAll(() => rmSync(host, { recursive: true, force: true }))

const installed = join(host, 'node_modules/redress')

/** Jest takes the package as it is built; a build of its own, so that nothing else that builds or reads dist/ meets it. */
beforeAll(() => {
  mkdirSync(installed, { recursive: true })
  const options = ['--silent', '--no-dts', '--out-dir', join(installed, 'dist')]
  const built = spawnSync(process.execPath, ['node_modules/tsup/dist/cli-default.js', ...options], { cwd: root })
  expect(built.status).toBe(0)
}, 120_000)

describe('a host that tests with Jest', () => {
  it('has the matchers, their `.not`, and their messages', () => {
    for (const name of ['xstate', 'zod', '@jest'])
      symlinkSync(join(root, 'node_modules', name), join(host, 'node_modules', name))
    cpSync(join(root, 'package.json'), join(installed, 'package.json'))
    cpSync(join(root, 'test/fixtures/jest/host.test.mjs'), join(host, 'host.test.mjs'))
    writeFileSync(join(host, 'package.json'), JSON.stringify({ type: 'module', private: true }))
    const config = {
      rootDir: host,
      testMatch: ['**/*.test.mjs'],
      transform: {},
      testEnvironment: 'node',
      watchman: false,
    }
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [
        '--experimental-vm-modules',
        join(root, 'node_modules/jest/bin/jest.js'),
        '--json',
        '--config',
        JSON.stringify(config),
      ],
      { cwd: host, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', FORCE_COLOR: '0' } },
    )
    if (!stdout.startsWith('{')) throw new Error(`Jest did not run: ${stderr}`)
    const { testResults } = JSON.parse(stdout) as {
      testResults: {
        message: string
        assertionResults: { title: string; status: string; failureMessages: string[] }[]
      }[]
    }
    const seen = testResults[0]?.assertionResults.map(({ title, status }) => `${title}: ${status}`)
    expect({ seen, message: testResults[0]?.message }).toMatchObject({ seen: ['follows: passed', 'fails: failed'] })
    const [message] = testResults[0]?.assertionResults[1]?.failureMessages ?? []
    expect(message).toContain('Expected the order to follow pocock, but it does not. Not yet: before “agree” come')
    expect(message).toContain('✗  reflect  agree')
  })
})
