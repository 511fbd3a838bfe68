import type { ServerResponse } from 'node:http'
import { isSlsError } from '@anyfaas/kit'
import type { PlatformHost } from '../services/platform-host.ts'
import type { Command } from './control.ts'
import { metricsOf } from './metrics.ts'
import { scaleByAlerts } from './openfaas-alert.ts'
import { type Ask, type Found, find, listed, namespaceOf, type Reply, readBody } from './openfaas-ask.ts'
import { deployCode } from './openfaas-deploy.ts'
import { listSecrets, putSecret, removeSecret } from './openfaas-secrets.ts'
import { sendLines } from './send-lines.ts'

/**
 * The REST API of the OpenFaaS gateway, as far as a platform without images has it: its clients can list, describe, scale,
 * remove and read logs. A namespace is `SERVICE.STAGE`. https://github.com/openfaas/faas/blob/master/api-docs/spec.openapi.yml
 */
export async function answerOpenfaas(platform: PlatformHost, command: Command): Promise<null> {
  const { response, path, method } = command
  const [root, area = '', ...rest] = path
  if (root === 'function' || root === 'async-function') return pass(platform, command)
  const handle = root === 'system' ? SYSTEM[`${method} ${area}`] : OUTSIDE[`${method} ${root}`]
  try {
    const reply = handle ? await handle({ ...command, platform, rest }) : ([404, 'not found'] as const)
    if (reply) send(response, reply)
  } catch (thrown) {
    if (!isSlsError(thrown)) throw thrown
    send(response, [400, thrown.diagnostics.map(({ message }) => message).join('; ')])
  }
  return null
}

// To the service's own gateway, without the word that opens this one.
function pass(platform: PlatformHost, { request, response, path }: Command): null {
  const [root = '', name = ''] = path
  const found = find(platform, name, null)
  if (!('host' in found)) {
    if (found.reply) send(response, found.reply)
    return null
  }
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost')
  const rest = pathname
    .split('/')
    .slice(3)
    .map((part) => `/${part}`)
    .join('')
  request.url = `/${root}/${encodeURIComponent(found.deployed.name)}${rest}${search}`
  delete request.headers.authorization
  request.rawHeaders = request.rawHeaders.filter((_, index, all) => {
    return all[index - (index % 2)]?.toLowerCase() !== 'authorization'
  })
  found.host.answer(request, response)
  return null
}

const OUTSIDE: Readonly<Record<string, (ask: Ask) => Reply | Promise<Reply>>> = {
  'GET healthz': () => [200, 'OK'],
  'GET metrics': async ({ platform }) => [200, await metricsOf(platform)],
}

const SYSTEM: Readonly<Record<string, (ask: Ask) => Reply | Promise<Reply>>> = {
  'GET info': info,
  'GET namespaces': ({ platform }) => [200, platform.services.map(namespaceOf)],
  'GET namespace': ({ platform, rest: [name = ''] }) => {
    const isThere = platform.services.some((host) => namespaceOf(host) === name)
    return isThere ? [200, { name, annotations: {}, labels: {} }] : [404, `namespace ${name} not found`]
  },
  'POST namespace': refuseNamespace,
  'PUT namespace': refuseNamespace,
  'DELETE namespace': refuseNamespace,
  'GET functions': ({ platform, query }) => [200, listed(platform, query.get('namespace')).map(describe)],
  'GET function': ({ platform, query, rest }) => {
    const found = find(platform, rest[0] ?? '', query.get('namespace'))
    return 'host' in found ? [200, describe(found)] : found.reply
  },
  'POST functions': deployCode,
  'PUT functions': deployCode,
  'DELETE functions': remove,
  'POST scale-function': scale,
  'POST alert': scaleByAlerts,
  'GET logs': streamLogs,
  'GET secrets': listSecrets,
  'POST secrets': putSecret,
  'PUT secrets': putSecret,
  'DELETE secrets': removeSecret,
}

function refuseNamespace(): Reply {
  return [405, 'a namespace is SERVICE.STAGE: it comes with its first function and goes with its last']
}

function info({ platform }: Ask): Reply {
  const version = { release: platform.version, sha: platform.version }
  return [200, { arch: process.arch, provider: { provider: 'anyfaas', orchestration: 'processes', version }, version }]
}

async function remove({ platform, request, query }: Ask): Promise<Reply> {
  const { functionName, namespace = query.get('namespace') } = await readBody(request)
  const found = find(platform, String(functionName), typeof namespace === 'string' ? namespace : null)
  if (!('host' in found)) return found.reply
  // Not awaited: with the last function the platform ends, and this is one of the requests that it waits for.
  void platform.remove(found.host.name, found.host.stage, found.deployed.name)
  return [202, '']
}

async function scale({ platform, request, query, rest }: Ask): Promise<Reply> {
  const { serviceName = rest[0], replicas, namespace = query.get('namespace') } = await readBody(request)
  const found = find(platform, String(serviceName), typeof namespace === 'string' ? namespace : null)
  if (!('host' in found)) return found.reply
  const host = found.deployed.host()
  if (!Number.isInteger(replicas) || Number(replicas) < 0) return [400, 'replicas has to be a whole number']
  if (Number(replicas) > host.limits.max) return [400, `the function has at most ${host.limits.max} processes`]
  await host.scale(Number(replicas))
  return [202, '']
}

async function streamLogs({ platform, query, response }: Ask): Promise<Reply> {
  const found = find(platform, query.get('name') ?? '', query.get('namespace'))
  if (!('host' in found)) return found.reply
  const { host, deployed } = found
  const since = query.get('since')
  const tail = Number(query.get('tail') ?? 0)
  const asked = {
    functions: [deployed.name],
    follow: query.get('follow') === 'true' || query.get('follow') === '1',
    ...(since && { since: Date.parse(since) }),
    ...(tail > 0 && { tail }),
  }
  if (since && Number.isNaN(Date.parse(since))) return [422, 'since is no time']
  const namespace = namespaceOf(host)
  await sendLines(response, async function* (signal) {
    for await (const { time, function: name, text: line } of host.log.read(asked, signal)) {
      yield { name, namespace, instance: name, timestamp: new Date(time).toISOString(), text: line }
    }
  })
  return undefined
}

function describe({ host, deployed }: Found): object {
  const { spec } = deployed
  const view = deployed.view()
  const ready = view.instances.filter(({ state }) => state === 'ready').length
  return {
    name: spec.name,
    namespace: namespaceOf(host),
    image: spec.digest ?? '',
    envProcess: spec.server?.command.join(' ') ?? '',
    secrets: spec.secretFiles ?? [],
    labels: { 'com.openfaas.scale.min': String(view.limits.min), 'com.openfaas.scale.max': String(view.limits.max) },
    annotations: { url: `http://127.0.0.1:${host.port}/function/${spec.name}` },
    limits: { memory: `${spec.memory}Mi` },
    invocationCount: view.calls.total,
    replicas: view.instances.length,
    availableReplicas: ready,
    ...(view.instances[0] && { createdAt: view.instances[0].started }),
  }
}

function send(response: ServerResponse, [status, body]: NonNullable<Reply>): void {
  const isText = typeof body === 'string'
  const text = isText ? (body && !body.endsWith('\n') ? `${body}\n` : body) : JSON.stringify(body)
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json'
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) })
  response.end(text)
}
