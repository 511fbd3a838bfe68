import {
  type Async,
  type Concurrency,
  type Fn,
  type FnCode,
  type FrameworkCode,
  type HealthCheck,
  isNode,
  type Logs,
  type Output,
  type Pointer,
  type Signature,
  type Vpc,
} from '@anyfaas/kit'
import { DEFAULTS } from '../defaults.ts'
import { under } from '../pointer.ts'
import { isTree, type Tree } from '../tree.ts'
import { normalizeEvents } from './events.ts'
import { normalizePackage } from './package.ts'
import { defined, listOf, numberOf, optionalList, secretableOf, textOf, textsOf, treeOf, valuesOf } from './units.ts'

/** What a function is made from: its own keys, the provider's defaults, and the names of the service's runtime extensions. */
export interface FnSource {
  readonly name: string
  readonly at: Pointer
  readonly own: Tree
  readonly defaults: Tree
  readonly layers: LayerNames
  /** Given for an aggregate or a whole application, whose code is not in its own keys. */
  readonly code?: FnCode
  /** Finds the handler in its own classes. */
  readonly framework?: FrameworkCode | undefined
}

export interface LayerNames {
  /** Every one that the file declares. */
  readonly all: ReadonlySet<string>
  /** Those of the service, which a function has that says nothing else. */
  readonly shared: readonly string[]
}

export function normalizeFunction(source: FnSource): Fn {
  const { name, at, own, defaults } = source
  const pick = (key: string): unknown => own[key] ?? defaults[key]
  const code = source.code ?? readCode(source, pick('runtime'))
  const runtime = runtimeOf(code, textOf(pick('runtime')))
  const fn = {
    name,
    at,
    runtime,
    code,
    timeoutSec: numberOf(pick('timeout')) ?? DEFAULTS.timeoutSec,
    memoryMb: numberOf(pick('memorySize')) ?? DEFAULTS.memoryMb,
    environment: valuesOf(defaults['environment'], own['environment']),
    tags: textsOf(defaults['tags'], own['tags']),
    secrets: listOf(own['secrets']),
    triggers: normalizeEvents(own['events'], under(at, 'events')),
    outputs: readOutputs(own['outputs'], under(at, 'outputs')),
    overrides: treeOf(own['overrides']),
  }
  const layers = readLayers(own['layers'], source.layers, loadsLayers(code, runtime))
  return Object.assign(
    fn,
    layers,
    defined({
      description: textOf(own['description']),
      cpu: numberOf(pick('cpu')),
      diskMb: numberOf(pick('diskSize')),
      initTimeoutSec: numberOf(pick('initTimeout')),
      role: textOf(pick('role')),
      vpc: readVpc(pick('vpc')),
      logs: readLogs(pick('logs')),
      concurrency: readConcurrency(pick('concurrency')),
      async: readAsync(own['async']),
      url: own['url'] === true ? true : undefined,
      package: isTree(own['package']) ? normalizePackage(own['package']) : undefined,
    }),
  )
}

function runtimeOf(code: FnCode, given: string | undefined): string {
  if (code.kind === 'custom' || code.kind === 'container') return code.kind
  return given ?? DEFAULTS.runtime
}

function readCode({ name, own, framework }: FnSource, runtime: unknown): FnCode {
  const container = treeOf(own['container'])
  if (runtime === 'container' || own['image'] !== undefined || isTree(own['container']))
    return readContainer({ image: own['image'], ...container }, textOf(own['handler']))
  if (runtime === 'custom' || isTree(own['custom'])) return readCustom(treeOf(own['custom']), textOf(own['handler']))
  return {
    kind: 'handler',
    handler: textOf(own['handler']) ?? `${name}.handler`,
    signature: (textOf(own['signature']) ?? DEFAULTS.signature) as Signature,
    ...defined({ initializer: textOf(own['initializer']), framework }),
  }
}

function readCustom(custom: Tree, handler: string | undefined): FnCode {
  const command = listOf(custom['command'])
  return {
    kind: 'custom',
    command: command.length > 0 ? command : [DEFAULTS.customCommand],
    args: listOf(custom['args']),
    port: numberOf(custom['port']) ?? DEFAULTS.port,
    ...defined({ source: handler, healthCheck: readHealthCheck(custom['healthCheck']) }),
  }
}

function readContainer(container: Tree, handler: string | undefined): FnCode {
  const { build } = container
  return {
    kind: 'container',
    port: numberOf(container['port']) ?? DEFAULTS.port,
    ...defined({
      source: handler,
      image: textOf(container['image']),
      build: isTree(build) ? build : textOf(build),
      command: optionalList(container['command']),
      args: optionalList(container['args']),
      healthCheck: readHealthCheck(container['healthCheck']),
    }),
  }
}

function readHealthCheck(given: unknown): HealthCheck | undefined {
  if (typeof given === 'string') return { path: given }
  if (!isTree(given)) return undefined
  return {
    path: textOf(given['path']) ?? '/',
    ...defined({
      intervalSec: numberOf(given['interval']),
      timeoutSec: numberOf(given['timeout']),
      initialDelaySec: numberOf(given['initialDelay']),
      failureThreshold: numberOf(given['failureThreshold']),
      successThreshold: numberOf(given['successThreshold']),
    }),
  }
}

// A name that the file declares is a runtime extension; anything else is the platform's own layer. A list says all that
// a function has, a map adds to what the service has. The members of an aggregate have theirs themselves.
function readLayers(
  given: unknown,
  { all, shared }: LayerNames,
  isLoaded: boolean,
): { layers: readonly string[]; cloudLayers: readonly string[] } {
  const own = isTree(given) ? Object.keys(given) : listOf(given)
  const names = isLoaded && !Array.isArray(given) ? [...new Set([...shared, ...own])] : own
  return { layers: names.filter((name) => all.has(name)), cloudLayers: names.filter((name) => !all.has(name)) }
}

function loadsLayers({ kind }: FnCode, runtime: string): boolean {
  return (kind === 'handler' || kind === 'app') && isNode(runtime)
}

function readVpc(given: unknown): Vpc | undefined {
  if (!isTree(given)) return undefined
  return { id: String(given['id']), subnets: listOf(given['subnets']), securityGroups: listOf(given['securityGroups']) }
}

function readLogs(given: unknown): Logs | false | undefined {
  if (given === false) return false
  if (!isTree(given)) return undefined
  return defined({ project: textOf(given['project']), store: textOf(given['store']) })
}

function readConcurrency(given: unknown): Concurrency | undefined {
  if (typeof given === 'number') return { instance: given }
  if (!isTree(given)) return undefined
  const keys = ['instance', 'reserved', 'min', 'max', 'factor', 'target'] as const
  return Object.fromEntries(keys.flatMap((key) => (typeof given[key] === 'number' ? [[key, given[key]]] : [])))
}

function readAsync(given: unknown): Async | undefined {
  if (!isTree(given)) return undefined
  return defined({
    retries: numberOf(given['retries']),
    maxAgeSec: numberOf(given['maxAge']),
    onSuccess: textOf(given['onSuccess']),
    onFailure: textOf(given['onFailure']),
    callback: secretableOf(given['callback']),
  })
}

function readOutputs(given: unknown, at: Pointer): Output[] {
  if (!Array.isArray(given)) return []
  return given.map((item, index) => {
    const { name, kind, ...options } = treeOf(item)
    return { at: under(at, index), name: String(name), kind: kind as Output['kind'], options }
  })
}
