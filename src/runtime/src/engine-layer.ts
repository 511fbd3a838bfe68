import type { Context } from './context.ts'
import { compose, type Layer, type LayerRuntime } from './layer.ts'

/** Reads a layer of the older form: a function that adds extensions to an engine. One that makes a layer is taken as well. */
export async function readEngineLayer(build: Build, name: string): Promise<unknown> {
  const layers: Layer[] = []
  const made = await build(engineFor(layers, name))
  return layers.length > 0 ? compose(...layers) : made
}

/** What such a layer's module exports. */
export type Build = (engine: object) => unknown

type Hook = (...args: never[]) => unknown

function engineFor(layers: Layer[], name: string): object {
  let runtime: LayerRuntime | undefined
  const refuse = (what: string) => () => {
    throw new Error(
      `layer "${name}" calls ${what}, which has no counterpart: write defineLayer({ events }) or a handler`,
    )
  }
  return {
    addRuntimeExtension: (extension: Readonly<Record<string, unknown>>) => void layers.push(layerOf(extension, name)),
    addContextExtension: (extend: (ctx: Context, runtime: LayerRuntime | undefined) => unknown) =>
      void layers.push({
        beforeFunctionStart: (given) => {
          runtime = given
        },
        // What it returns meant nothing; it changes the context itself.
        context: async (ctx) => {
          await extend(ctx, runtime)
          return undefined
        },
      }),
    addHealthExtension: (health: () => unknown) => void layers.push({ health }),
    addEventExtension: refuse('addEventExtension'),
    addBaseRuntime: refuse('addBaseRuntime'),
  }
}

const OLDER: Readonly<Record<string, string>> = {
  beforeStart: 'beforeRuntimeStart',
  beforeReady: 'afterFunctionStart',
  defaultInvokeHandler: 'handler',
}

const KNOWN: ReadonlySet<string> = new Set([
  'beforeRuntimeStart',
  'afterRuntimeStart',
  'beforeFunctionStart',
  'afterFunctionStart',
  'beforeInvoke',
  'afterInvoke',
  'beforeClose',
  'handler',
])

function layerOf(extension: Readonly<Record<string, unknown>>, name: string): Layer {
  const hooks = Object.entries(extension).map(([key, hook]) => {
    const known = OLDER[key] ?? key
    if (!KNOWN.has(known) || typeof hook !== 'function')
      throw new Error(`layer "${name}" has an extension "${key}", which has no counterpart`)
    return [known, (...args: never[]) => (hook as Hook).apply(extension, args)]
  })
  return Object.fromEntries(hooks) as Layer
}
