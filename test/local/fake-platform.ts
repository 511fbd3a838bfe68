import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { answerConsole } from '../../src/local/platform/management/console.ts'

/** What `GET /v1/state` answers, and the rest of docs/local-api.md, as a platform with some life in it would. */
export class FakePlatform {
  readonly asked: string[] = []
  readonly token = 'secret-token'
  readonly #server: Server
  readonly #started = Date.now() - 5_400_000
  #calls = 1200
  #dead = ['m-1', 'm-2', 'm-3']
  #fired: string | null = null

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (answerConsole(request, response)) return
    const { method = 'GET', url = '', headers } = request
    if (headers.authorization !== `Bearer ${this.token}`)
      return json(response, 401, { message: 'the token is missing or wrong' })
    const path = url.split('?', 1)[0] ?? ''
    if (method !== 'GET') this.asked.push(`${method} ${url}`)
    if (path === '/v1/state') return json(response, 200, this.#state())
    if (path.endsWith('/logs')) return this.#logs(url, response)
    if (path === '/v1/async')
      return json(response, 200, { waiting: 2, running: 1, elsewhere: 0, dead: this.#dead.length, done: 40 })
    if (path === '/v1/async/calls') return json(response, 200, { calls: this.#list(url) })
    if (path.endsWith('/replay')) return this.#replay(path, response)
    if (method === 'DELETE') this.#dead = this.#dead.filter((id) => !path.endsWith(id))
    if (path.endsWith('/fire')) this.#fired = new Date().toISOString()
    if (path.endsWith('/fire')) return json(response, 200, { ok: true, durationMs: 12 })
    if (path.startsWith('/function/')) return this.#call(request, response)
    json(response, 200, {})
  }

  async #call(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request)
    json(response, 201, {
      method: request.method,
      url: request.url,
      body: body && JSON.parse(body),
      markup: '<b>not bold</b>',
    })
  }

  #replay(path: string, response: ServerResponse): void {
    const [id] = this.#dead.filter((one) => path.includes(one))
    const gone = id ? [id] : this.#dead
    this.#dead = this.#dead.filter((one) => !gone.includes(one))
    json(response, 200, { replayed: gone.length })
  }

  #list(url: string): object[] {
    const base = { service: 'shop', stage: 'dev', method: 'POST', accepted: new Date(this.#started).toISOString() }
    if (url.includes('state=dead'))
      return this.#dead.map((id) => ({
        ...base,
        id,
        function: 'mail',
        state: 'dead',
        path: '/',
        attempts: 3,
        next: null,
        reason: 'status 503',
      }))
    if (url.includes('state=running'))
      return [{ ...base, id: 'm-8', function: 'mail', state: 'running', path: '/', attempts: 1, next: null }]
    const next = new Date(Date.now() + 65_000).toISOString()
    return [
      {
        ...base,
        id: 'm-9',
        function: 'thumbnail',
        state: 'waiting',
        path: '/in/cat.png',
        attempts: 1,
        next,
        reason: 'timeout',
      },
    ]
  }

  #logs(url: string, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    const name = /function=(\w+)/.exec(url)?.[1] ?? 'price'
    const texts = [
      'GET /price/tea',
      'cache miss, asking the warehouse',
      '<script>alert(1)</script>',
      'Error: the warehouse is closed',
      'its process ended (exit code 1)',
    ]
    texts.forEach((line, at) => {
      const stream = at < 3 ? 'out' : at === 3 ? 'err' : 'sys'
      response.write(
        `${JSON.stringify({ time: Date.now() - 9000 + at * 700, function: name, stream, text: line, requestId: 'r-1' })}\n`,
      )
    })
  }

  #state(): object {
    this.#calls += 3 + Math.round(4 * (1 + Math.sin(Date.now() / 3000)))
    const wave = 6 + 4 * Math.sin(Date.now() / 4000)
    const price = fn('price', {
      state: 'running',
      description: 'What a thing costs today',
      routes: [{ path: '/price/:item', methods: ['GET'] }],
      instances: [instance(4712, 'ready', 2, 811), instance(4719, 'ready', 1, 389)],
      limits: { min: 1, max: 4, instance: 8, queue: 100 },
      running: 3,
      calls: {
        total: this.#calls,
        errors: 17,
        byStatus: { 200: this.#calls - 60, 304: 20, 404: 23, 500: 12, 504: 5 },
        byClass: { user: 12, timeout: 5 },
      },
      perSec: wave,
      latencyMs: { p50: wave / 3, p95: wave * 2, p99: wave * 3 },
    })
    const nightly = fn('nightly', {
      timers: [
        {
          name: 'nightly-timer',
          schedule: '0 0 3 * * * *',
          timezone: 'Europe/Berlin',
          enabled: true,
          next: new Date(Date.now() + 4e7).toISOString(),
          last: this.#fired,
        },
      ],
    })
    const mail = fn('mail', {
      state: 'running',
      instances: [instance(4730, 'blocked', 1, 60)],
      waiting: 4,
      calls: { total: 90, errors: 8, byStatus: { 200: 82, 503: 8 }, byClass: {} },
    })
    return {
      version: '0f12',
      pid: 4711,
      started: new Date(this.#started).toISOString(),
      services: [
        {
          service: 'shop',
          stage: 'dev',
          namespace: 'shop.dev',
          url: 'http://127.0.0.1:7001',
          notes: [],
          functions: [price, mail, nightly],
        },
        {
          service: 'blog',
          stage: 'dev',
          namespace: 'blog.dev',
          url: 'http://127.0.0.1:7002',
          notes: ['port 7003 was taken by something else'],
          functions: [fn('posts', { state: 'needs secrets' })],
        },
      ],
    }
  }
}

function fn(name: string, rest: object): object {
  const calls = { total: 0, errors: 0, byStatus: {}, byClass: {} }
  const limits = { min: 0, max: 1, instance: null, queue: 100 }
  return {
    name,
    state: 'idle',
    routes: [],
    instances: [],
    limits,
    running: 0,
    waiting: 0,
    calls,
    perSec: 0,
    latencyMs: null,
    timers: [],
    ...rest,
  }
}

function instance(pid: number, state: string, running: number, calls: number): object {
  return { pid, state, running, calls, started: new Date(Date.now() - 3_000_000).toISOString() }
}

function json(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}
