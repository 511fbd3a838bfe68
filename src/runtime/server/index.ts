import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import { asError, statusOf, withoutOwnFrames } from '@anyfaas/runtime'
import { type Credentials, readCall, type ServerCall } from './call.ts'
import { type FunctionOptions, fromHandler, fromManifest } from './function.ts'
import type { ServerHandlers } from './handlers.ts'
import { CONTROL_PATH, CUT_LOG, PORTS, STATUS } from './headers.ts'

export type { Credentials, FunctionOptions, ServerCall, ServerHandlers }
export { fromHandler, fromManifest }

export interface ListenOptions {
  /** By default what the platform says in a variable, else 9000. */
  readonly port?: number
}

/**
 * Serves on all addresses, as platforms demand, and keeps to each one's protocol: control paths, statuses, log lines, the
 * signal to stop. Resolves when it listens.
 */
export async function serve(handlers: ServerHandlers, options: ListenOptions = {}): Promise<Server> {
  const desk = new Desk(handlers)
  const server = createServer((request, response) => void desk.take(request, response))
  // The platform has the time limits, and keeps connections.
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  process.once('SIGTERM', () => {
    server.close(() => void desk.stop().finally(() => process.exit()))
    server.closeIdleConnections()
  })
  const port = options.port ?? Number(PORTS.map((name) => process.env[name]).find(Boolean) ?? 9000)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '0.0.0.0', resolve)
  })
  return server
}

class Desk {
  readonly #handlers: ServerHandlers
  #initializing: Promise<unknown> | undefined
  #stopping: Promise<unknown> | undefined

  constructor(handlers: ServerHandlers) {
    this.#handlers = handlers
  }

  /** Never rejects: a failure is an answer. */
  async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = readCall(request.headers)
    const kind = kindOf(request)
    try {
      if (kind === 'initialize') await logged('Initialize', call, () => this.#initialize(call))
      else if (kind === 'stop') await logged('PreStop', call, () => this.stop())
      else if (kind === 'event') return await this.#event(request, response, call)
      else return await this.#request(request, response, call)
      answer(response, 200, undefined)
    } catch (error) {
      if (kind === 'request') refuse(response, error, call)
      else fail(response, error)
    }
  }

  stop(): Promise<unknown> {
    this.#stopping ??= Promise.resolve(this.#handlers.stop?.())
    return this.#stopping
  }

  async #request(request: IncomingMessage, response: ServerResponse, call: ServerCall): Promise<void> {
    await this.#initialize(call)
    if (this.#handlers.request) await this.#handlers.request(request, response, call)
    else response.writeHead(404).end()
  }

  async #event(request: IncomingMessage, response: ServerResponse, call: ServerCall): Promise<void> {
    const event = parse(await read(request))
    const result = await logged('Invoke', call, async () => {
      await this.#initialize(call)
      if (!this.#handlers.event) throw new Error('this server takes requests only, and got an event')
      return await this.#handlers.event(event, call)
    })
    answer(response, 200, result)
  }

  // Shared by all who wait for it; tried again by the next call when it failed.
  #initialize(call: ServerCall): Promise<unknown> {
    this.#initializing ??= Promise.resolve()
      .then(() => this.#handlers.initialize?.(call))
      .catch((error) => {
        this.#initializing = undefined
        throw error
      })
    return this.#initializing
  }
}

// What is printed on the platform that cuts its log into calls where such lines stand; others log a failure alone.
async function logged<T>(what: string, { requestId, headers }: ServerCall, work: () => Promise<T>): Promise<T> {
  const isCut = headers[CUT_LOG] !== undefined
  if (isCut) print(`FC ${what} Start RequestId: ${requestId}`)
  try {
    const result = await work()
    if (isCut) print(`FC ${what} End RequestId: ${requestId}`)
    return result
  } catch (error) {
    const why = error instanceof Error ? error.stack : String(error)
    print(isCut ? `FC ${what} End RequestId: ${requestId}, Error: ${why}` : `[${requestId}] ${what} failed: ${why}`)
    throw error
  }
}

type Kind = 'request' | 'event' | 'initialize' | 'stop'

const KINDS: Readonly<Record<string, Kind>> = {
  'POST /invoke': 'event',
  'POST /initialize': 'initialize',
  'GET /pre-stop': 'stop',
}

// Where the platform says what a call is for, a client's own request to such a path stays a request.
function kindOf({ method = 'GET', url = '/', headers }: IncomingMessage): Kind {
  const control = headers[CONTROL_PATH]
  if (control === '/http-invoke') return 'request'
  return KINDS[`${method} ${typeof control === 'string' ? control : url.replace(/\?.*/, '')}`] ?? 'request'
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    // An event may be any text.
    return text
  }
}

function answer(response: ServerResponse, status: number, result: unknown): void {
  const isText = typeof result === 'string' || result instanceof Uint8Array
  const body = isText ? result : result === undefined ? '' : JSON.stringify(result)
  response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', [STATUS]: '200' }).end(body)
}

// What a client may know is the status alone; what has begun can only be cut, and what has ended is the client's.
function refuse(response: ServerResponse, thrown: unknown, { requestId }: ServerCall): void {
  const error = asError(withoutOwnFrames(thrown))
  process.stderr.write(`[${requestId}] the request failed: ${error.stack}\n`)
  if (response.writableEnded) return
  if (response.headersSent) {
    response.destroy()
    return
  }
  const status = statusOf(error)
  response.writeHead(status, { 'content-type': 'text/plain' }).end(STATUS_CODES[status])
}

function fail(response: ServerResponse, error: unknown): void {
  const name = error instanceof Error ? error.name : 'Error'
  const message = error instanceof Error ? error.message : String(error)
  const body = JSON.stringify({ errorType: name, errorMessage: message })
  response.writeHead(404, { 'content-type': 'application/json', [STATUS]: '404' }).end(body)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
