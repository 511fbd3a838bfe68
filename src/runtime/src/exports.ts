import { missingExport } from './complaint.ts'
import type { Member } from './manifest.ts'
import { defaultOf, ownProperty } from './property.ts'

/** A function of the user's module and the object that it belongs to. */
export interface Exported {
  readonly run: (...args: unknown[]) => unknown
  readonly owner: unknown
}

/**
 * Finds `api.detail` in a module: as a named export, or inside its default export (which is what a CommonJS module
 * looks like to `import`). An object with a `fetch` method stands for that method, also as the module's default.
 * Throws an Error that names what is there instead.
 */
export function findExport(module: unknown, name: string, member: Member): Exported {
  const roots = [module, defaultOf(module), defaultOf(defaultOf(module))]
  for (const root of roots) {
    const found = reach(root, name)
    if (found) return found
  }
  // `export default { fetch() {} }` has no name that a service file could write.
  if (member.signature === 'fetch')
    for (const root of roots.slice(1)) if (hasFetch(root)) return { run: root.fetch, owner: root }
  throw new Error(missingExport(module, name, member))
}

function reach(root: unknown, name: string): Exported | undefined {
  let owner: unknown
  let value = root
  for (const key of name.split('.')) {
    owner = value
    value = ownProperty(value, key)
  }
  if (typeof value === 'function') return { run: value as Exported['run'], owner }
  return hasFetch(value) ? { run: value.fetch, owner: value } : undefined
}

function hasFetch(value: unknown): value is { fetch: Exported['run'] } {
  return typeof value === 'object' && value !== null && typeof (value as { fetch?: unknown }).fetch === 'function'
}
