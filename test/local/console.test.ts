import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '@anyfaas/kit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openConsole } from '../../src/actions/console.ts'
import { has } from '../peers.ts'
import { Browser } from './browser.ts'
import { FakePlatform } from './fake-platform.ts'
import { reply, until, useLocal } from './fixture.ts'

/** Kept after the test, to be looked at. */
const SHOTS = process.env['ANYFAAS_SHOTS'] ?? join(tmpdir(), 'anyfaas-shots')

test('its files bring no secret, load nothing from elsewhere, and let nobody frame them', async () => {
  const platform = new FakePlatform()
  const url = await platform.open()
  const page = await fetch(`${url}/_/`)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  expect(await page.text()).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
  expect(await (await fetch(`${url}/_/console.js`)).text()).not.toMatch(/https?:\/\/(?!www\.w3\.org)/)
  expect(Object.keys((await (await fetch(`${url}/_/samples.json`)).json()) as object)).toContain('queue')
  expect((await fetch(`${url}/_/nothing.js`)).status).toBe(401)
  await platform.close()
})

const useReal = useLocal()

describe('the address of the console', () => {
  test('is known when the platform runs, which is started for it and said as a note', async () => {
    const told: Event[] = []
    const fixture = useReal()
    const { root: SLS_HOME } = fixture.home
    const io = { cwd: SLS_HOME, env: { SLS_HOME }, signal: AbortSignal.timeout(60_000) }
    const { url } = await openConsole({ ...io, tell: (event) => void told.push(event) })
    const { port, token } = await fixture.record()
    expect(url).toBe(`http://127.0.0.1:${port}/_/#token=${token}`)
    expect(told).toEqual([{ kind: 'phase', name: 'starting the local platform', state: 'note' }])
  })
})

describe.skipIf(!has('chromium'))('the console in a browser', () => {
  let platform: FakePlatform
  let browser: Browser
  let url = ''

  beforeEach(async () => {
    mkdirSync(SHOTS, { recursive: true })
    platform = new FakePlatform()
    url = await platform.open()
    browser = await Browser.open(`${url}/_/#token=${platform.token}`)
    await browser.untilText('price')
  })

  afterEach(async () => {
    await browser.close()
    await platform.close()
  })

  test('shows functions, their charts, processes and log; keys move between them', async () => {
    expect(await browser.value('location.hash')).toBe('')
    expect(await browser.text('main')).toMatch(/shop[\s\S]*price[\s\S]*needs secrets/)
    await browser.press('j')
    await browser.untilText('What a thing costs today', 'aside')
    expect(await browser.text('aside')).toMatch(/4712[\s\S]*ready/)
    await browser.untilText('<script>alert(1)</script>', '.lines')
    await browser.until('document.querySelectorAll(".charts .line").length >= 3', 'lines in the charts')
    await until(
      async () =>
        (await browser.value<number>('Number(document.querySelector(".line").getAttribute("d").split("L").length)')) >
        6,
      'a few looks',
    )
    await browser.screenshot(join(SHOTS, 'functions-light.png'))
    await browser.theme(true)
    await browser.screenshot(join(SHOTS, 'functions-dark.png'))
    await browser.press('j')
    await browser.untilText('mail', 'aside h2')
    expect(await browser.text('.card.selected')).toContain('blocked')
    await browser.press('Escape')
    await browser.until('!document.querySelector("aside")', 'nothing selected')
  })

  test('the filter, the keys’ page and the theme are reached by keys', async () => {
    await browser.press('/')
    await browser.type('night')
    await browser.until('document.querySelectorAll(".card").length === 1', 'one function')
    await browser.press('Escape')
    await browser.press('?')
    await browser.untilText('filter by name', '.sheet')
    await browser.screenshot(join(SHOTS, 'keys.png'))
    await browser.press('Escape')
    await browser.until('!document.querySelector(".sheet")', 'the page')
    const before = await browser.value('getComputedStyle(document.body).backgroundColor')
    await browser.press('t')
    expect(await browser.value('getComputedStyle(document.body).backgroundColor')).not.toBe(before)
  })

  test('calls a function with a template, keeps what is typed, and shows the answer as text', async () => {
    await browser.press('j')
    await browser.until('document.querySelector(".invoke option[value=queue]")', 'the templates')
    await browser.value(
      '(() => { const s = document.querySelector("select[aria-label=\'Event template\']"); s.value = "queue"; s.dispatchEvent(new Event("change")) })()',
    )
    const looks = platform.asked.length
    await browser.press('Escape')
    await browser.press('i')
    await browser.type('/price/tea?x=1')
    // Two looks later it still stands there.
    await new Promise((resolve) => setTimeout(resolve, 2200))
    expect(await browser.value('document.querySelector(".path").value')).toBe('/price/tea?x=1')
    await browser.press('Enter', { ctrl: true })
    await browser.untilText('201', '.result')
    expect(await browser.text('.result')).toContain('<b>not bold</b>')
    expect(await browser.text('.result')).toContain('"queue": "jobs"')
    expect(platform.asked.slice(looks)).toEqual(['POST /function/price.shop.dev/price/tea?x=1'])
    await browser.screenshot(join(SHOTS, 'invoke.png'))
  })

  test('replays and drops dead letters, and fires a timer', async () => {
    await browser.press('2')
    await browser.untilText('status 503', 'main')
    await browser.theme(true)
    await browser.screenshot(join(SHOTS, 'calls-dark.png'))
    await browser.click('tr[data-key="m-2"] button')
    await browser.untilText('The call waits again', '.toasts')
    await browser.until('!document.querySelector("tr[data-key=m-2]")', 'the letter to go')
    await browser.click('tr[data-key="m-1"] button.plain')
    await browser.until('!document.querySelector("tr[data-key=m-1]")', 'the letter to go')
    expect(platform.asked).toEqual(['POST /v1/async/dead/m-2/replay', 'DELETE /v1/async/dead/m-1'])
    await browser.press('3')
    await browser.untilText('not fired yet', 'main')
    await browser.click('main button')
    await browser.untilText('nightly-timer fired, 12 ms', '.toasts')
    await browser.untilText('ago', 'main')
    await browser.screenshot(join(SHOTS, 'timers-dark.png'))
    expect(platform.asked.at(-1)).toBe('POST /v1/services/shop/dev/functions/nightly/timers/nightly-timer/fire')
  })

  test('asks for the token without one, and says when the platform has gone', async () => {
    await browser.value('sessionStorage.clear()')
    await browser.go(`${url}/_/?again`)
    await browser.untilText('Who are you?')
    await browser.screenshot(join(SHOTS, 'token.png'))
    await browser.click('.sheet input')
    await browser.type(platform.token)
    await browser.press('Enter')
    await browser.click('.sheet button')
    await browser.untilText('shop', 'main')
    await platform.close()
    await browser.untilText('does not answer', '.trouble')
  })
})

describe.skipIf(!has('chromium'))('the console of a running platform', () => {
  test('shows a deployed function, calls it, and has its log and its numbers', async () => {
    const local = useReal()
    await local.deploy('greet', { body: `console.log('asked for', event.url); ${reply('"hello from " + event.url')}` })
    const { port, token } = await local.record()
    const browser = await Browser.open(`http://127.0.0.1:${port}/_/#token=${token}`)
    try {
      await browser.untilText('greet', '.card')
      await browser.press('j')
      await browser.until('document.querySelector(".invoke")', 'the form')
      await browser.press('i')
      await browser.type('/greet/you')
      await browser.press('Enter', { ctrl: true })
      await browser.untilText('hello from /greet/you', '.result')
      await browser.untilText('asked for /greet/you', '.lines')
      await browser.until(
        'document.querySelector(".tag.s2")?.innerText.includes("200 1")',
        'the call among the answers',
      )
      await browser.screenshot(join(SHOTS, 'real.png'))
    } finally {
      await browser.close()
    }
  })
})
