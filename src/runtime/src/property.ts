/** A property that is not what every object inherits: `handler: api.constructor` is a mistake. */
export function ownProperty(value: unknown, key: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  return Object.hasOwn(value, key) || !(key in Object.prototype) ? (value as Record<string, unknown>)[key] : undefined
}

export function defaultOf(module: unknown): unknown {
  return ownProperty(module, 'default')
}
