import { get } from 'node:http'
import { connect, createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { CloudEvent } from '@anyfaas/runtime'
import type { ServerSpec } from './spec.ts'

/** A port of 127.0.0.1 that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** The variables that tell a server where to listen. */
export function portVariables(port: number): Record<string, string> {
  return { PORT: String(port), SERVER_PORT: String(port) }
}

export const PROBE_MS = 20

/**
 * Resolves with true once the server takes connections, and answers its health check where it has one; with false
 * when the signal aborts first. Another process cannot tell us, so it is asked again and again.
 */
export async function awaitServer(port: number, { healthCheck }: ServerSpec, signal: AbortSignal): Promise<boolean> {
  if (healthCheck?.initialDelaySec !== undefined && !(await pause(healthCheck.initialDelaySec * 1000, signal)))
    return false
  const needed = healthCheck?.successThreshold ?? 1
  let successes = 0
  while (!signal.aborted) {
    const works = healthCheck ? await answers(port, healthCheck.path, signal) : await listens(port, signal)
    successes = works ? successes + 1 : 0
    if (successes >= needed) return true
    await pause(PROBE_MS, signal)
  }
  return false
}

/** How an event travels to a server: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md */
export const EVENT_PATH = '/invoke'
export const EVENT_TYPE = 'application/cloudevents+json; charset=utf-8'

/** An event for a function that has no runtime of ours inside; the same as the runtime makes. */
export function cloudEvent(event: {
  readonly service: string
  readonly function: string
  readonly kind: string
  readonly trigger?: string
  readonly id: string
  /** ISO 8601, UTC. */
  readonly time: string
  readonly traceparent?: string
  readonly data: unknown
}): CloudEvent {
  const { kind, trigger, time } = event
  const path = [event.service, event.function, ...(trigger === undefined ? [] : [trigger])]
  return {
    specversion: '1.0',
    id: event.id,
    source: `/${path.map(encodeURIComponent).join('/')}`,
    type: `anyfaas.${kind}`,
    time,
    datacontenttype: 'application/json',
    ...(event.traceparent !== undefined && { traceparent: event.traceparent }),
    data: kind === 'timer' ? { name: trigger, time, payload: event.data } : event.data,
  }
}

/** What a server's answer to an event means: JSON where it says so, else text; nothing for an empty body. */
export function eventResult(body: Buffer, contentType: string | undefined): unknown {
  if (body.length === 0) return undefined
  const text = body.toString()
  return /^application\/([\w.-]+\+)?json\b/i.test(contentType ?? '') ? (JSON.parse(text) as unknown) : text
}

function listens(port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    // Not as an option: a socket keeps listening to its signal when it has gone.
    const stop = (): void => settle(false)
    const settle = (isThere: boolean): void => {
      signal.removeEventListener('abort', stop)
      socket.destroy()
      resolve(isThere)
    }
    signal.addEventListener('abort', stop)
    socket.once('connect', () => settle(true))
    socket.once('error', stop)
  })
}

function answers(port: number, path: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ port, host: '127.0.0.1', path, signal, agent: false }, (response) => {
      response.resume()
      resolve((response.statusCode ?? 500) < 400)
    })
    request.once('error', () => resolve(false))
  })
}

// True when the time is over, false when the signal aborts first.
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return await wait(ms, true, { signal }).catch(() => false)
}
