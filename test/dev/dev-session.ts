import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { request as requestSecurely } from 'node:https'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Event, ListeningEvent, PhaseEvent, RequestEvent } from '@anyfaas/kit'
import { onTestFinished } from 'vitest'
import { type DevOptions, dev } from '../../src/actions/dev.ts'
import { ownPort } from '../fixtures/own-port.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { until } from '../local/fixture.ts'

/** A service of these files in development; it ends after the test. */
export async function startDev(
  files: Readonly<Record<string, string>>,
  options: Partial<DevOptions> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<DevFixture> {
  const fixture = new DevFixture(files, { port: await ownPort(), ...options }, env)
  onTestFinished(() => fixture.close())
  await fixture.ready()
  return fixture
}

export class DevFixture {
  readonly dir = realpathSync(mkdtempSync(join(tmpdir(), 'sls-dev-')))
  readonly events: Event[] = []
  readonly #end = new AbortController()
  readonly #run: Promise<unknown>
  #failure: unknown
  #key: (key: string) => void = () => undefined

  constructor(
    files: Readonly<Record<string, string>>,
    options: Partial<DevOptions>,
    env: Readonly<Record<string, string>>,
  ) {
    for (const [name, text] of Object.entries(files)) this.write(name, text)
    this.#run = dev(
      { ...options, dir: this.dir },
      {
        env: { SLS_HOME: join(this.dir, '.home'), ...env },
        cwd: this.dir,
        tell: (event) => void this.events.push(event),
        signal: this.#end.signal,
        listenForKeys: (listener) => {
          this.#key = listener
        },
      },
    ).catch((thrown: unknown) => {
      this.#failure = thrown
    })
  }

  async ready(): Promise<void> {
    await until(() => this.listening !== undefined || this.#failure !== undefined, 'the session')
    if (this.#failure !== undefined) throw this.#failure
  }

  get listening(): ListeningEvent | undefined {
    return this.events.findLast((event): event is ListeningEvent => event.kind === 'listening')
  }

  get url(): string {
    return this.listening?.urls[0] ?? ''
  }

  get requests(): RequestEvent[] {
    return this.events.filter((event): event is RequestEvent => event.kind === 'request')
  }

  phases(name: string): PhaseEvent[] {
    return this.events.filter((event): event is PhaseEvent => event.kind === 'phase' && event.name.startsWith(name))
  }

  write(name: string, text: string): void {
    const path = join(this.dir, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }

  remove(name: string): void {
    rmSync(join(this.dir, name))
  }

  press(key: string): void {
    this.#key(key)
  }

  /** The body of an answer. */
  async get(path: string, init: RequestInit = {}): Promise<string> {
    return await (await fetch(this.url + path, init)).text()
  }

  /** A request whatever the certificate is. */
  async send(path: string, method = 'GET'): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> {
    const ask = this.url.startsWith('https:') ? requestSecurely : request
    return await new Promise((resolve, reject) => {
      ask(this.url + path, { method, rejectUnauthorized: false }, async (response) => {
        const { statusCode = 0, headers } = response
        resolve({ status: statusCode, headers, text: await text(response) })
      })
        .once('error', reject)
        .end()
    })
  }

  async ended(): Promise<void> {
    await this.#run
  }

  async close(): Promise<void> {
    this.#end.abort()
    await this.#run
    removeFolder(this.dir)
  }
}

/** A service file with one function `hello` on `/*`, and more lines below it. */
export function hello(more = ''): string {
  return `service: shop\nprovider: {name: local}\nfunctions:\n  hello:\n    handler: hello.handler\n    events:\n      - http: /*\n${more}`
}
