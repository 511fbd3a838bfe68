import {
  type Auth,
  type Cors,
  type Fn,
  formatCron,
  formatInterval,
  type PackageOptions,
  PLAIN_CRON,
  type Schedule,
  type Service,
  spellSecrets,
  type Trigger,
  writeValue,
} from '@anyfaas/kit'
import { treeOf } from './normalize/units.ts'
import type { Tree } from './tree.ts'

/** The model as a service file in canonical spelling, with every default written out. Reading it gives the same model. */
export function writeService(service: Service): Tree {
  const aggregates = service.functions.filter((fn) => fn.code.kind === 'aggregate')
  const plain = service.functions.filter((fn) => fn.code.kind !== 'aggregate' && fn.code.kind !== 'app')
  const app = service.functions.find((fn) => fn.code.kind === 'app')
  const members = aggregates.flatMap((fn) => (fn.code.kind === 'aggregate' ? fn.code.members : []))
  const functions = new Map([...members, ...plain, ...service.undeployed].map((fn) => [fn.name, fn]))
  const left = new Set(service.undeployed.map((fn) => fn.name))
  const tree = clean({
    service:
      service.description === undefined ? service.name : { name: service.name, description: service.description },
    provider: { ...service.provider, stage: service.stage },
    functions: mapValues([...functions.values()], (fn) => ({
      ...writeFunction(fn),
      ...(left.has(fn.name) && { deploy: false }),
    })),
    aggregation: mapValues(aggregates, (fn) => writeAggregate(fn, new Set(plain.map((other) => other.name)))),
    layers: Object.fromEntries(Object.entries(service.layers).map(([name, layer]) => [name, { path: layer.path }])),
    package: writePackage(service.package),
    plugins: service.plugins,
    domain: service.domain && { ...service.domain, at: undefined },
    deployType:
      app?.code.kind === 'app' ? { type: app.code.framework, entry: app.code.entry, ...app.code.options } : undefined,
    resources: service.resources,
    overrides: service.overrides,
    custom: service.custom,
  })
  // Secrets stand in variables, certificates, brokers, callbacks and raw settings.
  return spellSecrets(Object.keys(service.layers).length > 0 ? withoutLayers(tree) : tree, writeValue) as Tree
}

// A function that said nothing of layers would have all of the service's.
function withoutLayers(tree: Tree): Tree {
  const pairs = Object.entries(treeOf(tree['functions'])).map(([name, fn]) => [name, { layers: [], ...treeOf(fn) }])
  return pairs.length > 0 ? { ...tree, functions: Object.fromEntries(pairs) } : tree
}

function mapValues(functions: readonly Fn[], write: (fn: Fn) => Tree): Tree {
  return Object.fromEntries(functions.map((fn) => [fn.name, write(fn)]))
}

function writeAggregate(fn: Fn, deployed: ReadonlySet<string>): Tree {
  const members = fn.code.kind === 'aggregate' ? fn.code.members.map((member) => member.name) : []
  return { functions: members, deployOrigin: members.some((name) => deployed.has(name)), ...writeFunction(fn) }
}

function writeFunction(fn: Fn): Tree {
  return {
    ...writeCode(fn),
    description: fn.description,
    runtime: fn.runtime,
    timeout: fn.timeoutSec,
    memorySize: fn.memoryMb,
    cpu: fn.cpu,
    diskSize: fn.diskMb,
    initTimeout: fn.initTimeoutSec,
    environment: fn.environment,
    role: fn.role,
    vpc: fn.vpc,
    logs: fn.logs,
    tags: fn.tags,
    layers: [...fn.layers, ...fn.cloudLayers],
    concurrency: fn.concurrency,
    async: fn.async && { ...fn.async, maxAgeSec: undefined, maxAge: fn.async.maxAgeSec },
    secrets: fn.secrets,
    url: fn.url,
    events: fn.triggers.map(writeTrigger),
    outputs: fn.outputs.map(({ name, kind, options }) => ({ name, kind, ...options })),
    package: fn.package && writePackage(fn.package),
    overrides: fn.overrides,
  }
}

function writeCode(fn: Fn): Tree {
  const { code } = fn
  if (code.kind === 'handler')
    return { handler: code.handler, initializer: code.initializer, signature: code.signature }
  if (code.kind === 'custom') {
    const { command, args, port, healthCheck } = code
    return {
      handler: code.source,
      custom: { command, args, port, healthCheck: healthCheck && writeHealthCheck(healthCheck) },
    }
  }
  if (code.kind !== 'container') return {}
  const { image, build, command, args, port, healthCheck } = code
  return { container: { image, build, command, args, port, healthCheck: healthCheck && writeHealthCheck(healthCheck) } }
}

function writeHealthCheck(check: {
  path: string
  intervalSec?: number
  timeoutSec?: number
  initialDelaySec?: number
  failureThreshold?: number
  successThreshold?: number
}): Tree {
  const { path, intervalSec, timeoutSec, initialDelaySec, failureThreshold, successThreshold } = check
  return {
    path,
    interval: intervalSec,
    timeout: timeoutSec,
    initialDelay: initialDelaySec,
    failureThreshold,
    successThreshold,
  }
}

function writeTrigger(trigger: Trigger): unknown {
  const { kind, at: _, name, enabled, qualifier, role, overrides, ...own } = trigger
  const common = { enabled: enabled ? undefined : false, qualifier, role, overrides }
  const options = clean({ name, ...writeOptions({ kind, ...own } as Trigger), ...common })
  return isEmpty(options) ? kind : { [kind]: options }
}

function writeOptions(trigger: Trigger): Tree {
  const { kind, ...rest } = trigger
  if (kind === 'http') {
    const { path, methods, cors, auth, timeoutSec, streaming } = trigger
    return {
      path,
      method: methods.length === 0 ? 'any' : methods,
      cors: cors && writeCors(cors),
      auth: writeAuth(auth),
      timeout: timeoutSec,
      streaming,
    }
  }
  if (kind === 'timer') return { ...writeTimes(trigger.schedule), timezone: trigger.timezone, payload: trigger.payload }
  if (kind === 'queue')
    return { queue: trigger.queue, batch: writeBatch(trigger.batch), visibility: trigger.visibilitySec }
  if (kind === 'log') return { ...rest, intervalSec: undefined, interval: trigger.intervalSec }
  if ('batch' in trigger) return { ...rest, batch: writeBatch(trigger.batch) }
  return { ...rest }
}

function writeTimes(schedule: Schedule): Tree {
  if (schedule.kind === 'every') return { every: formatInterval(schedule.seconds) }
  const cron = formatCron(schedule.cron, PLAIN_CRON)
  if (typeof cron !== 'string') throw new Error(`the plain dialect cannot say it: ${cron.reason}`)
  return { cron }
}

function writeCors(cors: Cors): Tree {
  return { ...cors, maxAgeSec: undefined, maxAge: cors.maxAgeSec }
}

function writeAuth(auth: Auth): unknown {
  if (auth.kind !== 'jwt') return auth.kind
  const { kind: _, ...jwt } = auth
  return { jwt }
}

function writeBatch(batch: { size?: number; windowSec?: number } | undefined): Tree | undefined {
  return batch && { size: batch.size, window: batch.windowSec }
}

function writePackage(options: Partial<PackageOptions>): Tree {
  return { ...options }
}

// Absent fields, empty lists and empty maps are left out.
function clean(tree: Tree): Tree {
  const out: Tree = {}
  for (const [key, value] of Object.entries(tree)) {
    const kept = Array.isArray(value) ? value.map(cleanItem) : cleanItem(value)
    if (!isEmpty(kept)) out[key] = kept
  }
  return out
}

function cleanItem(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? clean(value as Tree) : value
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
}
