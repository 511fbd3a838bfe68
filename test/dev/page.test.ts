import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Browser } from '../local/browser.ts'
import { has } from '../peers.ts'
import { hello, startDev } from './dev-session.ts'

const SHOTS = process.env['ANYFAAS_SHOTS'] ?? join(tmpdir(), 'anyfaas-shots')

const page = (word: string): string =>
  `export const handler = (ctx: any) => { ctx.type = 'text/html'; return '<!doctype html><h1>${word}</h1>' }\n`

test.skipIf(!has('chromium'))(
  'an open page shows what is broken, as text, and loads itself again when it is mended',
  async () => {
    mkdirSync(SHOTS, { recursive: true })
    const dev = await startDev({ 'serverless.yml': hello(), 'hello.ts': page('one') })
    const browser = await Browser.open(dev.url)
    const overlay = `document.querySelector('sls-problems')?.shadowRoot.querySelector('main').innerText`
    try {
      await browser.untilText('one', 'h1')
      dev.write('hello.ts', `${page('two')}const broken = '<img src=x onerror=alert(1)>' +\n`)
      await browser.until(`${overlay}?.includes('SLS4002')`, 'the mistake')
      const shown = await browser.value<string>(overlay)
      expect(shown).toContain('hello.ts:3:1')
      expect(shown).toContain('<img src=x onerror=alert(1)>')
      expect(await browser.text('h1')).toBe('one')
      await browser.screenshot(join(SHOTS, 'dev-broken.png'))
      dev.write('hello.ts', page('three'))
      await browser.untilText('three', 'h1')
      expect(await browser.value(`document.querySelector('sls-problems')`)).toBe(null)
    } finally {
      await browser.close()
    }
  },
)

test.skipIf(!has('chromium'))(
  'a failed call is a page with the lines around its place, and loads itself again',
  async () => {
    mkdirSync(SHOTS, { recursive: true })
    const failing = `export const handler = () => {\n  const user: { name?: string } = {}\n  return user.name!.trim()\n}\n`
    const dev = await startDev({ 'serverless.yml': hello(), 'hello.ts': failing })
    const browser = await Browser.open(dev.url)
    try {
      await browser.untilText('500 GET /', 'h1')
      expect(await browser.text('pre')).toContain('> 3 |   return user.name!.trim()')
      await browser.screenshot(join(SHOTS, 'dev-failed.png'))
      dev.write('hello.ts', page('mended'))
      await browser.untilText('mended', 'h1')
    } finally {
      await browser.close()
    }
  },
)
