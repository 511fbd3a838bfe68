import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { until } from './fixture.ts'
import { Inspector } from './inspector.ts'

/** A real browser without a window, driven by its debugging protocol. */
export class Browser {
  readonly #child: ChildProcess
  readonly #folder: string
  readonly #page: Inspector

  static async open(url: string, { dark = false } = {}): Promise<Browser> {
    const folder = mkdtempSync(join(tmpdir(), 'sls-browser-'))
    const child = spawn(
      'chromium',
      [
        ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--remote-debugging-port=0'],
        ...[
          `--user-data-dir=${folder}`,
          '--window-size=1440,900',
          '--hide-scrollbars',
          '--no-first-run',
          'about:blank',
        ],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    let told = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      told += text
    })
    const port = await until(() => /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(told)?.[1], 'the browser')
    const targets = await until(async () => {
      const all = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
        type: string
        webSocketDebuggerUrl: string
      }[]
      return all.find(({ type }) => type === 'page')
    }, 'a page')
    const page = await Inspector.attach(targets.webSocketDebuggerUrl)
    const browser = new Browser(child, folder, page)
    await page.send('Page.enable')
    await page.send('Runtime.enable')
    await page.send('Log.enable')
    await browser.theme(dark)
    await browser.go(url)
    return browser
  }

  private constructor(child: ChildProcess, folder: string, page: Inspector) {
    this.#child = child
    this.#folder = folder
    this.#page = page
  }

  /** Opens another page, and waits until it is there: the one before is complete as well, for a moment longer. */
  async go(url: string): Promise<void> {
    const before = await this.value<number>('performance.timeOrigin')
    await this.#page.send('Page.navigate', { url })
    await this.until(`performance.timeOrigin !== ${before} && document.readyState === "complete"`, 'the page')
  }

  async theme(dark: boolean): Promise<void> {
    const features = [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }]
    await this.#page.send('Emulation.setEmulatedMedia', { features })
  }

  /** The value of an expression in the page. */
  async value<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.#page.send('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    })
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails))
    return (result as { value: T }).value
  }

  async until(expression: string, what: string): Promise<void> {
    await until(() => this.value<boolean>(`Boolean(${expression})`).catch(() => false), what)
  }

  async text(selector = 'body'): Promise<string> {
    return await this.value<string>(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ''`)
  }

  async untilText(text: string, selector = 'body'): Promise<void> {
    const found = `document.querySelector(${JSON.stringify(selector)})?.innerText.includes(${JSON.stringify(text)})`
    await this.until(found, `"${text}" in ${selector}`)
  }

  /** Presses the left button of the mouse in the middle of an element. */
  async click(selector: string): Promise<void> {
    const box = await this.value<{ x: number; y: number } | null>(
      `(() => { const e = document.querySelector(${JSON.stringify(selector)}); if (!e) return null; e.scrollIntoView({block: 'nearest'}); const b = e.getBoundingClientRect(); return { x: b.x + b.width / 2, y: b.y + b.height / 2 } })()`,
    )
    if (!box) throw new Error(`there is no ${selector}`)
    for (const type of ['mousePressed', 'mouseReleased'])
      await this.#page.send('Input.dispatchMouseEvent', { type, ...box, button: 'left', clickCount: 1 })
  }

  /** Presses a key, such as `j`, `Escape` or `Enter`. */
  async press(key: string, { ctrl = false } = {}): Promise<void> {
    const text = key.length === 1 && !ctrl ? { text: key } : {}
    const code = { Escape: 27, Enter: 13, Tab: 9 }[key]
    const common = { key, modifiers: ctrl ? 2 : 0, ...(code !== undefined && { windowsVirtualKeyCode: code }) }
    await this.#page.send('Input.dispatchKeyEvent', { type: 'keyDown', ...common, ...text })
    await this.#page.send('Input.dispatchKeyEvent', { type: 'keyUp', ...common })
  }

  async type(text: string): Promise<void> {
    await this.#page.send('Input.insertText', { text })
  }

  /** Writes what the window shows. */
  async screenshot(path: string): Promise<void> {
    // What moves has arrived.
    await this.value('Promise.all(document.getAnimations().map((one) => one.finished))')
    const { data } = await this.#page.send('Page.captureScreenshot', { format: 'png' })
    writeFileSync(path, Buffer.from(String(data), 'base64'))
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    // Asked to, it takes its own children with it.
    this.#page.send('Browser.close').catch(() => undefined)
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 10_000)
    await gone
    clearTimeout(late)
    this.#page.close()
    removeFolder(this.#folder)
  }
}
