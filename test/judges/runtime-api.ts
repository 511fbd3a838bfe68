import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** How a call ended: what the runtime client posted. */
export interface Outcome {
  readonly kind: 'response' | 'error' | 'init-error'
  readonly body: Buffer
  readonly headers: IncomingMessage['headers']
}

/** Lambda's Runtime API, on loopback. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
export class RuntimeApi {
  readonly #server: Server
  readonly #calls: { readonly id: string; readonly event: string }[] = []
  readonly #waiting: ServerResponse[] = []
  readonly #outcomes = new Map<string, (outcome: Outcome) => void>()
  readonly initFailed: Promise<Outcome>
  /** What was asked for, in order: `invocation/next`, `extension/register`, … */
  readonly asked: string[] = []
  #tellInit: (outcome: Outcome) => void = () => undefined
  #count = 0

  private constructor() {
    this.initFailed = new Promise((resolve) => {
      this.#tellInit = resolve
    })
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  static async start(): Promise<RuntimeApi> {
    const api = new RuntimeApi()
    await new Promise<void>((done) => api.#server.listen(0, '127.0.0.1', done))
    return api
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Hands an event to the next runtime client that asks. */
  invoke(event: unknown): Promise<Outcome> {
    const id = `0000-${++this.#count}`
    this.#calls.push({ id, event: JSON.stringify(event) })
    this.#serve()
    return new Promise((resolve) => this.#outcomes.set(id, resolve))
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((done) => this.#server.close(done))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, kind, id = '', end] =
      /^\/2018-06-01\/runtime\/(invocation|init)\/([^/]+)(?:\/(response|error))?$/.exec(request.url ?? '') ?? []
    this.asked.push(String(request.url).replace(/^\/[\d-]+\/(runtime\/)?/, ''))
    if (request.url === '/2020-01-01/extension/register')
      return void response.writeHead(200, { 'lambda-extension-identifier': 'e-1' }).end('{}')
    // Answered by the end of the process only.
    if (request.url === '/2020-01-01/extension/event/next') return
    if (kind === 'invocation' && id === 'next') {
      this.#waiting.push(response)
      return this.#serve()
    }
    const outcome = { body: await buffer(request), headers: request.headers }
    response.writeHead(202).end('{"status":"OK"}')
    if (kind === 'init') this.#tellInit({ kind: 'init-error', ...outcome })
    else this.#outcomes.get(id)?.({ kind: end as 'response', ...outcome })
  }

  #serve(): void {
    while (this.#waiting.length > 0 && this.#calls.length > 0) {
      const response = this.#waiting.shift() as ServerResponse
      const { id, event } = this.#calls.shift() as { id: string; event: string }
      const headers = {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': id,
        'lambda-runtime-deadline-ms': String(Date.now() + 60_000),
        'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:123456789012:function:shop-dev-front',
        'lambda-runtime-trace-id': 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0',
      }
      response.writeHead(200, headers).end(event)
    }
  }
}
