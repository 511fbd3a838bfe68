import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isMap } from '@anyfaas/kit'
import type { DaprSourceSpec } from '../../spec.ts'
import { refuseOtherSites } from '../door/other-sites.ts'
import { closeUnlessRead, readBody, type Wire } from '../instances/exchange.ts'
import { asFailure } from '../instances/failure.ts'
import { whyOf } from '../instances/failure-text.ts'
import type { Deployed } from './deployed.ts'

const EVENTS = '/dapr/events/'

interface Functions {
  readonly functions: readonly Deployed[]
}

interface DaprTrigger {
  readonly deployed: Deployed
  readonly spec: DaprSourceSpec
}

/**
 * Answers a sidecar of Dapr that has the service as its application, where a function has such a trigger; false for what is
 * none of its requests. https://docs.dapr.io/reference/api/pubsub_api/ and https://docs.dapr.io/reference/api/bindings_api/
 */
export function answerDapr(
  service: Functions | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const wire = { request, response }
  const { method = 'GET', url = '/' } = request
  // Most requests are none of a sidecar's, and none of them shall pay for it.
  if (method === 'GET' && !url.startsWith('/dapr/')) return false
  const triggers = service?.functions.flatMap(daprTriggers) ?? []
  if (triggers.length === 0) return false
  const path = pathOf(url)
  if (method === 'GET' && path === '/dapr/config') return answer(wire, 200, {})
  if (method === 'GET' && path === '/dapr/subscribe') return answer(wire, 200, triggers.flatMap(subscriptionOf))
  const topic = triggers.find((trigger) => path === routeOf(trigger))
  if (topic && method === 'POST') {
    refuseOtherSites(request.headers)
    void takeMessage(topic, wire)
    return true
  }
  const bound = triggers.filter(({ spec }) => spec.topic === undefined && path === `/${spec.component}`)
  if (bound.length === 0) return false
  if (method === 'OPTIONS') return answer(wire, 200, {})
  if (method !== 'POST') return false
  refuseOtherSites(request.headers)
  void takeBinding(bound, wire)
  return true
}

function daprTriggers(deployed: Deployed): readonly DaprTrigger[] {
  const { sources } = deployed.spec
  if (!sources) return NONE
  return sources.flatMap((spec) => (spec.type === 'dapr' && spec.enabled ? [{ deployed, spec }] : []))
}

const NONE: readonly DaprTrigger[] = []

// What is written wrongly is no path of a sidecar's.
function pathOf(url: string): string {
  try {
    return decodeURIComponent(url.split('?', 1)[0] ?? url)
  } catch {
    return url
  }
}

function routeOf({ deployed, spec }: DaprTrigger): string | undefined {
  return spec.topic === undefined ? undefined : `${EVENTS}${deployed.name}/${spec.name}`
}

function subscriptionOf(trigger: DaprTrigger): object[] {
  const { component, topic } = trigger.spec
  const route = routeOf(trigger)
  return route === undefined ? [] : [{ pubsubname: component, topic, route: encodeURI(route) }]
}

// What cannot be understood would be no better a second time. A handler may say by itself what shall become of a message.
async function takeMessage(trigger: DaprTrigger, wire: Wire): Promise<void> {
  const { deployed, spec } = trigger
  const event = await readEvent(wire.request).catch((thrown: unknown) => {
    deployed.tell(`a message of ${spec.topic} cannot be read: ${whyOf(thrown)}`)
    return undefined
  })
  if (!event) return void answer(wire, 200, { status: 'DROP' })
  try {
    const value = await call(trigger, event.data, event.id)
    const status = isMap(value) ? value['status'] : undefined
    answer(wire, 200, { status: status === 'RETRY' || status === 'DROP' ? status : 'SUCCESS' })
  } catch (thrown) {
    deployed.tell(`a message of ${spec.topic} failed: ${whyOf(thrown)}`)
    answer(wire, 200, { status: 'RETRY' })
  }
}

async function takeBinding(triggers: readonly DaprTrigger[], wire: Wire): Promise<void> {
  try {
    const data = parse((await readBody(wire.request))?.toString() ?? '')
    const values = await Promise.all(triggers.map((trigger) => call(trigger, data, randomUUID())))
    answer(wire, 200, values.length === 1 ? (values[0] ?? {}) : {})
  } catch (thrown) {
    answer(wire, asFailure(thrown).status, { error: whyOf(thrown) })
  }
}

async function call({ deployed, spec }: DaprTrigger, data: unknown, id: string): Promise<unknown> {
  return await deployed.take({ kind: 'dapr', trigger: spec.name, time: new Date().toISOString(), data }, id)
}

interface Received {
  readonly id: string
  readonly data: unknown
}

// With `rawPayload` a component sends the message itself, and no event around it.
async function readEvent(request: IncomingMessage): Promise<Received | undefined> {
  const text = (await readBody(request))?.toString() ?? ''
  const value = parse(text)
  if (!/\bcloudevents\b/.test(request.headers['content-type'] ?? '')) return { id: randomUUID(), data: value }
  if (!isMap(value)) return undefined
  const { id, data, data_base64: base64 } = value
  const whole = typeof base64 === 'string' ? parse(Buffer.from(base64, 'base64').toString()) : data
  return { id: typeof id === 'string' ? id : randomUUID(), data: whole }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function answer({ request, response }: Wire, status: number, value: unknown): true {
  const text = JSON.stringify(value)
  const length = Buffer.byteLength(text)
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': length, ...closeUnlessRead(request) })
    .end(text)
  return true
}
