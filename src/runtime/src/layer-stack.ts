import type { Scope } from './call.ts'
import type { Context } from './context.ts'
import { type Build, readEngineLayer } from './engine-layer.ts'
import { type CallMeta, compose, extend, type Layer, type LayerRuntime } from './layer.ts'
import type { LayerLoader, Manifest, Member } from './manifest.ts'
import type { Handler } from './signature.ts'
import { within } from './within.ts'
import { describe } from './words.ts'

/** The layers of one function, as the core of the runtime uses them. */
export interface LayerStack {
  readonly layer: Layer
  readonly runtime: LayerRuntime
  /** The handler with everything around it. */
  wrap(handler: Handler): Handler
}

/** Opens a function's layers and runs what comes before its module. Rejects when one does not load or says no. */
export function openLayers(loaders: readonly LayerLoader[], scope: Scope): Promise<LayerStack> {
  return within(openAll(loaders, scope), scope.member, 'the layers')
}

/** Runs what comes after a function's initializer, and asks how its layers are. */
export function finishLayers({ layer, runtime }: LayerStack, member: Member): Promise<void> {
  const finish = async () => {
    await layer.afterFunctionStart?.(runtime)
    await layer.health?.()
  }
  return within(finish(), member, 'the layers')
}

async function openAll(loaders: readonly LayerLoader[], scope: Scope): Promise<LayerStack> {
  const layers: Layer[] = []
  for (const { name, open } of loaders) layers.push(await layerIn(await open(), name))
  const runtime = runtimeOf(scope)
  for (const layer of layers) await startOnce(layer, { ...runtime, function: scope.manifest.function })
  const layer = compose(...layers)
  await layer.beforeFunctionStart?.(runtime)
  return { layer, runtime, wrap: (handler) => wrap(handler, layer) }
}

const started = new WeakMap<Layer, Promise<void>>()

// Functions of one process share their layers' modules, and what is started once is not started again for the second.
function startOnce(layer: Layer, runtime: LayerRuntime): Promise<void> {
  const before = started.get(layer)
  if (before) return before
  const start = (async () => {
    await layer.beforeRuntimeStart?.(runtime)
    await layer.afterRuntimeStart?.(runtime)
  })()
  started.set(layer, start)
  start.catch(() => started.delete(layer))
  return start
}

async function layerIn(module: unknown, name: string): Promise<Layer> {
  const roots = [module, fieldOf(module, 'default'), fieldOf(fieldOf(module, 'default'), 'default')]
  const all = roots.flatMap((root) => [fieldOf(root, 'layer'), root])
  const found = all.find(isLayer) ?? (await buildOnce(all.find(isFunction), name))
  if (!isLayer(found)) throw new Error(`layer "${name}" exports ${describe(module)} without any part of a layer`)
  return found
}

const built = new WeakMap<Build, Promise<unknown>>()

// The same module is the same layer for every function of the process.
function buildOnce(build: Build | undefined, name: string): Promise<unknown> | undefined {
  if (build === undefined) return undefined
  const making = built.get(build) ?? readEngineLayer(build, name)
  built.set(build, making)
  making.catch(() => built.delete(build))
  return making
}

function isFunction(value: unknown): value is Build {
  return typeof value === 'function'
}

const PARTS: readonly (keyof Layer)[] = [
  'beforeRuntimeStart',
  'afterRuntimeStart',
  'beforeFunctionStart',
  'afterFunctionStart',
  'beforeInvoke',
  'afterInvoke',
  'beforeClose',
  'context',
  'events',
  'health',
  'handler',
]

function isLayer(value: unknown): value is Layer {
  return typeof value === 'object' && value !== null && PARTS.some((part) => part in value)
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}

function runtimeOf({ manifest, member, env }: { manifest: Manifest } & Pick<Scope, 'member' | 'env'>): LayerRuntime {
  const { service, stage, provider } = manifest
  return { service, stage, provider, function: member.name, env }
}

function wrap(handler: Handler, layer: Layer): Handler {
  return {
    http: (ctx) => around(layer, ctx, [ctx], () => handler.http(ctx)),
    event: (ctx, event) => around(layer, ctx, [ctx, event], () => handler.event(ctx, event)),
  }
}

async function around(layer: Layer, ctx: Context, args: readonly unknown[], next: () => unknown): Promise<unknown> {
  let result: unknown
  try {
    extend(ctx, await layer.context?.(ctx))
    await layer.beforeInvoke?.(ctx, args, metaOf(ctx))
    result = await (layer.handler ? layer.handler(ctx, args[1] as never, next) : next())
  } catch (error) {
    await layer.afterInvoke?.(error, undefined, ctx)
    throw error
  }
  // Outside of the above: a hook that fails is not told of its own failure.
  await layer.afterInvoke?.(undefined, result, ctx)
  return result
}

function metaOf({ trigger, function: name, requestId }: Context): CallMeta {
  return { kind: trigger.kind, trigger: trigger.name, function: name, requestId }
}
