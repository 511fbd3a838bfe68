import { Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import { type HttpContext, toRequest } from '@anyfaas/runtime'
import { converse, type Listener } from './conversation.ts'
import type { WebServer } from './listening.ts'

/** Answers a request: what it resolves with is the body, and status and headers are set at the context. */
export type Application = (ctx: HttpContext) => Promise<unknown>

/**
 * The application that a module exports: itself, or as `default`, `app` or `server`. Undefined when there is none. A
 * function without parameters makes one.
 */
export async function applicationIn(module: unknown): Promise<Application | undefined> {
  for (const candidate of candidatesIn(await module)) {
    const application = await applicationOf(await candidate)
    if (application) return application
  }
  return undefined
}

/** A server that was told to listen, as an application. */
export function fromServer(server: WebServer): Application {
  return (ctx) => converse(ctx, (request, response) => emitRequest(server, request, response))
}

const NAMES = ['default', 'app', 'server', 'application'] as const

function candidatesIn(module: unknown): unknown[] {
  const inner = isObject(module) ? module['default'] : undefined
  return [module, ...named(module), ...named(inner)].filter((value) => value !== undefined)
}

function named(value: unknown): unknown[] {
  return isObject(value) ? NAMES.map((name) => value[name]) : []
}

async function applicationOf(value: unknown): Promise<Application | undefined> {
  if (value instanceof HttpServer || value instanceof HttpsServer) return fromServer(value)
  if (!isObject(value)) return undefined
  if (has(value, 'getHttpAdapter', 'init')) return await fromNest(value)
  if (has(value, 'routing', 'ready')) return await fromFastify(value)
  if (has(value, 'callback', 'use')) return fromListener(value.callback() as Listener)
  if (has(value, 'fetch')) return fromFetch(value)
  return isCallable(value) ? await fromFunction(value) : undefined
}

// An Express application is a function, too.
async function fromFunction(run: Call): Promise<Application | undefined> {
  if (run.length >= 2 || has(run, 'handle', 'use')) return fromListener(run)
  // Neither a class nor what wants to be told something is a maker of applications.
  if (run.length > 0 || /^class\b/.test(Function.prototype.toString.call(run))) return undefined
  return await applicationIn(run())
}

function fromListener(listener: Listener): Application {
  return (ctx) => converse(ctx, listener)
}

function fromFetch(app: { readonly fetch: (...args: unknown[]) => unknown }): Application {
  return async (ctx) => {
    const execution = {
      waitUntil: (work: PromiseLike<unknown>) => ctx.waitUntil(work),
      passThroughOnException: () => undefined,
    }
    return await app.fetch(toRequest(ctx), ctx.env, execution)
  }
}

async function fromFastify(app: Record<'routing' | 'ready', Call>): Promise<Application> {
  await app.ready()
  return fromListener((request, response) => app.routing(request, response))
}

async function fromNest(app: Record<'getHttpAdapter' | 'init', Call>): Promise<Application | undefined> {
  await app.init()
  const adapter = app.getHttpAdapter() as { getInstance(): unknown }
  return await applicationOf(adapter.getInstance())
}

// One by one, so that what an asynchronous listener throws is an answer and not the end of the process.
function emitRequest(server: WebServer, request: IncomingMessage, response: ServerResponse): unknown {
  const returned = server.rawListeners('request').map((listener) => listener.call(server, request, response) as unknown)
  return returned.length > 0 ? Promise.all(returned) : Promise.reject(new Error('the server has no listener'))
}

type Call = (...args: unknown[]) => unknown

function isObject(value: unknown): value is Record<string, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function isCallable(value: unknown): value is Call {
  return typeof value === 'function'
}

function has<K extends string>(value: object, ...names: readonly K[]): value is Record<K, Call> {
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
}
