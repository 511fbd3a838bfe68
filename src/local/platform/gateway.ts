import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { explain, HttpError, Router } from '@anyfaas/runtime'
import type { RouteSpec } from '../spec.ts'
import { type Exchange, readBody } from './exchange.ts'
import { CallFailure } from './failure.ts'
import type { FunctionHost } from './function-host.ts'
import { closeServer, countRequests, listen } from './ports.ts'
import { writeFailure } from './reply.ts'
import type { Tally } from './tally.ts'

/** A function as the gateway reaches it. Rejects when it cannot be called now. */
export interface Reachable {
  readonly name: string
  readonly routes: readonly RouteSpec[]
  readonly host: () => FunctionHost
}

export interface GatewayOptions {
  /** Makes the server around what answers; plain HTTP when missing. */
  readonly createServer?: (answer: RequestListener) => Server
  /** The address to listen on; loopback when missing. */
  readonly host?: string
}

type GatewayRoute = RouteSpec & { readonly reachable: Reachable }

const FUNCTION_PREFIX = '/function/'

/** The address of one service: the routes of its functions, and `/function/NAME` for each of them. */
export class Gateway {
  readonly #server: Server
  readonly #running: Tally
  readonly #host: string | undefined
  #port = 0
  #router = new Router<GatewayRoute>([])
  #byName: ReadonlyMap<string, Reachable> = new Map()

  constructor(options: GatewayOptions = {}) {
    const create = options.createServer ?? createServer
    this.#server = create((request, response) => void this.#handle(request, response))
    this.#host = options.host
    this.#running = countRequests(this.#server)
  }

  get port(): number {
    return this.#port
  }

  /** Listens on the first of the ports that is free; false when none is. */
  async open(ports: Iterable<number>): Promise<boolean> {
    this.#port = (await listen(this.#server, ports, this.#host)) ?? 0
    return this.#port !== 0
  }

  /** Takes the place of what was reachable before. */
  publish(all: readonly Reachable[]): void {
    this.#router = new Router(all.flatMap((reachable) => reachable.routes.map((route) => ({ ...route, reachable }))))
    this.#byName = new Map(all.map((reachable) => [reachable.name, reachable]))
  }

  /** Takes no more requests; resolves when those that run are answered. */
  async close(): Promise<void> {
    await closeServer(this.#server, this.#running)
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID()
    const url = pathOf(request.url ?? '/')
    try {
      const { reachable, route, rest } = this.#find(request, url)
      const host = reachable.host()
      const timeoutSec = route?.timeout ?? host.spec.timeout
      const exchange: Exchange = { request, response, requestId, url: rest, timeoutSec }
      if (route || reachable.routes.length > 0 || host.spec.server) await host.http(exchange)
      else await answerEvent(exchange, () => (this.#byName.get(reachable.name) ?? reachable).host())
    } catch (thrown) {
      if (thrown instanceof HttpError) refuse(response, requestId, thrown)
      else writeFailure({ request, response, requestId }, thrown)
    }
  }

  #find(request: IncomingMessage, url: string): Found {
    const direct = this.#direct(url)
    if (direct) return direct
    const query = url.indexOf('?')
    const path = query < 0 ? url : url.slice(0, query)
    const { method = 'GET', headers } = request
    const preflight = method === 'OPTIONS' ? headers['access-control-request-method'] : undefined
    const found = this.#router.find(method, path) ?? (preflight && this.#router.find(preflight.toUpperCase(), path))
    if (found) return { reachable: found.route.reachable, route: found.route, rest: url }
    const wrong = explain(this.#router, path)
    if (!wrong) throw new HttpError(404, `no function of this service answers ${path}`)
    const allow = wrong.allow.join(', ')
    throw new HttpError(405, `${path} answers ${allow}, not ${method}`, { allow })
  }

  #direct(url: string): Found | undefined {
    if (!url.startsWith(FUNCTION_PREFIX)) return undefined
    const match = /^\/function\/([^/?]+)(.*)$/s.exec(url)
    const reachable = this.#byName.get(match?.[1] ?? '')
    if (!reachable) return undefined
    const rest = match?.[2] ?? ''
    return { reachable, rest: rest.startsWith('/') ? rest : homeOf(reachable.routes) + rest }
  }
}

interface Found {
  readonly reachable: Reachable
  readonly route?: RouteSpec
  /** Path and query as the function sees them. */
  readonly rest: string
}

// Where a function answers that is called by its name alone.
function homeOf(routes: readonly RouteSpec[]): string {
  const paths = routes.map(({ path }) => path)
  if (paths.includes('/') || paths.includes('/*')) return '/'
  return paths.find((path) => !/[:*]/.test(path)) ?? '/'
}

// Clients of a proxy send the whole address.
function pathOf(url: string): string {
  if (url.startsWith('/') || url === '*') return url
  const { pathname, search } = new URL(url)
  return pathname + search
}

// A function without routes takes the body as an event: JSON, else text. Another version may be there when it has arrived.
async function answerEvent(exchange: Exchange, host: () => FunctionHost): Promise<void> {
  const { request, response, requestId } = exchange
  const body = await readBody(request)
  const value = await host().event({ kind: 'event', data: body && eventData(body, request.headers['content-type']) })
  const type = typeof value === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  response.writeHead(text === undefined ? 204 : 200, {
    ...(text !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
    'x-request-id': requestId,
  })
  response.end(text)
}

function eventData(body: Buffer, type: string | undefined): unknown {
  const text = body.toString()
  try {
    return JSON.parse(text)
  } catch {
    if (/\bjson\b/i.test(type ?? '')) throw new CallFailure('user', 'the body is not JSON, though its type says so')
    return text
  }
}

function refuse(response: ServerResponse, requestId: string, { status, message, headers }: HttpError): void {
  const text = `${message}\n`
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'x-request-id': requestId,
    ...headers,
  })
  response.end(text)
}
