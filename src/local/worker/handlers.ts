import type { Loader, Loaders, Manifest } from '@anyfaas/runtime'

export type Run = (...args: unknown[]) => unknown
/** Makes the function that is called in place of a handler. `owner` is what the handler's `this` has to be. */
export type Wrap = (run: Run, owner: unknown) => Run

/** Loaders of the same modules in which every handler is wrapped. The runtime of any platform finds it where the handler was. */
export function wrapHandlers(loaders: Loaders, manifest: Manifest, wrap: Wrap): Loaders {
  return Object.fromEntries(
    manifest.members.map(({ name, handler }): [string, Loader] => {
      const loader = loaders[name] as Loader
      const path = handler.split('.')
      return [name, { ...loader, handler: async () => wrapIn(await loader.handler(), path, wrap) }]
    }),
  )
}

// A module can hold its handler directly, in its default export, or as the `fetch` of an object: see `findExport` of the
// runtime. An initializer in the same module is not at the handler's path and stays as it is.
function wrapIn(target: unknown, path: readonly string[], wrap: Wrap): unknown {
  if ((typeof target !== 'object' && typeof target !== 'function') || target === null) return target
  // A proxy may not change what a frozen object holds.
  const base: object = Object.isFrozen(target) ? Object.create(target) : target
  return new Proxy(base, {
    get(_, key) {
      const value: unknown = Reflect.get(target, key, target)
      const isNext = key === path[0]
      if (!isNext && key !== 'default' && key !== 'fetch') return value
      if (typeof value === 'function' && (key === 'fetch' || (isNext && path.length <= 1))) {
        return wrap(value as Run, target)
      }
      return wrapIn(value, isNext ? path.slice(1) : path, wrap)
    },
  })
}
