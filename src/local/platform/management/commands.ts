import { error, isMap, type LogQuery, SlsError } from '@anyfaas/kit'
import type { DeployRequest, Greeting, Metrics } from '../../api.ts'
import type { FunctionSpec } from '../../spec.ts'
import type { PlatformHost } from '../services/platform-host.ts'
import type { ServiceHost } from '../services/service-host.ts'
import { type Command, readJsonBody } from './control.ts'
import { answerOpenfaas } from './openfaas.ts'
import { sendLines } from './send-lines.ts'
import { handleAsync, stateOf } from './views.ts'

/** What the control API can do: see `api.ts`. */
export async function obey(platform: PlatformHost, command: Command): Promise<object | undefined | null> {
  const { method } = command
  const [version, area, ...rest] = command.path
  if (version !== 'v1') return await answerOpenfaas(platform, command)
  if (area === 'state' && method === 'GET') return stateOf(platform)
  if (area === 'async') return await handleAsync(platform.async, command, rest)
  if (area === undefined) return method === 'GET' ? greet(platform) : undefined
  if (area === 'shutdown' && method === 'POST') return await end(platform)
  if (area === 'code') return await handleCode(platform, command, rest)
  if (area === 'services') return await handleService(platform, command, rest)
  return undefined
}

function greet({ version }: PlatformHost): Greeting {
  return { platform: 'anyfaas', pid: process.pid, version }
}

async function end(platform: PlatformHost): Promise<object> {
  await platform.shutdown()
  return {}
}

async function handleCode(
  { code }: PlatformHost,
  { method, request }: Command,
  [digest = '']: readonly string[],
): Promise<object | undefined> {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) return undefined
  if (method === 'GET') return (await code.has(digest)) ? {} : undefined
  if (method !== 'PUT') return undefined
  await code.put(digest, request)
  return {}
}

async function handleService(
  platform: PlatformHost,
  command: Command,
  [service, stage, area, ...rest]: readonly string[],
): Promise<object | undefined | null> {
  if (!service || !stage) return undefined
  const host = platform.find(service, stage)
  if (area === 'functions')
    return await handleFunction(platform, command, {
      service,
      stage,
      name: rest[0],
      area: rest[1],
      rest: rest.slice(2),
    })
  if (area === 'metrics') return host && metricsIn(host, command.query)
  if (area === 'logs') return host && (await streamLogs(host, command))
  if (area !== undefined) return undefined
  if (command.method === 'PUT') {
    const { port, host: open } = await readJsonBody(command.request)
    if (typeof port === 'number') await host?.moveTo(port)
    if (typeof open === 'string') await host?.openTo(open)
  }
  return host?.status()
}

interface FunctionPlace {
  readonly service: string
  readonly stage: string
  readonly name: string | undefined
  readonly area: string | undefined
  readonly rest: readonly string[]
}

async function handleFunction(
  platform: PlatformHost,
  { method, request }: Command,
  { service, stage, name, area, rest }: FunctionPlace,
): Promise<object | undefined> {
  if (!name) return undefined
  const host = platform.find(service, stage)
  if (area === 'secrets') {
    return method === 'POST' ? host?.compare(name, textsOf(await readJsonBody(request))) : undefined
  }
  if (area === 'invoke') {
    return method === 'POST' ? await host?.find(name)?.invoke((await readJsonBody(request))['event']) : undefined
  }
  if (area === 'timers') {
    const [timer = '', verb] = rest
    return method === 'POST' && verb === 'fire' ? await host?.find(name)?.fire(timer) : undefined
  }
  if (method === 'DELETE') {
    return await platform.remove(service, stage, name)
  }
  if (method !== 'PUT') return undefined
  return await platform.deploy(service, stage, readDeploy(await readJsonBody(request), name))
}

function readDeploy(body: Record<string, unknown>, name: string): DeployRequest {
  const { spec, secrets, port } = body
  if (!isSpec(spec) || spec.name !== name || !isMap(secrets)) {
    throw new SlsError(error('SLS7002', 'the request is not a deployment'))
  }
  return { spec, secrets: textsOf(secrets), ...(typeof port === 'number' && { port }) }
}

function isSpec(value: unknown): value is FunctionSpec {
  if (!isMap(value)) return false
  const { environment, timeout, memory, secrets, routes, timers } = value as Partial<FunctionSpec>
  const isRunnable = isMap(value['server']) || typeof value['handler'] === 'string'
  return (
    isRunnable &&
    isMap(environment) &&
    [timeout, memory].every(Number.isFinite) &&
    [secrets, routes, timers].every(Array.isArray)
  )
}

async function streamLogs(host: ServiceHost, { query, response }: Command): Promise<null> {
  await sendLines(response, (signal) => host.log.read(readQuery(query), signal))
  return null
}

function metricsIn({ functions }: ServiceHost, query: URLSearchParams): Metrics {
  const [since, until] = [Number(query.get('since')), Number(query.get('until') ?? Date.now())]
  return { functions: functions.map(({ name, meter }) => ({ function: name, ...meter.minutes.between(since, until) })) }
}

function readQuery(query: URLSearchParams): LogQuery {
  const number = (name: string): number | undefined => (query.has(name) ? Number(query.get(name)) : undefined)
  const since = number('since')
  const tail = number('tail')
  return {
    functions: query.getAll('function'),
    follow: query.get('follow') === 'true',
    ...(since !== undefined && { since }),
    ...(tail !== undefined && { tail }),
  }
}

function textsOf(value: object): Record<string, string> {
  return Object.fromEntries(Object.entries(value).filter(([, text]) => typeof text === 'string'))
}
