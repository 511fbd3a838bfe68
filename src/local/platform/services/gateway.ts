import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { explain, HttpError, Router } from '@anyfaas/runtime'
import type { RouteSpec } from '../../spec.ts'
import type { Tracer } from '../../tracing/tracer.ts'
import { hostIn, OwnHosts } from '../door/own-hosts.ts'
import { type Answer, type Asked, Exchange, type Upgrade } from '../instances/exchange.ts'
import { closeServer, listen } from '../instances/ports.ts'
import { refuse, refuseUpgrade } from '../instances/refusal.ts'
import { Tally } from '../instances/tally.ts'
import type { PlainHead } from '../plain/plain-head.ts'
import { PlainLane } from '../plain/plain-lane.ts'
import { answerEvent } from './event-answer.ts'
import { answerHealth } from './health.ts'
import { ownName } from './own-name.ts'
import type { Reachable } from './reachable.ts'

export interface GatewayOptions {
  /** Makes the server around what answers; plain HTTP when missing. */
  readonly createServer?: (answer: RequestListener) => Server
  /** Whether that server speaks HTTPS. */
  readonly isSecure?: boolean
  /** The address to listen on; loopback when missing. */
  readonly host?: string
  /** Absent unless somebody collects traces. */
  readonly tracer?: Tracer
  /** `SERVICE.STAGE`, as a client of OpenFaaS puts it behind a function's name. */
  readonly place?: string
  /** Answers before anything else looks at a request. */
  readonly beside?: Beside
}

/** What answers a path that is no function's; false when it does not know it either. */
export type Beside = (request: IncomingMessage, response: ServerResponse) => boolean

type GatewayRoute = RouteSpec & { readonly reachable: Reachable }

const FUNCTION_PREFIX = '/function/'
/** Paths of the platform itself, and those whose escapes may be broken. */
const NOT_PLAIN = /^\/(?:_|async-function|dapr)\/|%/

/** The address of one service: the routes of its functions, and `/function/NAME` for each of them. */
export class Gateway {
  readonly #server: Server
  readonly #lane: PlainLane | undefined
  readonly #running = new Tally()
  readonly #host: string | undefined
  readonly #hosts: OwnHosts
  readonly #beside: Beside | undefined
  readonly #place: string
  readonly #tracer: Tracer | undefined
  #port = 0
  #router = new Router<GatewayRoute>([])
  #byName: ReadonlyMap<string, Reachable> = new Map()

  constructor(options: GatewayOptions = {}) {
    const create = options.createServer ?? createServer
    this.#server = create((request, response) => this.#handle(request, response))
    this.#server.on('upgrade', (request, socket, head) => void this.upgrade({ request, socket, head }))
    this.#host = options.host
    this.#hosts = new OwnHosts(options.host)
    this.#hosts.guard(this.#server)
    this.#beside = options.beside
    this.#place = options.place ?? ''
    this.#tracer = options.tracer
    // What somebody else made has its reasons to see every request.
    if (!options.createServer && !options.tracer)
      this.#lane = new PlainLane(this.#server, (...plain) => this.#take(...plain))
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
    this.#hosts.declare(all.flatMap(({ spec }) => spec.hosts ?? []))
  }

  /** Takes no more requests; resolves when those that run are answered. */
  async close(): Promise<void> {
    this.#lane?.close()
    await closeServer(this.#server, this.#running)
  }

  /** As if the request had come to this address. */
  answer(request: IncomingMessage, response: ServerResponse): void {
    this.#handle(request, response)
  }

  /** As if the request for another protocol had come to this address. */
  async upgrade({ request, socket, head }: Pick<Upgrade, 'request' | 'socket' | 'head'>): Promise<void> {
    const requestId = randomUUID()
    socket.once('error', () => socket.destroy())
    try {
      const { reachable, rest } = this.#find(request, pathOf(request.url ?? '/'))
      await reachable.host().upgrade({ request, socket, head, url: rest, requestId })
    } catch (thrown) {
      refuseUpgrade(socket, thrown)
    }
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    this.#running.enter()
    const wire = { request, response }
    const exchange = new Exchange(wire, this.#running, wire)
    try {
      exchange.url = pathOf(request.url ?? '/')
      if (this.#beside?.(request, response) || answerHealth(exchange.url, response, this.#byName)) return
      this.#begin(exchange, this.#find(request, exchange.url))
    } catch (thrown) {
      refuse(exchange, thrown)
    }
  }

  // Whatever is not simply a function's answer to a GET is left to the server.
  #take({ url, rawHeaders }: PlainHead, response: Answer, socket: Socket): boolean {
    if (NOT_PLAIN.test(url) || !this.#hosts.has(hostIn(rawHeaders))) return false
    const found = this.#look('GET', url)
    if (!found?.reachable.isPlain) return false
    this.#running.enter()
    const request = { method: 'GET', rawHeaders, complete: true, socket }
    const exchange = new Exchange({ request, response }, this.#running)
    try {
      this.#begin(exchange, found)
    } catch (thrown) {
      refuse(exchange, thrown)
    }
    return true
  }

  #begin(exchange: Exchange, found: Found): void {
    this.#call(exchange, found).catch((thrown: unknown) => refuse(exchange, thrown))
  }

  #call(exchange: Exchange, { reachable, route, rest }: Found): Promise<void> {
    const { request, wire } = exchange
    reachable.meter.watch(exchange)
    const host = reachable.host()
    exchange.url = rest
    exchange.timeoutSec = shorter(route?.timeout ?? host.spec.timeout, request)
    const isHttp = route !== undefined || reachable.routes.length > 0 || host.spec.server !== undefined
    if (!this.#tracer || !wire) return isHttp ? host.http(exchange) : this.#event(exchange, reachable)
    const call = (): Promise<void> => (isHttp ? host.http(exchange) : this.#event(exchange, reachable))
    const failure = (): string | undefined => exchange.failure
    const { name } = reachable
    return this.#tracer.request({ ...wire, name, failure, ...(route && { route: route.path }) }, call)
  }

  // Another version may be there by the time the body is.
  #event(exchange: Exchange, reachable: Reachable): Promise<void> {
    return answerEvent(exchange, () => (this.#byName.get(reachable.name) ?? reachable).host())
  }

  #find(request: IncomingMessage, url: string): Found {
    const { method = 'GET' } = request
    const preflight = method === 'OPTIONS' ? request.headers['access-control-request-method'] : undefined
    const found = this.#look(method, url) ?? (preflight && this.#look(preflight.toUpperCase(), url))
    if (found) return found
    const path = withoutQuery(url)
    const wrong = explain(this.#router, path)
    if (!wrong) throw new HttpError(404, `no function of this service answers ${path}`)
    const allow = wrong.allow.join(', ')
    throw new HttpError(405, `${path} answers ${allow}, not ${method}`, { allow })
  }

  #look(method: string, url: string): Found | undefined {
    const direct = this.#direct(url)
    if (direct) return direct
    const found = this.#router.find(method, withoutQuery(url))
    return found && { reachable: found.route.reachable, route: found.route, rest: url }
  }

  #direct(url: string): Found | undefined {
    if (!url.startsWith(FUNCTION_PREFIX)) return undefined
    const match = /^\/function\/([^/?]+)(.*)$/s.exec(url)
    const reachable = this.#named(match?.[1] ?? '')
    if (!reachable) return undefined
    const rest = match?.[2] ?? ''
    return { reachable, rest: rest.startsWith('/') ? rest : homeOf(reachable.routes) + rest }
  }

  #named(name: string): Reachable | undefined {
    return this.#byName.get(name) ?? this.#byName.get(ownName(name, this.#place))
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

function withoutQuery(url: string): string {
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
}

// Clients of a proxy send the whole address.
function pathOf(url: string): string {
  if (url.startsWith('/') || url === '*') return url
  if (!URL.canParse(url)) throw new HttpError(400, 'the request names no address')
  const { pathname, search } = new URL(url)
  return pathname + search
}

// As the OpenFaaS watchdog has it: seconds, or a number with a unit. A caller can ask for less time, not for more.
function shorter(timeoutSec: number, { rawHeaders }: Asked): number {
  const at = rawHeaders.findIndex(isTimeout)
  if (at < 0) return timeoutSec
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(rawHeaders[at + 1] ?? '') ?? []
  const seconds = Number(amount) * (unit === 'ms' ? 0.001 : unit === 'm' ? 60 : 1)
  return seconds > 0 ? Math.min(timeoutSec, seconds) : timeoutSec
}

function isTimeout(name: string, at: number): boolean {
  return at % 2 === 0 && name.length === 9 && name.toLowerCase() === 'x-timeout'
}
