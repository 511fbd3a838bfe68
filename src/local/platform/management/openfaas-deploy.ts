import { error, isMap, SlsError } from '@anyfaas/kit'
import type { FunctionSpec } from '../../spec.ts'
import { type Ask, type Found, find, NO_NAMESPACE, namespaceIn, type Reply, readBody } from './openfaas-ask.ts'

/** How long a function may take that says nothing of it, in seconds; and its memory in MB. */
const DEFAULTS = { timeout: 10, memory: 512 } as const

/**
 * `POST` and `PUT /system/functions`: code that was uploaded, named by its digest in place of an image. What the request does
 * not say of a function that is there stays. Routes and timers come with `sls deploy` alone.
 */
export async function deployCode({ platform, request, query, method }: Ask): Promise<Reply> {
  const body = await readBody(request)
  const { service: name } = body
  const namespace = namespaceIn(platform, body['namespace'], query.get('namespace'))
  if (typeof name !== 'string' || !/^[\w-]+$/.test(name)) return [400, 'a function needs a name, as "service"']
  if (namespace === undefined) return NO_NAMESPACE
  const [service, stage] = splitNamespace(namespace)
  if (!service || !stage) return NO_NAMESPACE
  const found = find(platform, name, namespace)
  const before = 'host' in found ? found : undefined
  if (method === 'PUT' && !before) return [404, `function ${name} not found`]
  const digest = /sha256:[0-9a-f]{64}$/.exec(String(body['image'] ?? ''))?.[0]
  if (!digest) return [400, NO_IMAGES]
  if (!(await platform.code.has(digest)))
    return [400, `the platform has no code ${digest}: PUT it to /v1/code/${digest}`]
  const spec = specOf(name, digest, body, before)
  await platform.deploy(service, stage, { spec, secrets: Object.fromEntries(before?.deployed.secrets ?? []) })
  return [202, '']
}

const NO_IMAGES =
  'this platform runs no images: upload the code as a zip to /v1/code/DIGEST and name it as image: sha256:…, or use sls deploy'

// The stage has no dot.
function splitNamespace(namespace: string): [service: string, stage: string] {
  const dot = namespace.lastIndexOf('.')
  return [namespace.slice(0, Math.max(0, dot)), namespace.slice(dot + 1)]
}

function specOf(name: string, digest: string, body: Record<string, unknown>, before: Found | undefined): FunctionSpec {
  // What is told apart by its mark came from `sls`.
  const { mark: _, ...base }: FunctionSpec = before?.deployed.spec ?? {
    name,
    artifact: '',
    ...DEFAULTS,
    environment: {},
    secrets: [],
    routes: [],
    timers: [],
  }
  const memory = memoryOf(body['limits'])
  const { secrets } = body
  return {
    ...base,
    digest,
    ...(memory !== undefined && { memory }),
    environment: { ...base.environment, ...textsOf(body['envVars']) },
    ...(Array.isArray(secrets) && { secretFiles: secrets.map(String) }),
    ...scaleOf(body['labels'], base),
    ...programOf(body, base),
  }
}

// A command is a server; without one, the entry is called as those are that sls packages.
function programOf(body: Record<string, unknown>, base: FunctionSpec): Partial<FunctionSpec> {
  const { envProcess } = body
  const { handler = base.handler } = textsOf(body['annotations'])
  const command = typeof envProcess === 'string' ? envProcess.split(/\s+/).filter(Boolean) : []
  if (command.length > 0) return { server: { command } }
  if (base.server) return {}
  if (handler !== undefined) return { handler }
  throw new SlsError(
    error(
      'SLS7002',
      'say what runs: a command that listens on $PORT as envProcess, or the annotation handler: FILE.EXPORT',
    ),
  )
}

function scaleOf(labels: unknown, base: FunctionSpec): Partial<FunctionSpec> {
  const texts = textsOf(labels)
  const [min, max] = ['min', 'max'].map((end) => Number(texts[`com.openfaas.scale.${end}`] ?? Number.NaN))
  const wanted = { ...(isCount(min) && { min }), ...(isCount(max) && max > 0 && { max }) }
  return Object.keys(wanted).length > 0 ? { concurrency: { ...base.concurrency, ...wanted } } : {}
}

function isCount(value: number | undefined): value is number {
  return Number.isInteger(value) && Number(value) >= 0
}

// `128Mi`, `128m`, `1Gi`, as Kubernetes and Docker have them.
function memoryOf(limits: unknown): number | undefined {
  const { memory } = textsOf(limits)
  const [, amount, unit = ''] = /^(\d+)\s*([mg])i?b?$/i.exec(memory ?? '') ?? []
  if (amount === undefined) return undefined
  return Number(amount) * (unit.toLowerCase() === 'g' ? 1024 : 1)
}

function textsOf(value: unknown): Record<string, string> {
  if (!isMap(value)) return {}
  return Object.fromEntries(
    Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  )
}
