import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AxeResults } from 'axe-core'
import { type Browser, chromium } from 'playwright-core'
import { type AuditReport, toHtml, toText } from 'redress/audit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audit } from './audit/log.ts'

const browsers = ['chromium', 'chromium-browser', 'google-chrome']
const found = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => browsers.map((name) => join(folder, name)))
  .find((path) => existsSync(path))

const hostile = [
  '</style><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)",
  '</title></head><body onload=alert(1)>',
  '&lt;script&gt;',
  '\u202Etxet desrever\u202C',
  '\u001b[31mred\u001b[0m',
  '<!--',
  ']]>',
  '{{1+1}}',
  `long${'-and-longer'.repeat(30)}`,
]

/** A report of a log in which every name is meant to do harm. */
async function aReport(): Promise<AuditReport> {
  const row = (id: string, activity: string, day: number, who = 'ana') =>
    JSON.stringify({ id, activity, who, at: new Date(Date.UTC(2026, 0, day, 9)).toISOString() })
  const rows = hostile.flatMap((name, index) => [
    row(name, name, 1, name),
    row(name, index % 2 === 0 ? 'solve' : 'take', 3 + index),
    row(name, 'hear', 9 + index * 2, 'ben'),
    row(name, 'solve', 12 + index * 3, 'cleo'),
    row(name, 'solve', 14 + index * 5, 'ana'),
    ...(index % 3 === 0 ? [] : [row(name, 'close', 60 + index)]),
  ])
  return audit([...rows, '{"id": "torn'].join('\n'), {
    format: 'jsonl',
    columns: { case: 'id', activity: 'activity', time: 'at', resource: 'who' },
    waits: [
      { name: '<script>alert(1)</script>', to: 'own', within: { days: 4 } },
      { name: 'until it was solved', to: 'deliver', within: { days: 10 } },
    ],
  })
}

describe('a report as a page', () => {
  it('has the names of the log as text, and nothing that could be fetched or run', async () => {
    const page = toHtml(await aReport(), '<script>alert(1)</script>.csv')
    const tags = page.match(/<[a-z!][^>]*>/gi) ?? []
    expect(tags.length).toBeGreaterThan(100)
    expect(
      tags.filter((tag) => /^<(script|img|iframe|object|embed|form|base)|\son\w+\s*=|javascript:/i.test(tag)),
    ).toEqual([])
    expect(
      tags.filter((tag) => /^<(link|svg|body)/i.test(tag) && !/href="data:,"|class="flow"|^<body>$/.test(tag)),
    ).toEqual([])
    expect(page).toContain('&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page.replaceAll('http://www.w3.org', '')).not.toMatch(/https?:|url\(|@import/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it looks for
    expect(page).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u001b]/)
    expect(page.match(/<\/style>/g)).toHaveLength(1)
  })

  it('has nothing in its text that could steer a terminal', async () => {
    const text = toText(await aReport(), 'a\u001b[2Jb.csv')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it looks for
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202A-\u202E]/)
  })

  it('is written for a log without any event, too', async () => {
    const page = toHtml(await audit('case,activity,time\n'), 'empty.csv')
    expect(page).toContain('<b>0</b>cases')
    expect(page).not.toMatch(/NaN|undefined|Infinity/)
  })
})

describe.skipIf(found === undefined)('the page in a browser (skipped where there is no chromium)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redress-page-'))
  const file = join(folder, 'report.html')
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  let browser: Browser
  beforeAll(async () => {
    writeFileSync(file, toHtml(await aReport(), 'tickets of <b>March</b>.jsonl'))
    browser = await chromium.launch({ executablePath: found as string, args: ['--no-sandbox'] })
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Opens the page, and notes all that it says and asks for. */
  async function opened(width: number, colorScheme: 'light' | 'dark', bypassCSP = false) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP })
    const page = await context.newPage()
    const heard: string[] = []
    page.on('console', (message) => heard.push(`${message.type()}: ${message.text()}`))
    page.on('pageerror', (error) => heard.push(`error: ${error.message}`))
    page.on('dialog', (dialog) => heard.push(`dialog: ${dialog.message()}`))
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href) heard.push(`request: ${request.url().slice(0, 100)}`)
    })
    await page.goto(pathToFileURL(file).href)
    await page.mouse.move(width / 2, 400)
    return { page, heard, close: () => context.close() }
  }

  for (const width of [375, 1440]) {
    for (const scheme of ['light', 'dark'] as const) {
      it(`says no error, asks nobody, and is readable at ${width} pixels in ${scheme} colours`, async () => {
        const { page, heard, close } = await opened(width, scheme)
        await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`)
        const seen = (await page.evaluate(`({
          wide: document.documentElement.scrollWidth,
          beyond: [...document.querySelectorAll('body *')].filter((one) => !one.closest('.scroll') && one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML.slice(0, 80)),
          tiny: [...document.querySelectorAll('body *')].filter((one) => one.children.length === 0 && one.textContent.trim() !== '' && !one.closest('svg') && parseFloat(getComputedStyle(one).fontSize) < 12).length,
          ground: getComputedStyle(document.body).backgroundColor,
        })`)) as { wide: number; beyond: string[]; tiny: number; ground: string }
        expect(seen).toMatchObject({ wide: width, beyond: [], tiny: 0 })
        expect(seen.ground).toBe(scheme === 'light' ? 'rgb(248, 250, 252)' : 'rgb(11, 17, 32)')
        expect(heard).toEqual([])
        await close()
      })

      it(`has no fault that axe would find at ${width} pixels in ${scheme} colours`, async () => {
        // Its own rules would keep axe out.
        const { page, close } = await opened(width, scheme, true)
        await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`)
        await page.evaluate(axe)
        const { violations } = (await page.evaluate('axe.run()')) as AxeResults
        expect(violations.map(({ id, impact, nodes }) => `${impact}: ${id}, ${nodes[0]?.html}`)).toEqual([])
        await close()
      })
    }
  }
})
