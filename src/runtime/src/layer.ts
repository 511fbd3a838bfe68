import type { CloudEvent } from './cloud-event.ts'
import type { Context } from './context.ts'
import type { EventRow } from './event.ts'

/**
 * A runtime extension: what a service file names under `layers`. Every part may be missing. Hooks of several layers run
 * one after the other, in the order of the file; `beforeClose` in the opposite one. A hook that throws fails the start or
 * the call that it belongs to.
 */
export interface Layer {
  /** For messages. */
  readonly name?: string
  /** Once a process, before a function's module is loaded. */
  readonly beforeRuntimeStart?: (runtime: LayerRuntime) => unknown
  readonly afterRuntimeStart?: (runtime: LayerRuntime) => unknown
  /** Once a function, before its module is loaded. */
  readonly beforeFunctionStart?: (runtime: LayerRuntime) => unknown
  /** Once a function, after its initializer. */
  readonly afterFunctionStart?: (runtime: LayerRuntime) => unknown
  /** Before every call of a handler; `args` is what it will be called with. Not for raw handlers. */
  readonly beforeInvoke?: (ctx: Context, args: readonly unknown[], meta: CallMeta) => unknown
  /** After every call; `error` is undefined when it came to a result. */
  readonly afterInvoke?: (error: unknown, result: unknown, ctx: Context) => unknown
  /** When the platform says that the process ends. */
  readonly beforeClose?: (runtime: LayerRuntime) => unknown
  /** What it returns becomes properties of `ctx`. */
  readonly context?: (ctx: Context) => object | undefined | Promise<object | undefined>
  /** Events that the platform's own half does not know, or that this layer reads otherwise. */
  readonly events?: readonly EventRow[]
  /** Rejects when the function cannot work. Asked at the end of the start, and whenever the entry's `health` is called. */
  readonly health?: () => unknown
  /** Takes every call in place of the function's own handler, which is `next`. The last layer that has one gets it. */
  readonly handler?: (ctx: Context, event: CloudEvent | undefined, next: () => unknown) => unknown
}

/** What a layer gets to know about where it runs. */
export interface LayerRuntime {
  readonly service: string
  readonly stage: string
  readonly provider: string
  /** The function of the service file that starts; the deployed one for what happens once a process. */
  readonly function: string
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface CallMeta {
  readonly kind: string
  readonly trigger: string | undefined
  readonly function: string
  readonly requestId: string
}

/** Only for its types: the layer as it is. */
export function defineLayer(layer: Layer): Layer {
  return layer
}

/** One layer that does what all of them do, in this order. */
export function compose(...layers: readonly Layer[]): Layer {
  const health = layers.filter((layer) => layer.health)
  const handlers = layers.flatMap(({ handler }) => (handler ? [handler] : []))
  return {
    name: layers.map(({ name }) => name ?? 'unnamed').join(', '),
    beforeRuntimeStart: (runtime) => inOrder(layers, (layer) => layer.beforeRuntimeStart?.(runtime)),
    afterRuntimeStart: (runtime) => inOrder(layers, (layer) => layer.afterRuntimeStart?.(runtime)),
    beforeFunctionStart: (runtime) => inOrder(layers, (layer) => layer.beforeFunctionStart?.(runtime)),
    afterFunctionStart: (runtime) => inOrder(layers, (layer) => layer.afterFunctionStart?.(runtime)),
    beforeInvoke: (ctx, args, meta) => inOrder(layers, (layer) => layer.beforeInvoke?.(ctx, args, meta)),
    afterInvoke: (error, result, ctx) => inOrder(layers, (layer) => layer.afterInvoke?.(error, result, ctx)),
    beforeClose: (runtime) => inOrder([...layers].reverse(), (layer) => layer.beforeClose?.(runtime)),
    context: async (ctx) => {
      await inOrder(layers, async (layer) => extend(ctx, await layer.context?.(ctx)))
      return undefined
    },
    events: layers.flatMap(({ events }) => events ?? []),
    ...(health.length > 0 && { health: () => inOrder(health, (layer) => layer.health?.()) }),
    ...(handlers.length > 0 && {
      handler: (ctx, event, next) => {
        const all = handlers.reduce<() => unknown>((inner, handler) => () => handler(ctx, event, inner), next)
        return all()
      },
    }),
  }
}

/** Makes what a layer gives properties of `ctx`. */
export function extend(ctx: Context, properties: object | undefined): void {
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(properties ?? {})))
    Object.defineProperty(ctx, key, { ...descriptor, configurable: true })
}

async function inOrder(layers: readonly Layer[], run: (layer: Layer) => unknown): Promise<void> {
  for (const layer of layers) await run(layer)
}
